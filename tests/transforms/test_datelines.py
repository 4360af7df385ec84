"""Datelines give their place as it stands and their date as far as it is stated; nothing else is a place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.datelines import Dateline, find_dateline, resolve_day

STORY = "The council said on Tuesday that it would repair the old bridge over the river."


@pytest.mark.parametrize(
    ("dateline", "place", "agency"),
    [
        ("WASHINGTON, Feb 12 (Reuters) -", "WASHINGTON", "Reuters"),
        ("NEW YORK (AP) —", "NEW YORK", "AP"),
        ("LOS ANGELES (AP)", "LOS ANGELES", "AP"),
        ("MOSCOW —", "MOSCOW", None),
        ("ST. LOUIS --", "ST. LOUIS", None),
        ("DES MOINES -", "DES MOINES", None),
        ("KABUL, Afghanistan (AP) _", "KABUL, Afghanistan", "AP"),
        ("CANBERRA, Australia (AP)_", "CANBERRA, Australia", "AP"),
        ("NEWARK, N.J. _", "NEWARK, N.J.", None),
        ("DUBAI, United Arab Emirates (AP) —", "DUBAI, United Arab Emirates", "AP"),
        ("SMALLVILLE, Kan. (AP) —", "SMALLVILLE, Kan.", "AP"),
        ("SPRINGFIELD, Ill., Feb. 12 (UPI) --", "SPRINGFIELD, Ill.", "UPI"),
        ("BERLIN/PARIS (Reuters) -", "BERLIN/PARIS", "Reuters"),
        ("RIO DE JANEIRO, Feb 12 (Reuters) -", "RIO DE JANEIRO", "Reuters"),
        ("SÃO PAULO (AP) —", "SÃO PAULO", "AP"),
        ("Kabul, Afghanistan (CNN) --", "Kabul, Afghanistan", "CNN"),
        ("London (CNN)", "London", "CNN"),
        ("Washington (AFP) –", "Washington", "AFP"),
        ("COLOMBO (EconomyNext) –", "COLOMBO", "EconomyNext"),
        ("TORONTO, Feb. 12, 2025 (GLOBE NEWSWIRE) --", "TORONTO", "GLOBE NEWSWIRE"),
        ("CHICAGO, Feb. 12 /PRNewswire/ --", "CHICAGO", "PRNewswire"),
        ("ISLAMABAD:", "ISLAMABAD", None),
        ("KARACHI, Feb 12:", "KARACHI", None),
        ("PARIS, Monday —", "PARIS", None),
    ],
)
def test_the_place_and_the_agency_stand_as_in_the_text(dateline: str, place: str, agency: str | None) -> None:
    text = f"{dateline} {STORY}"
    found = find_dateline(text)
    assert found
    assert (found.place, found.agency) == (place, agency)
    assert text[found.start : found.end].strip() == dateline
    assert text[found.end :].strip() == STORY


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PARIS, March 3 - ", (None, 3, 3)),
        ("PARIS, 3 March – ", (None, 3, 3)),
        ("PARIS, March 3.—", (None, 3, 3)),
        ("PARIS, 3 March 1998 - ", (1998, 3, 3)),
        ("PARIS, Tuesday, March 3 (AP) - ", (None, 3, 3)),
        ("PARIS (March 3, 1998) — ", (1998, 3, 3)),
        ("PARIS 1998-03-03\n", (1998, 3, 3)),
        ("LYON, France 1998-03-03\n", (1998, 3, 3)),
        ("PARIS (AP) - March 3, 1998\n", (1998, 3, 3)),
        ("Tuesday, March 3, 1998\n", (1998, 3, 3)),
        ("3 March 1998\n", (1998, 3, 3)),
        ("Published: 3 Mar 1998 10:15 GMT\n", (1998, 3, 3)),
        ("Tuesday, 3 March 1998\n\nPARIS (AP) — ", (1998, 3, 3)),
        ("PARIS (AP) — ", (None, None, None)),
    ],
)
def test_the_date_is_given_as_far_as_it_is_stated(line: str, expected: tuple[int | None, ...]) -> None:
    found = find_dateline(line + STORY)
    assert found
    assert (found.year, found.month, found.day) == expected


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "",
        f"UPDATE 1 - {STORY}",
        f"BREAKING — {STORY}",
        f"EXCLUSIVE: {STORY}",
        "CRICKET - SURREY TAKE OVER AT THE TOP.",
        "SOCCER - BRIDGE TO PLAY ON SUNDAY.",
        f"BRIDGE FILING -- {STORY}",
        "LONDON - SHARES OPEN LOWER ON FEARS FOR THE BRIDGE",
        "London - the city that never builds a bridge",
        "Paris: bridge reopened",
        "LONDON'S bridge - once the pride of the city - is falling down, engineers have said on Monday.",
        f"MAYOR SMITH — {STORY}",
        f"SENATOR ROE (D-Ohio) - {STORY}",
        f"SMALLTOWN, Feb 30 (Reuters) - {STORY}",
        "JACKSON: Will the bridge be opened again this year or not?\nROE: I do not know that, nobody does.",
        "Saturday, 26 February\nThe teams play at noon.",
        "In Paris, March 3 - a day like others - was cold and the bridge was closed to all.",
        "\n".join([STORY] * 7) + f"\nLONDON (AP) - {STORY}",
    ],
)
def test_headlines_notes_and_names_are_no_datelines(text: str) -> None:
    assert find_dateline(text) is None


def test_a_dateline_may_stand_behind_headline_and_byline() -> None:
    text = f"UPDATE 2-Bridge to be repaired\n\nBy Ann Roe\n\nLONDON, Feb 12 (Reuters) - {STORY}"
    found = find_dateline(text)
    assert found
    assert found.start == text.index("LONDON")
    assert (found.place, found.month, found.day) == ("LONDON", 2, 12)


FEB_12 = Dateline(0, 9, "LONDON", month=2, day=12)
DEC_31 = Dateline(0, 9, "LONDON", month=12, day=31)
LEAP_DAY = Dateline(0, 9, "LONDON", month=2, day=29)
WEDNESDAY = Dateline(0, 9, "LONDON", month=2, day=12, weekday=3)


@pytest.mark.parametrize(
    ("dateline", "month", "latest", "expected"),
    [
        (FEB_12, (2025, 2), None, date(2025, 2, 12)),
        (FEB_12, (2025, 3), None, date(2025, 2, 12)),
        (DEC_31, (2025, 1), None, date(2024, 12, 31)),
        (FEB_12, (2025, 8), None, None),
        (FEB_12, (2025, None), None, date(2025, 2, 12)),
        (LEAP_DAY, (2025, None), None, None),
        (FEB_12, None, date(2025, 3, 1), date(2025, 2, 12)),
        (FEB_12, None, date(2025, 2, 12), date(2025, 2, 12)),
        (DEC_31, None, date(2025, 1, 1), date(2024, 12, 31)),
        (FEB_12, None, date(2025, 2, 1), None),
        (FEB_12, None, None, None),
        (WEDNESDAY, (2025, None), None, date(2025, 2, 12)),
        (WEDNESDAY, (2024, None), None, None),
        (Dateline(0, 9, "LONDON"), (2025, 2), date(2025, 2, 12), None),
        (Dateline(0, 9, year=2019, month=1, day=4), None, None, date(2019, 1, 4)),
    ],
)
def test_a_day_without_its_year_needs_a_context_that_fits(
    dateline: Dateline, month: tuple[int, int | None] | None, latest: date | None, expected: date | None
) -> None:
    assert resolve_day(dateline, month, latest) == expected


@given(st.text(alphabet="LONDAabc ,.-—(RAP)12Feb\n/:19960830", max_size=80))
def test_no_text_raises_and_places_are_found_where_they_stand(text: str) -> None:
    found = find_dateline(text)
    if found and found.place:
        assert text.startswith(found.place, found.start)
    if found:
        assert 0 <= found.start < found.end <= len(text)
        resolve_day(found, (1, 1), date.min)
        resolve_day(found, (9999, 12), date.max)
