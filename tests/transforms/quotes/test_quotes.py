"""Reported speech, its cue and its speaker. All sentences are invented."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from tests.transforms.quotes.extracted import quotes_in, quotes_of
from transforms.language import load_model
from transforms.lexicon import read_seed
from transforms.rows import Quote


@pytest.fixture(scope="session")
def nlp() -> Language:
    return load_model()


def the_quote(text: str) -> Quote:
    quotes = quotes_of(text)
    assert len(quotes) == 1, [quote.text for quote in quotes]
    return quotes[0]


def assert_spans_match(text: str, quotes: list[Quote]) -> None:
    for quote in quotes:
        assert text[quote.start_char : quote.end_char] == quote.text
        if quote.cue is not None:
            assert text[quote.cue_start : quote.cue_end] == quote.cue
        if quote.speaker_text is not None:
            assert text[quote.speaker_start : quote.speaker_end] == quote.speaker_text


@pytest.mark.parametrize(
    ("text", "words", "cue", "speaker"),
    [
        (
            '"The harbour will reopen on Monday," said Peter Lund, a nurse.',
            "The harbour will reopen on Monday,",
            "said",
            "Peter Lund",
        ),
        (
            '"The harbour will reopen on Monday," Peter Lund said.',
            "The harbour will reopen on Monday,",
            "said",
            "Peter Lund",
        ),
        ('Peter Lund said: "The harbour will reopen soon."', "The harbour will reopen soon.", "said", "Peter Lund"),
        ('Peter Lund told the court, "I never saw the boat."', "I never saw the boat.", "told", "Peter Lund"),
        ('"I never saw the boat," Peter Lund told reporters.', "I never saw the boat,", "told", "Peter Lund"),
        ("“We lost everything,” the farmer added.", "We lost everything,", "added", "the farmer"),
        (
            "‘We lost everything in the flood,’ said the farmer.",
            "We lost everything in the flood,",
            "said",
            "the farmer",
        ),
        (
            "''We lost everything in the flood,'' said the farmer.",
            "We lost everything in the flood,",
            "said",
            "the farmer",
        ),
        ('"Is the bridge safe?" asked Anna Cole.', "Is the bridge safe?", "asked", "Anna Cole"),
        ('"Never," she said.', "Never,", "said", "she"),
        (
            '"The road is closed until May," according to Peter Lund.',
            "The road is closed until May,",
            "according to",
            "Peter Lund",
        ),
        (
            '"The tax will hurt every small shop," Anna Cole pointed out.',
            "The tax will hurt every small shop,",
            "pointed out",
            "Anna Cole",
        ),
    ],
)
def test_direct_speech_has_its_cue_and_speaker(text: str, words: str, cue: str, speaker: str) -> None:
    quote = the_quote(text)
    assert (quote.text, quote.quote_type, quote.cue, quote.speaker_text) == (words, "direct", cue, speaker)
    assert_spans_match(text, [quote])


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Peter Lund said that the bridge was unsafe.", "that the bridge was unsafe", "Peter Lund"),
        ("Officials said the bridge was unsafe.", "the bridge was unsafe", "Officials"),
        ("The bridge was unsafe, officials said.", "The bridge was unsafe", "officials"),
        ("According to Peter Lund, the bridge was unsafe.", "the bridge was unsafe", "Peter Lund"),
        ("The bridge was unsafe, according to Peter Lund.", "The bridge was unsafe", "Peter Lund"),
        ("The minister told the parliament that taxes would fall.", "that taxes would fall", "The minister"),
        ("The party promised to build a new school.", "to build a new school", "The party"),
        ("The union called for a general strike.", "a general strike", "The union"),
    ],
)
def test_indirect_speech_is_the_reported_clause(text: str, words: str, speaker: str) -> None:
    quote = the_quote(text)
    assert (quote.text, quote.quote_type, quote.speaker_text) == (words, "indirect", speaker)
    assert_spans_match(text, [quote])


def test_marked_words_inside_a_reported_clause_make_it_mixed() -> None:
    quote = the_quote('Anna Cole said the budget was "a gift to the rich" and would fail.')
    assert quote.quote_type == "mixed"
    assert quote.text == 'the budget was "a gift to the rich" and would fail'


def test_a_name_given_to_something_is_mixed() -> None:
    quote = the_quote('Anna Cole called the budget "a disgrace".')
    assert (quote.quote_type, quote.speaker_name) == ("mixed", "Anna Cole")


def test_the_pieces_of_an_interrupted_quote_share_a_group() -> None:
    quotes = quotes_of('"The boat," said Peter Lund, "sank within a minute of the crash."')
    assert [quote.text for quote in quotes] == ["The boat,", "sank within a minute of the crash."]
    assert {quote.group_no for quote in quotes} == {1}
    assert [quote.quote_no for quote in quotes] == [1, 2]


def test_a_parenthesis_splits_a_reported_clause() -> None:
    quotes = quotes_of("The plan, officials said, would cost the city two million pounds.")
    assert {quote.group_no for quote in quotes} == {1}
    assert all("officials" not in quote.text for quote in quotes)


def test_a_sentence_in_marks_inherits_the_speaker_of_its_paragraph() -> None:
    first, second = quotes_of('"The boat sank within a minute," Peter Lund said. "Nobody could have stopped it."')
    assert (second.speaker_name, second.rule) == ("Peter Lund", "same_paragraph")
    assert first.group_no != second.group_no


def test_paragraphs_of_one_speech_share_speaker_and_group() -> None:
    text = "Peter Lund said: “The boat sank within a minute.\n\n“Nobody could have stopped it.”"
    first, second = quotes_of(text)
    assert first.group_no == second.group_no
    assert second.speaker_name == "Peter Lund"


def test_a_pronoun_is_named_and_stays_in_the_text() -> None:
    quote = quotes_of('Anna Cole left the hall early. "I am tired of this debate," she said.')[-1]
    assert (quote.speaker_text, quote.speaker_name, quote.speaker_label) == ("she", "Anna Cole", "PERSON")


def test_a_last_name_gets_the_full_name() -> None:
    quote = quotes_of('Anna Cole left the hall early. "I am tired of this debate," Cole said.')[-1]
    assert (quote.speaker_text, quote.speaker_name) == ("Cole", "Anna Cole")


def test_who_stands_for_the_noun_before_it() -> None:
    quote = the_quote("Peter Lund, who said the bridge was unsafe, has left the town.")
    assert (quote.speaker_text, quote.speaker_name) == ("who", "Peter Lund")


@pytest.mark.parametrize(
    "text", ["Peter Lund did not say that the bridge was unsafe.", "Peter Lund never said it was unsafe."]
)
def test_denied_speech_is_negated(text: str) -> None:
    assert the_quote(text).is_negated


@pytest.mark.parametrize(
    "text",
    [
        'He reads "Wind and Rain" every winter.',
        'The so-called "experts" were late.',
        "Peter Lund thinks the bridge is unsafe.",
        '"It may rain all day," thought Peter Lund.',
        "The workers' union met on Monday.",
        "",
        " \n ",
        '"',
        "“”",
    ],
)
def test_titles_scare_quotes_and_thoughts_make_no_rows(text: str) -> None:
    assert quotes_of(text) == []


def test_a_reporting_word_inside_a_quote_is_not_the_reporters() -> None:
    quote = the_quote('"My mother always said that it would rain," Peter Lund recalled.')
    assert quote.cue == "recalled"


def test_the_cue_seed_uses_known_columns_and_values() -> None:
    frames = {"quote", "clause", "infinitive", "order", "predicate", "object", "about", "sentence"}
    rows = read_seed("cues")
    assert len({(row["cue"], row["pos"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["pos"] in {"VERB", "NOUN", "PHRASE"}
        assert row["kind"] in {"speech", "writing", "thought"}
        assert set(row["frame"].split()) <= frames


_PARTS = [
    '"',
    "“",
    "”",
    "'",
    "‘",
    "’",
    "''",
    " ",
    "\n",
    "\n\n",
    ", ",
    ". ",
    ": ",
    "said ",
    "Peter Lund ",
    "according to him ",
    "it rained ",
    "she told us that ",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(_PARTS), max_size=40))
def test_any_mix_of_marks_and_words_gives_true_spans(nlp: Language, parts: list[str]) -> None:
    text = "".join(parts)
    quotes = quotes_in(nlp(text))
    assert_spans_match(text, quotes)
    assert [quote.quote_no for quote in quotes] == list(range(1, len(quotes) + 1))
    assert all(first.end_char <= second.start_char for first, second in pairwise(quotes))
    assert all(0 <= quote.confidence <= 1 for quote in quotes)
