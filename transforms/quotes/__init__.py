"""Finds reported speech in one parsed article, and who said it.

Comes in: a parsed article, its mentions and sentence numbers. Goes out: `Quote` rows in order of text. Marked passages
are paired by `marks` and placed by `passages`, reporting words found by `cues`, speakers by `speakers`; here they come
together:

1. `attribution`: a marked passage takes the reporting word beside it ("Go," she said);
2. `reported`: reported clauses become indirect quotes, or mixed ones where they hold marked words;
3. `floating`: the passages that are left inherit their speaker from what stands around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.pronouns import Referents
from transforms.quotes.attribution import attribute_passages
from transforms.quotes.cues import Cue, find_cues
from transforms.quotes.floating import attribute_floating
from transforms.quotes.passages import Attribution, Passage, Passages, place_passages
from transforms.quotes.reported import Report, find_reports
from transforms.quotes.speakers import SpeakerNamer
from transforms.rows import Quote

__all__ = ["extract_quotes", "place_passages"]


@dataclass(slots=True)
class _Piece:
    """A stretch that becomes a row; `start` and `end` are characters. Pieces of one quote share `group`."""

    start: int
    end: int
    quote_type: str
    group: int
    attribution: Attribution


def extract_quotes(
    passages: Passages, mentions: MentionIndex, sentences: SentenceNumbers, referents: Referents
) -> list[Quote]:
    """The reported speech of an article, in order of text; offsets are characters of its text, end exclusive.

    `passages` are those that `place_passages` found in it. They are used up: what they hang on is noted in them.
    """
    cues = [cue for cue in find_cues(passages.parsed) if not passages.hides(cue.start)]
    namer = SpeakerNamer(passages.doc, mentions, referents)
    attribute_passages(passages, cues, namer)
    reports = find_reports(_free_cues(cues, passages), passages, namer)
    attribute_floating(passages, reports, namer)
    pieces = [*_direct_pieces(passages), *_report_pieces(reports, len(passages.passages))]
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    return _to_rows(passages, _without_overlaps(pieces), sentences)


def _free_cues(cues: list[Cue], passages: Passages) -> list[Cue]:
    """The cues that no marked passage has for itself: "Go," said Lund, a nurse, "and be quick." Lund said: "Go." """
    taken = set()
    for passage in passages.passages:
        cue = passage.attribution.cue if passage.attribution is not None else None
        if cue is not None and (passage.after <= cue.start or cue.end == passages.lead_end(passage) - 1):
            taken.add(cue.start)
    return [cue for cue in cues if cue.start not in taken]


def _direct_pieces(passages: Passages) -> Iterator[_Piece]:
    group = -1
    previous: Passage | None = None
    for number, passage in enumerate(passages.passages):
        attribution = passage.attribution
        if passage.is_absorbed or attribution is None or (attribution.cue is not None and attribution.cue.is_thought):
            continue
        if previous is None or not _goes_on(passages, previous, passage):
            group = number
        yield _Piece(passage.marked.start, passage.marked.end, "direct", group, attribution)
        previous = passage


def _goes_on(passages: Passages, previous: Passage, passage: Passage) -> bool:
    """Whether two passages are one quote: "Go," she said, "now." Or the next paragraph of the same speech."""
    if passage.marked.continues:
        return True
    before, after = previous.attribution, passage.attribution
    if before is None or after is None or before.cue is None or before.cue != after.cue:
        return False
    between = passages.text[previous.marked.closing : passage.marked.opening].rstrip()
    return between.endswith(",") and previous.after <= before.cue.start


def _report_pieces(reports: list[Report], first_group: int) -> Iterator[_Piece]:
    for number, report in enumerate(reports, first_group):
        for start, end in report.spans:
            yield _Piece(start, end, "mixed" if report.is_mixed else "indirect", number, report.attribution)


def _without_overlaps(pieces: list[_Piece]) -> list[_Piece]:
    """Of pieces that overlap, the first and longest: what is reported inside a report is a part of it."""
    kept: list[_Piece] = []
    for piece in pieces:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _to_rows(passages: Passages, pieces: list[_Piece], sentences: SentenceNumbers) -> list[Quote]:
    groups: dict[int, int] = {}
    return [
        _to_row(passages, piece, number, groups.setdefault(piece.group, len(groups) + 1), sentences)
        for number, piece in enumerate(pieces, 1)
    ]


def _to_row(passages: Passages, piece: _Piece, number: int, group: int, sentences: SentenceNumbers) -> Quote:
    doc, text = passages.doc, passages.text
    quote = Quote(
        quote_no=number,
        sentence_no=sentences.at(piece.start),
        text=text[piece.start : piece.end],
        start_char=piece.start,
        end_char=piece.end,
        quote_type=piece.quote_type,
        group_no=group,
        rule=piece.attribution.rule,
        confidence=piece.attribution.confidence,
    )
    cue, speaker = piece.attribution.cue, piece.attribution.speaker
    if cue is not None:
        last = doc[cue.end - 1]
        quote.cue_start, quote.cue_end = doc[cue.start].idx, last.idx + len(last)
        quote.cue = text[quote.cue_start : quote.cue_end]
        quote.cue_lemma = cue.lemma
        quote.is_negated = cue.is_negated
    if speaker is not None:
        quote.speaker_start, quote.speaker_end = speaker.start, speaker.end
        quote.speaker_text = text[speaker.start : speaker.end]
        if speaker.mention is not None:
            quote.speaker_name = speaker.mention.name
            quote.speaker_entity_id = speaker.mention.entity_id
            quote.speaker_label = speaker.mention.label
    return quote
