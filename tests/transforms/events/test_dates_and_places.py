"""When and where: invented sentences, published on Monday 6 May 2024, with date and place of one of their events."""

from datetime import date

import pytest
from spacy.language import Language

from tests.transforms.events.extracted import MONDAY, events_of, rows_of
from transforms.language import load_model


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


FRIDAY = date(2024, 5, 3)
Day = date | None

DATES: list[tuple[str, str, str | None, Day, Day, str | None]] = [
    # the date that hangs under the trigger
    ("Police arrested three students on Friday.", "ARREST", "Friday", FRIDAY, FRIDAY, "day"),
    ("On Friday, police arrested three students.", "ARREST", "Friday", FRIDAY, FRIDAY, "day"),
    ("Norway and Chile signed a treaty in 2019.", "SUPPORT", "2019", date(2019, 1, 1), date(2019, 12, 31), "year"),
    ("The minister resigned last week.", "RESIGN", "last week", date(2024, 4, 29), date(2024, 5, 5), "week"),
    ("Oman's king visited Cairo in March.", "CONSULT", "March", date(2024, 3, 1), date(2024, 3, 31), "month"),
    ("Talks between Oman and Iran ended on Friday.", "CONSULT", "Friday", FRIDAY, FRIDAY, "day"),
    # not one that belongs to another verb
    (
        "Officials said on Friday that troops had killed five farmers in April.",
        "ASSAULT",
        "April",
        date(2024, 4, 1),
        date(2024, 4, 30),
        "month",
    ),
    ("Officials said on Friday that troops had killed five farmers.", "ASSAULT", None, None, None, None),
    ("On Friday Oman said that it would not sign the treaty in July.", "REJECT", "Friday", FRIDAY, FRIDAY, "day"),
    ("Norway will withdraw its troops in June 2024.", "AGREE", None, None, None, None),
    ("Norway criticised last year's budget.", "ACCUSE", None, None, None, None),
    ("Oman condemned Friday's attack on the camp.", "ACCUSE", None, None, None, None),
    # verbs that share their time
    ("The army arrested Ada Cole on Friday and freed her brother.", "RETREAT", "Friday", FRIDAY, FRIDAY, "day"),
    ("Rebels attacked a town on Friday, killing ten people.", "DIE", "Friday", FRIDAY, FRIDAY, "day"),
    # a plan lies ahead
    (
        "Norway will withdraw its troops in June 2024.",
        "RETREAT",
        "June 2024",
        date(2024, 6, 1),
        date(2024, 6, 30),
        "month",
    ),
    ("Norway plans to withdraw its troops.", "RETREAT", None, None, None, None),
    # neither a length of time nor the end of one is a date
    ("The court jailed two smugglers for three years.", "COERCE", None, None, None, None),
    # what has just been done is news of the day, what was done some time is not
    ("The minister has resigned.", "RESIGN", None, MONDAY, MONDAY, "day"),
    ("The minister resigned.", "RESIGN", None, None, None, None),
    ("The minister had resigned.", "RESIGN", None, None, None, None),
]


@pytest.mark.parametrize(("text", "event_type", "words", "first", "last", "precision"), DATES)
def test_an_event_has_the_date_of_its_trigger(
    nlp: Language, text: str, event_type: str, words: str | None, first: Day, last: Day, precision: str | None
) -> None:
    event = rows_of(nlp, text, event_type)[0]
    found = (event.date_text, event.event_date, event.event_date_end, event.date_precision)
    assert found == (words, first, last, precision)


def test_a_date_taken_from_the_tense_says_so(nlp: Language) -> None:
    assert rows_of(nlp, "The minister has resigned.", "RESIGN")[0].rule == "verb+date:tense"
    assert rows_of(nlp, "The minister resigned last week.", "RESIGN")[0].rule == "verb"


def test_without_a_day_of_publication_no_tense_tells_a_date(nlp: Language) -> None:
    found = [event for event in events_of(nlp, "The minister has resigned.", None) if event.event_type == "RESIGN"]
    assert [(event.event_date, event.rule) for event in found] == [(None, "verb")]


def test_what_happened_does_not_lie_ahead(nlp: Language) -> None:
    event = rows_of(nlp, "Police arrested three students on 9 June 2024.", "ARREST")[0]
    assert (event.event_date, event.date_text) == (None, "9 June 2024")


PLACES: list[tuple[str, str, str | None, str | None, str]] = [
    ("Rebels attacked a military base near Tobruk.", "ASSAULT", "Tobruk", "LBY", "clause"),
    ("In Madrid, police arrested 12 activists.", "ARREST", "Madrid", "ESP", "clause"),
    ("A gunman killed two guards in Basra, Iraq, on 2 May.", "ASSAULT", "Basra", "IRQ", "clause"),
    ("The Madrid bombings killed 12 students.", "ASSAULT", "Madrid", "ESP", "clause"),
    ("Oman's king visited Cairo in March.", "CONSULT", "Cairo", "EGY", "object"),
    ("Troops shelled the town of Tobruk.", "ASSAULT", "Tobruk", "LBY", "object"),
    ("Troops shelled the town of Tobruk, killing two women.", "DIE", "Tobruk", "LBY", "object"),
    ("Police in Athens arrested two students.", "ARREST", "Athens", "GRC", "actor"),
    ("PARIS, May 6 (Reuters) - The army arrested three students.", "ARREST", "PARIS", "FRA", "dateline"),
]


@pytest.mark.parametrize(("text", "event_type", "place", "country", "reason"), PLACES)
def test_an_event_has_a_place_with_its_reason(
    nlp: Language, text: str, event_type: str, place: str, country: str, reason: str
) -> None:
    events = [event for event in rows_of(nlp, text, event_type) if event.place_text is not None]
    assert events
    assert (events[0].place_text, events[0].place_country) == (place, country)
    assert events[0].rule.endswith(f"+place:{reason}")
    assert events[0].latitude is not None
    assert events[0].longitude is not None
    assert events[0].place_geonames_id is not None


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        # a country that takes part is not the place
        ("Norway condemned Chile.", "ACCUSE"),
        ("Peru imposed sanctions on Chile.", "COERCE"),
        # where the deed is to be done is not where it was promised
        ("Norway will withdraw its troops from Chad in June.", "AGREE"),
        # where those are of whom is spoken is not where it was said
        ("The union called for the release of prisoners in Havana.", "REQUEST"),
        ("Chile criticised the cost of Peru's army.", "ACCUSE"),
        # the dateline is not the place of what another country does
        ("PARIS, May 6 (Reuters) - Russia rejected the plan.", "REJECT"),
    ],
)
def test_a_place_that_is_only_named_is_none(nlp: Language, text: str, event_type: str) -> None:
    assert all(event.place_text is None for event in rows_of(nlp, text, event_type))
