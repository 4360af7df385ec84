"""All mentions of an article together: in order, apart from each other, each with what it means."""

import time
from datetime import date
from itertools import pairwise

import pytest
from spacy.language import Language

from transforms.entities import SentenceNumbers
from transforms.language import load_model, parse_texts
from transforms.mentions import LONGEST_MENTION, read_mentions
from transforms.parsed import Parsed
from transforms.rows import Mention

WEDNESDAY = date(2024, 4, 10)
ARTICLE = (
    "GENEVA, April 10 (Northern Wire) - French President Jeanne Morel met Chancellor Otto Brandt in Paris on Tuesday."
    "\n\n"
    "Mrs Morel said that 1.2 million people had left Ukraine since February. Brandt offered $4.5 million. The World"
    " Health Organization (WHO) said last month that prices had risen by 3.5 percent. The WHO will meet on Friday in"
    " Portland, Maine."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def read(nlp: Language, text: str, published: date | None = WEDNESDAY) -> list[Mention]:
    [doc] = parse_texts(nlp, [text])
    return read_mentions(Parsed(doc), SentenceNumbers(Parsed(doc)), published)


def test_mentions_stand_in_order_and_do_not_overlap(nlp: Language) -> None:
    mentions = read(nlp, ARTICLE)
    assert [mention.mention_no for mention in mentions] == list(range(1, len(mentions) + 1))
    assert all(a.end_char <= b.start_char for a, b in pairwise(mentions))
    assert all(ARTICLE[mention.start_char : mention.end_char] == mention.text for mention in mentions)


def test_each_kind_of_mention_says_what_it_means(nlp: Language) -> None:
    found = {(mention.text, mention.label): mention for mention in read(nlp, ARTICLE)}
    values = {text: mention.value for (text, _), mention in found.items() if mention.value}
    assert (
        values.items()
        >= {
            "April 10": "2024-04-10",
            "Tuesday": "2024-04-09",
            "1.2 million": "1200000",
            "February": "2024-02",
            "$4.5 million": "4500000",
            "last month": "2024-03",
            "3.5 percent": "3.5",
            "Friday": "2024-04-12",
        }.items()
    )
    assert found["Morel", "PERSON"].name == "Jeanne Morel"
    assert found["Morel", "PERSON"].entity_id == found["Jeanne Morel", "PERSON"].entity_id
    assert found["WHO", "ORG"].entity_id == found["World Health Organization", "ORG"].entity_id
    assert (found["French", "NORP"].country, found["French", "NORP"].entity_id) == ("FRA", "FRA")
    assert (found["Ukraine", "GPE"].country, found["Ukraine", "GPE"].entity_id) == ("UKR", "UKR")
    paris, portland = found["Paris", "GPE"], found["Portland", "GPE"]
    assert (paris.name, paris.country, paris.entity_id) == ("Paris", "FRA", f"geonames:{paris.geonames_id}")
    assert portland.country == "USA"
    assert portland.latitude is not None
    assert 43 < portland.latitude < 44


def test_a_time_that_the_model_did_not_mark_says_so(nlp: Language) -> None:
    found = {mention.text: mention for mention in read(nlp, "The bridge is now closed. It opened on Tuesday.")}
    assert (found["now"].value, found["now"].recognizer) == ("PRESENT_REF", "gazetteer")
    assert (found["Tuesday"].value, found["Tuesday"].recognizer) == ("2024-04-09", "model")


def test_without_a_day_of_publication_only_dates_that_need_none_have_a_value(nlp: Language) -> None:
    found = {mention.text: mention.value for mention in read(nlp, "He left on Tuesday. She came on May 6, 2021.", None)}
    assert found["Tuesday"] is None
    assert found["May 6, 2021"] == "2021-05-06"


@pytest.mark.parametrize(
    "text",
    [
        "THE MAYOR MET THE COUNCIL IN PARIS ON TUESDAY. " * 40,
        "17 4 1998 22 3,500 12.5 " * 400,
        "Ada Cole " * 5_000,
        "x",
        "…",
        "Київ 東京 القاهرة Tuesday Αθήνα " * 200,
        "Leeds 2 Hull 0\nYork 1 Ripon 1\n" * 200,
    ],
)
def test_odd_texts_give_rows_or_none(nlp: Language, text: str) -> None:
    mentions = read(nlp, text)
    assert all(text[mention.start_char : mention.end_char] == mention.text for mention in mentions)
    assert all(len(mention.text) <= LONGEST_MENTION for mention in mentions)


def test_time_grows_with_the_length_of_the_text_alone(nlp: Language) -> None:
    [short, long] = parse_texts(nlp, [ARTICLE * 20, ARTICLE * 160])
    seconds = []
    for doc in (short, long):
        taken = []
        for _ in range(4):
            started = time.process_time()
            read_mentions(Parsed(doc), SentenceNumbers(Parsed(doc)), WEDNESDAY)
            taken.append(time.process_time() - started)
        seconds.append(min(taken))
    assert seconds[1] < 8 * 4 * seconds[0] + 0.2
