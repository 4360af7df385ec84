"""Reads one article from left to right and tells whom each pronoun and noun means.

Comes in: a parsed article, its mentions, and the characters of its quotes. Goes out: the mention behind a token that
means somebody who has a name. The article is read as far as is asked.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from operator import or_

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.parsed import Parsed
from transforms.pronouns.introductions import modifiers_ahead, noun_at
from transforms.pronouns.names import Name, Names
from transforms.pronouns.salience import Asking, Referent, choose, is_possible
from transforms.pronouns.syntax import OTHER, SUBJECT, Role, lefts, rights, role_of, subject_verbs
from transforms.pronouns.words import ANTECEDENT, BODY, DOCUMENT, GROUP, PERSON, Noun, Pronoun, nouns, pronouns
from transforms.rows import Mention

_REMEMBERED = 16
"""People and bodies among whom a pronoun chooses: those named last."""
_PLURAL_TAGS = frozenset({"NNS", "NNPS"})
_DEFINITE = frozenset({"the", "this", "that", "his", "her", "their", "its"})
_ONE = frozenset({"a", "an", "one", "another"})
_FREE_BODIES = frozenset({"company", "club"})
_VAGUE = frozenset({"man", "woman", "star"})
_SETTING_APART = frozenset({"shadow", "deputy", "vice", "assistant", "junior"})
_NARROWING = frozenset({"prep", "relcl", "acl"})
_MARGIN_OF_NOUN = 0.8
"""A noun tells less surely than a pronoun that somebody just named is meant."""
_NEAR = 3
"""Sentences within which a noun says again who was named."""
_REFLEXIVE = frozenset({"himself", "herself", "itself", "themselves"})
_OLD = "old"


class Reading:
    """One passage over the article."""

    def __init__(self, parsed: Parsed, mentions: MentionIndex, quoted: Sequence[tuple[int, int]]) -> None:
        self._parsed = parsed
        self._doc = parsed.doc
        self._starts = parsed.starts
        self._lower = parsed.lower
        self._hidden = self._hide(quoted)
        self._sentences = self._number_sentences()
        self._name_at = Names(parsed, mentions).at
        self._introduced: dict[str, dict[Referent, None]] = {}
        self._recent: dict[Referent, None] = {}
        self._nameless: dict[str, Referent] = {}
        self._found: dict[int, Mention] = {}
        self._roles: dict[int, Role] = {}
        self._ahead = sorted(self._places(), key=lambda place: place[0], reverse=True)

    def mention_at(self, index: int) -> Mention | None:
        """The mention behind the token at `index`; what stands behind it tells nothing of it, and is not read."""
        while self._ahead and self._ahead[-1][0] <= index:
            self._read_place(*self._ahead.pop())
        return self._found.get(index)

    def _read_place(self, index: int, name: Name | None) -> None:
        if name is not None:
            self._found[name.head.i] = name.mention
            self._touch(name.referent, name.head, name.start)
            self._touch_group(name)
            return
        pronoun = pronouns().get(self._lower[index])
        referent = self._read_pronoun(self._doc[index], pronoun) if pronoun else self._read_noun(self._doc[index])
        if referent is not None and referent.mention is not None:
            self._found[index] = referent.mention

    def _hide(self, quoted: Sequence[tuple[int, int]]) -> bytearray:
        hidden = bytearray(len(self._starts))
        for start, end in quoted:
            first, after = bisect_left(self._starts, start), bisect_left(self._starts, end)
            hidden[first:after] = b"\1" * (after - first)
        return hidden

    def _number_sentences(self) -> list[int]:
        """The number of each token's sentence. One that only goes on with a quote has the number of the one before."""
        starts = self._parsed.sentence_starts
        numbers: list[int] = []
        number = 0
        shown = bytearray(map(or_, map(str.isspace, self._lower), self._hidden))
        for start, end in zip(starts, [*starts[1:], len(shown)], strict=True):
            number += shown.find(0, start, end) >= 0
            numbers += [number] * (end - start)
        return numbers

    def _places(self) -> Iterator[tuple[int, Name | None]]:
        """The tokens at which somebody may be meant, and the name that begins there."""
        for name in dict.fromkeys(self._name_at.values()):
            yield name.start, name
        lower, lemmas, asked = self._lower, self._parsed.lemmas, _words_asked()
        pairs = enumerate(zip(lower, lemmas, strict=True))
        for index in [index for index, (word, lemma) in pairs if word in asked or lemma in asked]:
            if index not in self._name_at and (lower[index] in pronouns() or self._is_noun(index)):
                yield index, None

    def _is_noun(self, index: int) -> bool:
        """Whether a word, by its tag too, is a noun of the seed, or 'old' in 'the 34-year-old'."""
        if self._parsed.tags[index][:2] not in ("NN", "JJ"):
            return False
        return self._parsed.lemmas[index] in nouns() or self._lower[index] in nouns() or self._is_age(index)

    def _is_age(self, index: int) -> bool:
        """'the 34-year-old'"""
        return self._lower[index] == _OLD and "year" in self._lower[max(0, index - 2) : index]

    def _role_of(self, head: Token) -> Role:
        """`role_of`, worked out once for each of the words that are asked several times."""
        role = self._roles.get(head.i)
        if role is None:
            role = self._roles[head.i] = role_of(head)
        return role

    def _touch(self, referent: Referent, head: Token, start: int | None = None) -> None:
        role = self._role_of(head)
        if role.name == OTHER and start is not None and self._doc[start].is_sent_start:
            # 'Lund, when asked, walked away', where the parser sees no subject
            role = Role(SUBJECT, is_main=True)
        if start is not None:
            referent.named_at = head.i
        referent.touch(head.i, self._sentences[head.i], role, is_quoted=bool(self._hidden[head.i]))
        _move_to_end(self._recent, referent)
        for group in referent.groups:
            _move_to_end(self._introduced.setdefault(group, {}), referent)

    def _touch_group(self, name: Name) -> None:
        """'Lund and Cole left. They': the first of them stands for both."""
        if name.referent.kind != PERSON or not any(child.dep_ == "conj" for child in rights(name.head)):
            return
        group = self._nameless.setdefault(f"{name.mention.name} and", Referent(GROUP))
        group.mention = name.mention
        self._touch(group, name.head)

    def _near(self, *kinds: str) -> list[Referent]:
        return list(islice((other for other in reversed(self._recent) if other.kind in kinds), _REMEMBERED))

    def _asking(self, token: Token, gender: str = "", *, is_noun: bool = False) -> Asking:
        role = self._role_of(token)
        verbs: frozenset[int] = frozenset()
        if role.verb >= 0 and token.lower_ not in _REFLEXIVE:
            verbs = subject_verbs(self._doc[role.verb]) if role.name != SUBJECT else frozenset({role.verb})
        is_quoted = bool(self._hidden[token.i])
        return Asking(self._sentences[token.i], role, gender, is_quoted, verbs, is_noun, _reported_ahead(token, role))

    def _read_pronoun(self, token: Token, pronoun: Pronoun) -> Referent | None:
        if pronoun.means == ANTECEDENT:
            return self._read_relative(token)
        asking = self._asking(token, pronoun.gender)
        if pronoun.means == PERSON:
            candidates = self._near(PERSON)
        elif pronoun.means == BODY:
            if _is_expletive(token):
                return None
            candidates = self._near(BODY, DOCUMENT)
        else:
            candidates = self._near(GROUP, BODY)
        referent = choose(candidates, asking)
        if referent is not None and not asking.is_quoted:
            self._touch(referent, token)
            rivals = [other for other in candidates if other is not referent]
            if not referent.gender and not any(
                is_possible(other, asking) or other.gender == pronoun.gender for other in rivals
            ):
                # nobody else could be meant, so the pronoun tells the gender
                referent.gender = pronoun.gender
        return referent

    def _read_relative(self, token: Token) -> Referent | None:
        """'Lund, who', 'the minister, who': the noun that the clause hangs on, or the name just ahead."""
        if token.tag_ not in ("WP", "WDT") or (token.tag_ == "WDT" and token.dep_ not in ("nsubj", "nsubjpass")):
            return None
        clause = token.head
        antecedent = clause.head if clause.dep_ == "relcl" else None
        name = None
        if antecedent is not None:
            name = self._name_at.get(antecedent.i) or self._apposed(antecedent)
        is_lost = antecedent is None or antecedent.pos_ in ("VERB", "AUX")
        if name is None and is_lost and token.lower_ == "who":
            beside = (self._name_at[index] for index in range(token.i - 1, token.i - 3, -1) if index in self._name_at)
            name = next((other for other in beside if other.referent.kind == PERSON), None)
        if name is not None and name.referent.kind == GROUP and is_one_of_many(name.head):
            return None
        if name is None:
            return None
        if self._role_of(token).name == SUBJECT:
            self._touch(name.referent, token)
        return name.referent

    def _read_noun(self, token: Token) -> Referent | None:
        named = self._name_beside(token)
        if named is not None:
            return named.referent
        if token.dep_ in ("compound", "amod", "nmod"):
            return None
        noun = noun_at(token) or (nouns()["man"] if self._is_age(token.i) else None)
        if noun is None:
            return None
        if token.tag_ in _PLURAL_TAGS:
            self._touch(Referent(GROUP), token)
            return None
        kind = PERSON if noun.is_person else BODY if noun.kind == "body" else DOCUMENT
        is_definite = self._lower[token.left_edge.i] in _DEFINITE or any(c.dep_ == "poss" for c in lefts(token))
        referent = self._meant(token, noun, kind) if is_definite else None
        if referent is None and not (is_definite and noun.kind in ("epithet", "body")):
            # 'the striker' whom nobody fits is most likely one of the people named, and no rival to them
            referent = self._without_name(token, noun, kind, is_definite=is_definite)
        role = self._role_of(token)
        if referent is not None and (referent.mention or kind == DOCUMENT or role.is_main or role.speaks):
            self._touch(referent, token)
        return referent

    def _name_beside(self, token: Token) -> Name | None:
        """The name that the noun only introduces: 'the [minister], Bo Lund', 'Bo Lund, the [minister]'."""
        if token.dep_ in ("compound", "appos", "nmod", "amod") and token.head.i in self._name_at:
            return self._name_at[token.head.i]
        return self._apposed(token)

    def _apposed(self, token: Token) -> Name | None:
        places = (child.i for child in rights(token) if child.dep_ == "appos")
        return next((self._name_at[place] for place in places if place in self._name_at), None)

    def _meant(self, token: Token, noun: Noun, kind: str) -> Referent | None:
        """Who was introduced with that noun, or, of a noun that tells little, who was named last."""
        gender = "" if self._is_age(token.i) else noun.gender
        asking = self._asking(token, gender, is_noun=True)
        modifiers = modifiers_ahead(self._parsed, token.i)
        fitting = [
            referent
            for referent in islice(reversed(self._introduced.get(noun.group, {})), _REMEMBERED)
            if referent.kind == kind and _agree(referent, token, noun, modifiers)
        ]
        known = self._nameless.get(noun.group)
        if known is not None and known.token >= 0 and all(referent.token < known.token for referent in fitting):
            return known
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return choose(fitting, asking)
        is_narrow = any(c.dep_ in _NARROWING and c.left_edge.i == token.i + 1 for c in rights(token))
        if is_narrow or not self._is_free(token, noun, modifiers):
            # 'the head of the school', 'the central bank' are told from others, not named again
            return None
        near = [
            referent
            for referent in self._near(PERSON, BODY)
            if asking.sentence - referent.sentence <= _NEAR and _may_be(referent, noun, kind)
        ]
        return choose(near, asking, margin=_MARGIN_OF_NOUN)

    def _is_free(self, token: Token, noun: Noun, modifiers: frozenset[str]) -> bool:
        """Whether a noun may stand for one who was never introduced with it: 'the actress', 'the firm'."""
        if noun.kind == "body":
            return noun.group in _FREE_BODIES and not modifiers
        return (noun.kind == "epithet" or self._is_age(token.i)) and noun.group not in self._introduced

    def _without_name(self, token: Token, noun: Noun, kind: str, *, is_definite: bool) -> Referent:
        """Somebody who has no name here: 'a woman'. One who speaks for a body stands for it: 'a Labour spokesman'."""
        known = self._nameless.get(noun.group)
        if known is not None and is_definite and noun.kind != "voice":
            return known
        referent = self._nameless[noun.group] = Referent(kind, gender=noun.gender)
        if noun.kind == "voice":
            referent.mention = self._body_of(token)
        return referent

    def _body_of(self, token: Token) -> Mention | None:
        """The body in 'a spokesman for the ministry', 'an Oslo police spokesman', 'its spokesman'."""
        words = [*lefts(token), *(child for p in rights(token) if p.dep_ == "prep" for child in rights(p))]
        for word in words:
            name = self._name_at.get(word.i)
            if name is not None and name.referent.kind != PERSON:
                return name.mention
            if word.dep_ in ("poss", "pobj") and word.i in self._found and self._found[word.i].label != "PERSON":
                return self._found[word.i]
        return None


def _move_to_end(last_named: dict[Referent, None], referent: Referent) -> None:
    last_named.pop(referent, None)
    last_named[referent] = None


@cache
def _words_asked() -> frozenset[str]:
    """The words, and their lemmas, at which somebody without a name may be meant: 'old' as in '34-year-old' too."""
    return frozenset({*pronouns(), *nouns(), _OLD})


def _reported_ahead(token: Token, role: Role) -> tuple[int, int]:
    """The tokens of what is reported ahead of its speaker: '[Lund was hurt], he added', who is not Lund."""
    is_behind = role.speaks and token.dep_ in ("nsubj", "nsubjpass") and token.i > 0 and token.nbor(-1).text == ","
    if not is_behind:
        return (0, 0)
    start = min((child.left_edge.i for child in lefts(token.head) if child.dep_ == "ccomp"), default=token.i)
    return start, token.i


def _agree(referent: Referent, token: Token, noun: Noun, modifiers: frozenset[str]) -> bool:
    """Whether somebody introduced with a noun may be called by it and these words: not 'the finance minister' of a
    'prime minister', nor 'the minister' of a 'shadow minister'."""
    if noun.kind == "epithet":
        return True
    known = _words_of(referent)
    if noun.kind == "body" and noun.group not in _FREE_BODIES and token.lower_ not in known:
        return False
    if noun.kind == "body":
        return modifiers <= known
    return any(
        introduction.noun.group == noun.group
        and modifiers <= introduction.modifiers
        and not (introduction.modifiers - modifiers) & _SETTING_APART
        for introduction in referent.introductions
    )


def _words_of(referent: Referent) -> frozenset[str]:
    """The words of its name and of what it was introduced as, in lower case."""
    name = referent.mention.name or referent.mention.text if referent.mention else ""
    return frozenset(name.casefold().split()).union(*(i.modifiers | {i.word} for i in referent.introductions))


def _may_be(referent: Referent, noun: Noun, kind: str) -> bool:
    """Whether nothing speaks against a noun that it was not introduced with: a politician is no 'actress'."""
    if kind == BODY:
        # the model takes many a firm for a person
        return not referent.is_place and (referent.kind == BODY or (referent.is_bare and not referent.gender))
    if referent.kind != PERSON:
        return False
    groups = {introduction.noun.group for introduction in referent.introductions if introduction.noun.kind == "epithet"}
    return noun.group in _VAGUE or not groups or noun.group in groups


def is_one_of_many(head: Token) -> bool:
    """'one Democrat', 'a Norwegian', who are not their people."""
    return head.tag_ in ("NN", "NNP") and any(child.lower_ in _ONE for child in lefts(head))


def _is_expletive(token: Token) -> bool:
    """'It was said that', 'it is clear that'."""
    verb = token.head
    if token.dep_ == "expl" or token.dep_ not in ("nsubj", "nsubjpass"):
        return token.dep_ == "expl"
    if token.dep_ == "nsubjpass":
        return any(child.dep_ == "ccomp" for child in rights(verb))
    return verb.lemma_ == "be" and any(child.dep_ in ("ccomp", "xcomp", "advcl") for child in rights(verb))
