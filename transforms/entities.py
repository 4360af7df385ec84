"""Finds the mentions of one parsed article and chains short names to full ones.

Comes in: a spaCy Doc with entities and sentences. Goes out: `Mention` rows in order of text.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from spacy.tokens import Doc, Span

from transforms.rows import Mention

_IDENTIFIED_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"})
_DETERMINERS = frozenset({"the", "a", "an"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})


def read_column(doc: Doc, attribute: int) -> list[str]:
    """One attribute of every token, such as `spacy.attrs.LEMMA`, as text.

    For questions put to all tokens of a Doc: asking each Token, which must be made first, takes ten times as long.
    """
    ids = doc.to_array(attribute).tolist()
    strings = doc.vocab.strings
    texts = {text_id: strings[text_id] for text_id in set(ids)}
    return [texts[text_id] for text_id in ids]


def read_lower(doc: Doc, attribute: int) -> list[str]:
    """The same in lower case."""
    ids = doc.to_array(attribute).tolist()
    strings = doc.vocab.strings
    texts = {text_id: strings[text_id].lower() for text_id in set(ids)}
    return [texts[text_id] for text_id in ids]


class SentenceNumbers:
    """Numbers the sentences of a Doc from 1 and finds the one a character stands in."""

    __slots__ = ("_starts",)

    def __init__(self, doc: Doc) -> None:
        self._starts = [sentence.start_char for sentence in doc.sents]

    def __len__(self) -> int:
        return len(self._starts)

    def at(self, char: int) -> int:
        """Number of the sentence that holds the character at offset `char`."""
        return max(1, bisect_right(self._starts, char))


class MentionIndex:
    """Finds mentions by where they stand. The mentions must be in order of text and must not overlap."""

    __slots__ = ("_starts", "mentions")

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions
        self._starts = [mention.start_char for mention in mentions]

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that overlap the characters from `start` to `end` (exclusive), in order of text."""
        first = bisect_right(self._starts, start)
        while first and self.mentions[first - 1].end_char > start:
            first -= 1
        last = first
        while last < len(self.mentions) and self.mentions[last].start_char < end:
            last += 1
        return list(self.mentions[first:last])


def find_mentions(doc: Doc, sentences: SentenceNumbers) -> list[Mention]:
    """The model's entities as mentions, their labels kept, names chained to the fullest form in the article."""
    mentions: list[Mention] = []
    for entity in doc.ents:
        span = trim_span(entity)
        if span is None:
            continue
        mentions.append(
            Mention(
                mention_no=len(mentions) + 1,
                sentence_no=sentences.at(span.start_char),
                text=span.text,
                start_char=span.start_char,
                end_char=span.end_char,
                label=entity.label_,
            )
        )
    _name_mentions(mentions)
    return mentions


def trim_span(span: Span) -> Span | None:
    """The span without white space, a leading article or a trailing possessive; None where nothing is left."""
    start, end = span.start, span.end
    doc = span.doc
    while start < end and (doc[start].is_space or doc[start].lower_ in _DETERMINERS):
        start += 1
    while start < end and (doc[end - 1].is_space or doc[end - 1].text in _POSSESSIVES):
        end -= 1
    if (start, end) == (span.start, span.end):
        return span if start < end else None
    return doc[start:end] if start < end else None


@lru_cache(maxsize=10_000)
def identify(label: str, name: str) -> str:
    """The id of an entity: the same label and name, whatever case and spacing, give the same id in every article."""
    key = f"{label}:{' '.join(name.casefold().split())}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _name_mentions(mentions: Iterable[Mention]) -> None:
    """Sets `name` and `entity_id`: 'Cole' is 'Ada Cole' where the article names one Cole only."""
    people = [mention for mention in mentions if mention.label == "PERSON"]
    full_names: dict[str, set[str]] = {}
    for person in people:
        words = person.text.split()
        if len(words) > 1:
            full_names.setdefault(words[-1], set()).add(" ".join(words))
    for mention in mentions:
        if mention.label not in _IDENTIFIED_LABELS:
            continue
        name = " ".join(mention.text.split())
        candidates = full_names.get(name, set()) if mention.label == "PERSON" else set()
        mention.name = next(iter(candidates)) if len(candidates) == 1 else name
        mention.entity_id = identify(mention.label, mention.name)
