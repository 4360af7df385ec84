"""Finds speech that is reported without marks, or with marks around some of its words.

Comes in: a Doc, its cues and marked passages. Goes out: `Report`s, in order of text: the stretches of one reported
clause and what they hang on.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from transforms.quotes.attribution import find_speaker
from transforms.quotes.cues import Cue
from transforms.quotes.passages import Attribution, Passage, Passages
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.tree import children, lefts, rights

_SHORTEST = 2
"""A reported stretch of fewer words says nothing: 'he said so'."""

_CHARGES = frozenset({"of", "for", "as", "over", "about"})
"""Prepositions that say what somebody is criticised or praised for."""

_REACH = 14
"""Tokens between a cue and the marked predicate of its object."""

_PARENTHESES = frozenset({"parataxis"})


@dataclass(slots=True)
class Report:
    """One reported clause: its stretches as characters, whether it holds marked words, and what it hangs on."""

    spans: list[tuple[int, int]]
    is_mixed: bool
    attribution: Attribution


def find_reports(cues: Sequence[Cue], passages: Passages, namer: SpeakerNamer) -> list[Report]:
    """The reported clauses of the text. Marks the passages that they hold as absorbed."""
    reports = []
    starts = [cue.start for cue in _participles(cues)]
    for cue in cues:
        if cue.is_thought:
            continue
        found = _content(cue, passages)
        if found is None:
            continue
        rule, confidence, spans = found
        speaker = find_speaker(cue, passages, namer)
        if _attribute_left_over(passages, spans[0], cue, speaker):
            continue
        spans = [(start, _end_before_participle(start, end, starts)) for start, end in spans]
        pieces = [piece for span in spans for piece in _cut(passages, *span)]
        if sum(_words(passages.doc, *piece) for piece in pieces) < _SHORTEST:
            continue
        held = [passage for piece in pieces for passage in passages.between(*piece)]
        for passage in held:
            passage.is_absorbed = True
        attribution = Attribution(rule, confidence, cue, speaker)
        reports.append(Report([_characters(passages.doc, *piece) for piece in pieces], bool(held), attribution))
    return reports


def _attribute_left_over(passages: Passages, span: tuple[int, int], cue: Cue, speaker: Speaker | None) -> bool:
    """Gives a marked passage in which the reported clause begins to a cue behind it; false where there is none."""
    inside = passages.at(span[0])
    if inside is None or not inside.is_speech_by_length or cue.start < inside.after:
        return False
    if inside.attribution is None:
        inside.attribution = Attribution("reported_clause", 0.8, cue, speaker)
    return True


Spans = list[tuple[int, int]]


def _participles(cues: Sequence[Cue]) -> list[Cue]:
    """The cues that go on with a report after a comma: 'said it rained, adding that it was cold'."""
    return [
        cue
        for cue in cues
        if cue.head.tag_ == "VBG" and cue.start and cue.head.doc[cue.start - 1].text == "," and not cue.is_thought
    ]


def _end_before_participle(start: int, end: int, participle_starts: list[int]) -> int:
    """The end of a reported stretch, before the next report that the parser took for a part of it."""
    following = bisect_left(participle_starts, start + 1)
    if following < len(participle_starts) and participle_starts[following] < end:
        return participle_starts[following]
    return end


def _content(cue: Cue, passages: Passages) -> tuple[str, float, Spans] | None:
    """What the cue reports, as tokens: name of the rule, confidence, stretches. The first frame that fits counts."""
    frames: tuple[tuple[str, str, float, Callable[[], Spans]], ...] = (
        ("sentence", "according_to", 0.85, lambda: _rest_of_sentence(cue)),
        ("clause", "reported_clause", 0.8, lambda: _clause(cue)),
        ("clause", "parenthesis", 0.8, lambda: _host_of_parenthesis(cue)),
        ("infinitive", "infinitive", 0.65, lambda: _infinitive(cue)),
        ("order", "infinitive", 0.65, lambda: _infinitive(cue)),
        ("predicate", "predicate", 0.5, lambda: _object_and_predicate(cue, passages)),
        ("object", "object", 0.5, lambda: _object(cue)),
    )
    for frame, rule, confidence, find in frames:
        spans = find() if cue.takes(frame) else []
        if spans:
            return rule, confidence, spans
    return None


def _clause(cue: Cue) -> Spans:
    """Officials said [the plan failed]. [The plan failed], officials said."""
    wanted = ("ccomp", "acl", "relcl") if cue.pos == "NOUN" else ("ccomp",)
    for child in children(cue.head):
        if child.dep_ not in wanted or (cue.pos == "NOUN" and not _has_that(child)):
            continue
        if child.i > cue.head.i:
            start = max(child.left_edge.i, cue.end)
            return [(start, _end_of_clause(cue, child, start))]
        return _around(child.left_edge.i, child.right_edge.i + 1, cue)
    return []


def _has_that(clause: Token) -> bool:
    """'the claim that it rained': the clause begins with a conjunction."""
    return any(child.dep_ == "mark" and child.lower_ == "that" for child in lefts(clause))


def _end_of_clause(cue: Cue, clause: Token, start: int) -> int:
    """Where the reported clause ends: with its last word, or with what the parser hung on the verb by mistake."""
    end = clause.right_edge.i + 1
    for child in rights(cue.head):
        if child.i >= end and child.dep_ in ("prep", "advmod", "npadvmod", "advcl") and child.left_edge.i <= end:
            end = child.right_edge.i + 1
    return end


def _host_of_parenthesis(cue: Cue) -> Spans:
    """[The plan], officials said, [would fail]: the cue hangs on the clause that it reports."""
    verb = cue.head
    if verb.dep_ not in _PARENTHESES or verb.head == verb:
        return []
    host = verb.head
    return _around(host.left_edge.i, host.right_edge.i + 1, cue)


def _around(start: int, end: int, cue: Cue) -> Spans:
    """The stretch without the attribution that stands in it or at its edge."""
    first, last = _own_words(cue)
    if first >= end or last <= start:
        return [(start, end)]
    return [(a, b) for a, b in ((start, first), (last, end)) if a < b]


def _own_words(cue: Cue) -> tuple[int, int]:
    """The tokens of the attribution: the cue, its subject and what hangs on it, but not the reported clause."""
    first, last = cue.start, cue.end
    for child in children(cue.head):
        if child.dep_ in ("ccomp", "parataxis", "cc", "conj"):
            continue
        if child.i < cue.start and child.dep_ not in ("punct",):
            first = min(first, child.left_edge.i)
        elif child.i >= cue.end and child.dep_ != "punct":
            last = max(last, child.right_edge.i + 1)
    return first, last


def _infinitive(cue: Cue) -> Spans:
    """The party promised [to build a road]. They urged [him to go]."""
    for child in rights(cue.head):
        if child.dep_ in ("xcomp", "ccomp", "acl", "advcl") and any(word.tag_ == "TO" for word in lefts(child)):
            start = max(child.left_edge.i, cue.end)
            if cue.takes("order"):
                start = cue.end
            return [(start, _end_of_infinitive(child))]
    return []


def _end_of_infinitive(verb: Token) -> int:
    """Before a finite verb that the parser joins to it: 'vowed to stay [and left the hall]'."""
    joint = verb.right_edge.i + 1
    for child in rights(verb):
        if child.dep_ == "cc":
            joint = child.i
        if child.dep_ == "conj" and child.tag_ in ("VBD", "VBZ", "VBP"):
            return joint
    return verb.right_edge.i + 1


def _object_and_predicate(cue: Cue, passages: Passages) -> Spans:
    """She called [the plan a mistake]. He described [it as dead]. She called [the plan "a mess"]."""
    for passage in passages.between(cue.end + 1, cue.end + _REACH):
        if not any(_ends_object(word) for word in cue.head.doc[cue.end : passage.opening]):
            return [(cue.end, passage.after)]
        break
    complements = [child for child in rights(cue.head) if child.dep_ in ("dobj", "oprd", "ccomp", "xcomp")]
    as_phrases = [child for child in rights(cue.head) if child.dep_ == "prep" and child.lower_ == "as"]
    if not complements or not (as_phrases or any(child.dep_ != "dobj" for child in complements)):
        return []
    parts = complements + as_phrases
    return [(min(part.left_edge.i for part in parts), max(part.right_edge.i for part in parts) + 1)]


def _ends_object(word: Token) -> bool:
    return word.tag_ in ("VBD", "VBZ", "VBP", "MD", ".", ":", ",") or word.is_space


def _object(cue: Cue) -> Spans:
    """They accused [him of lying]."""
    parts = [child for child in rights(cue.head) if child.dep_ == "dobj" or child.lower_ in _CHARGES]
    if len(cue.entry.words) > 1:
        # They called for a vote: the object of "for".
        parts = [child for child in rights(cue.head.doc[cue.end - 1]) if child.dep_ in ("pobj", "pcomp")]
    elif not any(part.dep_ == "dobj" for part in parts):
        return []
    if not parts:
        return []
    return [(min(part.left_edge.i for part in parts), max(part.right_edge.i for part in parts) + 1)]


def _rest_of_sentence(cue: Cue) -> Spans:
    """According to Lund, [the plan failed]. [The plan], according to Lund, [failed]."""
    doc = cue.head.doc
    host = cue.head.head
    while host.dep_ in ("prep", "pobj", "prep", "npadvmod", "advmod") and host.head != host:
        host = host.head
    first, last = cue.head.left_edge.i, max(cue.end, cue.head.right_edge.i + 1)
    start, end = host.left_edge.i, host.right_edge.i + 1
    while start < end and "\n" in doc[start].text:
        start += 1
    return [(a, b) for a, b in ((start, min(first, end)), (max(last, start), end)) if a < b]


def _cut(passages: Passages, start: int, end: int) -> Spans:
    """A stretch without the passages that are speech of their own, and wholly with those that are part of it."""
    inside = passages.at(start)
    if inside is not None and (inside.after >= end or inside.attribution is not None):
        return []
    pieces = []
    first = start
    if inside is not None:
        start = inside.opening
    for passage in passages.between(start, end):
        if _is_own(passage, first, end):
            pieces.append((start, passage.opening))
            start = passage.after
        else:
            end = max(end, passage.after)
    if start < end:
        pieces.append((start, end))
    return [piece for piece in (_trim(passages.doc, *piece) for piece in pieces) if piece[0] < piece[1]]


def _is_own(passage: Passage, start: int, end: int) -> bool:
    """Whether the passage hangs on a reporting word outside of the stretch, or was introduced as a whole."""
    attribution = passage.attribution
    if attribution is None:
        return False
    return attribution.cue is None or not start <= attribution.cue.start < end


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Without punctuation and blanks at the edges; marks stay with the passage that they hold."""
    while start < end and (
        doc[start].is_space or (doc[start].is_punct and not doc[start].is_quote and not doc[start].is_left_punct)
    ):
        start += 1
    while start < end and (
        doc[end - 1].is_space
        or (doc[end - 1].is_punct and not doc[end - 1].is_quote and not doc[end - 1].is_right_punct)
    ):
        end -= 1
    return start, end


def _words(doc: Doc, start: int, end: int) -> int:
    return sum(1 for index in range(start, min(end, start + 20)) if not doc[index].is_punct and not doc[index].is_space)


def _characters(doc: Doc, start: int, end: int) -> tuple[int, int]:
    return doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
