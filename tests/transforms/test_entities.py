"""Entities: invented news sentences with the names they should give, and what must hold for any text."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from transforms.entities import SentenceNumbers, Words, find_mentions, identity
from transforms.entities.words import Name, NameBoard
from transforms.language import load_model
from transforms.parsed import Parsed
from transforms.rows import Mention


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def marked(nlp: Language, text: str) -> Doc:
    """A Doc whose names are those that TEXT marks, '[Ann Roe|PERSON]', so that a test does not depend on the model."""
    plain, spans = "", []
    for part in text.split("["):
        inside, closed, behind = part.partition("]")
        if closed and "|" in inside:
            name, label = inside.rsplit("|", 1)
            spans.append((len(plain), len(plain) + len(name), label))
            plain += name + behind
        else:
            plain += part
    doc = nlp(plain)
    found = [doc.char_span(start, end, label, alignment_mode="expand") for start, end, label in spans]
    doc.ents = tuple(span for span in found if isinstance(span, Span))
    return doc


def mentions_of(doc: Doc) -> list[Mention]:
    return find_mentions(Words(Parsed(doc)), SentenceNumbers(Parsed(doc)))


def pairs(nlp: Language, text: str) -> list[tuple[str, str]]:
    return [(mention.text, mention.label) for mention in mentions_of(marked(nlp, text))]


def by_text(nlp: Language, text: str) -> dict[str, Mention]:
    return {mention.text: mention for mention in mentions_of(marked(nlp, text))}


SPANS = [
    ("[the Harbour Authority's|ORG] plan failed.", [("Harbour Authority", "ORG")]),
    ("Later [President Ann Roe|PERSON] left.", [("Ann Roe", "PERSON")]),
    ("Later [Lt. Col. Bo Lund|PERSON] left.", [("Bo Lund", "PERSON")]),
    ("Later [Ann Roe and Bo Lund|PERSON] left.", [("Ann Roe", "PERSON"), ("Bo Lund", "PERSON")]),
    ("She read [Ann Roe\nHarbour Authority|ORG] twice.", [("Ann Roe", "ORG"), ("Harbour Authority", "ORG")]),
    ("HARBOUR - [Norway - Ann Roe|PERSON] left.", [("Norway", "GPE"), ("Ann Roe", "PERSON")]),
    ("The boats of [Ann Roe's|PERSON] left.", [("Ann Roe", "PERSON")]),
    ("They beat the [Oakham Rovers 3-0|ORG] at home.", [("Oakham Rovers", "ORG")]),
    ("So said the [Merkur news agency|ORG] there.", [("Merkur", "ORG")]),
    ("They live [Near Oakham|GPE] now.", [("Oakham", "GPE")]),
    ("From [Oakham, Norway|GPE] they went.", [("Oakham", "GPE"), ("Norway", "GPE")]),
    ("They met in [Bosnia and Herzegovina|GPE] once.", [("Bosnia and Herzegovina", "GPE")]),
]


@pytest.mark.parametrize(("text", "expected"), SPANS, ids=[text[:40] for text, _ in SPANS])
def test_a_span_holds_one_name_and_nothing_else(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(nlp, text) == expected


LABELS = [
    ("a full name decides for the last name", "[Ann Quell|PERSON] came. Then [Quell|ORG] left.", "Quell", "PERSON"),
    ("a title makes a person", "They met Mr [Oakham|GPE] there.", "Oakham", "PERSON"),
    ("a country is a place", "They went to [Norway|PERSON] then.", "Norway", "GPE"),
    ("a people is no place", "The [Norwegian|GPE] crew left.", "Norwegian", "NORP"),
    ("a town is a place", "She left the town of [Vellmark|PERSON] early.", "Vellmark", "GPE"),
    ("most mentions decide", "[Vell|ORG] rose. [Vell|ORG] fell. [Vell|PRODUCT] sank.", "Vell", "ORG"),
]


@pytest.mark.parametrize(("text", "name", "label"), [row[1:] for row in LABELS], ids=[row[0] for row in LABELS])
def test_one_name_has_one_label(nlp: Language, text: str, name: str, label: str) -> None:
    assert {found for text, found in pairs(nlp, text) if text == name} == {label}


def test_a_last_name_is_a_person_even_where_it_is_a_capital_too(nlp: Language) -> None:
    text = "[Ann Lisbon|PERSON] spoke. Then [Lisbon|GPE] sat down, and [Lisbon|GPE] slept."
    assert pairs(nlp, text) == [("Ann Lisbon", "PERSON"), ("Lisbon", "PERSON"), ("Lisbon", "PERSON")]


def test_names_that_the_model_missed_later_are_added(nlp: Language) -> None:
    found = mentions_of(marked(nlp, "[Ann Quell|PERSON] came by boat. Later Quell said that Norway had won."))
    assert [(m.text, m.label, m.recognizer) for m in found] == [
        ("Ann Quell", "PERSON", "model"),
        ("Quell", "PERSON", "propagated"),
        ("Norway", "GPE", "gazetteer"),
    ]


def test_a_last_name_inside_of_another_name_is_not_added(nlp: Language) -> None:
    assert ("Quell", "PERSON") not in pairs(nlp, "[Ann Quell|PERSON] came. She works for Quell Holdings Ltd there.")


def test_a_headline_in_capitals_takes_its_names_from_the_text(nlp: Language) -> None:
    text = "[QUELL LEAVES|ORG] NORWAY FOR OAKHAM ROVERS\n[Ann Quell|PERSON] left for [Oakham Rovers|ORG] today.\n"
    assert pairs(nlp, text)[:3] == [("QUELL", "PERSON"), ("NORWAY", "GPE"), ("OAKHAM ROVERS", "ORG")]


def test_a_verb_of_a_headline_is_no_part_of_a_name(nlp: Language) -> None:
    text = "[Quell Says|PERSON] Tolls Must Rise in Oakham\n[Ann Quell|PERSON] says that tolls must rise.\n"
    assert pairs(nlp, text)[0] == ("Quell", "PERSON")


@pytest.mark.parametrize(
    ("dateline", "places"),
    [
        ("WASHINGTON (AP) - The talks went on.", ["WASHINGTON"]),
        ("OAKHAM, Norway, May 3 - The talks went on.", ["OAKHAM", "Norway"]),
        ("OAKHAM 1998-04-03\nThe talks went on.", ["OAKHAM"]),
    ],
)
def test_a_dateline_names_a_place(nlp: Language, dateline: str, places: list[str]) -> None:
    assert [text for text, label in pairs(nlp, dateline) if label == "GPE"] == places


def test_results_name_teams_and_nations(nlp: Language) -> None:
    found = pairs(nlp, "Results on Saturday:\nOakham 2 Stonebury 0\nVellmark Town 1 Norway 1\n")
    assert found[-4:] == [("Oakham", "ORG"), ("Stonebury", "ORG"), ("Vellmark Town", "ORG"), ("Norway", "GPE")]


def test_standings_name_teams(nlp: Language) -> None:
    found = pairs(nlp, "Played, won, lost:\nOakham 4 3 1 0 7 4 10\nStonebury 4 2 1 1 5 4 7\n")
    assert [pair for pair in found if pair[1] == "ORG"] == [("Oakham", "ORG"), ("Stonebury", "ORG")]


def test_rankings_name_people_and_countries(nlp: Language) -> None:
    found = pairs(nlp, "Women's 100 metres\n1. Ann Quell (Norway) 11.3 seconds\n2. Eva Marr (Peru) 11.4\n")
    assert [pair for pair in found if pair[1] in ("PERSON", "GPE")] == [
        ("Ann Quell", "PERSON"),
        ("Norway", "GPE"),
        ("Eva Marr", "PERSON"),
        ("Peru", "GPE"),
    ]


def test_a_team_of_the_results_is_a_team_in_the_text_but_a_town_behind_in(nlp: Language) -> None:
    text = "[Oakham|GPE] won. They met in [Oakham|GPE] late.\nOakham 2 Stonebury 0\nBrill 1 Vell 0\n"
    assert [label for name, label in pairs(nlp, text) if name == "Oakham"] == ["ORG", "GPE", "ORG"]


def test_an_acronym_is_tied_to_its_definition(nlp: Language) -> None:
    text = "The World Harbour Organization (WHO) met. The [WHO|PERSON] agreed, and WHO left."
    found = [m for m in mentions_of(marked(nlp, text)) if m.label == "ORG"]
    assert [m.text for m in found][:3] == ["World Harbour Organization", "WHO", "WHO"]


IDENTITIES = [
    ("a last name", "[Ann Quell|PERSON] came. [Quell|PERSON] left.", "Quell", "Ann Quell"),
    ("an initial", "[Jon Quell|PERSON] came. [J. Quell|PERSON] left.", "J. Quell", "Jon Quell"),
    ("a nickname", "[William Quell|PERSON] came. [Bill Quell|PERSON] left.", "Bill Quell", "William Quell"),
    ("a first name", "[Ann Quell|PERSON] came. [Ann|PERSON] left.", "Ann", "Ann Quell"),
    ("two last names", "[Ann van Quell|PERSON] came. [van Quell|PERSON] left.", "van Quell", "Ann van Quell"),
    ("a full name that comes later", "[Quell|PERSON] came. [Ann Quell|PERSON] left.", "Quell", "Ann Quell"),
    ("an acronym", "The [Harbour Relief Council|ORG] met. [HRC|ORG] left.", "HRC", "Harbour Relief Council"),
    ("a first word", "[Vellmark Shipping Co|ORG] rose. [Vellmark|ORG] fell.", "Vellmark", "Vellmark Shipping Co"),
    ("a people", "The [Norwegian|NORP] crew left.", "Norwegian", "Norway"),
]


@pytest.mark.parametrize(("text", "short", "full"), [row[1:] for row in IDENTITIES], ids=[row[0] for row in IDENTITIES])
def test_a_short_form_has_the_name_of_the_full_one(nlp: Language, text: str, short: str, full: str) -> None:
    assert by_text(nlp, text)[short].name == full


def test_two_people_of_one_last_name_are_kept_apart(nlp: Language) -> None:
    text = "[Ann Quell|PERSON] came. [Quell|PERSON] sat. [Bo Quell|PERSON] came. [Quell|PERSON] left."
    assert [m.name for m in mentions_of(marked(nlp, text))] == ["Ann Quell", "Ann Quell", "Bo Quell", "Bo Quell"]


def test_an_epithet_does_not_make_a_fuller_name(nlp: Language) -> None:
    text = "[Poor Helen Quell|PERSON] came. [Helen Quell|PERSON] sat. [Quell|PERSON] left."
    assert {m.name for m in mentions_of(marked(nlp, text))} == {"Helen Quell"}


def test_a_title_tells_a_man_from_a_woman_of_one_last_name(nlp: Language) -> None:
    text = "Mrs [Ann Quell|PERSON] came with Mr [Bo Quell|PERSON]. Later Mrs [Quell|PERSON] left."
    assert [m.name for m in mentions_of(marked(nlp, text))] == ["Ann Quell", "Bo Quell", "Ann Quell"]


def test_a_nickname_in_quotation_marks_belongs_to_the_name_around_it(nlp: Language) -> None:
    found = mentions_of(marked(nlp, 'Then [Ann|PERSON] "Red" [Quell|PERSON] came. Later [Red|PERSON] left.'))
    assert {m.name for m in found if m.label == "PERSON"} == {"Ann Quell"}


def test_a_country_has_its_code_as_id_whatever_form_names_it(nlp: Language) -> None:
    found = by_text(nlp, "[Norway|GPE] won. The [Norwegians|NORP] cheered.")
    assert {(m.entity_id, m.name, m.country) for m in found.values()} == {("NOR", "Norway", "NOR")}


def test_a_part_of_a_country_is_a_place_of_its_own(nlp: Language) -> None:
    wales = by_text(nlp, "They won in [Wales|GPE] again.")["Wales"]
    assert (wales.name, wales.country) == ("Wales", "GBR")
    assert wales.entity_id != "GBR"


@pytest.mark.parametrize(
    ("name", "country"), [("Kremlin", "RUS"), ("Downing Street", "GBR"), ("White House", "USA"), ("Pentagon", "USA")]
)
def test_a_seat_of_government_has_a_country(nlp: Language, name: str, country: str) -> None:
    assert by_text(nlp, f"So the [{name}|ORG] said.")[name].country == country


def test_the_same_full_name_has_one_id_in_all_articles(nlp: Language) -> None:
    one = by_text(nlp, "[Vellmark Shipping Inc.|ORG] rose.")["Vellmark Shipping Inc."]
    other = by_text(nlp, "The sale of [Vellmark Shipping|ORG] fell through.")["Vellmark Shipping"]
    assert one.entity_id == other.entity_id


def test_a_last_name_alone_is_merged_with_nobody_of_another_article(nlp: Language) -> None:
    first, second = (
        [m.entity_id for m in mentions_of(marked(nlp, text))]
        for text in ("[Quell|PERSON] came. [Quell|PERSON] left.", "[Quell|PERSON] came home.")
    )
    assert first[0] == first[1] != second[0]


def test_an_alias_of_the_user_merges_two_names(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "aliases", lambda: {("PERSON", "red quell"): "Ann Quell"})
    red = by_text(nlp, "[Red Quell|PERSON] came.")["Red Quell"]
    monkeypatch.undo()
    ann = by_text(nlp, "[Ann Quell|PERSON] left.")["Ann Quell"]
    assert (red.name, red.entity_id) == ("Ann Quell", ann.entity_id)


TEXTS = {
    "no sentence": "",
    "white space": " \n \n",
    "only capitals": "OAKHAM ROVERS BEAT NORWAY AGAIN " * 300,
    "only digits": "12 345 6.7 89-0\n" * 500,
    "only brackets": "()[]{}\"'" * 500,
    "identical names": "Ann Quell said. " * 700,
    "namesakes": " ".join(f"John N{number} Quell," for number in range(700)),
    "mixed scripts": "Привет Ann Quell 東京 said مرحبا Mr Ωmega (ΑΒΓ) e\u0301 \u200b\ufeff\U0001f600 " * 50,
    "acronyms": "(AAAA) " * 700,
    "initials": "A. B. C. " * 700,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_odd_texts_give_rows_or_none(nlp: Language, kind: str) -> None:
    # Every other word a name: worse than any model.
    with nlp.select_pipes(disable=[pipe for pipe in nlp.pipe_names if pipe != "line_boundaries"]):
        doc = nlp(TEXTS[kind])
    for index in range(1, len(doc)):
        doc[index].is_sent_start = doc[index].is_sent_start or False
    doc.ents = tuple(Span(doc, at, at + 2, "PERSON") for at in range(0, len(doc) - 2, 3))
    check(doc, mentions_of(doc))


def check(doc: Doc, mentions: list[Mention]) -> None:
    assert all(doc.text[m.start_char : m.end_char] == m.text for m in mentions)
    assert all(one.end_char <= other.start_char for one, other in pairwise(mentions))
    assert [m.mention_no for m in mentions] == list(range(1, len(mentions) + 1))
    assert all("\n" not in m.text for m in mentions if m.label in ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"))
    assert all(m.recognizer in ("model", "gazetteer", "propagated") for m in mentions)


NAMES = ["Ann Quell ", "Quell ", "World Harbour Organization ", "(WHO) ", "Norway ", "norwegian ", "OAKHAM ", "J. "]
WORDS = ["Mr ", "President ", "the ", "and ", "said. ", "Inc. ", "In ", "at ", "2 "]
MARKS = ["- ", "\n", "\n\n", "  ", '"', "'s ", ", ", "(", ")"]


@given(parts=st.lists(st.sampled_from([*NAMES, *WORDS, *MARKS]), max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_mix_of_names_and_marks_gives_true_spans(nlp: Language, parts: list[str]) -> None:
    doc = nlp("".join(parts))
    check(doc, mentions_of(doc))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Later [J. Lund|ORG] left.", ("J. Lund", "PERSON")),
        ("The team beat several Norwegian clubs.", ("Norwegian", "NORP")),
        ("She lives somewhere near Norway now.", ("Norway", "GPE")),
    ],
)
def test_a_name_tells_its_label_by_itself(nlp: Language, text: str, expected: tuple[str, str]) -> None:
    assert pairs(nlp, text) == [expected]


# -- words and the board ----------------------------------------------------------------------------------------------


def words_of(*texts: str) -> Words:
    return Words(Parsed(Doc(Vocab(), words=list(texts))))


@pytest.mark.parametrize(
    "texts", [("The", "mayor", "of", "Oslo"), ("The", "Straße", "stra", "straße", "GROẞ", "strasse")]
)
def test_words_are_compared_without_case_whatever_their_letters(texts: tuple[str, ...]) -> None:
    words = words_of(*texts)
    assert words.lowers == [text.casefold() for text in texts]
    assert [texts[index] for index in words.capitals] == [text for text in texts if text != text.casefold()]
    assert [text for text in texts if words.is_common(text.casefold())] == [
        text for text in texts if text.casefold() in texts
    ]


def test_a_phrase_has_single_blanks_and_a_key_small_letters() -> None:
    words = words_of("Ann", "\n ", "Roe")
    assert words.phrase(0, 3) == words.phrase(0, 3) == "Ann Roe"
    assert (words.phrase(0, 1), words.phrase(1, 2), words.key(2, 3), words.key(0, 3)) == (
        "Ann",
        "",
        "roe",
        "ann \n  roe",
    )


def test_a_name_takes_the_place_of_all_that_it_overlaps() -> None:
    board = NameBoard(6)
    first, second, third = Name(4, 6, "ORG"), Name(0, 3, "PERSON"), Name(2, 5, "GPE")
    for name in (first, second):
        board.put(name)
    assert board.in_order() == [second, first]
    board.put(third)
    assert board.in_order() == [third]
    assert [board.at(index) is third for index in range(6)] == [False, False, True, True, True, False]
    board.put(Name(2, 5, "LOC"))
    assert [name.label for name in board.in_order()] == ["LOC"]
    board.drop(board.in_order()[0])
    assert board.in_order() == []
    assert board.is_free(0, 6)
