"""Mentions of time get the day, month, year or length of time that a reader of that day would understand."""

import re
from datetime import date
from functools import cache

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

from transforms.entities import Words
from transforms.parsed import Parsed
from transforms.times import Anchors, TimeSpan, find_dates, find_times, resolve_times, tense_of, time_value
from transforms.times.missed import find_missed, find_openings, read_openings
from transforms.times.periods import easter, first_day, holiday, period_value, shift_day, unit_of

WEDNESDAY = date(1998, 3, 11)


def value(text: str, **context: str) -> str | None:
    return time_value(text, WEDNESDAY, **context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("March 3, 1998", "1998-03-03"),
        ("Tuesday, March 3rd, 1998", "1998-03-03"),
        ("3 March 1998", "1998-03-03"),
        ("the 3rd of March 1998", "1998-03-03"),
        ("1998-03-03", "1998-03-03"),
        ("3/29/1998", "1998-03-29"),
        ("29.3.1998", "1998-03-29"),
        ("March 1998", "1998-03"),
        ("the third quarter of 1990", "1990-Q3"),
        ("Q1 2004", "2004-Q1"),
        ("first-quarter 1997", "1997-Q1"),
        ("the first half of 1998", "1998-H1"),
        ("the summer of 1988", "1988-SU"),
        ("1998", "1998"),
        ("mid-1997", "1997"),
        ("the end of 1997", "1997"),
        ("fiscal 1989", "1989"),
        ("nineteen ninety-six", "1996"),
        ("two thousand", "2000"),
        ("January nineteen ninety-seven", "1997-01"),
        ("the 1990s", "199"),
        ("the late 1980s", "198"),
        ("the 19th century", "18"),
        ("1997-98", "1997/1998"),
        ("between 1990 and 1995", "1990/1995"),
        ("July-September 1998", "1998-07/1998-09"),
        ("Easter 1999", "1999-04-04"),
        ("Thanksgiving 1997", "1997-11-27"),
    ],
)
def test_what_states_its_year_needs_no_publication_date(text: str, expected: str) -> None:
    assert time_value(text, None) == expected
    assert time_value(text, WEDNESDAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "1998-03-11"),
        ("yesterday", "1998-03-10"),
        ("the day after tomorrow", "1998-03-13"),
        ("Wednesday", "1998-03-11"),
        ("Friday", "1998-03-06"),
        ("last Wednesday", "1998-03-04"),
        ("this Friday", "1998-03-13"),
        ("next Tuesday", "1998-03-17"),
        ("Friday last week", "1998-03-06"),
        ("last week", "1998-W10"),
        ("late last week", "1998-W10"),
        ("the weekend", "1998-W10-WE"),
        ("last month", "1998-02"),
        ("the end of the month", "1998-03"),
        ("last May", "1997-05"),
        ("next May", "1998-05"),
        ("December last year", "1997-12"),
        ("Feb. 12", "1998-02-12"),
        ("August 4-6", "1998-08-04/1998-08-06"),
        ("the third quarter", "1997-Q3"),
        ("last year's third quarter", "1997-Q3"),
        ("earlier this year", "1998"),
        ("the current fiscal year", "1998"),
        ("year-end", "1998"),
        ("the '90s", "199"),
        ("the nineties", "199"),
        ("last summer", "1997-SU"),
        ("this winter", "1997-WI"),
        ("two weeks ago", "1998-W09"),
        ("ten days ago", "1998-03-01"),
        ("five months ago", "1997-10"),
        ("a year earlier", "1997"),
        ("a decade ago", "198"),
        ("the week before Christmas", "1997-W51"),
        ("the week ended March 6", "1998-W10"),
        ("the quarter ended Dec. 31", "1997-Q4"),
        ("the quarter ended Jan. 31", "1997-Q4"),
    ],
)
def test_what_is_told_from_the_day_of_publication_needs_it(text: str, expected: str) -> None:
    assert time_value(text, WEDNESDAY) == expected
    assert time_value(text, None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tonight", "1998-03-11TNI"),
        ("last night", "1998-03-10TNI"),
        ("this morning", "1998-03-11TMO"),
        ("yesterday morning", "1998-03-10TMO"),
        ("the night of March 3", "1998-03-03TNI"),
        ("10 p.m. Monday", "1998-03-09T22:00"),
        ("6:30 a.m. EST", "1998-03-11T06:30"),
        ("March 3 at 5 p.m.", "1998-03-03T17:00"),
        ("noon Tuesday", "1998-03-10T12:00"),
        ("midnight", "1998-03-11T24:00"),
    ],
)
def test_times_of_day_stand_behind_their_day(text: str, expected: str) -> None:
    assert time_value(text, WEDNESDAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("three days", "P3D"),
        ("nearly two years", "P2Y"),
        ("up to 180 days", "P180D"),
        ("five-year", "P5Y"),
        ("two-and-a-half years", "P2.5Y"),
        ("a year and a half", "P18M"),
        ("half an hour", "PT30M"),
        ("20 minutes", "PT20M"),
        ("two decades", "P20Y"),
        ("70 million years", "P70000000Y"),
        ("the past five years", "P5Y"),
        ("the six months ended Oct. 1", "P6M"),
        ("a few days", "PXD"),
        ("the next 12 to 18 months", "PXM"),
        ("every week", "P1W"),
        ("every Friday", "XXXX-WXX-5"),
        ("each July", "XXXX-07"),
        ("twice a month", "P1M"),
        ("now", "PRESENT_REF"),
        ("recent years", "PAST_REF"),
        ("several years ago", "PAST_REF"),
        ("the coming weeks", "FUTURE_REF"),
        ("the near future", "FUTURE_REF"),
    ],
)
def test_lengths_and_references_need_no_publication_date(text: str, expected: str) -> None:
    assert time_value(text, None) == expected


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("Friday", "1998-03-06", "1998-03-13"),
        ("Wednesday", "1998-03-11", "1998-03-11"),
        ("the weekend", "1998-W10-WE", "1998-W11-WE"),
        ("December", "1997-12", "1998-12"),
        ("March", "1998-03", "1998-03"),
        ("August 4", "1997-08-04", "1998-08-04"),
        ("the second quarter", "1997-Q2", "1998-Q2"),
        ("the summer", "1997-SU", "1998-SU"),
        ("Thanksgiving", "1997-11-27", "1998-11-26"),
        ("the 15th", "1998-02-15", "1998-03-15"),
    ],
)
def test_the_tense_decides_between_the_last_and_the_next(text: str, past: str, future: str) -> None:
    assert value(text, tense="past") == past
    assert value(text, tense="future") == future


def test_a_tense_is_overruled_where_it_leads_far_away() -> None:
    assert value("March 20", tense="past") == "1998-03-20"
    assert value("February 20", tense="future") == "1998-02-20"


def test_the_words_beside_a_mention_count() -> None:
    assert value("Tuesday", before="the talks open next") == "1998-03-17"
    assert value("Friday", before="closed until") == "1998-03-13"
    assert value("Friday", before="in force since", tense="future") == "1998-03-06"
    assert value("the quarter", after=" ended Sept. 30, 1997.") == "1997-Q3"
    assert value("Dec. 31", before="in the year ended") == "1997-12-31"
    assert value("afternoon", before="on Monday") == "1998-03-09TAF"


@pytest.mark.parametrize(
    "text",
    [
        "49",
        "6819",
        "3/9/98",
        "Sept. 31",
        "Feb. 30, 1998",
        "1998-13-40",
        "a good day",
        "that day",
        "two days later",
        "the following month",
        "Olympic",
        "25:70 p.m.",
        "the 45th",
        "",
        " ",
        "the",
        "''s",
        "half a third year",
    ],
)
def test_what_cannot_be_told_has_no_value(text: str) -> None:
    assert value(text) is None


def test_later_mentions_look_back_to_earlier_ones() -> None:
    text = "In the third quarter of 1997 it lost money. A year earlier it earned some. For the quarter, sales fell."
    mentions = ["the third quarter of 1997", "A year earlier", "the quarter"]
    spans = [(text.index(words), text.index(words) + len(words), "DATE") for words in mentions]
    assert resolve_times(text, spans, WEDNESDAY) == ["1997-Q3", "1996-Q3", "1997-Q3"]


def test_a_day_is_not_counted_from_a_year() -> None:
    assert time_value("two days later", WEDNESDAY, anchors=Anchors(last="1998-02-27")) == "1998-03-01"
    assert time_value("the following month", WEDNESDAY, anchors=Anchors(last="1997-03")) == "1997-04"
    assert time_value("two days later", WEDNESDAY, anchors=Anchors(last="1997")) is None
    assert time_value("that year", WEDNESDAY, anchors=Anchors(last="1988-05-01")) == "1988"


# -- spans ------------------------------------------------------------------------------------------------------------


def found(text: str, *names: str, label: str = "DATE") -> list[str]:
    spans = [(text.index(name), text.index(name) + len(name), label) for name in names]
    return [text[start:end] for start, end, _ in find_dates(text, spans)]


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        ("Profit for the quarter ended Sept. 30 rose.", "the quarter ended Sept. 30", ["the quarter", "Sept. 30"]),
        ("He served between 1985 and 1987 there.", "between 1985 and 1987", ["1985", "1987"]),
        ("Open from today through Nov. 17 only.", "today through Nov. 17", ["today", "Nov. 17"]),
        ("In last year's race he won.", "last year's", ["last year"]),
        ("It happened just last month in Rome.", "just last month", ["last month"]),
        ("Sales rose this quarter again.", "quarter", ["this quarter"]),
        ("Up from the 1988 period.", "1988", ["1988 period"]),
        ("Up from the same quarter of 1988.", "1988", ["the same quarter of 1988"]),
        ("In the comparable period, 1988, it fell.", "1988", ["the comparable period, 1988"]),
        ("Mr. Lund, 49, left.", "49", []),
        ("The annual report is out.", "annual", []),
        ("Seats cost as little as 99 cents.", "as little as 99 cents", []),
        ("He hosts the Radio 4 programme called Today there.", "Today", []),
        ("The year's end is near.", "The year's end", ["The year's end"]),
    ],
)
def test_spans_of_the_model_are_corrected(text: str, model: str, expected: list[str]) -> None:
    assert found(text, model) == expected


def test_dates_that_the_model_missed_are_added() -> None:
    text = (
        "Now the mayor, who resigned on Friday, says talks resume Sept. 14 and third-quarter sales fell in the 1990s."
    )
    assert found(text) == ["Now", "Friday", "Sept. 14", "third-quarter", "the 1990s"]


@pytest.mark.parametrize(
    "text",
    [
        "Call as soon as you can.",
        "An electric current, strong.",
        "I may march on.",
        "Mr. May and Ms. March met.",
        "$1990s",
        "She reads the Sunday Times.",
    ],
)
def test_words_that_only_look_like_dates_are_not_added(text: str) -> None:
    assert found(text) == []


def test_no_date_is_found_inside_of_another_name() -> None:
    text = "Black Friday Inc. opened today."
    spans = [(0, 17, "ORG")]
    assert [text[start:end] for start, end, _ in find_dates(text, spans)] == ["today"]


_OF_TIMES = (
    "The future, the past and the latest quarter: the mid-1990s, mid-to-late 1980s, the early, early 2000s.",
    "Today/tomorrow he's in L.A. on Sept. 3rd, 1999 (Fri., May 3); not long ago 'twas right now... now-famous now.",
    "THE PAST YEAR-AGO QUARTER, This week-end, this\n\nJune last Tuesday; Second-quarter fiscal third-quarter $1990s",
    "at the moment at present a later date a\u00a0future  date more recently someday soon (recently) currently",
    "Straße/today \u1e9e-now İ/yesterday Next\tFriday next–Friday _today_ today_ 1990s' the-1990s 1990sters can't may",
)


@cache
def tokenizer() -> Tokenizer:
    return spacy.blank("en").tokenizer


def found_everywhere(text: str) -> list[TimeSpan]:
    """What is found where every character is tried, after a look at what is found otherwise."""
    everywhere = list(find_missed(text, [], range(len(text))))
    doc = tokenizer()(text)
    tokens = [token.text for token in doc]
    openings = find_openings(tokens, [token.casefold() for token in tokens], [token.idx for token in doc])
    assert list(find_missed(text, [], openings)) == everywhere
    assert list(find_missed(text, [], read_openings(text))) == everywhere
    return everywhere


@pytest.mark.parametrize("text", _OF_TIMES)
def test_dates_are_found_as_if_one_were_looked_for_at_every_character(text: str) -> None:
    assert len(found_everywhere(text)) > 4
    assert len(read_openings(text)) < len(text) / 3


@given(st.lists(st.sampled_from(re.findall(r"\w+|\W+", " ".join(_OF_TIMES))), max_size=12).map("".join))
def test_so_they_are_in_any_jumble_of_their_words(text: str) -> None:
    found_everywhere(text)


# -- tense ------------------------------------------------------------------------------------------------------------


def parsed(words: str, heads: list[int], tags: str, pos: str, deps: str, lemmas: str) -> Doc:
    return Doc(
        spacy.blank("en").vocab,
        words=words.split(),
        heads=heads,
        tags=tags.split(),
        pos=pos.split(),
        deps=deps.split(),
        lemmas=lemmas.split(),
    )


def test_the_tense_is_that_of_the_nearest_verb() -> None:
    past = parsed(
        "They met Friday", [1, 1, 1], "PRP VBD NNP", "PRON VERB PROPN", "nsubj ROOT npadvmod", "they meet Friday"
    )
    will = parsed(
        "They will meet Friday",
        [2, 2, 2, 2],
        "PRP MD VB NNP",
        "PRON AUX VERB PROPN",
        "nsubj aux ROOT npadvmod",
        "they will meet Friday",
    )
    plans = parsed(
        "They planned to meet Friday",
        [1, 1, 3, 1, 3],
        "PRP VBD TO VB NNP",
        "PRON VERB PART VERB PROPN",
        "nsubj ROOT aux xcomp npadvmod",
        "they plan to meet Friday",
    )
    failed = parsed(
        "They failed to meet Friday",
        [1, 1, 3, 1, 3],
        "PRP VBD TO VB NNP",
        "PRON VERB PART VERB PROPN",
        "nsubj ROOT aux xcomp npadvmod",
        "they fail to meet Friday",
    )
    opens = parsed(
        "It opens Friday", [1, 1, 1], "PRP VBZ NNP", "PRON VERB PROPN", "nsubj ROOT npadvmod", "it open Friday"
    )
    signs = parsed(
        "He signs Friday", [1, 1, 1], "PRP VBZ NNP", "PRON VERB PROPN", "nsubj ROOT npadvmod", "he sign Friday"
    )
    tenses = [tense_of(doc[-1:]) for doc in (past, will, plans, failed, opens, signs)]
    assert tenses == ["past", "future", "future", "past", "future", None]


def test_a_text_without_verbs_has_no_tense() -> None:
    doc = parsed("Friday", [0], "NNP", "PROPN", "ROOT", "Friday")
    assert tense_of(doc[:]) is None


def test_a_parsed_article_gets_its_times() -> None:
    doc = parsed(
        "They will meet Friday",
        [2, 2, 2, 2],
        "PRP MD VB NNP",
        "PRON AUX VERB PROPN",
        "nsubj aux ROOT npadvmod",
        "they will meet Friday",
    )
    words = Words(Parsed(doc))
    times = find_times(doc, words, WEDNESDAY)
    assert [(time.start_char, time.end_char, time.label, time.value) for time in times] == [
        (15, 21, "DATE", "1998-03-13")
    ]
    assert [time.value for time in find_times(doc, words, None)] == [None]


# -- the calendar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["D", "W", "WE", "M", "Q", "H", "Y", "DE", "CE"])
def test_a_value_tells_its_unit_and_its_first_day(unit: str) -> None:
    written = period_value(WEDNESDAY, unit)
    start = first_day(written)
    assert unit_of(written) == unit
    assert start is not None
    assert period_value(start, unit) == written


def test_days_are_shifted_within_the_calendar() -> None:
    assert shift_day(date(1998, 3, 31), "M", -1) == date(1998, 2, 28)
    assert shift_day(date(9999, 12, 31), "D", 1) is None
    assert shift_day(date(1, 1, 1), "CE", -1) is None


def test_holidays_fall_where_their_rules_say() -> None:
    assert [easter(year) for year in (1998, 2008, 2024)] == [date(1998, 4, 12), date(2008, 3, 23), date(2024, 3, 31)]
    assert holiday("11-TH4", 2023) == date(2023, 11, 23)
    assert holiday("05-MO-1", 2023) == date(2023, 5, 29)
    assert holiday("11-MO1+1", 2022) == date(2022, 11, 8)
    assert holiday("easter-2", 2024) == date(2024, 3, 29)


# -- any input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("published", [None, date(1, 1, 1), date(9999, 12, 31), date(2000, 2, 29)])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "the next year",
            "last century",
            "two years ago",
            "9999 years ago",
            "99999999 years ago",
            "Feb. 29",
            "last winter",
        ),
        *(
            "next winter",
            "Christmas",
            "next Friday",
            "last Friday",
            "December",
            "the fourth quarter",
            "the 31st",
            "'00",
        ),
        *(
            "0000",
            "0 BC",
            "next week",
            "last weekend",
            "between between and and",
            "from to",
            "٣ days ago",
            "३ march 1998",
        ),
        *("5-" * 50, "the " * 25, "year " * 20, "1998 " * 20, "to " * 33, "x" * 100_000),
    ],
)
def test_no_text_and_no_day_raises(text: str, published: date | None) -> None:
    for tense in (None, "past", "future"):
        time_value(text, published, tense=tense, before=text[-40:], after=text[:40])


def test_long_and_odd_texts_are_searched_whole() -> None:
    for text in (
        "now " * 50_000,
        "MAY 3 " * 20_000,
        "7" * 300_000,
        "the the " * 40_000,
        "Срі 5 मार्च " * 10_000,
        "\n" * 100_000,
    ):
        for start, end, _ in find_dates(text, [(0, len(text), "DATE")]) + find_dates(text, []):
            assert 0 <= start < end <= len(text)
