"""Where the names of one article stand, among its tokens, and whose they are.

Comes in: a parsed article and its mentions. Goes out: `Name`s by token, those among them that are no mention: a last
name that the model passed over, and the name of a stranger who speaks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.entities.lists import first_names, genders, last_words, title_words
from transforms.parsed import Parsed
from transforms.pronouns.introductions import introductions, noun_at
from transforms.pronouns.salience import Referent
from transforms.pronouns.syntax import role_of
from transforms.pronouns.words import BODY, GROUP, PERSON, nouns
from transforms.rows import Mention

_BODY_LABELS = frozenset({"ORG", "GPE"})
_MISTAKEN = frozenset({"ORG", "GPE", "PRODUCT", "WORK_OF_ART", "FAC", "EVENT"})
_WORDS_OF_FULL_NAME = (2, 3)
_LONGEST_NAME = 4
_MOST_INTRODUCTIONS = 20
"""Ways in which one person is introduced in an article; a list may have thousands."""
_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj", "appos", "ROOT", "conj"})


@dataclass(slots=True, eq=False)
class Name:
    """A name by tokens, `end` exclusive."""

    mention: Mention
    start: int
    end: int
    head: Token
    referent: Referent


class Names:
    """The names of an article; `at` gives them by each of their tokens."""

    def __init__(self, parsed: Parsed, mentions: MentionIndex) -> None:
        self._parsed = parsed
        self._doc = parsed.doc
        self._mentions = mentions
        self._starts = parsed.starts
        self._words = parsed.words
        self._lower = parsed.lower
        self._referents: dict[str, Referent] = {}
        self._by_last_name: dict[str, Referent] = {}
        self._placed = list(self._place())
        self.at = {index: name for name in self._placed for index in range(name.start, name.end)}
        for name in list(self._missed_names()):
            self.at.update((index, name) for index in range(name.start, name.end))
        self._introduce()

    def _place(self) -> Iterator[Name]:
        title_end = next((start for start, word in zip(self._starts, self._words, strict=True) if "\n" in word), -1)
        for mention in self._mentions.mentions:
            kind = _kind_of(mention)
            if kind is None:
                continue
            start = max(0, bisect_right(self._starts, mention.start_char) - 1)
            end = max(start + 1, bisect_left(self._starts, mention.end_char))
            known = self._by_last_name.get(mention.text) if kind == BODY else None
            referent = known or self._referent(mention, start, kind)
            if kind == PERSON and end - start > 1:
                self._by_last_name.setdefault(self._words[end - 1], referent)
            referent.is_in_title = referent.is_in_title or mention.end_char <= title_end
            yield Name(mention, start, end, self._doc[_head_of(self._parsed.heads, start, end)], referent)

    def _referent(self, mention: Mention, start: int, kind: str) -> Referent:
        name = mention.name or mention.text
        key = f"{kind} {name}"
        referent = self._referents.get(key)
        if referent is None:
            referent = Referent(kind, mention, is_bare=kind == PERSON, is_place=mention.label == "GPE")
            self._referents[key] = referent
        if kind == PERSON:
            before = self._lower[start - 1].rstrip(".") if start else ""
            title = genders().get(before, "")
            first = name.split()[0].casefold() if " " in name else ""
            referent.gender = title or referent.gender or first_names().get(first, "")
            referent.is_bare = referent.is_bare and before not in title_words() and " " not in name
        return referent

    def _missed_names(self) -> Iterator[Name]:
        known = self._names_by_word()
        subjects = self._subjects()
        places = [index for index, word in enumerate(self._words) if word in known]
        for index in sorted(subjects.union(places)):
            word = self._words[index]
            if index in self.at:
                continue
            if word in known:
                name = known[word]
                yield Name(name.mention, index, index + 1, self._doc[index], name.referent)
            elif index in subjects:
                yield from self._stranger(index)

    def _names_by_word(self) -> dict[str, Name]:
        """The names of one word, and people by their last names, where one only has it."""
        found: dict[str, Name] = {}
        shared: set[str] = set()
        for name in self._placed:
            last = self._words[name.end - 1]
            is_word = name.end - name.start == 1 and name.referent.kind != GROUP and not name.referent.is_place
            is_full = name.end - name.start > 1 and name.referent.kind == PERSON
            if (is_word or is_full) and found.setdefault(last, name).referent is not name.referent:
                shared.add(last)
        return {word: name for word, name in found.items() if word not in shared and word[:1].isupper()}

    def _subjects(self) -> set[int]:
        """The proper nouns of no known name that speak, and those behind a first name that do anything."""
        columns = zip(self._parsed.tags, self._parsed.deps, strict=True)
        places = [index for index, (tag, dep) in enumerate(columns) if tag == "NNP" and dep == "nsubj"]
        unknown = (index for index in places if index not in self.at)
        return {index for index in unknown if self._has_first_name(index) or role_of(self._doc[index]).speaks}

    def _has_first_name(self, index: int) -> bool:
        return index > 0 and self._words[index - 1].istitle() and self._lower[index - 1] in first_names()

    def _stranger(self, index: int) -> Iterator[Name]:
        """'Ada Roe said': the name of a speaker that the model passed over, which has no entity."""
        start = index
        while start and index - start < _LONGEST_NAME and self._is_proper(start - 1):
            start -= 1
        while start < index and self._lower[start].rstrip(".") in title_words():
            start += 1
        if not all(self._is_name_word(word) for word in range(start, index + 1)):
            return
        word = self._doc[index]
        if self._mentions.within(self._starts[start], self._starts[index] + len(word)):
            return
        is_body = (start > 0 and self._lower[start - 1] == "the") or word.head.tag_ == "VBP"
        text = self._doc[start : index + 1].text
        label = "ORG" if is_body else "PERSON"
        mention = Mention(0, 0, text, self._starts[start], self._starts[index] + len(word), label, name=text)
        referent = self._referent(mention, start, BODY if is_body else PERSON)
        yield Name(referent.mention or mention, start, index + 1, word, referent)

    def _is_proper(self, index: int) -> bool:
        return self._doc[index].tag_ == "NNP" and index not in self.at

    def _is_name_word(self, index: int) -> bool:
        """Not 'Aides' at the head of a sentence, nor 'REPORT'."""
        word = self._words[index]
        is_common = noun_at(self._doc[index]) is not None or self._lower[index].rstrip(".") in title_words()
        return word[0].isupper() and not is_common and not (len(word) > 1 and word.isupper() and " " not in word[:3])

    def _introduce(self) -> None:
        """Notes for each person and body the nouns that stand beside its name, anywhere in the article."""
        for name in self._placed:
            referent = name.referent
            if len(referent.introductions) >= _MOST_INTRODUCTIONS:
                continue
            for introduction in introductions(self._parsed, name.start, name.end, name.head):
                if introduction.noun.is_person and referent.kind == BODY and _may_be_person(name):
                    # 'Lund, a professor, said', whom the model took for a firm
                    referent.kind = PERSON
                is_fitting = introduction.noun.is_person == (referent.kind == PERSON) and referent.kind != GROUP
                if is_fitting and (not referent.is_place or introduction.noun.group == "government"):
                    referent.introductions.add(introduction)
                    referent.groups.add(introduction.noun.group)
                    referent.gender = referent.gender or introduction.noun.gender
            last = nouns().get(self._lower[name.end - 1])
            if referent.kind == BODY and last is not None and last.kind == "body" and name.end - name.start > 1:
                # 'Oakham Bank' is a bank
                referent.groups.add(last.group)


def is_person_name(mention: Mention) -> bool:
    """Whether a mention names a person: by its label, or 'Anna Roe', which the model took for a firm or a product."""
    if mention.label == "PERSON":
        return True
    words = (mention.name or mention.text).casefold().split()
    if mention.label not in _MISTAKEN or mention.country is not None or mention.geonames_id is not None:
        return False
    is_full = len(words) in _WORDS_OF_FULL_NAME and all(word.isalpha() for word in words)
    return is_full and bool(first_names().get(words[0])) and words[-1] not in last_words() and words[-1] not in nouns()


def _kind_of(mention: Mention) -> str | None:
    if is_person_name(mention):
        return PERSON
    return GROUP if mention.label == "NORP" else BODY if mention.label in _BODY_LABELS else None


def _may_be_person(name: Name) -> bool:
    mention = name.mention
    return mention.country is None and mention.geonames_id is None and name.head.dep_ in _ARGUMENTS


def _head_of(heads: Sequence[int], start: int, end: int) -> int:
    """The token of a name on which its others hang."""
    for index in range(end - 1, start - 1, -1):
        if not start <= heads[index] < end or heads[index] == index:
            return index
    return end - 1
