"""Finds speech that is reported without marks, or with marks around some of its words.

Comes in: a Doc, its cues and marked passages. Goes out: `Report`s, in order of text: the stretches of one reported
clause and what they hang on.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from spacy.tokens import Doc

from transforms.quotes.cues import Cue
from transforms.quotes.extents import sentence_start
from transforms.quotes.frames import Spans, find_content
from transforms.quotes.passages import WINDOW, Attribution, Passage, Passages, ends_sentence
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.subjects import find_speaker
from transforms.quotes.tree import children
from transforms.quotes.turns import find_turns

_SHORTEST = 2
"""A reported stretch of fewer words says nothing: 'he said so'."""


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
        content = find_content(cue, passages)
        if content is None:
            continue
        spans = _behind_sentence(passages, content.spans)
        speaker = None if _is_impersonal(cue, content.rule) else find_speaker(cue, passages, namer)
        if _attribute_left_over(passages, spans[0], cue, speaker):
            continue
        spans = [(start, _end_before_participle(start, end, starts)) for start, end in spans]
        pieces = [piece for span in spans for piece in _cut(passages, *span)]
        if sum(_words(passages.doc, *piece) for piece in pieces) < _SHORTEST:
            continue
        held = [passage for piece in pieces for passage in passages.between(*piece)]
        for passage in held:
            passage.is_absorbed = True
        attribution = Attribution(content.rule, content.confidence, cue, speaker)
        reports.append(Report([_characters(passages.doc, *piece) for piece in pieces], bool(held), attribution))
    reports.extend(_widen_marked(passages, {cue.start for cue in cues}))
    reports.extend(_turns(cues, passages, namer))
    return sorted(reports, key=lambda report: report.spans[0])


def _widen_marked(passages: Passages, cue_starts: set[int]) -> list[Report]:
    """Marked words that are a part only of what a reporting word behind them closes: ["We stay" until May], Lund said.
    [In a dry year, "we stay until May,"] Lund said.

    Their attribution goes over to the whole stretch, which is mixed.
    """
    reports = []
    for passage in passages.passages:
        attribution = passage.attribution
        if attribution is None or attribution.cue is None or attribution.cue.start < passage.after:
            continue
        start, end = _plain_start(passages, passage, cue_starts), _plain_end(passages, passage, attribution.cue)
        if (start, end) == (passage.opening, passage.after):
            continue
        passage.is_absorbed = True
        widened = Attribution("marked_and_plain", 0.75, attribution.cue, attribution.speaker)
        reports.append(Report([_characters(passages.doc, *_trim(passages.doc, start, end))], True, widened))
    return reports


def _plain_start(passages: Passages, passage: Passage, cue_starts: set[int]) -> int:
    """Where the sentence of a marked passage begins, if its first words are said by the same speaker."""
    doc, start = passages.doc, sentence_start(passages, passage.opening)
    ahead = range(start, passage.opening)
    if _words(doc, start, passage.opening) <= _LEAD_IN or not _is_plain(passages, start, passage.opening):
        return passage.opening
    if any(index in cue_starts or doc[index].text == ":" for index in ahead):
        return passage.opening
    return start


def _plain_end(passages: Passages, passage: Passage, cue: Cue) -> int:
    """Where the words end that follow a marked passage ahead of its attribution, if they are said by the same
    speaker."""
    head = passages.speaker_head(cue)
    end = cue.start if head is None else min(cue.start, head.left_edge.i)
    if end - passage.after > WINDOW:
        return passage.after
    said = passages.text[passage.marked.start : passage.marked.end].rstrip()
    if said.endswith((",", ".", "?", "!")) or _words(passages.doc, passage.after, end) < _SHORTEST:
        return passage.after
    is_joined = not passages.doc[passage.after].is_punct and _is_plain(passages, passage.after, end)
    return end if is_joined else passage.after


_LEAD_IN = 2
_MOST_COUNTED = 3


def _is_plain(passages: Passages, start: int, end: int) -> bool:
    """Whether the stretch is text of one line without marks."""
    return not passages.between(start, end) and not any(word.is_space for word in passages.doc[start:end])


def _cue_at(start: int, cues: Sequence[Cue], passages: Passages) -> Cue | None:
    return next((cue for cue in cues if passages.doc[cue.start].idx == start), None)


def _turns(cues: Sequence[Cue], passages: Passages, namer: SpeakerNamer) -> list[Report]:
    """The turns of transcripts and the speech of headlines; what is marked inside of them is a part of them."""
    reports = []
    for turn in find_turns(passages, namer):
        span = passages.doc.char_span(turn.start, turn.end, alignment_mode="contract")
        held = passages.between(span.start, span.end) if span is not None else []
        for passage in held:
            passage.is_absorbed = True
        cue = _cue_at(turn.cue_start, cues, passages) if turn.cue_start is not None else None
        attribution = Attribution(turn.rule, turn.confidence, cue, turn.speaker)
        reports.append(Report([(turn.start, turn.end)], bool(held), attribution))
    return reports


def _is_impersonal(cue: Cue, rule: str) -> bool:
    """'it was announced that', 'she is said to be': the subject is not who says it."""
    if rule == "passive_infinitive":
        return True
    kinds = {child.dep_: child.lower_ for child in children(cue.head)}
    return "auxpass" in kinds and "agent" not in kinds and "it" in (kinds.get("nsubj"), kinds.get("nsubjpass"))


def _behind_sentence(passages: Passages, spans: Spans) -> Spans:
    """Without the marked sentence that the parser joined to what is reported: "It rains." [Sales fell], police said."""
    start, end = spans[0]
    inside = passages.at(start)
    if inside is None or end <= inside.after + 1 or not ends_sentence(passages, inside):
        return spans
    return [(inside.after, end), *spans[1:]]


def _attribute_left_over(passages: Passages, span: tuple[int, int], cue: Cue, speaker: Speaker | None) -> bool:
    """Gives a marked passage in which the reported clause begins to a cue behind it; false where there is none."""
    inside = passages.at(span[0])
    if inside is None or not inside.is_speech_by_length or cue.start < inside.after:
        return False
    if inside.attribution is None:
        inside.attribution = Attribution("marked_clause", 0.85, cue, speaker)
    return True


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
    """The words between two tokens, of which no more are counted than are asked for."""
    tokens = (doc[index] for index in range(start, min(end, start + 20)))
    return sum(1 for _ in islice((token for token in tokens if not (token.is_punct or token.is_space)), _MOST_COUNTED))


def _characters(doc: Doc, start: int, end: int) -> tuple[int, int]:
    return doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
