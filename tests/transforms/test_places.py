import gzip

import pytest

from transforms.gazetteer import Gazetteer, demonym_country, fold_name, gazetteer_label, load_gazetteer
from transforms.lexicon import default_seeds_dir, read_seed
from transforms.places import PlaceMention, ResolvedPlace, resolve_places

GEORGIA, GEORGIA_US = 614540, 4197000
PARIS, PARIS_TEXAS = 2988507, 4717560
NEW_YORK_CITY, NEW_YORK_STATE = 5128581, 5128638
WASHINGTON_DC, WASHINGTON_STATE = 4140963, 5815135
BIRMINGHAM, BIRMINGHAM_ALABAMA = 2655603, 4049979
PORTLAND_OREGON, PORTLAND_MAINE = 5746545, 4975802


def mention(name: str, *, before: str = "", after: str = "", label: str = "GPE") -> PlaceMention:
    return PlaceMention(name, label, before, after)


def resolve(
    name: str, *others: str, before: str = "", after: str = "", home: str | None = None
) -> ResolvedPlace | None:
    """The place of `name` in an article that also names `others`."""
    mentions = [mention(name, before=before, after=after), *map(mention, others)]
    return resolve_places(mentions, home=home)[0]


def id_of(place: ResolvedPlace | None) -> int | None:
    return place.geonames_id if place else None


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Burma", "MMR"), ("Myanmar", "MMR"), ("Ivory Coast", "CIV"), ("Côte d'Ivoire", "CIV"), ("Holland", "NLD"),
        ("the Netherlands", "NLD"), ("U.S.", "USA"), ("US", "USA"), ("America", "USA"), ("Britain", "GBR"),
        ("U.K.", "GBR"), ("UAE", "ARE"), ("Kosovo", "XKX"), ("Taiwan", "TWN"), ("Hong Kong", "HKG"), ("Zaire", "COD"),
        ("Swaziland", "SWZ"), ("Macedonia", "MKD"), ("Türkiye", "TUR"), ("IRAQ", "IRQ"), ("Vatican City", "VAT"),
    ],
)  # fmt: skip
def test_common_former_and_short_names_of_countries_are_known(name: str, country: str) -> None:
    place = resolve(name)
    assert place is not None
    assert (place.country, place.geonames_id is not None) == (country, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kiev", "Kyiv"), ("Peking", "Beijing"), ("Bombay", "Mumbai"), ("Saigon", "Ho Chi Minh City"),
        ("Burma", "Myanmar"), ("Leningrad", "St. Petersburg"), ("MOSCOW", "Moscow"), ("Sao Paulo", "São Paulo"),
        ("L.A.", "Los Angeles"), ("the U.S.", "United States"), ("Basra", "BASRA"), ("Kyiv’s", "Kyiv"),
    ],
)  # fmt: skip
def test_two_names_of_one_place_have_one_id(one: str, other: str) -> None:
    assert id_of(resolve(one)) == id_of(resolve(other)) is not None


@pytest.mark.parametrize(
    ("name", "country", "geonames_id"),
    [
        ("England", "GBR", 6269131), ("Scotland", "GBR", 2638360), ("Wales", "GBR", 2634895),
        ("Northern Ireland", "GBR", 2641364), ("the West Bank", "PSE", 285153), ("Gaza", "PSE", 281132),
        ("Bavaria", "DEU", 2951839), ("Ontario", "CAN", 6093943), ("Queensland", "AUS", 2152274),
        ("Kerala", "IND", 1267254), ("Texas", "USA", 4736286), ("Calif.", "USA", 5332921), ("Quebec", "CAN", 6115047),
    ],
)  # fmt: skip
def test_divisions_are_places_of_their_country(name: str, country: str, geonames_id: int) -> None:
    place = resolve(name)
    assert place is not None
    assert (place.country, place.geonames_id) == (country, geonames_id)


def test_a_city_has_coordinates_and_its_english_name() -> None:
    place = resolve("Warsaw")
    assert place is not None
    assert place.name == "Warsaw"
    assert place.latitude == pytest.approx(52.2, abs=0.1)
    assert place.longitude == pytest.approx(21.0, abs=0.1)


def test_a_region_across_countries_has_a_name_and_no_country() -> None:
    assert resolve("the Middle East") == ResolvedPlace(None, None, "Middle East")
    assert resolve("the Far East") == ResolvedPlace(None, None, "Far East")
    assert id_of(resolve("Europe")) == 6255148


def test_a_part_of_a_country_is_of_that_country_but_has_not_its_id() -> None:
    assert resolve("northern Iraq") == ResolvedPlace("IRQ", None, "Iraq")
    assert id_of(resolve("central London")) == id_of(resolve("London"))


# -- ambiguous names --------------------------------------------------------------------------------------------------


def test_what_follows_the_comma_decides() -> None:
    assert id_of(resolve("Paris", after=", Texas, on Monday")) == PARIS_TEXAS
    assert id_of(resolve("Portland", after=", Ore., said")) == PORTLAND_OREGON
    assert id_of(resolve("Portland", after=", Maine.")) == PORTLAND_MAINE
    assert id_of(resolve("Cambridge", after=", Massachusetts")) == 4931972
    assert id_of(resolve("Cambridge", after=", England")) == 2653941
    assert id_of(resolve("Washington", after=", D.C., on")) == WASHINGTON_DC
    assert id_of(resolve("Paris, Texas")) == PARIS_TEXAS


def test_a_qualifier_that_is_a_mention_of_its_own_is_resolved_too() -> None:
    places = resolve_places([mention("Springfield", after=", Ill., said"), mention("Ill.", before="of Springfield, ")])
    assert [id_of(place) for place in places] == [4250542, 4896861]


def test_the_same_name_means_the_same_place_in_the_rest_of_the_article() -> None:
    places = resolve_places([mention("Paris", after=", Texas, a"), mention("Paris"), mention("France")])
    assert [id_of(place) for place in places[:2]] == [PARIS_TEXAS, PARIS_TEXAS]


def test_a_list_of_places_is_no_qualifier() -> None:
    assert id_of(resolve("Berlin", after=", France and Spain")) == 2950159
    places = resolve_places([mention("Delaware", before="in Pennsylvania, ", after=", Ohio and")])
    assert id_of(places[0]) == 4142224


def test_the_words_before_a_name_may_say_its_country_and_kind() -> None:
    assert id_of(resolve("Valencia", before="in the Venezuelan city of ")) == 3625549
    assert id_of(resolve("Washington", after=" state on Friday")) == WASHINGTON_STATE
    assert id_of(resolve("New York", before="in the state of ")) == NEW_YORK_STATE


def test_georgia_is_decided_by_the_places_beside_it() -> None:
    assert resolve("Georgia") is None
    assert resolve("Georgia", "U.S.") is None
    assert id_of(resolve("Georgia", "Russia", "Tbilisi")) == GEORGIA
    assert id_of(resolve("Georgia", "Florida", "Alabama", "Atlanta")) == GEORGIA_US
    assert id_of(resolve("Georgia", before="in Florida, ", after=" and Alabama")) == GEORGIA_US


def test_birmingham_is_decided_by_country_state_or_dateline() -> None:
    assert resolve("Birmingham") is None
    assert id_of(resolve("Birmingham", "London")) == BIRMINGHAM
    assert id_of(resolve("Birmingham", "Alabama", "U.S.")) == BIRMINGHAM_ALABAMA
    assert id_of(resolve("Birmingham", home="LONDON")) == BIRMINGHAM
    assert id_of(resolve("Birmingham", home="MONTGOMERY, Ala.")) == BIRMINGHAM_ALABAMA


def test_a_demonym_is_evidence_for_its_country() -> None:
    places = resolve_places([mention("Valencia"), mention("Spanish", label="NORP")])
    assert id_of(places[0]) == 2509954
    assert places[1] is None
    assert resolve("Valencia") is None


@pytest.mark.parametrize(
    ("name", "geonames_id"),
    [
        ("Paris", PARIS), ("Moscow", 524901), ("Santiago", 3871336), ("London", 2643743), ("Washington", WASHINGTON_DC),
        ("New York", NEW_YORK_CITY), ("Tripoli", 2210247), ("Geneva", 2660646), ("Hamburg", 2911298),
    ],
)  # fmt: skip
def test_alone_a_name_is_the_place_known_to_the_world(name: str, geonames_id: int) -> None:
    assert id_of(resolve(name)) == geonames_id


def test_new_york_among_states_is_the_state_and_washington_beside_maryland_the_city() -> None:
    assert id_of(resolve("New York", before="voters in Ohio, ", after=" and Iowa")) == NEW_YORK_STATE
    assert id_of(resolve("Washington", after=", Maryland and Virginia")) == WASHINGTON_DC
    assert id_of(resolve("Washington", before="in Oregon, ", after=" and Idaho")) == WASHINGTON_STATE


def test_new_york_in_an_article_on_states_is_in_the_us_and_no_more_is_sure() -> None:
    assert resolve("New York", "Iowa", "Ohio", "Nevada") == ResolvedPlace("USA", None, "New York")


@pytest.mark.parametrize("name", ["Jordan", "Chad", "Lebanon", "Peru", "Mexico", "Luxembourg", "Panama", "Singapore"])
def test_a_country_comes_before_cities_of_its_name(name: str) -> None:
    place = resolve(name, "U.S.")
    assert place is not None
    assert place.name == name
    assert place.country != "USA"


def test_many_towns_of_one_name_in_one_country_give_the_country_alone() -> None:
    assert resolve("Springfield", "Ohio", "U.S.") == ResolvedPlace("USA", None, "Springfield")
    assert resolve("Springfield") is None


@pytest.mark.parametrize("name", ["Reading", "Bath", "Mobile", "Orange", "Hope", "Man", "Police", "Lincoln", "Chelsea"])
def test_words_and_names_of_people_are_no_places_without_evidence(name: str) -> None:
    assert resolve(name) is None


def test_words_are_places_with_evidence() -> None:
    assert id_of(resolve("Reading", "London", "Britain")) == 2639577
    assert id_of(resolve("Mobile", "Alabama", "U.S.")) == 4076598
    assert id_of(resolve("Bath", after=", England, in")) == 2656173


def test_a_name_of_a_person_in_the_article_is_no_place() -> None:
    known = [mention("Nebraska"), mention("U.S.")]
    assert id_of(resolve_places([mention("Lincoln"), *known])[0]) == 5072006
    people = [mention("Ada Lincoln", label="PERSON")]
    assert resolve_places([mention("Lincoln"), *known, *people])[0] is None
    assert resolve_places([mention("Houston", before="said Mr ")])[0] is None


@pytest.mark.parametrize("name", ["the South", "South", "us", "Kazakh city", "the White House", "", "x", "123"])
def test_what_names_no_place_is_left_open(name: str) -> None:
    assert resolve(name, "Lebanon", "Kazakhstan", "Morocco") is None


def test_a_state_without_its_dot_is_known_behind_a_comma() -> None:
    assert id_of(resolve("Calif", before="of Irvine, ")) == 5332921


def test_only_places_are_resolved() -> None:
    labels = ["PERSON", "ORG", "NORP", "DATE"]
    assert resolve_places([mention("London", label=label) for label in labels]) == [None] * len(labels)


def test_no_mentions_give_no_places() -> None:
    assert resolve_places([]) == []


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mentions",
    [
        [mention("Springfield", before="in ", after=", Ill.")] * 10_000,
        [mention(f"Place{number}", before="in Ohio, ", after=" and Iowa") for number in range(10_000)],
        [mention("A" * 1_000_000)],
        [mention("Paris", before="x " * 500_000, after=", " + "A " * 500_000)] * 100,
        [mention("\x00\ud800"), mention("北京"), mention("Москва", label="LOC"), mention("()"), mention(",")],
    ],
    ids=["same", "different", "long", "long context", "scripts"],
)
def test_any_input_gives_one_answer_a_mention(mentions: list[PlaceMention]) -> None:
    assert len(resolve_places(mentions, home="\ud800" * 1000)) == len(mentions)


# -- labels and demonyms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["France", "Iraq", "IRAQ", "Baghdad", "Kyiv", "Texas", "U.S.", "London", "Turkey", "England"]
)
def test_names_that_are_always_places_are_labelled(name: str) -> None:
    assert gazetteer_label(name) == "GPE"


@pytest.mark.parametrize("name", ["Middle East", "Europe", "the Balkans"[4:], "Southeast Asia"])
def test_regions_are_labelled_loc(name: str) -> None:
    assert gazetteer_label(name) == "LOC"


@pytest.mark.parametrize(
    "name",
    ["Jordan", "Chad", "Georgia", "Washington", "Virginia", "Austin", "Mobile", "Nice", "us", "IT", "Toyota"],
)
def test_names_that_may_be_something_else_are_not_labelled(name: str) -> None:
    assert gazetteer_label(name) is None


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Russian", "RUS"), ("Iraqis", "IRQ"), ("French", "FRA"), ("FRENCH", "FRA"), ("South  Korean", "KOR"),
        ("Scots", "GBR"), ("Puerto Rican", "PRI"), ("polish", None), ("Martian", None), ("", None),
    ],
)  # fmt: skip
def test_demonyms_give_their_country(text: str, country: str | None) -> None:
    assert demonym_country(text) == country


# -- the seeds --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def test_names_are_compared_without_accents_marks_and_articles() -> None:
    assert fold_name("The Saint-Étienne") == "saint etienne"
    assert fold_name("Xi’an") == fold_name("Xi'an") == "xian"
    assert fold_name("Łódź") == "lodz"


def test_every_country_of_the_demonyms_is_in_the_gazetteer(gazetteer: Gazetteer) -> None:
    pairs = zip(gazetteer.kinds, gazetteer.countries, strict=True)
    countries = {country for kind, country in pairs if kind == "country"}
    assert {row["country"] for row in read_seed("countries")} <= countries


def test_cities_have_at_least_15000_people_and_coordinates(gazetteer: Gazetteer) -> None:
    cities = [row for row, kind in enumerate(gazetteer.kinds) if kind in ("city", "capital")]
    assert len(cities) > 30_000
    assert all(gazetteer.populations[row] >= 15_000 or gazetteer.kinds[row] == "capital" for row in cities)
    assert all(abs(gazetteer.latitudes[row]) <= 90 and abs(gazetteer.longitudes[row]) <= 180 for row in cities)


def test_geonames_ids_stand_once(gazetteer: Gazetteer) -> None:
    ids = [geonames_id for geonames_id in gazetteer.ids if geonames_id]
    assert len(ids) == len(set(ids))


def test_hand_made_names_stand_once() -> None:
    rows = [tuple(row.values()) for row in read_seed("place_names")]
    assert len(rows) == len(set(rows))
    assert {row["match"] for row in read_seed("place_names")} <= {
        "name", "form", "exact", "qualifier", "preferred", "caution",
    }  # fmt: skip


def test_the_packed_gazetteer_is_small_and_has_no_time_in_it() -> None:
    packed = (default_seeds_dir() / "places.csv.gz").read_bytes()
    assert len(packed) < 3_000_000
    assert packed[4:8] == b"\0\0\0\0"
    assert gzip.decompress(packed).startswith(b"geonames_id,name,kind,country,")
