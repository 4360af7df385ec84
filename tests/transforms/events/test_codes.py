"""Who the actors are: country, sector and identity of invented phrases."""

import pytest
from spacy.language import Language

from tests.transforms.events.extracted import rows_of
from transforms.language import load_model
from transforms.lexicon import read_seed


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


SECTORS = frozenset(
    {"GOV", "MIL", "REB", "OPP", "PTY", "COP", "JUD", "LEG", "SPY", "IGO", "NGO", "BUS", "LAB", "MED", "EDU", "REL"}
    | {"HLH", "REF", "CRM", "CVL", "LGL", "SPO"}
)

ACTORS: list[tuple[str, str | None, str | None]] = [
    # countries, their peoples, their seats
    ("Norway", "NOR", "GOV"),
    ("Tehran", "IRN", "GOV"),
    ("The Kremlin", "RUS", "GOV"),
    ("The Pentagon", "USA", "MIL"),
    ("The White House", "USA", "GOV"),
    ("Russian officials", "RUS", "GOV"),
    ("Dutch police", "NLD", "COP"),
    ("Israeli forces", "ISR", "MIL"),
    ("Turkey's opposition", "TUR", "OPP"),
    ("The government of Peru", "PER", "GOV"),
    # the word that tells the sector may stand before one that tells little
    ("A union leader", None, "LAB"),
    ("Three rebel leaders", None, "REB"),
    ("A court official", None, "JUD"),
    ("A police officer", None, "COP"),
    ("Members of parliament", None, "LEG"),
    ("Opposition activists", None, "OPP"),
    ("The armed forces", None, "MIL"),
    ("The attorney general", None, "JUD"),
    ("Thousands of teachers", None, "LAB"),
    # titles
    ("The Chilean prime minister, Ana Rojas,", "CHL", "GOV"),
    ("French President Paul Morel", "FRA", "GOV"),
    ("General Omar Said", None, "MIL"),
    ("Senator Ada Cole", None, "LEG"),
    ("Archbishop Paul Morel", None, "REL"),
    # names of bodies
    ("The United Nations", None, "IGO"),
    ("The Taliban", "AFG", "REB"),
    ("Amnesty International", None, "NGO"),
    ("The FBI", "USA", "COP"),
    ("The Supreme Court", None, "JUD"),
    ("Acme Corp", None, "BUS"),
    ("Oakham University", None, "EDU"),
    ("The Home Office", "GBR", "GOV"),
    # plain nouns
    ("Students", None, "CVL"),
    ("Refugees from Syria", "SYR", "REF"),
    ("Protesters in Tunis", "TUN", "CVL"),
    ("The newspaper", None, "MED"),
    ("Iranian-backed rebels", None, "REB"),
    ("British troops in Iraq", "GBR", "MIL"),
    ("Farmers", None, "BUS"),
]


@pytest.mark.parametrize(("actor", "country", "sector"), ACTORS)
def test_an_actor_has_country_and_sector(nlp: Language, actor: str, country: str | None, sector: str | None) -> None:
    event = rows_of(nlp, f"{actor} criticised the plan of the mayor.", "ACCUSE")[0]
    assert event.actor_text == actor.rstrip(",")
    assert (event.actor_country, event.actor_sector) == (country, sector)


def test_a_country_that_is_attacked_is_no_government(nlp: Language) -> None:
    (event,) = rows_of(nlp, "Rebels attacked Chad.", "ASSAULT")
    assert (event.recipient_country, event.recipient_sector) == ("TCD", None)


def test_a_nominal_actor_bears_the_name_that_stands_beside_it(nlp: Language) -> None:
    text = "Norway's foreign minister, Ada Cole, met her Chilean counterpart, Pablo Rojas, in Oslo."
    (event,) = rows_of(nlp, text, "CONSULT")
    assert (event.actor_name, event.recipient_name) == ("Ada Cole", "Pablo Rojas")
    assert (event.actor_country, event.recipient_country) == ("NOR", "CHL")


def test_a_person_is_coded_as_the_article_introduces_him(nlp: Language) -> None:
    text = "Norwegian Foreign Minister Ada Cole arrived on Monday.\n\nOn Tuesday Cole criticised Chile."
    (event,) = rows_of(nlp, text, "ACCUSE")
    assert (event.actor_name, event.actor_country, event.actor_sector) == ("Ada Cole", "NOR", "GOV")


def test_a_pronoun_keeps_its_text_and_has_the_name_of_whom_it_means(nlp: Language) -> None:
    text = "Ada Cole spoke in Oslo on Monday. She criticised Chile."
    (event,) = rows_of(nlp, text, "ACCUSE")
    assert (event.actor_text, event.actor_name) == ("She", "Ada Cole")


def test_a_town_in_front_of_a_name_tells_no_country(nlp: Language) -> None:
    (event,) = rows_of(nlp, "Paris champion Ana Rojas criticised the mayor.", "ACCUSE")
    assert (event.actor_name, event.actor_country) == ("Ana Rojas", None)


def test_the_organs_of_a_state_belong_to_the_country_of_the_dateline(nlp: Language) -> None:
    (event,) = rows_of(nlp, "PARIS, May 6 (Reuters) - The army attacked a convoy.", "ASSAULT")
    assert (event.actor_country, event.actor_sector) == ("FRA", "MIL")


def test_the_dateline_tells_nothing_where_another_country_is_named(nlp: Language) -> None:
    (event,) = rows_of(nlp, "PARIS, May 6 (Reuters) - The army attacked a convoy in Mali.", "ASSAULT")
    assert event.actor_country != "FRA"


def test_the_seeds_name_known_sectors_only() -> None:
    for seed in ("sectors", "sector_modifiers", "actor_names", "metonyms"):
        assert {row["sector"] for row in read_seed(seed)} <= SECTORS


def test_no_word_has_two_sectors() -> None:
    for seed, column in (("sectors", "lemma"), ("sector_modifiers", "word"), ("actor_names", "name")):
        words = [row[column] for row in read_seed(seed)]
        assert len(words) == len(set(words))


def test_weak_nouns_are_marked_as_such() -> None:
    assert {row["strength"] for row in read_seed("sectors")} == {"", "weak"}


def test_countries_of_listed_actors_have_codes() -> None:
    codes = {row["country"] for row in read_seed("countries")}
    assert {row["country"] for row in read_seed("actor_names") if row["country"]} <= codes
