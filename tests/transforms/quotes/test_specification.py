"""What counts as a quote, sentence by sentence: one phenomenon each, with the row it must give. All are invented.

A row is (type, words, speaker_text, speaker_name, cue); a text may give several, in order.
"""

import pytest

from tests.transforms.quotes.extracted import quotes_of

Row = tuple[str, str, str | None, str | None, str | None]

_MARKS: dict[str, tuple[str, list[Row]]] = {
    "straight double marks": (
        '"The ferry sank at noon," Anna Cole said.',
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "curly double marks": (
        "“The ferry sank at noon,” Anna Cole said.",
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "guillemets": (
        "«The ferry sank at noon,» Anna Cole said.",
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "German low and high marks": (
        "„The ferry sank at noon,“ Anna Cole said.",
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "British single marks beside apostrophes": (
        "‘It’s the workers’ ferry that didn’t come back,’ Anna Cole said.",
        [("direct", "It’s the workers’ ferry that didn’t come back,", "Anna Cole", "Anna Cole", "said")],
    ),
    "two single marks for a double one": (
        "''The ferry sank at noon,'' Anna Cole said.",
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "a quote inside a quote is a part of it": (
        "“They told me ‘stay in your cabin’ and left,” Anna Cole said.",
        [("direct", "They told me ‘stay in your cabin’ and left,", "Anna Cole", "Anna Cole", "said")],
    ),
    "brackets and ellipses inside": (
        '"He [the captain] saw it … and did nothing," Anna Cole said.',
        [("direct", "He [the captain] saw it … and did nothing,", "Anna Cole", "Anna Cole", "said")],
    ),
    "a stray mark costs no more than its paragraph": (
        'The pipe was 6" wide.\n\n"The ferry sank at noon," Anna Cole said.',
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "each paragraph opens, only the last one closes": (
        "Anna Cole said: “The ferry sank at noon.\n\n“Nobody came to help us.”",
        [
            ("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "said"),
            ("direct", "Nobody came to help us.", "Anna Cole", "Anna Cole", "said"),
        ],
    ),
    "speech is set apart by a question mark": (
        '"Where were the lifeboats?" Anna Cole asked.',
        [("direct", "Where were the lifeboats?", "Anna Cole", "Anna Cole", "asked")],
    ),
}

_ORDERS: dict[str, tuple[str, list[Row]]] = {
    "verb before speaker": (
        '"The ferry sank at noon," said Anna Cole, a nurse who saw it.',
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said")],
    ),
    "speaker before verb, with an apposition between": (
        '"The ferry sank at noon," Anna Cole, a nurse who saw it, told reporters.',
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "told")],
    ),
    "speaker and colon ahead": (
        'Anna Cole said: "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "said")],
    ),
    "speaker, listener and comma ahead": (
        'Anna Cole told the inquiry, "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "told")],
    ),
    "a line that ends with a colon leads to the next one": (
        'Anna Cole told the inquiry:\n\n"The ferry sank at noon, and nobody came."',
        [("direct", "The ferry sank at noon, and nobody came.", "Anna Cole", "Anna Cole", "told")],
    ),
    "an interrupted quote": (
        '"The ferry," Anna Cole said, "sank at noon in front of us."',
        [
            ("direct", "The ferry,", "Anna Cole", "Anna Cole", "said"),
            ("direct", "sank at noon in front of us.", "Anna Cole", "Anna Cole", "said"),
        ],
    ),
    "a second sentence of the same paragraph": (
        '"The ferry sank at noon," Anna Cole said. "Nobody came."',
        [
            ("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "said"),
            ("direct", "Nobody came.", "Anna Cole", "Anna Cole", "said"),
        ],
    ),
    "a name and a colon": (
        'Anna Cole: "The ferry sank at noon in front of us."',
        [("direct", "The ferry sank at noon in front of us.", "Anna Cole", "Anna Cole", None)],
    ),
    "a dash and a name below": (
        '"The ferry sank at noon in front of us."\n— Anna Cole, nurse',
        [("direct", "The ferry sank at noon in front of us.", "Anna Cole", "Anna Cole", None)],
    ),
    "a transcript inside of marks": (
        'Partial transcript:\n\n"COLE: The ferry sank at noon in front of us."',
        [("direct", "The ferry sank at noon in front of us.", "COLE", None, None)],
    ),
    "a verb that reports because of where it stands": (
        '"The ferry sank at noon in front of us," Anna Cole sobbed.',
        [("direct", "The ferry sank at noon in front of us,", "Anna Cole", "Anna Cole", "sobbed")],
    ),
    "according to": (
        '"The ferry sank at noon," according to Anna Cole.',
        [("direct", "The ferry sank at noon,", "Anna Cole", "Anna Cole", "according to")],
    ),
    "in a statement": (
        'The harbour board said in a statement: "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "The harbour board", None, "said")],
    ),
    "a lone sentence has the speaker of the sentence ahead": (
        'Anna Cole said the harbour was to blame. "They never once checked the lifeboats."',
        [
            ("indirect", "the harbour was to blame", "Anna Cole", "Anna Cole", "said"),
            ("direct", "They never once checked the lifeboats.", "Anna Cole", "Anna Cole", None),
        ],
    ),
    "a lone sentence has the subject of the sentence ahead": (
        'Anna Cole was angry with the harbour. "They never once checked the lifeboats."',
        [("direct", "They never once checked the lifeboats.", "Anna Cole", "Anna Cole", None)],
    ),
    "an answer is another speaker's": (
        '"We did all that we could," Peter Lund said.\n\n"Did you check the lifeboats?" asked Anna Cole.\n\n'
        '"We checked them every single week."',
        [
            ("direct", "We did all that we could,", "Peter Lund", "Peter Lund", "said"),
            ("direct", "Did you check the lifeboats?", "Anna Cole", "Anna Cole", "asked"),
            ("direct", "We checked them every single week.", "Peter Lund", "Peter Lund", None),
        ],
    ),
}

_REPORTED: dict[str, tuple[str, list[Row]]] = {
    "a clause with that": (
        "Anna Cole said that the ferry sank at noon.",
        [("indirect", "that the ferry sank at noon", "Anna Cole", "Anna Cole", "said")],
    ),
    "a clause without that": (
        "Anna Cole said the ferry sank at noon.",
        [("indirect", "the ferry sank at noon", "Anna Cole", "Anna Cole", "said")],
    ),
    "the report ahead of its speaker": (
        "The ferry sank at noon, officials said.",
        [("indirect", "The ferry sank at noon", "officials", None, "said")],
    ),
    "according to, ahead": (
        "According to Anna Cole, the ferry sank at noon.",
        [("indirect", "the ferry sank at noon", "Anna Cole", "Anna Cole", "According to")],
    ),
    "a listener between": (
        "Anna Cole told the inquiry that the ferry sank at noon.",
        [("indirect", "that the ferry sank at noon", "Anna Cole", "Anna Cole", "told")],
    ),
    "an infinitive": (
        "The company promised to pay the families.",
        [("indirect", "to pay the families", "The company", None, "promised")],
    ),
    "words in marks inside a reported clause": (
        'Anna Cole said the crew had "no idea at all" of the danger.',
        [("mixed", 'the crew had "no idea at all" of the danger', "Anna Cole", "Anna Cole", "said")],
    ),
    "a name given to something": (
        'Anna Cole called the rescue "a disgrace".',
        [("mixed", 'the rescue "a disgrace"', "Anna Cole", "Anna Cole", "called")],
    ),
}

_SPEAKERS: dict[str, tuple[str, list[Row]]] = {
    "a title is part of the phrase, not of the name": (
        "Transport Minister Anna Cole said the ferry sank at noon.",
        [("indirect", "the ferry sank at noon", "Transport Minister Anna Cole", "Anna Cole", "said")],
    ),
    "a last name stands for the full one": (
        'Anna Cole runs the harbour. "The ferry sank at noon," Cole said.',
        [("direct", "The ferry sank at noon,", "Cole", "Anna Cole", "said")],
    ),
    "a pronoun stands for a person of its gender": (
        'Anna Cole met Peter Lund. "The ferry sank at noon," she said.',
        [("direct", "The ferry sank at noon,", "she", "Anna Cole", "said")],
    ),
    "a relative pronoun stands for its noun": (
        "Anna Cole, who said the ferry sank at noon, has left.",
        [("indirect", "the ferry sank at noon", "who", "Anna Cole", "said")],
    ),
    "nobody's name is known": (
        '"The ferry sank at noon," two officials said.',
        [("direct", "The ferry sank at noon,", "two officials", None, "said")],
    ),
    "a body": (
        "The Kremlin said the ferry sank at noon.",
        [("indirect", "the ferry sank at noon", "The Kremlin", "Kremlin", "said")],
    ),
    "who sends a statement says it": (
        'Anna Cole sent out a statement saying, "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "saying")],
    ),
    "a participle has the subject of its sentence": (
        'Anna Cole left the hall in tears, saying, "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "saying")],
    ),
    "what stands between dashes is not the speaker": (
        'Cole - who has run the harbour since 2001 - said: "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Cole", None, "said")],
    ),
    "who is quoted speaks, not who quotes": (
        'Anna Cole was quoted by the Harbour Times as saying "the ferry sank at noon".',
        [("direct", "the ferry sank at noon", "Anna Cole", "Anna Cole", "saying")],
    ),
    "who is asked does not ask": (
        'Asked whether she would resign, Anna Cole replied: "We will see about that."',
        [
            ("indirect", "whether she would resign", None, None, "Asked"),
            ("direct", "We will see about that.", "Anna Cole", "Anna Cole", "replied"),
        ],
    ),
    "a spokesman speaks for the body": (
        '"The ferry sank at noon," said a spokesman for the Harbour Board.',
        [("direct", "The ferry sank at noon,", "a spokesman for the Harbour Board", "Harbour Board", "said")],
    ),
    "the verb in front, the name behind it": (
        'Said Anna Cole: "The ferry sank at noon."',
        [("direct", "The ferry sank at noon.", "Anna Cole", "Anna Cole", "Said")],
    ),
}

_NO_ROWS = {
    "a title": 'He reads "Wind and Rain" every winter.',
    "scare quotes": 'The so-called "experts" were late.',
    "a nickname": 'Peter "Red" Lund was late.',
    "a thought": '"It may rain all day," thought Peter Lund.',
    "words in the reporter's own sentence": 'The harbour is a "very sad place" in winter.',
    "a heading in marks": "'Legend of the Harbour.'\n\nIt was raining when the ferry left.",
    "a stage direction": "“(Laughter and applause.)”",
}


def _cases(*tables: dict[str, tuple[str, list[Row]]]) -> list[object]:
    return [pytest.param(*case, id=name) for table in tables for name, case in table.items()]


@pytest.mark.parametrize(("text", "expected"), _cases(_MARKS, _ORDERS, _REPORTED, _SPEAKERS))
def test_a_sentence_gives_its_rows(text: str, expected: list[Row]) -> None:
    found = [(row.quote_type, row.text, row.speaker_text, row.speaker_name, row.cue) for row in quotes_of(text)]
    assert found == expected


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in _NO_ROWS.items()])
def test_what_nobody_says_gives_no_row(text: str) -> None:
    assert quotes_of(text) == []


@pytest.mark.parametrize(
    ("text", "is_negated"),
    [
        ("Anna Cole did not say that the ferry sank.", True),
        ("Anna Cole never said the ferry sank.", True),
        ("Anna Cole said the ferry did not sink.", False),
    ],
)
def test_only_denied_speech_is_negated(text: str, is_negated: bool) -> None:
    assert [row.is_negated for row in quotes_of(text)] == [is_negated]


def test_pieces_and_paragraphs_of_one_speech_share_a_group() -> None:
    for case in ("an interrupted quote", "each paragraph opens, only the last one closes"):
        text = {**_MARKS, **_ORDERS}[case][0]
        assert {row.group_no for row in quotes_of(text)} == {1}, case
