"""Gives marked passages without a reporting word the speaker of what stands around them.

Comes in: the `Passages` of an article, attributed as far as reporting words do it, and its reports. Goes out: the same,
with the rest.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.passages import WINDOW, Attribution, Passage, Passages, is_title, stands_alone
from transforms.quotes.reported import Report
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.tree import lefts

_ANCHORS_LOOKED_AT = 8
_SHORTEST_SENTENCE = 2
"""Words of a marked sentence beside an attributed one: "Go," she said. "Go home." """


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Something said by a known speaker: the token where its cue or its first word stands, and who said it."""

    token: int
    attribution: Attribution
    passage: Passage | None = None


def attribute_floating(passages: Passages, reports: Sequence[Report], namer: SpeakerNamer) -> None:
    """Gives the passages without a reporting word the speaker of what stands around them."""
    _attribute_backwards(passages)
    around = _Surroundings(passages, reports, namer)
    previous: Passage | None = None
    for passage in passages.passages:
        if not passage.is_absorbed and passage.attribution is None:
            passage.attribution = around.inherited(passage, previous)
            if passage.attribution is not None:
                around.add(passage)
        if passage.is_absorbed or passage.attribution is not None:
            previous = passage


def _attribute_backwards(passages: Passages) -> None:
    """Gives a speech the speaker that its next piece names: "It was dark.⏎"Nobody came," she said."""
    for passage, following in zip(reversed(passages.passages[:-1]), reversed(passages.passages), strict=False):
        attribution = following.attribution
        is_free = passage.attribution is None and not passage.is_absorbed
        if is_free and following.marked.continues and attribution is not None:
            passage.attribution = Attribution("continued_paragraph", 0.85, attribution.cue, attribution.speaker)


class _Surroundings:
    """What is said in the article, in order, and by whom."""

    def __init__(self, passages: Passages, reports: Sequence[Report], namer: SpeakerNamer) -> None:
        self._passages = passages
        self._namer = namer
        anchors = [_anchor(passage) for passage in passages.passages if passage.attribution is not None]
        anchors += [
            _Anchor(report.attribution.cue.start, report.attribution)
            for report in reports
            if report.attribution.cue is not None
        ]
        self._anchors = sorted(anchors, key=lambda anchor: anchor.token)
        self._added: list[_Anchor] = []

    def add(self, passage: Passage) -> None:
        """Takes in a passage that got its speaker just now; they come in order of text."""
        self._added.append(_anchor(passage))

    def inherited(self, passage: Passage, previous: Passage | None) -> Attribution | None:
        """The attribution that stands around the passage; None where it is no speech, or nobody's."""
        before = previous.attribution if previous is not None else None
        if self._passages.text[passage.marked.start] in "([" and self._passages.text[passage.marked.end - 1] in ")]":
            # "(Laughter.)" in a transcript is not said.
            return None
        if passage.marked.continues and before is not None:
            return Attribution("continued_paragraph", 0.85, before.cue, before.speaker)
        if not stands_alone(self._passages, passage) or not self._is_sentence(passage):
            return None
        if previous is not None and before is not None:
            between = self._passages.text[previous.marked.closing : passage.marked.opening]
            if "\n" not in between:
                # "Go," she said. "And now."
                speaker = self._other_subject(previous, passage) or before.speaker
                return Attribution("same_paragraph", 0.95, before.cue, speaker)
        if not passage.is_speech_by_length or is_title(self._passages, passage):
            return None
        return self._of_lone_sentence(passage)

    def _is_sentence(self, passage: Passage) -> bool:
        text = self._passages.text[passage.marked.start : passage.marked.end]
        is_short_sentence = passage.words >= _SHORTEST_SENTENCE and text[0].isupper() and text[-1] in ".?!"
        return passage.is_speech_by_length or is_short_sentence

    def _of_lone_sentence(self, passage: Passage) -> Attribution:
        start = self._start_of_lead(passage)
        anchor = self._first_anchor(start, passage.opening)
        if anchor is not None and self._answers(passage, anchor):
            other = self._speaker_before(anchor)
            if other is not None:
                return Attribution("dialogue", 0.6, None, other)
        if anchor is not None:
            return Attribution("sentence_ahead", 0.8, None, anchor.attribution.speaker)
        speaker = self._subject_ahead(start, passage.opening)
        if speaker is not None:
            return Attribution("subject_ahead", 0.6, None, speaker)
        anchor = self._anchor_behind(passage)
        if anchor is not None:
            return Attribution("sentence_behind", 0.5, None, anchor.attribution.speaker)
        anchor = self._last_anchor(self._start_of_paragraph_ahead(passage), passage.opening)
        return Attribution("stands_alone", 0.3, None, anchor.attribution.speaker if anchor is not None else None)

    def _start_of_lead(self, passage: Passage) -> int:
        """The first token of the sentence ahead, in the same paragraph or at the end of the one before."""
        doc = self._passages.doc
        index = passage.opening - 1
        while index > 0 and (doc[index].is_space or doc[index].is_punct):
            index -= 1
        stop = max(0, index - 2 * WINDOW)
        while index > stop and not doc[index].is_sent_start and "\n" not in doc[index - 1].text:
            index -= 1
        return max(0, index)

    def _start_of_paragraph_ahead(self, passage: Passage) -> int:
        doc = self._passages.doc
        breaks, index = 0, passage.opening
        stop = max(0, index - 4 * WINDOW)
        while index > stop:
            breaks += "\n" in doc[index - 1].text
            if breaks > 1:
                break
            index -= 1
        return index

    def _first_anchor(self, start: int, stop: int) -> _Anchor | None:
        """The first thing said between two tokens: in "Lund said it was hard to say", Lund says it."""
        found = None
        for anchors in (self._anchors, self._added):
            index = bisect_left(anchors, start, key=lambda anchor: anchor.token)
            for anchor in anchors[index : index + _ANCHORS_LOOKED_AT]:
                if anchor.token < stop and _is_person_like(anchor.attribution.speaker):
                    found = anchor if found is None or anchor.token < found.token else found
                    break
        return found

    def _last_anchor(self, start: int, stop: int) -> _Anchor | None:
        """The last thing said by somebody known between two tokens."""
        found = None
        for anchors in (self._anchors, self._added):
            index = bisect_left(anchors, stop, key=lambda anchor: anchor.token) - 1
            if index >= 0 and anchors[index].token >= start and (found is None or anchors[index].token > found.token):
                found = anchors[index]
        return found

    def _answers(self, passage: Passage, anchor: _Anchor) -> bool:
        """Whether the passage is a paragraph behind one that is somebody's question."""
        if anchor.passage is None:
            return False
        text = self._passages.text
        asked = text[anchor.passage.marked.start : anchor.passage.marked.end].rstrip("'\"’” ")
        return asked.endswith("?") and "\n" in text[anchor.passage.marked.closing : passage.marked.opening]

    def _speaker_before(self, anchor: _Anchor) -> Speaker | None:
        """The speaker of the turn before somebody's turn."""
        before = self._last_anchor(max(0, anchor.token - 4 * WINDOW), anchor.token)
        if before is None or before.attribution.speaker is None or anchor.attribution.speaker is None:
            return None
        is_same = before.attribution.speaker.mention == anchor.attribution.speaker.mention
        return None if is_same else before.attribution.speaker

    def _subject_ahead(self, start: int, stop: int) -> Speaker | None:
        """The subject of the sentence ahead: [Lund] was angry. "This is bad." """
        for token in self._passages.doc[start:stop]:
            if token.dep_ == "ROOT" and not self._passages.hides(token.i):
                return self._named_subject(token)
        return None

    def _other_subject(self, previous: Passage, passage: Passage) -> Speaker | None:
        """Somebody else, who acts in a sentence of his own between two passages: "Go," she said. [Lund] left. "No." """
        start = self._start_of_lead(passage)
        cue = previous.attribution.cue if previous.attribution is not None else None
        if start < previous.after or (cue is not None and cue.start >= start):
            return None
        speaker = self._subject_ahead(start, passage.opening)
        if speaker is None or speaker.mention is None or speaker.head.pos_ != "PROPN":
            return None
        return speaker if speaker.mention.label == "PERSON" else None

    def _anchor_behind(self, passage: Passage) -> _Anchor | None:
        """What is said next, in the same paragraph or at the beginning of the one behind."""
        index = bisect_left(self._anchors, passage.after, key=lambda anchor: anchor.token)
        if index == len(self._anchors):
            return None
        anchor, doc = self._anchors[index], self._passages.doc
        if anchor.token - passage.after > 2 * WINDOW:
            return None
        breaks = sum("\n" in token.text for token in doc[passage.after : anchor.token])
        begins = anchor.passage is not None and doc[anchor.passage.opening - 1].is_space
        return anchor if breaks == 0 or (breaks == 1 and begins) else None

    def _named_subject(self, verb: Token) -> Speaker | None:
        subject = next((child for child in lefts(verb) if child.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is None:
            return None
        speaker = self._namer.speaker_at(subject, lambda word: not self._passages.hides(word.i))
        return speaker if speaker is not None and speaker.mention is not None else None


def _is_person_like(speaker: Speaker | None) -> bool:
    """False for 'mails that claim' and 'it is said'."""
    return speaker is not None and speaker.head.tag_ not in ("WDT", "WP", "DT") and speaker.head.lower_ != "it"


def _anchor(passage: Passage) -> _Anchor:
    attribution = passage.attribution
    assert attribution is not None
    return _Anchor(passage.opening, attribution, passage)
