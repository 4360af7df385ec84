"""Gives marked passages without a reporting word the speaker of what stands around them.

Comes in: the `Passages` of an article, attributed as far as reporting words do it. Goes out: the same, with the rest.
"""

from itertools import islice

from spacy.tokens import Token

from transforms.quotes.passages import WINDOW, Attribution, Passage, Passages, is_title, stands_alone
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.tree import lefts

_LINKS_FOLLOWED = 20


def attribute_floating(passages: Passages, namer: SpeakerNamer) -> None:
    """Gives the passages without a reporting word the speaker of what stands around them."""
    previous: Passage | None = None
    for passage in passages.passages:
        if passage.is_absorbed:
            previous = passage
            continue
        if passage.attribution is None and (passage.is_speech_by_length or passage.marked.continues):
            passage.attribution = _inherit(passages, passage, previous, namer)
        if passage.attribution is not None:
            previous = passage


def _inherit(passages: Passages, passage: Passage, previous: Passage | None, namer: SpeakerNamer) -> Attribution | None:
    before = previous.attribution if previous is not None else None
    if previous is not None and before is not None:
        between = passages.text[previous.marked.closing : passage.marked.opening]
        if passage.marked.continues:
            return Attribution("continued_paragraph", 0.9, before.cue, before.speaker)
        if "\n" not in between and stands_alone(passages, passage):
            # "Go," she said. "And now."
            return Attribution("same_paragraph", 0.85, before.cue, before.speaker)
    if stands_alone(passages, passage):
        speaker = _speaker_around(passages, passage, namer)
        if (
            speaker is None
            and previous is not None
            and before is not None
            and _is_next_paragraph(passages, previous, passage)
        ):
            speaker = before.speaker
        return Attribution("stands_alone", 0.6, None, speaker)
    return (
        None
        if is_title(passages, passage)
        else Attribution("marked_words", 0.5, None, _subject_of_statement(passages, passage, namer))
    )


def _is_next_paragraph(passages: Passages, previous: Passage, passage: Passage) -> bool:
    between = passages.text[previous.marked.closing : passage.marked.opening]
    return len(between) < 1000 and between.strip("\n").count("\n") == 0


def _speaker_around(passages: Passages, passage: Passage, namer: SpeakerNamer) -> Speaker | None:
    """The subject of the sentence ahead, in the same paragraph or the one before: Lund was angry. "This is bad." """
    doc = passages.doc
    for index in range(passage.opening - 1, max(0, passage.opening - WINDOW) - 1, -1):
        token = doc[index]
        if "\n" in token.text and index < passage.opening - 1:
            return None
        if token.dep_ == "ROOT" and not passages.hides(index):
            return _named_subject(token, passages, namer)
    return None


def _subject_of_statement(passages: Passages, passage: Passage, namer: SpeakerNamer) -> Speaker | None:
    """The subject of the verb that marked words hang on: Lund made "a very bad mistake" of it."""
    for token in islice(passages.doc[passage.first].ancestors, _LINKS_FOLLOWED):
        if token.dep_ == "ROOT" and token.i < passage.opening:
            return _named_subject(token, passages, namer)
    return None


def _named_subject(verb: Token, passages: Passages, namer: SpeakerNamer) -> Speaker | None:
    subject = next((child for child in lefts(verb) if child.dep_ in ("nsubj", "nsubjpass")), None)
    speaker = namer.speaker_at(subject, lambda word: not passages.hides(word.i)) if subject is not None else None
    return speaker if speaker is not None and speaker.mention is not None else None
