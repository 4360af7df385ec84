"""What a mention of time means: its TIMEX3 value (ISO 8601 where that has one).

Comes in: the mention's text, the day of publication, the tense of its clause, and the dates named before it. Goes out:
1998-03-09, 1998-W11, 1998-W11-WE, 1998-03, 1998-Q1, 1998-H1, 1998-SU, 1998, 199 (the nineties), 19 (the 20th
century); 1998-03-09T15:00 and 1998-03-09TEV; P3D for durations, P1W and XXXX-WXX-5 for what comes again;
1990/1995 for intervals; PAST_REF, PRESENT_REF, FUTURE_REF. None where it cannot be told.

The forms are those of TIMEX3 (Sauri et al. 2006, TimeML Annotation Guidelines 1.2.1). A winter is named by the year it
begins in. Of fiscal years and quarters the name is kept, as if they were those of the calendar.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache

from transforms.times.clock import (
    read_clock,
    read_day_part,
)
from transforms.times.context import (
    ENDS,
    YEARS,
    Anchors,
    Context,
    filler_pattern,
    normalise,
)
from transforms.times.days import (
    read_beside_day,
    read_calendar_day,
    read_day_of_month,
    read_days_of_month,
    read_interval,
    read_iso_day,
    read_month,
    read_numeric_day,
    read_relative_day,
    read_weekday,
    read_weekday_and_week,
)
from transforms.times.durations import (
    read_and_a_half,
    read_bare_unit,
    read_every,
    read_length,
    read_plural_day,
)
from transforms.times.relative import (
    read_counted,
    read_definite_unit,
    read_directed_unit,
    read_latest_period,
    read_same_period,
    read_year_ago_period,
)
from transforms.times.words import (
    DAY_PART,
    DIRECTION,
    FUTURE,
    HOLIDAY,
    MONTH,
    SEASON,
    UNIT,
    WEEKDAY,
    one_of,
    words_of,
)
from transforms.times.years import (
    read_century,
    read_decade,
    read_end_of,
    read_ended,
    read_first_months,
    read_holiday,
    read_in_year,
    read_quarter,
    read_season,
    read_spelled_year,
    read_week_of,
    read_year,
    read_years_between,
)

_LONGEST = 100
_MOST_FILLERS = 8


_Read = Callable[[re.Match[str], Context], str | None]


@dataclass(slots=True, frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    read: _Read = field(compare=False)


def time_value(
    text: str,
    published: date | None,
    *,
    tense: str | None = None,
    before: str = "",
    after: str = "",
    anchors: Anchors | None = None,
) -> str | None:
    """The value of one DATE or TIME mention.

    `published` is the day that "yesterday" looks from; without it relative mentions have no value. `tense` ('past' or
    'future', of the governing verb) tells which Friday or March is meant; without it the last one is, the rule of news.
    `before` and `after` are up to 40 characters beside the mention: "next [Tuesday]", "[the quarter] ended Sept. 30".
    `anchors` holds the dates named before.
    """
    if len(text) > _LONGEST:
        return None
    if published and published.year not in YEARS:
        published = None
    before = " ".join(before.lower().split())
    words = normalise(text)
    if before.endswith(_DIRECTION_ENDS) and (found := _DIRECTION_BEFORE.search(before)):
        words = words if _DIRECTED.match(words) else f"{found[1]} {words}"
    if before.endswith("since"):
        tense = "past"
    elif tense is None and before.endswith(_UNTIL_ENDS) and _UNTIL_BEFORE.search(before):
        tense = "future"
    is_over = before.endswith("ended")
    context = Context(
        published, "past" if is_over else tense, before, after.lower(), anchors or Anchors(), _read, is_over
    )
    return _read(words, context)


def depends_on_tense(text: str) -> bool:
    """Whether the tense may decide which day, month or season is meant; else it need not be looked for."""
    return len(text) <= _LONGEST and _is_tensed(text)


@lru_cache(maxsize=10_000)
def _is_tensed(text: str) -> bool:
    return _TENSED.search(text) is not None


def _read(words: str, context: Context) -> str | None:
    """Tries the rules, and again with one word such as "early" or "about" fewer at the front."""
    if context.depth > 3:
        return None
    for _ in range(_MOST_FILLERS):
        if value := _read_as_it_is(words, context):
            return value
        filler = filler_pattern().match(words)
        if not filler or filler.end() == len(words):
            return None
        words = words[filler.end() :]
        if filler[0] == "the " and words in words_of("unit"):
            # "the month" is one of them, and no length of time.
            return None
    return None


def _read_as_it_is(words: str, context: Context) -> str | None:
    if reference := words_of("reference").get(words):
        return reference
    if words == "one day" and context.tense == "future":
        return FUTURE
    if every := words_of("set").get(words):
        return every
    fitting = _next_rule(words, 0)
    while fitting:
        number, found = fitting
        if value := _rules()[number].read(found, context):
            return value
        fitting = _next_rule(words, number + 1)
    return None


@lru_cache(maxsize=10_000)
def _next_rule(words: str, first: int) -> tuple[int, re.Match[str]] | None:
    """The first rule from number `first` on that fits the words. Few mentions are new in the news."""
    for number, rule in enumerate(_rules()[first:], start=first):
        if found := rule.pattern.fullmatch(words):
            return number, found
    return None


# -- the rules, in the order in which they are tried ------------------------------------------------------------------

_SUFFIX = r"(?:st|nd|rd|th)"
_YEAR = r"\d{4}|'\d\d"
_DIRECTION_ENDS = ("last", "next", "this", "past", "coming", "previous", "following")
_DIRECTION_BEFORE = re.compile(r"\b(last|next|this past|this coming|coming|past|this|previous|following)$")
_DIRECTED = re.compile(rf"(?:the |a )?(?:{DIRECTION}|each|every|that|same)\b")
_UNTIL_BEFORE = re.compile(r"\b(?:until|till|by|effective|payable|due)(?: on| the)?$")
_UNTIL_ENDS = ("until", "till", "by", "effective", "payable", "due", "on", "the")
_TENSED = re.compile(
    rf"\b(?:one day|{MONTH}|{WEEKDAY}|{SEASON}|{HOLIDAY}|weekend|quarter|half|\d\d?{_SUFFIX})\b", re.IGNORECASE
)

_TABLE: tuple[tuple[str, _Read], ...] = (
    (rf"(?P<day>{one_of(words_of('day'))})", read_relative_day),
    (r"(?P<day>\d{4}-\d\d-\d\d)(?:t[\d:]+z?)?", read_iso_day),
    (r"(?P<first>\d\d?)[/.-](?P<second>\d\d?)[/.-](?P<year>\d{4}|\d\d)", read_numeric_day),
    (
        rf"(?:{WEEKDAY}\.?,? )?(?P<month>{MONTH})\.?,? (?P<number>\d\d?){_SUFFIX}?(?:(?:,| of)? ?(?P<year>{_YEAR}))?",
        read_calendar_day,
    ),
    (
        rf"(?:{WEEKDAY}\.?,? )?(?:the )?(?P<number>\d\d?){_SUFFIX}?(?: of)?[ -](?P<month>{MONTH})\.?(?:[ ,-]+"
        rf"(?P<year>{_YEAR}))?",
        read_calendar_day,
    ),
    (rf"(?:{WEEKDAY},? )?(?:the )?(?P<number>\d\d?){_SUFFIX}", read_day_of_month),
    (rf"(?:the )?(?:(?P<direction>{DIRECTION}) )?(?P<month>{MONTH})\.?(?:(?:,| of)? (?P<year>{_YEAR}))?", read_month),
    (rf"(?:the )?(?:(?P<direction>{DIRECTION}) )?(?P<weekday>{WEEKDAY})\.?", read_weekday),
    (rf"(?P<weekday>{WEEKDAY})(?: of| in)? (?P<week>.*week)", read_weekday_and_week),
    (rf"(?P<weekday>{WEEKDAY})s", read_plural_day),
    (r"(?P<year>\d{4})(?:(?: and beyond| or so| season))?", read_year),
    (r"(?P<year>'\d\d)", read_year),
    (r"fy ?'?(?P<year>\d{4}|\d\d)", read_year),
    (r"(?P<thousands>two thousand)(?:[ -].+)?", read_spelled_year),
    (
        r"(?P<thousands>(?!))?(?P<high>seventeen|eighteen|nineteen|twenty)[ -](?P<low>(?:oh )?[a-z]+(?:[ -][a-z]+)?)",
        read_spelled_year,
    ),
    (
        r"(?:the )?(?:(?:early|mid|late)[ -])?(?:to[ -](?:mid|late)[ -])?(?:(?P<full>\d{3}0)'?s|'?"
        r"(?P<tens>\d0)'?s|(?P<word>[a-z]+ties))",
        read_decade,
    ),
    (r"(?:the |a )?(?P<number>[a-z\d-]+?)[ -]century", read_century),
    (
        r"(?:the )?(?P<first>\d{4})[-/](?P<second>\d{4}|\d\d)(?: season| (?:school|academic|fiscal|financial"
        r"|tax) year)?",
        read_years_between,
    ),
    (
        r"(?:the |an? )?(?:fiscal[ -])?(?:(?P<number>[a-z]+|\d(?:st|nd|rd|th))[ -](?:fiscal[ -])?(?:quarter"
        r"|half)|q ?(?P<digit>[1-4]))"
        r"(?: period)?",
        read_quarter,
    ),
    (r"(?:the )?(?P<side>first|last) (?P<count>\w+) (?P<unit>quarter|month)s", read_first_months),
    (
        rf"(?:the |a )?(?:(?P<direction>{DIRECTION}) )?(?P<season>{SEASON})",
        read_season,
    ),
    (
        rf"(?:the )?(?:(?P<direction>{DIRECTION}) )?(?P<holiday>{HOLIDAY})(?:,? (?P<year>{_YEAR}))?",
        read_holiday,
    ),
    (rf"(?:the |a )?(?P<unit>{UNIT})(?:'s|s)?[ -]end(?: (?P<year>\d{{4}}))?", read_end_of),
    (
        r"(?:the |a )?(?:latest|most recent|just-ended|reported) (?P<unit>quarter|period|three months)",
        read_latest_period,
    ),
    (
        r"(?:the |a |its )?year-(?:ago|earlier|before)(?: (?P<number>[a-z]+)(?=[ -]quarter))?"
        r"(?:[ -](?:quarter|period|month|level|figure|time|results))?",
        read_year_ago_period,
    ),
    (
        r"(?:the |a )?(?P<unit>quarter|period)(?: of)? (?P<year>a year (?:ago|earlier|before)|last year)",
        read_same_period,
    ),
    (
        r"(?:the )?(?:same|corresponding|comparable|like|equivalent|identical)[ -](?P<unit>quarter|period|month"
        r"|week|day|time|three months)"
        r"(?: of| in|,)? (?P<year>.+)",
        read_same_period,
    ),
    (r"(?:the )?(?P<year>\d{4}|last year|this year|next year)(?:'s)? (?P<unit>period|quarter)", read_same_period),
    (
        rf"(?:the |a )?(?P<direction>{DIRECTION}) (?:(?P<count>.+?)[ -])??(?P<unit>{UNIT})(?P<plural>s)?(?: or "
        rf"(?:so|two))?",
        read_directed_unit,
    ),
    (r"(?:the |that |this )(?P<which>(?!))?(?P<unit>period)", lambda found, context: context.anchors.quarter),
    (rf"(?P<which>the|that|the same|same) (?:full |whole |entire )?(?P<unit>{UNIT})", read_definite_unit),
    (
        rf"(?:(?P<count>.+?)[ -])??(?P<unit>{UNIT})s?,? (?P<side>ago|earlier|later|from now|hence|before|after"
        rf"|back|previously)",
        read_counted,
    ),
    (
        r"(?:the )?(?:(?P<count>\w+) )?(?P<unit>day|week|month|year)s? (?P<side>before|after) (?P<rest>.+)",
        read_beside_day,
    ),
    (r"(?:the )?(?P<year>last year|this year|next year|\d{4}|that year)(?:'s)?[ -](?P<rest>.+)", read_in_year),
    (
        r"(?P<rest>.+?),?(?: of| in)? (?P<year>(?:the )?(?:last year|this year|next year|(?:previous|following"
        r"|same|prior|coming) year"
        r"|that year|(?:the )?(?:current )?(?:fiscal (?:year )?)?\d{4}|a year (?:ago|earlier|before)))",
        read_in_year,
    ),
    (rf"(?P<rest>{MONTH}) (?P<year>(?:nineteen|twenty|two thousand)[ -].+|two thousand)", read_in_year),
    (rf"(?P<count>.+?) (?P<unit>{UNIT})s? and a half", read_and_a_half),
    (r"(?:each(?: and every)?|every(?: single)?|(?:once|twice|three times) (?:a|every)|per) (?P<rest>.+)", read_every),
    (
        rf"(?:the )?(?:(?:first|final|last|opening|latest|early) )?(?P<count>.+?)(?: more| straight"
        rf"| consecutive| full| whole| additional)?"
        rf"[ -](?P<unit>{UNIT})s?'?(?:[ -](?:old|of age|long|ended|period|time|or so|or more|in a row|running))*",
        read_length,
    ),
    (rf"(?:the (?=.+s$))?(?P<unit>{UNIT})(?P<plural>s)?(?:[ -]long)?", read_bare_unit),
    (rf"(?:(?P<day>.+?)[ -])?(?:early |late |in the )?(?P<part>{DAY_PART})", read_day_part),
    (rf"(?P<part>{DAY_PART})(?: of| on)? (?P<day>.+)", read_day_part),
    (
        r"(?:(?P<word>noon|midday|midnight)|(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d))?(?P<oclock> o'clock)?(?: ?"
        r"(?P<half>[ap])\.?m\.?)?)"
        r"(?: ?\(?(?:gmt|utc|bst|[a-z]{1,3}t|local time|local|eastern|central|pacific|time)\)?)*,?(?: (?P<day>.+))?",
        read_clock,
    ),
    (
        r"(?P<day>.+?),?(?: at)? (?:(?P<word>noon|midday|midnight)|(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d))?"
        r"(?P<oclock> o'clock)?(?: ?(?P<half>[ap])\.?m\.?)?)",
        read_clock,
    ),
    (
        rf"(?P<month>{MONTH})\.? (?P<first>\d\d?)(?: ?- ?| to | through | and )(?P<second>\d\d?)(?:,? "
        rf"(?P<year>\d{{4}}))?",
        read_days_of_month,
    ),
    (
        rf"(?P<first>\d\d?)(?: ?- ?| to )(?P<second>\d\d?) (?P<month>{MONTH})(?:,? (?P<year>\d{{4}}))?",
        read_days_of_month,
    ),
    (rf"(?:the )?week (?:of|{ENDS}|beginning|starting|that (?:began|ended)) (?P<day>.+)", read_week_of),
    (rf"(?P<rest>.+?),? (?:{ENDS}|to) (?P<day>{MONTH}.*|today|yesterday|tomorrow|{WEEKDAY})", read_ended),
    (r"between (?P<first>.+?) and (?P<second>.+)", read_interval),
    (r"(?:from )?(?P<first>.+?)(?: to | through | until | till | thru | ?- ?)(?P<second>.+)", read_interval),
)


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_Rule(re.compile(pattern), read) for pattern, read in _TABLE)
