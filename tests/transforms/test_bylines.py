"""Bylines become single names; what is no name is dropped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bylines import parse_authors


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Ann Roe and Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe; Bo  Lund | Cy Moss, Di Nash", ["Ann Roe", "Bo Lund", "Cy Moss", "Di Nash"]),
        ("Ann Roe, Bo Lund and Cy Moss", ["Ann Roe", "Bo Lund", "Cy Moss"]),
        ("Ann Roe, Bo Lund, and Cy Moss", ["Ann Roe", "Bo Lund", "Cy Moss"]),
        ("Ann Roe,Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe & Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe / Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe/Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe + Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe · Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("By\nAnn Roe\nBo Lund", ["Ann Roe", "Bo Lund"]),
        ("By Ann Roe, with additional reporting by Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("Ann Roe, Science Writer, and Bo Lund, Editor", ["Ann Roe", "Bo Lund"]),
        (["Ann Roe", "Bo Lund", "ann roe"], ["Ann Roe", "Bo Lund"]),
        ([["Ann Roe"], "By Bo Lund"], ["Ann Roe", "Bo Lund"]),
        ({"name": "Ann Roe"}, ["Ann Roe"]),
        ({"@type": "Person", "name": ["Ann Roe", "Bo Lund"]}, ["Ann Roe", "Bo Lund"]),
        ({"first_name": "Ann", "last_name": "Roe"}, ["Ann Roe"]),
        ([{"name": "Ann Roe"}, {"id": 3}, None], ["Ann Roe"]),
        ("['Ann Roe', 'Bo Lund']", ["Ann Roe", "Bo Lund"]),
        ('["Ann Roe", "Bo Lund"]', ["Ann Roe", "Bo Lund"]),
        ('[{"name": "Ann Roe"}]', ["Ann Roe"]),
    ],
)
def test_several_names_are_told_apart(value: object, expected: list[str]) -> None:
    assert parse_authors(value) == expected


@pytest.mark.parametrize(
    "byline",
    [
        "Ann Roe", "By Ann Roe", "BY: Ann Roe", "by Ann Roe", "Written by Ann Roe", "ANN ROE", "By ANN ROE",
        "ann.roe@herald.example (Ann Roe)", "Ann Roe <ann.roe@herald.example>", "Ann Roe (ann@herald.example)",
        "Ann Roe @annroe", "Ann Roe https://herald.example/ann-roe", "Dr. Ann Roe", "Prof Ann Roe PhD",
        "Ann Roe, Ph.D.", "Dr. Ann Roe, Health Correspondent", "Ann Roe, Staff Writer", "Ann Roe Staff Writer",
        "Ann Roe Political Editor", "Ann Roe, Washington Bureau Chief", "Ann Roe | The Herald", "Ann Roe - The Herald",
        "Ann Roe, Reuters", "By Ann Roe (Reuters)", "AFP/Ann Roe", "By Ann Roe Associated Press", "Ann Roe BBC News",
        "By Ann Roe, Associated Press Writer", "Ann Roe – BBC", "By Ann Roe in London", "By Ann Roe, London",
        "By ANN ROE IN LONDON", "Ann Roe for the Herald", "Ann Roe, Special to The Herald", "Roe, Ann",
        "Ann Roe, 12 February 2025", "Ann Roe | Feb 12, 2025 10:15 AM EST", "Published by Ann Roe on Monday",
        "Reporting by Ann Roe; Editing by Bo Lund", "Reporting by Ann Roe, Editing by Bo Lund",
        "(Reporting by Ann Roe; Editing by Bo Lund)", "Words by Ann Roe, photos by Cy Moss",
        "Ann Roe is a reporter who has covered the city since long ago",
    ],
)  # fmt: skip
def test_what_is_said_of_an_author_is_no_part_of_the_name(byline: str) -> None:
    assert parse_authors(byline) == ["Ann Roe"]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Ludwig van der Roe", "Ludwig van der Roe"),
        ("LUDWIG VAN DER ROE", "Ludwig van der Roe"),
        ("Ali bin Roe", "Ali bin Roe"),
        ("María del Carmen García de la Torre", "María del Carmen García de la Torre"),
        ("Sammy Hall, Jr", "Sammy Hall, Jr"),
        ("SAMMY HALL III", "Sammy Hall III"),
        ("RORY MCROE", "Rory McRoe"),
        ("RORY McROE", "Rory McRoe"),
        ("SEAN O'ROE", "Sean O'Roe"),
        ("D'Angelo Roe", "D'Angelo Roe"),
        ("MARY-JANE ROE", "Mary-Jane Roe"),
        ("J.K. ROE", "J.K. Roe"),
        ("JK ROE", "JK Roe"),
        ("Roe, Ann Marie", "Ann Marie Roe"),
        ("van der Roe, Ann", "Ann van der Roe"),
        ("Byron Anderson", "Byron Anderson"),
        ("Ann May", "Ann May"),
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("李明", "李明"),
        ("Mononym", "Mononym"),
    ],
)
def test_names_keep_their_parts_and_only_capitals_are_changed(byline: str, expected: str) -> None:
    assert parse_authors(byline) == [expected]


@pytest.mark.parametrize("byline", ["Roe, Ann; Lund, Bo", "Roe, Ann and Lund, Bo", ["Roe, Ann", "Lund, Bo"]])
def test_names_that_begin_with_the_last_are_turned(byline: object) -> None:
    assert parse_authors(byline) == ["Ann Roe", "Bo Lund"]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Reuters", ["Reuters"]),
        ("REUTERS", ["Reuters"]),
        ("The Associated Press", ["Associated Press"]),
        ("AFP", ["AFP"]),
        ("AP, Reuters", ["AP", "Reuters"]),
        ("Ann Roe and Reuters", ["Ann Roe", "Reuters"]),
        (["Ann Roe", "AFP"], ["Ann Roe", "AFP"]),
    ],
)
def test_an_agency_is_an_author_unless_it_is_whom_the_author_works_for(byline: object, expected: list[str]) -> None:
    assert parse_authors(byline) == expected


@pytest.mark.parametrize(
    "value",
    [
        None, "", [], {}, 7, True, "  ", "Staff", "By STAFF REPORTER", "Admin", "Our Correspondent", "The Editors",
        "Health Correspondent", "None", "@annroe", "https://www.facebook.com/annroe", "facebook.com/annroe",
        "ann@herald.example", "Updated Feb 12", "12 February 2025", "Editing by Bo Lund", "Photos by Cy Moss", "--",
        "By", "[]", "[None]", "{}", "Special to The Herald", b"Ann Roe",
        "Everyone who ever wrote one line about the old bridge of this city",
    ],
)  # fmt: skip
def test_what_names_nobody_is_none(value: object) -> None:
    assert parse_authors(value) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "x"]), inner, max_size=2),
    max_leaves=8,
)


@given(_VALUES)
def test_no_value_raises(value: Any) -> None:
    names = parse_authors(value)
    assert names is None or all(name and name == name.strip() for name in names)


@given(st.text(alphabet="ABab ,.;/()[]{}'\"|&-@12\n:", max_size=60))
def test_no_byline_raises_and_names_can_be_stored(byline: str) -> None:
    for name in parse_authors(byline) or []:
        name.encode()
        assert "\0" not in name
