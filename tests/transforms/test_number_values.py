"""Numbers in words and digits are read as one plain number, or not at all."""

import pytest

from transforms.number_values import NUMBER_LABELS, number_value, read_count, read_ordinal


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("$1.2 billion", "MONEY", "1200000000"),
        ("$1.2bn", "MONEY", "1200000000"),
        ("£3m", "MONEY", "3000000"),
        ("US$ 1.5 trillion", "MONEY", "1500000000000"),
        ("a billion dollars", "MONEY", "1000000000"),
        ("50 cents", "MONEY", "0.5"),
        ("18 pence", "MONEY", "0.18"),
        ("about $100", "MONEY", "100"),
        ("12.5 percent", "PERCENT", "12.5"),
        ("half a percent", "PERCENT", "0.5"),
        ("three-quarters of a percentage point", "PERCENT", "0.75"),
        ("-3%", "PERCENT", "-3"),
        ("minus 3 percent", "PERCENT", "-3"),
        ("first", "ORDINAL", "1"),
        ("second", "ORDINAL", "2"),
        ("22nd", "ORDINAL", "22"),
        ("twenty-second", "ORDINAL", "22"),
        ("two hundred fifth", "ORDINAL", "205"),
        ("25-pound", "QUANTITY", "25"),
        ("nearly 25 miles", "QUANTITY", "25"),
        ("six", "CARDINAL", "6"),
    ],
)
def test_each_label_has_its_number(text: str, label: str, expected: str) -> None:
    assert number_value(text, label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200", "1200"),
        ("almost 1,000,000", "1000000"),
        ("twenty-one thousand", "21000"),
        ("one hundred and five", "105"),
        ("three hundred and forty-five thousand six hundred and seventy-eight", "345678"),
        ("half a million", "500000"),
        ("two and a half million", "2500000"),
        ("a quarter of a million", "250000"),
        ("2 1/2", "2.5"),
        ("two-thirds", "0.6667"),
        ("a third", "0.3333"),
        ("a dozen", "12"),
        ("half a dozen", "6"),
        ("more than 100", "100"),
        ("up to 50", "50"),
    ],
)
def test_words_digits_and_parts_make_one_number(text: str, expected: str) -> None:
    assert number_value(text, "CARDINAL") == expected


@pytest.mark.parametrize(
    "text",
    [
        "5 to 10",
        "5-10",
        "2-1",
        "$10 million to $12 million",
        "$5 million and $6 million",
        "between 200 and 250 million",
        "six feet, two inches",
        "one in five",
        "five and six",
        "dozens",
        "hundreds of thousands",
        "a few hundred",
        "20-something",
        "the 90s",
        "10,5",
        "1.200,50",
        "9/11",
        "1" * 119,
        "",
        "£",
        "-",
        "and of a",
    ],
)
def test_a_range_a_score_or_a_vague_number_has_none(text: str) -> None:
    assert [number_value(text, label) for label in sorted(NUMBER_LABELS)] == [None] * len(NUMBER_LABELS)


def test_the_scale_behind_a_mention_that_was_cut_short_counts() -> None:
    assert number_value("277", "MONEY", after="m) to settle") == "277000000"
    assert number_value("1.1", "CARDINAL", after=" million people") == "1100000"
    assert number_value("277", "MONEY", after=" men") == "277"
    assert number_value("0.3", "CARDINAL", after="-0.5 degrees") is None


def test_a_letter_behind_a_number_is_a_million_only_where_it_can_be() -> None:
    assert number_value("$60m", "MONEY") == "60000000"
    assert number_value("1.1m", "CARDINAL") == "1100000"
    assert number_value("400", "CARDINAL", after="m race") is None
    assert number_value("2.5m", "QUANTITY") == "2.5"


def test_other_labels_have_no_number() -> None:
    assert number_value("12", "DATE") is None


def test_counts_and_ordinals_are_whole() -> None:
    assert [read_count(word) for word in ("a", "twenty-four", "7", "two hundred", "third", "half", "x", "")] == [
        1,
        24,
        7,
        200,
        None,
        None,
        None,
        None,
    ]
    assert [read_ordinal(word) for word in ("third", "3rd", "twenty-first", "spring")] == [3, 3, 21, None]


def test_no_text_is_too_strange_to_be_looked_at() -> None:
    for text in ("one " * 30, "1," * 60, "half " * 24, "-" * 120, "1/" * 60, "٣ " * 40, "9" * 1_000_000, "🙂 million"):
        number_value(text, "CARDINAL")
        number_value(text, "ORDINAL")
