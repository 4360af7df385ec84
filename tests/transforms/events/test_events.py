"""Event extraction: invented sentences with the rows they should give, and what must hold for any text."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers, Words, find_mentions
from transforms.events import extract_events
from transforms.events.triggers import event_types
from transforms.language import load_model
from transforms.lexicon import read_seed
from transforms.parsed import Parsed
from transforms.rows import Event, Quote


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def events_of(doc: Doc, quotes: list[Quote] | None = None) -> list[Event]:
    parsed = Parsed(doc)
    sentences = SentenceNumbers(parsed)
    mentions = MentionIndex(find_mentions(Words(parsed), sentences))
    return extract_events(parsed, mentions, sentences, quotes or [], date(2024, 5, 6))


def row_like(events: list[Event], event_type: str) -> Event:
    found = [event for event in events if event.event_type == event_type]
    assert found, f"no {event_type} among {[event.event_type for event in events]}"
    return found[0]


SENTENCES: list[tuple[str, dict[str, Any]]] = [
    # the subject acts on the object
    (
        "Police arrested three students in Lisbon on Tuesday.",
        {
            "event_type": "COERCE",
            "event_mode": "arrest",
            "actor_text": "Police",
            "actor_sector": "COP",
            "recipient_text": "three students in Lisbon",
            "place_text": "Lisbon",
            "date_text": "Tuesday",
        },
    ),
    ("Rebels attacked a military base near Tobruk.", {"event_type": "ASSAULT", "actor_text": "Rebels"}),
    ("Peru rejected Chile's proposal.", {"event_type": "REJECT", "actor_text": "Peru", "recipient_text": "Chile"}),
    (
        "Canada expelled four Russian diplomats.",
        {"event_type": "SANCTION", "actor_country": "CAN", "recipient_country": "RUS", "recipient_sector": "GOV"},
    ),
    # the passive turns them round
    (
        "Three students were arrested by police.",
        {"event_type": "ARREST", "actor_text": "police", "recipient_text": "Three students"},
    ),
    (
        "An army officer was shot dead by a sniper.",
        {"event_type": "ASSAULT", "actor_text": "a sniper", "recipient_text": "An army officer"},
    ),
    # relative clauses
    (
        "Guerrillas who kidnapped two engineers released them on Sunday.",
        {"event_type": "ASSAULT", "event_mode": "abduct", "actor_text": "Guerrillas", "actor_sector": "REB"},
    ),
    # controlled verbs inherit who acts
    (
        "Chile accused Peru of shelling a border post.",
        {"event_type": "ASSAULT", "actor_text": "Peru", "recipient_text": "a border post"},
    ),
    (
        "The opposition urged the president to resign.",
        {"event_type": "RESIGN", "actor_text": "the president", "modality": "requested"},
    ),
    (
        "Norway agreed to send Chile two rescue ships.",
        {"event_type": "AGREE", "actor_text": "Norway", "recipient_text": "Chile", "is_reciprocal": False},
    ),
    ("Israel's army said that it had bombed a school.", {"event_type": "ASSAULT", "actor_text": "Israel's army"}),
    # light verbs and nouns
    (
        "The army launched an attack on the village.",
        {"event_type": "ASSAULT", "trigger_text": "launched an attack", "recipient_text": "the village"},
    ),
    (
        "The village came under attack from rebels.",
        {"event_type": "ASSAULT", "actor_text": "rebels", "recipient_text": "The village"},
    ),
    (
        "Thousands of teachers went on strike in Madrid.",
        {"event_type": "PROTEST", "event_mode": "strike", "actor_text": "Thousands of teachers"},
    ),
    (
        "Peru's invasion of Bolivia shocked the region.",
        {"event_type": "ASSAULT", "actor_text": "Peru", "recipient_text": "Bolivia"},
    ),
    # both sides do the same
    (
        "Talks between Norway and Chile ended on Sunday.",
        {"event_type": "CONSULT", "actor_text": "Norway", "recipient_text": "Chile", "is_reciprocal": True},
    ),
    (
        "Norway and Chile signed a fisheries agreement on Friday.",
        {"event_type": "SUPPORT", "actor_text": "Norway", "recipient_text": "Chile", "is_reciprocal": True},
    ),
    (
        "The bank struck a deal with Nordfisk.",
        {"event_type": "SUPPORT", "actor_text": "The bank", "recipient_text": "Nordfisk", "is_reciprocal": True},
    ),
    # frames tell senses apart
    (
        "Peru cut diplomatic ties with Chile.",
        {"event_type": "SANCTION", "event_mode": "discontinue", "recipient_text": "Chile"},
    ),
    ("The United States lifted sanctions on Cuba.", {"event_type": "CONCEDE", "recipient_country": "CUB"}),
    ("Finance Minister Paul Berg resigned on Thursday.", {"event_type": "RETREAT", "event_mode": "resign"}),
    # status
    (
        "The ministry denied that soldiers had tortured the prisoners.",
        {"event_type": "ASSAULT", "actor_text": "soldiers", "polarity": "denied"},
    ),
    ("Peru could attack Chile.", {"event_type": "ASSAULT", "modality": "hypothetical"}),
    ("If Peru invades Bolivia, Chile will protest.", {"event_type": "ASSAULT", "modality": "hypothetical"}),
    ("The union called for a general strike.", {"event_type": "PROTEST", "modality": "requested"}),
    ("Havmark plans to buy its rival Nordfisk.", {"event_type": "ACQUIRE", "modality": "planned"}),
    # what a statement does: a promise, a refusal, a demand
    (
        "Oman said it would not extradite the suspects.",
        {"event_type": "REJECT", "actor_text": "Oman", "trigger_text": "would not extradite", "rule": "refusal"},
    ),
    (
        "Norway will withdraw its troops from Chad next month.",
        {"event_type": "AGREE", "actor_text": "Norway", "modality": "happened", "rule": "promise"},
    ),
    (
        "Norway will withdraw its troops from Chad next month.",
        {"event_type": "RETREAT", "actor_text": "Norway", "modality": "planned", "date_text": "next month"},
    ),
    (
        "Spain said that Italy must free the sailors.",
        {"event_type": "REQUEST", "actor_text": "Spain", "recipient_text": "Italy", "rule": "demand"},
    ),
    # a dateline is nobody
    (
        "PARIS -- A French court jailed two smugglers on Monday.",
        {"event_type": "COERCE", "actor_text": "A French court", "actor_sector": "JUD", "actor_country": "FRA"},
    ),
    # civic events
    ("Parliament passed a bill on plastic bags.", {"event_type": "LEGISLATE", "actor_sector": "LEG"}),
    ("Prosecutors charged two brothers with murder.", {"event_type": "CHARGE", "recipient_text": "two brothers"}),
    ("The firm cut 500 jobs in Leeds.", {"event_type": "LAYOFF", "actor_sector": "BUS", "place_text": "Leeds"}),
    ("The poet Ines Duarte died in Porto.", {"event_type": "DIE", "recipient_text": "The poet Ines Duarte"}),
    ("Floods hit southern Pakistan.", {"event_type": "DISASTER", "recipient_country": "PAK"}),
    ("Argentina defeated Brazil on Sunday.", {"event_type": "WIN", "actor_text": "Argentina"}),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_a_sentence_gives_its_event(nlp: Language, text: str, expected: dict[str, Any]) -> None:
    event = row_like(events_of(nlp(text)), expected["event_type"])
    assert {column: getattr(event, column) for column in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "The weather was warm and the streets were quiet.",
        "He said that he liked the soup.",
        "Analysts expect prices to rise next year.",
        "The museum opens at nine and closes at six.",
        "She met the deadline.",
        "The mayor declined to comment.",
        "Officials hope that the two sides will meet.",
        "The council is considering giving money to the school.",
    ],
)
def test_a_sentence_without_an_event_gives_none(nlp: Language, text: str) -> None:
    assert events_of(nlp(text)) == []


def test_nature_commits_no_assault(nlp: Language) -> None:
    types = [event.event_type for event in events_of(nlp("An earthquake struck Nepal, killing 40 people."))]
    assert "DISASTER" in types
    assert "DIE" in types
    assert "ASSAULT" not in types


def test_the_object_that_a_frame_asks_for_is_no_event_of_its_own(nlp: Language) -> None:
    events = events_of(nlp("The United States lifted sanctions on Cuba."))
    assert [event.event_type for event in events] == ["CONCEDE"]


def test_the_main_event_of_a_sentence_comes_first(nlp: Language) -> None:
    events = events_of(nlp("Chile accused Peru of shelling a border post. Peru rejected the claim."))
    assert [(event.event_no, event.sentence_no, event.event_type) for event in events] == [
        (1, 1, "ACCUSE"),
        (2, 1, "ASSAULT"),
        (3, 2, "REJECT"),
    ]


def test_a_participant_carries_the_entity_nearest_its_head(nlp: Language) -> None:
    doc = nlp("Russia's foreign minister praised Turkey.")
    event = row_like(events_of(doc), "SUPPORT")
    assert (event.actor_name, event.recipient_name) == ("Russia", "Turkey")
    assert event.actor_entity_id is not None


def test_an_event_knows_the_quote_it_stands_in(nlp: Language) -> None:
    doc = nlp('Peru left. "Rebels attacked a village in Mali," the general said.')
    start, end = doc.text.index("Rebels"), doc.text.index(',"')
    quote = Quote(7, 2, doc.text[start:end], start, end, "direct", 1, "test", 1.0)
    event = row_like(events_of(doc, [quote]), "ASSAULT")
    assert event.quote_no == 7
    assert row_like(events_of(doc), "ASSAULT").quote_no is None


def test_evidence_is_the_sentence_without_white_space(nlp: Language) -> None:
    doc = nlp("Markets fell.\n\nRebels attacked a village in Mali.\n\n")
    (event,) = events_of(doc)
    assert doc.text[event.evidence_start : event.evidence_end] == "Rebels attacked a village in Mali."


def test_an_empty_text_gives_no_events(nlp: Language) -> None:
    assert events_of(nlp("")) == []


def test_every_frame_names_a_type_and_every_type_has_a_frame() -> None:
    used = {row["event_type"] for row in read_seed("event_triggers")}
    assert used == set(event_types())


def test_no_frame_stands_twice() -> None:
    rows = [tuple(row.values()) for row in read_seed("event_triggers")]
    assert len(rows) == len(set(rows))


def test_country_codes_are_three_capitals_and_stand_once() -> None:
    codes = [row["country"] for row in read_seed("countries")]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 3 and code.isupper() for code in codes)


def spans(event: Event) -> Iterator[tuple[str | None, int | None, int | None]]:
    yield event.trigger_text, event.trigger_start, event.trigger_end
    yield event.actor_text, event.actor_start, event.actor_end
    yield event.recipient_text, event.recipient_start, event.recipient_end


WORDS = [
    *[
        "police",
        "rebels",
        "Norway",
        "Chile",
        "the",
        "a",
        "of",
        "by",
        "to",
        "on",
        "with",
        "and",
        "that",
        "who",
        "will",
        "would",
        "not",
        "must",
        "said",
        "agreed",
        "launched",
    ],
    *[
        "attack",
        "talks",
        "killed",
        "arrested",
        "strike",
        "sanctions",
        "were",
        "been",
        "if",
        "could",
        "denied",
        "plan",
        "invasion",
        "between",
        "troops",
    ],
    *[
        "Monday",
        "it",
        ",",
        ".",
        "--",
        "—",
        "protests",
        "against",
        "called",
        "for",
        "resigned",
        "death",
        "earthquake",
        "struck",
        "'",
        "'s",
        "U.S.",
        "(AP)",
        ":",
        "5",
    ],
    '"',
    "\n\n",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_mix_of_words_keeps_its_offsets(nlp: Language, words: list[str]) -> None:
    doc = nlp(" ".join(words))
    events = events_of(doc)
    assert [event.event_no for event in events] == list(range(1, len(events) + 1))
    for event in events:
        for text, start, end in spans(event):
            assert (text is None) == (start is None) == (end is None)
            assert text is None or (text and doc.text[start:end] == text)
        assert event.evidence_start <= event.trigger_start < event.trigger_end <= event.evidence_end
        assert event.modality in {"happened", "planned", "hypothetical", "requested"}
        assert event.polarity in {"affirmed", "denied"}
        assert 0 <= event.confidence <= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_gives_no_exception(nlp: Language, text: str) -> None:
    events_of(nlp(text))
