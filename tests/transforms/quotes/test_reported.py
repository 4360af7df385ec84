"""Reported speech without quotation marks, or with marks around some of its words. All sentences are invented.

The tables are the specification: a sentence, and for each stretch that is reported its words, its reporting word and
its speaker.
"""

import pytest

from tests.transforms.quotes import extracted
from transforms.lexicon import read_seed
from transforms.rows import Quote


def quotes_of(text: str) -> tuple[Quote, ...]:
    quotes = extracted.quotes_of(text)
    for quote in quotes:
        assert text[quote.start_char : quote.end_char] == quote.text
        assert len(quote.text.split()) > 1 or quote.quote_type == "direct"
    return tuple(quotes)


def the_quote(text: str) -> Quote:
    quotes = quotes_of(text)
    assert len(quotes) == 1, [(quote.rule, quote.text) for quote in quotes]
    return quotes[0]


INDIRECT = [
    # a clause behind its reporting word
    (
        "Peter Lund said that the bridge was unsafe.",
        "that the bridge was unsafe",
        "said",
        "Peter Lund",
        "reported_clause",
    ),
    ("Officials said the bridge was unsafe.", "the bridge was unsafe", "said", "Officials", "reported_clause"),
    (
        "The minister told the parliament in Oslo on Monday that taxes would fall.",
        "that taxes would fall",
        "told",
        "The minister",
        "reported_clause",
    ),
    (
        "The minister told reporters taxes would fall.",
        "taxes would fall",
        "told",
        "The minister",
        "reported_clause",
    ),
    (
        "Peter Lund was quoted as saying the bridge was unsafe.",
        "the bridge was unsafe",
        "saying",
        "Peter Lund",
        "reported_clause",
    ),
    (
        "It was announced that the school would close in June.",
        "that the school would close in June",
        "announced",
        None,
        "reported_clause",
    ),
    (
        "Reporters asked whether the bridge was safe.",
        "whether the bridge was safe",
        "asked",
        "Reporters",
        "reported_clause",
    ),
    (
        "Peter Lund explained how the bridge had been built.",
        "how the bridge had been built",
        "explained",
        "Peter Lund",
        "reported_clause",
    ),
    (
        "Anna Cole explained why she left the party.",
        "why she left the party",
        "explained",
        "Anna Cole",
        "reported_clause",
    ),
    (
        "The court ruled that the sale was illegal.",
        "that the sale was illegal",
        "ruled",
        "The court",
        "reported_clause",
    ),
    (
        "Anna Cole said the bridge, which was built in 1950, was unsafe.",
        "the bridge, which was built in 1950, was unsafe",
        "said",
        "Anna Cole",
        "reported_clause",
    ),
    (
        "Anna Cole said that the bridge was unsafe and that it should be closed.",
        "that the bridge was unsafe and that it should be closed",
        "said",
        "Anna Cole",
        "reported_clause",
    ),
    (
        "The council said in a statement that the bridge was unsafe.",
        "that the bridge was unsafe",
        "said",
        "The council",
        "clause_by_words",
    ),
    (
        "The bridge (officials say it is unsafe) will close in May.",
        "it is unsafe",
        "say",
        "officials",
        "reported_clause",
    ),
    # a clause ahead of it
    ("The bridge was unsafe, officials said.", "The bridge was unsafe", "said", "officials", "clause_ahead"),
    (
        "The bridge was unsafe, said Peter Lund, a nurse from Oslo.",
        "The bridge was unsafe",
        "said",
        "Peter Lund",
        "clause_ahead",
    ),
    ("In the end, he said, the bridge was closed.", "the bridge was closed", "said", "he", "parenthesis"),
    (
        "As the council noted, the bridge was never safe.",
        "the bridge was never safe",
        "noted",
        "the council",
        "as_clause",
    ),
    # phrases
    (
        "According to Peter Lund, the bridge was unsafe.",
        "the bridge was unsafe",
        "According to",
        "Peter Lund",
        "according_to",
    ),
    (
        "The bridge was unsafe, according to Peter Lund.",
        "The bridge was unsafe",
        "according to",
        "Peter Lund",
        "according_to",
    ),
    (
        "By June, according to the bank, sales had fallen by half.",
        "sales had fallen by half",
        "according to",
        "the bank",
        "according_to",
    ),
    (
        "It was a bad year: sales fell by half, according to the bank.",
        "sales fell by half",
        "according to",
        "the bank",
        "according_to",
    ),
    (
        "In the words of one nurse, the ward was a war zone.",
        "the ward was a war zone",
        "In the words of",
        "one nurse",
        "according_to",
    ),
    # infinitives and orders
    ("The party promised to build a new school.", "to build a new school", "promised", "The party", "infinitive"),
    ("The mayor urged him to go home.", "him to go home", "urged", "The mayor", "order"),
    (
        "The mayor called on residents to leave their homes.",
        "residents to leave their homes",
        "called on",
        "The mayor",
        "order",
    ),
    (
        "Anna Cole is said to be the richest woman in the town.",
        "to be the richest woman in the town",
        "said",
        None,
        "passive_infinitive",
    ),
    # objects
    (
        "Anna Cole criticised the plan for the new bridge.",
        "the plan for the new bridge",
        "criticised",
        "Anna Cole",
        "object",
    ),
    ("The union called for a general strike.", "a general strike", "called for", "The union", "object"),
    (
        "Anna Cole accused the mayor of lying to the voters.",
        "the mayor of lying to the voters",
        "accused",
        "Anna Cole",
        "object",
    ),
    (
        "Peter Lund denied taking money from the builder.",
        "taking money from the builder",
        "denied",
        "Peter Lund",
        "object",
    ),
    (
        "Reporters asked the mayor about the cost of the bridge.",
        "the cost of the bridge",
        "asked",
        "Reporters",
        "about",
    ),
    (
        "Anna Cole described the budget as a gift to the rich.",
        "the budget as a gift to the rich",
        "described",
        "Anna Cole",
        "predicate",
    ),
    # lines that name their speaker
    (
        "Mayor: no new taxes this year\n\nThe town needs money.",
        "no new taxes this year",
        None,
        "Mayor",
        "headline_colon",
    ),
    (
        "No new taxes this year - mayor\n\nThe town needs money.",
        "No new taxes this year",
        None,
        "mayor",
        "headline_dash",
    ),
]


@pytest.mark.parametrize(("text", "words", "cue", "speaker", "rule"), INDIRECT)
def test_indirect_speech_has_its_words_cue_speaker_and_rule(
    text: str, words: str, cue: str | None, speaker: str | None, rule: str
) -> None:
    quote = the_quote(text)
    assert (quote.text, quote.cue, quote.speaker_text, quote.rule) == (words, cue, speaker, rule)
    assert quote.quote_type == "indirect"


MIXED = [
    (
        'Anna Cole said the bridge was "a death trap" and should be closed.',
        'the bridge was "a death trap" and should be closed',
        "said",
    ),
    (
        'Anna Cole said the bridge was unsafe, "because nobody looked after it".',
        'the bridge was unsafe, "because nobody looked after it"',
        "said",
    ),
    ('Anna Cole called the budget "a disgrace" to the town.', 'the budget "a disgrace" to the town', "called"),
    ('"We will stay" until the end of May, Anna Cole said.', '"We will stay" until the end of May', "said"),
    (
        'Anna Cole promised to build "the best school" in the country.',
        'to build "the best school" in the country',
        "promised",
    ),
]


@pytest.mark.parametrize(("text", "words", "cue"), MIXED)
def test_marked_words_are_a_part_of_the_stretch_around_them(text: str, words: str, cue: str) -> None:
    quote = the_quote(text)
    assert (quote.text, quote.cue, quote.speaker_text, quote.quote_type) == (words, cue, "Anna Cole", "mixed")


SEVERAL = [
    (
        "The bridge, officials said, was unsafe for heavy lorries.",
        [("The bridge", "officials"), ("was unsafe for heavy lorries", "officials")],
    ),
    (
        "Anna Cole said the bridge was unsafe, adding that nobody had used it.",
        [("the bridge was unsafe", "Anna Cole"), ("that nobody had used it", "Anna Cole")],
    ),
    (
        "No new taxes this year, mayor says\n\nThe bridge will stay closed, the mayor said on Monday.",
        [("No new taxes this year", "mayor"), ("The bridge will stay closed", "the mayor")],
    ),
    (
        "WALLIS: What will the new bridge cost?\n\nCOLE: It will cost the town nothing.\n\nWALLIS: Are you sure?",
        [
            ("What will the new bridge cost?", "WALLIS"),
            ("It will cost the town nothing.", "COLE"),
            ("Are you sure?", "WALLIS"),
        ],
    ),
    (
        "((Jo Wallis)) What will the bridge cost?\n\n((Ada Cole)) I said it will cost nothing.",
        [("What will the bridge cost?", "Jo Wallis"), ("I said it will cost nothing.", "Ada Cole")],
    ),
    (
        "Q: What will the bridge cost?\n\nA: Nothing at all, we think.",
        [("What will the bridge cost?", "Q"), ("Nothing at all, we think.", "A")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_each_stretch_has_its_own_row(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(quote.text, quote.speaker_text) for quote in quotes_of(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Peter Lund did not say that the bridge was unsafe.",
        "Peter Lund never said it was unsafe.",
        "Peter Lund declined to say whether the bridge was safe.",
        "The ministry refused to confirm that the talks had failed.",
        "He left without saying when he would return.",
        "Nobody said that the bridge was unsafe.",
        "The company stopped short of saying the bridge was unsafe.",
    ],
)
def test_what_was_not_said_is_negated(text: str) -> None:
    assert the_quote(text).is_negated


@pytest.mark.parametrize("text", ["Peter Lund said no road was safe.", "Peter Lund denied that he took the money."])
def test_a_denial_that_was_said_is_not_negated(text: str) -> None:
    assert not the_quote(text).is_negated


@pytest.mark.parametrize(
    "text",
    [
        "That said, the bridge is old.",
        "It goes without saying that the bridge is old.",
        "Needless to say, the bridge is old.",
        "Bring some friends, say, ten people.",
        "The voters should have a say in the matter.",
        "He has a car and a boat, to say nothing of his two planes.",
        "All told, the town has ten bridges.",
        "Peter Lund said so.",
        "Peter Lund thinks the bridge is unsafe.",
        "Peter Lund intends to leave the town.",
        "Thank you for your letter.",
        "Ask yourself whether the bridge is safe.",
        "They were denied a goal in the last minute.",
        "A scheme called the New Deal helped the town.",
        "The group calls itself the Owls.",
        "Weather: rain in the north\n\nIt will rain.",
    ],
)
def test_words_of_speech_that_report_nothing_make_no_row(text: str) -> None:
    assert quotes_of(text) == ()


def test_a_clause_that_breaks_off_is_trusted_less() -> None:
    whole = the_quote("Officials said the bridge was unsafe.")
    broken = the_quote("The bridge (officials say it is unsafe) will close in May.")
    assert broken.confidence < whole.confidence


@pytest.mark.parametrize(
    "text",
    [
        "said " * 1000,
        "Officials said that " * 600,
        "according to Lund, " * 600,
        "LUND: no.\n" * 600,
        'said "a" and ' * 600,
        " " * 6000 + ":" + "\n " * 6000,
        "A" * 6000 + ": no",
        "needless to say , " * 600,
    ],
    ids=["one word", "nested", "phrases", "turns", "marks", "blanks", "one label", "idioms"],
)
def test_texts_that_no_one_writes_are_survived(text: str) -> None:
    quotes_of(text)


def test_the_words_of_speech_seed_uses_known_roles_and_has_no_word_twice() -> None:
    rows = read_seed("speech_words")
    assert {row["role"] for row in rows} == {"label", "refusal", "idiom"}
    assert len({(row["word"], row["role"]) for row in rows}) == len(rows)
