"""The dateline of a report: "WASHINGTON, Feb 12 (Reuters) -", "KABUL, Afghanistan (AP) _", "Friday, January 4, 2019".

Comes in: the cleaned text of an article. Goes out: a `Dateline` with the place as it stands there, and the date as far
as it is stated.

A place is believed by what stands beside it: an agency or a date behind a run of capitals, or a name of
`seeds/dateline_words.csv` (or a country) before a dash or a colon. "UPDATE 1 -" and "CRICKET - SURREY" are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from transforms.lexicon import read_seed
from transforms.stated_dates import english_months, english_weekdays

# A dateline stands behind a headline, a byline and a time at most.
_LINES_SEARCHED = 6
_CHARS_SEARCHED = 1_500
_LONGEST_DATE_LINE = 70
_LONGEST_PLACE_WORDS = 5

_CAPITAL = r"[A-ZÀ-ÖØ-Þ]"
_PLACE_WORD = rf"{_CAPITAL}[\w'’]*(?>(?:[.-][\w'’]+){{0,4}})\.?"
_PLACE = rf"{_PLACE_WORD}(?: (?:{_PLACE_WORD}|de|del|el|al|es|do|da|la|las|los|of|and|upon|sur|am|au)){{0,5}}"
_REGION = rf"{_CAPITAL}[\w.'’-]*(?: (?:of |and |the )?{_CAPITAL}[\w.'’-]*){{0,3}}"
_DASH = r"\s*(?:--+|[—–―]|(?<=\s)[-_](?=\s)|(?<=\))\s?[-_:](?=\s)|(?<=\S)_(?=\s)|(?<=[\w.)])[-](?=\s)|:(?=\s))\s*"
_YEAR = re.compile(r"1[6-9]\d\d|20\d\d")
_TURN = re.compile(r"^[A-Z][A-Z .'-]+: ", re.MULTILINE)


@dataclass(slots=True, frozen=True)
class Dateline:
    """What a dateline states; None what it does not. `text[start:end]` is all of it, and begins with the place.

    `place` may name its country ("KABUL, Afghanistan"); `agency` is what stands in brackets; `weekday` counts from 1,
    Monday.
    """

    start: int
    end: int
    place: str | None = None
    agency: str | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def find_dateline(text: str) -> Dateline | None:
    """The first dateline among the first lines of the text; of a place and a line with a date, both."""
    date_line = None
    for start, line in _first_lines(text):
        dateline = _read_placed(line, start)
        if dateline and not _is_speaker(text, dateline):
            return dateline if dateline.day or not date_line else _joined(dateline, date_line)
        date_line = date_line or _read_date_line(line, start)
    return date_line


def resolve_day(
    dateline: Dateline, month: tuple[int, int | None] | None = None, latest: date | None = None
) -> date | None:
    """The day that a dateline names. Where it has no year, the one that fits the context; None where none does.

    `month` is the year and month (or None) in which the article appeared as a path says, `latest` the day at which or
    soon before which it did. A weekday that contradicts leaves the day open.
    """
    if not dateline.month or not dateline.day:
        return None
    years = [dateline.year] if dateline.year else _years_around(month, latest)
    days = [day for year in years if (day := _as_day(year, dateline.month, dateline.day))]
    if dateline.weekday and not dateline.year:
        days = [day for day in days if day.isoweekday() == dateline.weekday]
    fitting = [day for day in days if dateline.year or _fits(day, month, latest)]
    return max(fitting, default=None)


def is_place(name: str) -> bool:
    """Whether it is the name of a city or country that stands in datelines."""
    return name.lower() in _places()


# -- lines ------------------------------------------------------------------------------------------------------------


def _first_lines(text: str) -> Iterator[tuple[int, str]]:
    start = found = 0
    while start < len(text) and start < _CHARS_SEARCHED and found < _LINES_SEARCHED:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start : min(end, start + 200)]
        if body := line.lstrip():
            found += 1
            yield start + len(line) - len(body), body
        start = end + 1


def _is_speaker(text: str, dateline: Dateline) -> bool:
    """Whether "JACKSON: We ..." is a turn of a transcript, which has more of them."""
    if dateline.agency or dateline.day or not text[: dateline.end].rstrip().endswith(":"):
        return False
    return bool(_TURN.search(text, dateline.end, dateline.end + _CHARS_SEARCHED))


def _joined(placed: Dateline, dated: Dateline) -> Dateline:
    return Dateline(placed.start, placed.end, placed.place, placed.agency,
                    dated.year, dated.month, dated.day, dated.weekday)  # fmt: skip


@cache
def _day_pattern() -> str:
    """A date in words, with or without its weekday and year; the groups are numbered by their place."""
    months = "|".join(sorted(english_months(), key=len, reverse=True))
    weekdays = "|".join(sorted(english_weekdays(), key=len, reverse=True))
    year = r"(?:,? (?P<year{0}>1[6-9]\d\d|20\d\d)\b)?"
    return (
        rf"(?:(?P<weekday>{weekdays})\b\.?,?\s?)?(?:"
        rf"(?P<month1>{months})\b\.? (?P<day1>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d){year.format(1)}"
        rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\.? (?P<month2>{months})\b\.?{year.format(2)}"
        r"|(?P<year3>1[6-9]\d\d|20\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d)\b)"
    )


def _read_groups(found: re.Match[str]) -> tuple[int | None, int | None, int | None, int | None]:
    """Year, month, day and weekday of a match."""
    groups = {name.rstrip("123"): text for name, text in found.groupdict().items() if text}
    month = groups.get("month", "").lower()
    weekday = groups.get("weekday", "").lower()
    return (
        int(groups["year"]) if "year" in groups else None,
        int(month) if month.isdigit() else english_months().get(month),
        int(groups["day"]) if "day" in groups else None,
        english_weekdays().get(weekday),
    )


@cache
def _date_line_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[A-Z][a-z]+ ?(?:on)?:? )?{_day_pattern()}(?P<rest>[\s,|–-]+(?:at )?\d{{1,2}}[:.]\d\d\b.{{0,30}})?[\s.]*$",
        re.IGNORECASE,
    )


def _read_date_line(line: str, start: int) -> Dateline | None:
    """A line that is nothing but a date with its year. Without one it is as often the day of a match to come."""
    if len(line) > _LONGEST_DATE_LINE or not _YEAR.search(line):
        return None
    found = _date_line_pattern().match(line.rstrip())
    if not found:
        return None
    year, month, day, weekday = _read_groups(found)
    if not year or not _is_day(year, month, day):
        return None
    return Dateline(start, start + found.end(), None, None, year, month, day, weekday)


# -- places -----------------------------------------------------------------------------------------------------------


@cache
def _late_pattern() -> re.Pattern[str]:
    """A date behind the dash, as in "LONDON (AP) - March 3, 1998"."""
    return re.compile(rf"(?i:{_day_pattern()})(?=\s*$)")


@cache
def _placed_pattern() -> re.Pattern[str]:
    """Place, region, agency and date before or behind it, and what ends the dateline."""
    weekdays = "|".join(sorted((name.capitalize() for name in english_weekdays()), key=len, reverse=True))
    day = rf"(?:,\s?|\s)\(?(?:(?i:{_day_pattern()})|(?P<lone>{weekdays})\b)\)?"
    place = rf"(?P<place>(?P<city>{_PLACE}(?:/{_PLACE}){{0,3}})(?:,\s?(?P<region>{_REGION}))??)"
    end = rf"(?:\.?(?P<dash>{_DASH})|(?P<stop>\s*$)|(?P<open>(?<=\))\s?(?=[A-Z“])))"
    return re.compile(f"{place}{_agency_pattern(1)}?(?P<dated>{day})?,?{_agency_pattern(2)}?{end}")


def _agency_pattern(number: int) -> str:
    """(Reuters) or /PRNewswire/, but not (Feb. 12)."""
    months = "|".join(sorted(english_months(), key=len, reverse=True))
    name = rf"(?!(?i:{months})\b)(?P<agency{number}>[A-Z][\w .,/&'’-]{{1,40}}|dpa)"
    return rf"(?:\s?\({name}\)|\s?/(?P<slashed{number}>[A-Z][\w .-]{{1,30}})/)"


def _agency_of(found: re.Match[str]) -> str | None:
    return next((found[name] for name in ("agency1", "agency2", "slashed1", "slashed2") if found[name]), None)


def _read_placed(line: str, start: int) -> Dateline | None:
    """A dateline with a place at the start of the line."""
    found = _placed_pattern().match(line)
    if not found or not _is_believed(found, line):
        return None
    year, month, day, weekday = _read_groups_of_placed(found)
    end = found.end()
    if not day and found["dash"] and (late := _late_pattern().match(line, end)):
        year, month, day, weekday = _read_groups(late)
        end = late.end()
    if day and not _is_day(year, month, day):
        return None
    return Dateline(start, start + end, found["place"], _agency_of(found), year, month, day, weekday)


def _read_groups_of_placed(found: re.Match[str]) -> tuple[int | None, int | None, int | None, int | None]:
    year, month, day, weekday = _read_groups(found)
    return year, month, day, weekday or english_weekdays().get((found["lone"] or "").lower())


def _is_believed(found: re.Match[str], line: str) -> bool:
    city, region, dated = found["city"], found["region"], found["dated"]
    agency = _agency_of(found)
    if region and (region.lower() in english_months() or region.lower() in english_weekdays()):
        return False
    is_known = all(part.strip().lower() in _places() for part in city.split("/"))
    is_known = is_known or bool(region and region.lower() in _regions())
    words = city.split()
    if not is_known and (len(words) > _LONGEST_PLACE_WORDS or _names_no_place(words)):
        return False
    in_capitals = city.upper() == city and sum(map(str.isalpha, city)) > 2
    if found["stop"] is not None:
        # "LONDON 1996-08-30", a line of its own
        return bool(found["day1"] or found["day2"] or found["day3"]) and (is_known or in_capitals)
    if found["open"] is not None:
        return is_known and agency in _agencies()
    if agency in _agencies() or (dated and found["month1" if found["month1"] else "month2"]):
        return is_known or in_capitals
    if agency:
        return is_known
    if found["dash"].strip() == ":" and not (in_capitals and city.lower() in _words("city")):
        return False
    return is_known and (in_capitals or found["dash"].strip() in "—–―" or bool(dated)) and _is_prose(line, found.end())


def _names_no_place(words: list[str]) -> bool:
    return any(word.strip(".,").lower() in _words("no_place") for word in words)


def _is_prose(line: str, start: int) -> bool:
    """Whether a sentence follows, and not the rest of a headline such as "LONDON - SHARES OPEN LOWER"."""
    words = line[start : start + 160].split()
    return len(words) >= 6 and sum(word.islower() for word in words) * 3 >= len(words)


@cache
def _words(kind: str) -> frozenset[str]:
    """Of `seeds/dateline_words.csv`, in small letters. city: stands alone in datelines; region: behind a place;
    no_place: begins headlines and notes in the same form."""
    return frozenset(row["word"].lower() for row in read_seed("dateline_words") if row["kind"] == kind)


@cache
def _agencies() -> frozenset[str]:
    return frozenset(row["word"] for row in read_seed("dateline_words") if row["kind"] == "agency")


@cache
def _countries() -> frozenset[str]:
    names = {name for row in read_seed("countries") for name in (row["name"], *row["other_names"].split("|"))}
    return frozenset(name.lower() for name in names if name)


@cache
def _places() -> frozenset[str]:
    return _words("city") | _countries()


@cache
def _regions() -> frozenset[str]:
    return _words("region") | _countries()


# -- days -------------------------------------------------------------------------------------------------------------


def _is_day(year: int | None, month: int | None, day: int | None) -> bool:
    # 2000 has all days that any year has.
    return bool(month and day and _as_day(year or 2000, month, day))


def _as_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _years_around(month: tuple[int, int | None] | None, latest: date | None) -> list[int]:
    if month and not month[1]:
        return [month[0]]
    year = month[0] if month else latest.year if latest else None
    return [year - 1, year, year + 1] if year else []


def _fits(day: date, month: tuple[int, int | None] | None, latest: date | None) -> bool:
    """Whether the day lies in or near the month, or within the eleven months before the latest day."""
    if month and month[1]:
        first = date(month[0], month[1], 1)
        return first - timedelta(days=31) <= day < first + timedelta(days=45)
    if month:
        return True
    return latest is not None and latest - timedelta(days=334) <= day <= latest
