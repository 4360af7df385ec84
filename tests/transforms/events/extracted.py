"""The events of a text, as the whole language stage reads them."""

from datetime import date

from spacy.language import Language

from transforms.extraction import extract
from transforms.rows import Event

MONDAY = date(2024, 5, 6)
"""The day on which the sentences of the tests are published."""


def events_of(nlp: Language, text: str, published: date | None = MONDAY) -> list[Event]:
    return extract(nlp(text), published).events


def rows_of(nlp: Language, text: str, event_type: str) -> list[Event]:
    """The events of one type; fails where there is none."""
    events = events_of(nlp, text)
    found = [event for event in events if event.event_type == event_type]
    assert found, f"no {event_type} among {[event.event_type for event in events]}"
    return found
