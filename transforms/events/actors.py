"""Says who a participant is: the identity, country and sector of a noun phrase.

Comes in: a `Participant`, the mentions of its article and whom its pronouns mean. Goes out: `Codes`. What a phrase says
itself comes first; a person is coded as the article introduces him elsewhere ("Russia's foreign minister, Ada Cole"),
and the organs of a state ("the army") belong to the country of the dateline where the sentence names no other.

Seeds, all of which users may extend:
    sectors.csv           lemma, sector, strength: a 'weak' noun ('leader') has the sector of the word before it, if any
    sector_modifiers.csv  word, sector: what a word makes of a weak noun: 'rebel leader', 'judicial officials'
    actor_names.csv       name, other_names, country, sector of groups and bodies whose name tells no sector
    metonyms.csv          name, country, sector: 'Kremlin'
The codes are those of PLOVER and CAMEO: GOV, MIL, REB, OPP, PTY, COP, JUD, LEG, SPY, IGO, NGO, BUS, LAB, MED, EDU, REL,
HLH, REF, CRM and CVL; LGL (lawyers) and SPO (sport) are ours.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.entities.lists import (
    country_of_name,
    country_of_people,
    legal_forms,
    organizations,
    roles,
    title_words,
)
from transforms.events.clauses import SentenceTree
from transforms.events.participants import Participant
from transforms.events.words import ACTOR_LABELS, sector_of_word, sectors_by_lemma
from transforms.gazetteer import load_gazetteer
from transforms.lexicon import read_seed
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.rows import Mention

_BEFORE = ("poss", "compound", "nmod", "amod")
_STANDS_FOR = ("of", "from", "for")
_WHERE = ("in", "at", "near")
_NO_PERSON = frozenset({"it", "itself", "its", "they", "them", "their"})
_BODIES = frozenset({"GPE", "NORP", "ORG"})
_STATE_ORGANS = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})
_LONGEST_TITLE = 6
"""Words in front of a name that are read as its title."""

_MAX_STEPS = 12
"""Words of a phrase that are asked for a country or a sector."""

_MAX_INTRODUCTIONS = 2000
"""Names of people whose introduction is read."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Who somebody is; None what is not known. `country` is ISO 3166-1 alpha-3."""

    entity_id: str | None = None
    name: str | None = None
    country: str | None = None
    sector: str | None = None


class ActorCoder:
    """Codes the participants of one article."""

    __slots__ = ("_doc", "_home", "_introduced", "_mention_of", "_mentions", "_referents", "_starts")

    def __init__(self, parsed: Parsed, mentions: MentionIndex, referents: Referents, home: str | None = None) -> None:
        """`home` is the country (alpha-3) of the dateline."""
        self._doc = parsed.doc
        self._mentions = mentions
        self._referents = referents
        self._home = home
        self._introduced: dict[str, tuple[str | None, str | None]] = {}
        self._mention_of: dict[int, Mention | None] = {}
        self._starts = parsed.starts

    def code(self, participant: Participant, tree: SentenceTree, *, is_state: bool = False) -> Codes:
        """The codes of a participant; `is_state` where a country that is named acts through its government."""
        head = participant.head
        phrase = list(self._phrase(participant, tree))
        mention = self._mention_at(head) or self._name_beside(head, tree)
        meant = mention or self._meant_by(head)
        entity = meant or (self._body_of(phrase) if head.pos_ != "PROPN" else None)
        if sector_of_word(head) is None or entity is not None:
            # 'a raid in Tarn' is of no country, nor are 'the bank Nordfisk in London' and 'EU leaders in London'
            phrase = [token for token in phrase if not _is_where(token)]
        country = self._country(meant, phrase) or self._country_at_home(meant, participant.head, tree)
        sector = self._sector(participant.noun or head, meant, phrase)
        if meant is not None and meant.label == "PERSON" and meant.entity_id and not (country and sector):
            known = self._introduced_as(meant.entity_id)
            country, sector = country or known[0], sector or known[1]
        if sector is None and is_state and meant is not None and _is_state(meant) and not tree.children(head, "amod"):
            # Not 'northern Iraq'
            sector = "GOV"
        if entity is None:
            return Codes(country=country, sector=sector)
        return Codes(entity.entity_id, entity.name, country, sector)

    def _mention_at(self, token: Token) -> Mention | None:
        if token.i not in self._mention_of:
            found = self._mentions.within(token.idx, token.idx + len(token))
            self._mention_of[token.i] = next((mention for mention in found if mention.label in ACTOR_LABELS), None)
        return self._mention_of[token.i]

    def _name_beside(self, head: Token, tree: SentenceTree) -> Mention | None:
        """'Ada Cole' in 'the foreign minister, Ada Cole'."""
        for child in tree.children(head, "appos"):
            mention = self._mention_at(child)
            if mention is not None and mention.label in ("PERSON", "ORG") and head.pos_ != "PROPN" and child.i > head.i:
                return mention
        return None

    def _meant_by(self, head: Token) -> Mention | None:
        """Whom a pronoun or a noun means; a noun means nobody of another sector: 'the army' is no news agency."""
        meant = self._referents.of(head)
        if meant is None:
            return None
        if head.pos_ == "PRON":
            return None if head.lower_ in _NO_PERSON and meant.label == "PERSON" else meant
        if meant.label == "PERSON":
            return meant
        own, known = sector_of_word(head), _sector_of_name(meant)
        return meant if (known is None and own in (None, "BUS", "EDU", "MED", "SPO")) or known == own else None

    def _phrase(self, participant: Participant, tree: SentenceTree) -> Iterator[Token]:
        """The words that tell of the head, the most telling first.

        Those before it, nearest first, those behind 'of' and 'from', appositions, at last 'in' and 'at': British
        troops in Iraq are British.
        """
        head, span = participant.head, participant.span
        for index in range(head.i - 1, max(span.start, head.i - _MAX_STEPS) - 1, -1):
            # Not 'Oman' in 'Oman-backed rebels'
            is_hyphenated = self._doc[index + 1].text == "-" and not self._doc[index].whitespace_
            if not is_hyphenated or index + 1 == head.i:
                yield self._doc[index]
        places: list[Token] = []
        queue = [head]
        for token in queue:
            if len(queue) > _MAX_STEPS:
                break
            for word, found in tree.prepositional(token):
                if found.i < token.i or found.i >= span.end:
                    continue
                if word in _STANDS_FOR:
                    queue.append(found)
                    yield from self._with_modifiers(found, tree)
                elif word in _WHERE:
                    places.append(found)
            for child in tree.children(token, "appos"):
                queue.append(child)
                yield from self._with_modifiers(child, tree)
        yield from places

    @staticmethod
    def _with_modifiers(noun: Token, tree: SentenceTree) -> Iterator[Token]:
        yield noun
        yield from tree.children(noun, *_BEFORE)

    def _body_of(self, phrase: list[Token]) -> Mention | None:
        """The body or country that a nominal phrase stands for: 'Russia' in 'Russia's foreign minister'."""
        for token in phrase:
            if _is_where(token):
                continue
            mention = self._mention_at(token)
            if mention is not None and mention.label in _BODIES:
                return mention
        return None

    def _country(self, meant: Mention | None, phrase: list[Token]) -> str | None:
        if meant is not None:
            known = meant.country or _named_country(meant)
            if known is not None:
                return known
        for token in phrase:
            mention = self._mention_at(token)
            if meant is not None and meant.label == "PERSON" and mention is not None and _is_town(mention):
                # 'Wimbledon champion Ana Rojas' may be of any country
                continue
            known = _country_of_word(token) if mention is None else mention.country or _named_country(mention)
            if known is not None:
                return known
        return None

    def _country_at_home(self, meant: Mention | None, head: Token, tree: SentenceTree) -> str | None:
        """The dateline's country for 'the army', 'police', where no other country is named in the sentence."""
        if self._home is None or meant is not None or head.pos_ != "NOUN" or head.lemma_.lower() in _weak():
            return None
        if sector_of_word(head) not in _STATE_ORGANS:
            return None
        named = self._mentions.within(*tree.bounds(head.idx))
        others = {mention.country for mention in named if mention.country is not None}
        return self._home if others <= {self._home} else None

    def _sector(self, head: Token, meant: Mention | None, phrase: list[Token]) -> str | None:
        if meant is not None and (known := _sector_of_name(meant)) is not None:
            return known
        is_named = meant is not None and meant.start_char <= head.idx < meant.end_char
        own = None if is_named and meant is not None and meant.label != "PERSON" else _sector_of_word(head)
        if own is not None and head.lemma_.lower() not in _weak():
            return own
        is_weak, is_foreign = own is not None or is_named, False
        fallback = own
        for token in phrase:
            if is_named and meant is not None and meant.start_char <= token.idx < meant.end_char:
                continue
            if _is_where(token):
                break
            found = self._sector_beside(token)
            modifying = _modifiers().get(token.lower_) if is_weak and not _is_armed_forces(token, head) else None
            if modifying is not None and (found is None or token.lemma_.lower() in _weak()):
                return modifying
            if found is None or (token.lemma_.lower() in _weak() and not is_weak):
                is_foreign = is_foreign or self._is_unknown_body(token)
                continue
            if found == "CVL" and (fallback is not None or (own is None and not is_named)):
                # 'the consumer goods giant Havmark', 'child poverty'
                continue
            if token.lemma_.lower() not in _weak():
                return found
            fallback = fallback or found
        # 'the chief of Nordfisk' is no official, whatever Nordfisk is
        return None if is_foreign else fallback

    def _is_unknown_body(self, token: Token) -> bool:
        mention = self._mention_at(token)
        return mention is not None and mention.label == "ORG"

    def _sector_beside(self, token: Token) -> str | None:
        mention = self._mention_at(token)
        if mention is not None and mention.label in ("ORG", "FAC", "NORP"):
            return _sector_of_name(mention)
        return _sector_of_word(token) if mention is None or mention.label == "PERSON" else None

    def _introduced_as(self, entity_id: str) -> tuple[str | None, str | None]:
        """Country and sector that the article gives to a person anywhere: 'Russian foreign minister Ada Cole'."""
        if entity_id not in self._introduced:
            country = sector = None
            people = [mention for mention in self._mentions.mentions if mention.label == "PERSON"]
            for mention in people[:_MAX_INTRODUCTIONS]:
                if mention.entity_id != entity_id:
                    continue
                own = self._introduction(mention)
                country, sector = country or own[0], sector or own[1]
                if country is not None and sector is not None:
                    break
            self._introduced[entity_id] = (country, sector)
        return self._introduced[entity_id]

    def _introduction(self, mention: Mention) -> tuple[str | None, str | None]:
        """What the title in front of a name, or the apposition behind it, says."""
        first = bisect_left(self._starts, mention.start_char)
        last = bisect_left(self._starts, mention.end_char) - 1
        if not first <= last < len(self._doc):
            return None, None
        title = []
        for index in range(first - 1, max(-1, first - 1 - _LONGEST_TITLE), -1):
            token = self._doc[index]
            if token.is_space or not _is_of_title(token):
                break
            title.append(token)
        for child in islice(self._doc[last].rights, _MAX_STEPS):
            if child.dep_ == "appos" and child.pos_ == "NOUN":
                title += [child, *(word for word in islice(child.lefts, _MAX_STEPS) if word.dep_ in _BEFORE)]
                of = next((prep for prep in islice(child.rights, _MAX_STEPS) if prep.lower_ == "of"), None)
                title += list(islice(of.rights, 1)) if of is not None else []
        countries = (self._country(self._mention_at(token), [token]) for token in title)
        sectors = (self._sector_beside(token) for token in title)
        country = next((found for found in countries if found is not None), None)
        return country, next((found for found in sectors if found is not None), None)


def _is_of_title(token: Token) -> bool:
    """Whether a word in front of a name may belong to its title: 'Russian', 'foreign', 'minister'."""
    word = token.lower_.rstrip(".")
    if word in title_words() or word in roles() or token.lower_ in ("'s", "’s") or _modifiers().get(word):
        return True
    return _sector_of_word(token) is not None or _country_of_word(token) is not None


def _is_state(mention: Mention) -> bool:
    """Whether a name is a country's or its capital's, which stands for the government: 'Tehran accused'."""
    if mention.label != "GPE":
        return False
    if mention.entity_id is not None and mention.entity_id == mention.country:
        return True
    return mention.geonames_id is not None and mention.geonames_id in _capitals()


def _is_town(mention: Mention) -> bool:
    return mention.label in ("GPE", "LOC", "FAC") and mention.entity_id != mention.country


@cache
def _capitals() -> frozenset[int]:
    gazetteer = load_gazetteer()
    return frozenset(
        int(geonames_id) for geonames_id, kind in zip(gazetteer.ids, gazetteer.kinds, strict=True) if kind == "capital"
    )


def _country_of_word(token: Token) -> str | None:
    if not token.text[:1].isupper() or token.pos_ not in ("ADJ", "PROPN", "NOUN"):
        return None
    return country_of_people(token.text) or country_of_name(token.text)


def _named_country(mention: Mention) -> str | None:
    """The country of a body that seeds/actor_names.csv lists, or whose name begins with one: 'Russian Navy'."""
    if mention.label == "PERSON":
        return None
    listed = _listed(mention)
    if listed is not None:
        return listed[0]
    if mention.label != "ORG" or _name_of(mention) in organizations():
        return None
    words = mention.text.removeprefix("the ").removeprefix("The ").split()
    for length in (2, 1):
        known = country_of_people(" ".join(words[:length])) or country_of_name(" ".join(words[:length]))
        if known is not None:
            return known
    return country_of_name(words[-1]) if len(words) > 2 and words[-2] in ("of", "de") else None


def _sector_of_name(mention: Mention) -> str | None:
    """What the name of a body tells: listed, a metonym, between states, or by its words ('Ministry', 'Inc')."""
    listed = _listed(mention)
    if listed is not None:
        return listed[1]
    if mention.label == "PERSON":
        return None
    name = _name_of(mention)
    known = _metonyms().get(name) or _metonyms().get(mention.text.casefold())
    if known is not None:
        return known
    if mention.label != "ORG":
        return None
    if name in organizations() or mention.text.casefold() in organizations():
        return "IGO"
    return _sector_of_title(name)


def _sector_of_title(name: str) -> str | None:
    """The sector of an organisation by the words of its name: 'Ministry of Trade', 'Leeds Crown Court', 'Acme Inc'."""
    words = [word.strip(".,()") for word in name.removeprefix("the ").split()]
    if not words:
        return None
    sectors, weak, modifiers = sectors_by_lemma(), _weak(), _modifiers()
    head = words[: words.index("of")] if "of" in words else words
    for word in reversed(head):
        word = word if word in sectors else word.removesuffix("s")
        if word in sectors and word not in weak:
            return sectors[word]
        if word in modifiers:
            return modifiers[word]
    if len(words) > 1 and words[-1] in legal_forms():
        return "BUS"
    last = head[-1] if head else ""
    return sectors.get(last if last in sectors else last.removesuffix("s"))


def _is_where(token: Token) -> bool:
    return token.head.dep_ == "prep" and token.head.lower_ in _WHERE


def _is_armed_forces(token: Token, head: Token) -> bool:
    """An 'armed group' rebels, the 'armed forces' do not."""
    return token.lower_ == "armed" and head.lemma_.lower() == "force"


def _sector_of_word(token: Token) -> str | None:
    """The sector of a noun; an 'attorney general' is no soldier, a 'central bank' no business."""
    if token.lemma_.lower() == "bank" and token.i > 0 and token.nbor(-1).lower_ in ("central", "reserve"):
        return "GOV"
    if token.lemma_.lower() == "general" and token.i > 0:
        first = token.nbor(-1) if token.nbor(-1).text != "-" or token.i < 2 else token.nbor(-2)
        return sectors_by_lemma().get(first.lemma_.lower(), sector_of_word(token))
    return sector_of_word(token)


def _name_of(mention: Mention) -> str:
    return (mention.name or mention.text).casefold()


def _listed(mention: Mention) -> tuple[str | None, str] | None:
    if mention.label in ("PERSON", "GPE"):
        return None
    names = _actor_names()
    # An acronym that the article spells out is what it says there: 'FA', the Football Association.
    plain = (mention.name or mention.text).removeprefix("the ").removeprefix("The ")
    return names.get(plain) or (names.get(plain.casefold()) if len(plain) > 3 else None)


@cache
def _actor_names() -> dict[str, tuple[str | None, str]]:
    """Country and sector of seeds/actor_names.csv; short names keep their case: 'IS', 'Fed'."""
    found: dict[str, tuple[str | None, str]] = {}
    for row in read_seed("actor_names"):
        for name in (row["name"], *row["other_names"].split("|")):
            if name:
                found[name if len(name) <= 3 else name.casefold()] = (row["country"] or None, row["sector"])
    return found


@cache
def _metonyms() -> dict[str, str]:
    return {row["name"].casefold(): row["sector"] for row in read_seed("metonyms")}


@cache
def _weak() -> frozenset[str]:
    return frozenset(row["lemma"] for row in read_seed("sectors") if row["strength"] == "weak")


@cache
def _modifiers() -> dict[str, str]:
    return {row["word"]: row["sector"] for row in read_seed("sector_modifiers")}
