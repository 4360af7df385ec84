"""Who speaks: which words stand for the speaker, and which name is behind them."""

from functools import cache

import pytest
from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.language import load_model
from transforms.mentions import read_mentions
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.quotes.cues import find_cues
from transforms.quotes.speakers import Speaker, SpeakerNamer, phrase_around, speaker_head


@cache
def _parsed(text: str) -> tuple[Doc, SpeakerNamer]:
    doc = load_model()(text)
    mentions = MentionIndex(read_mentions(Parsed(doc), SentenceNumbers(Parsed(doc)), None))
    return doc, SpeakerNamer(doc, mentions, Referents(Parsed(doc), mentions))


def _speaker(text: str) -> tuple[Doc, Speaker | None]:
    """The speaker of the last reporting word of a text."""
    doc, namer = _parsed(text)
    head = speaker_head(find_cues(Parsed(doc))[-1])
    return doc, namer.speaker_at(head, lambda word: True) if head is not None else None


def _words(text: str) -> str | None:
    doc, speaker = _speaker(text)
    return doc.text[speaker.start : speaker.end] if speaker is not None else None


def _name(text: str) -> str | None:
    _, speaker = _speaker(text)
    assert speaker is not None
    return speaker.mention.name if speaker.mention is not None else None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Peter Lund said that the road was closed.", "Peter Lund"),
        ('"The road is closed," said Peter Lund, a nurse who saw it.', "Peter Lund"),
        ('"The road is closed," Peter Lund, 34, told reporters.', "Peter Lund"),
        ("Foreign Minister Peter Lund said that the road was closed.", "Foreign Minister Peter Lund"),
        ("Two officials said that the road was closed.", "Two officials"),
        ("A spokesman for the police said that the road was closed.", "A spokesman for the police"),
        ("Peter Lund and Anna Cole said that the road was closed.", "Peter Lund and Anna Cole"),
        ("A report by Oakham Council said that the road was closed.", "A report by Oakham Council"),
        ("The head of Oakham Council, Anna Cole, said that the road was closed.", "The head of Oakham Council"),
        ("Peter Lund was told by Anna Cole that the road was closed.", "Anna Cole"),
        ("Peter Lund was told that the road was closed.", None),
        ("Peter Lund was joined by Anna Cole and said that the road was closed.", "Peter Lund"),
        ("Peter Lund argued that the list would help, saying the road was closed.", "Peter Lund"),
        ("The long delay led Peter Lund to say that the road was closed.", "Peter Lund"),
        ("Peter Lund met Anna Cole, who said that the road was closed.", "who"),
        ("Peter Lund made the claim that the road was closed.", "Peter Lund"),
        ("The road is closed, according to Peter Lund.", "Peter Lund"),
        ("The Kremlin said that the road was closed.", "The Kremlin"),
    ],
)
def test_the_speaker_is_the_noun_phrase_that_a_reader_would_mark(text: str, words: str | None) -> None:
    assert _words(text) == words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Peter Lund left. Mr Lund said that the road was closed.", "Peter Lund"),
        ("Peter Lund left. President Lund said that the road was closed.", "Peter Lund"),
        ("Peter Lund left. He said that the road was closed.", "Peter Lund"),
        ("Lund's lawyer, Mark Berg, said that the road was closed.", "Mark Berg"),
        ("The transport minister, Peter Lund, said that the road was closed.", "Peter Lund"),
        ("The head of Oakham Council, Anna Cole, said that the road was closed.", "Anna Cole"),
        ("Peter Lund met Mark Berg, who said that the road was closed.", "Mark Berg"),
        ("Peter Lund, the transport minister, left. The minister said that the road was closed.", "Peter Lund"),
    ],
)
def test_a_person_has_the_full_name_whatever_stands_there(text: str, name: str) -> None:
    assert _name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A spokesman for Oakham Council said that the road was closed.", "Oakham Council"),
        ("An Oakham Council spokeswoman said that the road was closed.", "Oakham Council"),
        ("US officials said that the road was closed.", "United States"),
        ("The Norwegian government said that the road was closed.", "Norway"),
        ("A report by Oakham Council said that the road was closed.", "Oakham Council"),
    ],
)
def test_who_speaks_for_a_body_has_its_name(text: str, name: str) -> None:
    assert _name(text) == name


def test_joined_speakers_have_the_name_of_the_first() -> None:
    assert _name("Peter Lund and Anna Cole said that the road was closed.") == "Peter Lund"


@pytest.mark.parametrize(
    "text",
    [
        "A spokesman for Peter Lund said that the road was closed.",
        "A Lund adviser said that the road was closed.",
        "Peter Lund's wife said that the road was closed.",
        "One Democrat said that the road was closed.",
        "Two officials said that the road was closed.",
        "Oslo police said that the road was closed.",
        "It was late. He said that the road was closed.",
    ],
)
def test_a_speaker_without_a_name_gets_nobody_elses(text: str) -> None:
    assert _name(text) is None


def test_words_that_are_not_allowed_are_cut_off_the_phrase() -> None:
    doc, namer = _parsed("Foreign Minister Peter Lund said that the road was closed.")
    speaker = namer.speaker_at(doc[3], lambda word: word.i >= 2)
    assert speaker is not None
    assert doc.text[speaker.start : speaker.end] == "Peter Lund"
    assert namer.speaker_at(doc[3], lambda word: word.i != 3) is None


def test_a_dateline_is_no_part_of_the_speaker() -> None:
    words = ["OSLO", "(", "AP", ")", "—", "Peter", "Lund", "said"]
    doc = Doc(load_model().vocab, words=words, heads=[6, 2, 0, 2, 6, 6, 7, 7], deps=["dep"] * 8)
    assert phrase_around(doc[6]) == (5, 7)
