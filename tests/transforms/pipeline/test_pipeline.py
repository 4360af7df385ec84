"""The faster pipeline says the same of every token as the one that spaCy loads, and leaves what it does not know."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import get_current_ops

import transforms.pipeline
from tests.transforms.articles import annotations, invented_articles
from transforms.models import DEFAULT_MODEL, find_model
from transforms.pipeline import is_known_version, load_pipeline
from transforms.pipeline.attributes import AttributeLookup, look_attributes_up
from transforms.pipeline.embedding import find_distinct
from transforms.pipeline.encoding import encode_in_blocks
from transforms.pipeline.lemmas import INDEX, LemmaMemory, remember_lemmas, with_sets
from transforms.pipeline.matrices import BLOCK_ROWS, BlockOps

ARTICLES = invented_articles(60, seed=2)

pytestmark = pytest.mark.skipif(not is_known_version(), reason="the replacements are for another spaCy")


@pytest.fixture(scope="module")
def plain() -> Language:
    return load_pipeline(find_model(DEFAULT_MODEL).location, gains=())


@pytest.fixture(scope="module")
def tuned() -> Language:
    return load_pipeline(find_model(DEFAULT_MODEL).location)


@pytest.fixture(scope="module")
def expected(plain: Language) -> list[list[tuple[Any, ...]]]:
    return [annotations(doc) for doc in plain.pipe(ARTICLES)]


def test_every_token_of_every_article_is_annotated_as_by_spacy_alone(
    tuned: Language, expected: list[list[tuple[Any, ...]]]
) -> None:
    assert [annotations(doc) for doc in tuned.pipe(ARTICLES)] == expected
    assert sum(map(len, expected)) > 4_000


def test_all_is_replaced_in_the_pipeline_that_comes_with_newsmill(tuned: Language) -> None:
    assert tuned.pipe_names == [
        "tok2vec", "tagger", "parser", "attribute_ruler_lookup", "lemmatizer_memory", "ner"
    ]  # fmt: skip
    for name in ("tok2vec", "ner"):
        layers = {layer.name for layer in tuned.get_pipe(name).model.walk()}
        assert {"embed_distinct_words", "encode_in_blocks"} <= layers
    assert {type(node.ops) for node in tuned.get_pipe("tagger").model.walk()} == {BlockOps}
    assert type(get_current_ops()) is not BlockOps


@pytest.mark.parametrize("versions", [set(), {("3.8.6", "8.3.6")}])
def test_another_version_of_spacy_runs_as_it_is(monkeypatch: pytest.MonkeyPatch, versions: set[Any]) -> None:
    monkeypatch.setattr(transforms.pipeline, "KNOWN_VERSIONS", versions)
    nlp = load_pipeline(find_model(DEFAULT_MODEL).location)
    assert nlp.pipe_names == ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"]
    assert BlockOps not in {type(node.ops) for node in nlp.get_pipe("ner").model.walk()}


def test_a_pipeline_without_the_usual_components_loads_as_it_is(tmp_path: Any) -> None:
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    blank.to_disk(tmp_path)
    nlp = load_pipeline(tmp_path)
    assert nlp.pipe_names == ["sentencizer"]
    assert [sentence.text for sentence in nlp("One. Two.").sents] == ["One.", "Two."]


# --- matrices ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, 5, BLOCK_ROWS - 1, BLOCK_ROWS, 2 * BLOCK_ROWS + 7])
def test_a_row_of_a_product_does_not_depend_on_the_rows_beside_it(rows: int) -> None:
    random = np.random.default_rng(rows)
    left = random.standard_normal((2 * BLOCK_ROWS + 7, 96)).astype(np.float32)
    right = random.standard_normal((50, 96)).astype(np.float32)
    ops = BlockOps()
    whole = ops.gemm(left, right, trans2=True)
    assert np.allclose(whole, left @ right.T, atol=1e-4)
    assert np.array_equal(ops.gemm(left[:rows].copy(), right, trans2=True), whole[:rows])
    assert np.array_equal(ops.gemm(left[3 : rows + 3].copy(), right, trans2=True), whole[3 : rows + 3])


def test_a_product_is_turned_and_written_where_it_is_told() -> None:
    random = np.random.default_rng(1)
    left, right = (random.standard_normal(shape).astype(np.float32) for shape in ((30, 4), (30, 6)))
    out = np.empty((4, 6), np.float32)
    assert BlockOps().gemm(left, right, out=out, trans1=True) is out
    assert np.allclose(out, left.T @ right, atol=1e-5)


# --- embedding and encoding -------------------------------------------------------------------------------------------


def test_distinct_rows_are_found_and_put_back() -> None:
    rows = np.array([[5, 1], [2, 2], [5, 1], [1, 5], [2, 2]], dtype=np.uint64)
    distinct, places = find_distinct(rows)
    assert len(distinct) == 3
    assert np.array_equal(distinct[places], rows)


def test_rows_that_share_a_number_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.pipeline.embedding._FACTORS", np.ones(64, dtype=np.uint64))
    rows = np.array([[1, 2], [2, 1], [1, 2]], dtype=np.uint64)
    distinct, places = find_distinct(rows)
    assert np.array_equal(distinct[places], rows)


def test_an_encoder_that_answers_otherwise_on_a_trial_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load_pipeline(find_model(DEFAULT_MODEL).location, gains=("matrices",))
    monkeypatch.setattr("transforms.pipeline.encoding.EPSILON", np.float32(0.5))
    encode_in_blocks(nlp)
    assert "encode_in_blocks" not in {layer.name for layer in nlp.get_pipe("ner").model.walk()}


@pytest.mark.parametrize("lengths", [[], [0], [1], [3, 0, 5], [BLOCK_ROWS], [BLOCK_ROWS - 8, 1, 2 * BLOCK_ROWS + 1]])
def test_texts_of_any_length_are_encoded_as_by_thinc(tuned: Language, plain: Language, lengths: Sequence[int]) -> None:
    faster, original = (nlp.get_pipe("tok2vec").model.get_ref("encode") for nlp in (tuned, plain))
    random = np.random.default_rng(3)
    texts = [random.standard_normal((length, 96)).astype(np.float32) for length in lengths]
    encoded = faster.predict(texts)
    assert [len(text) for text in encoded] == list(lengths)
    alone = [faster.predict([text])[0] for text in texts]
    assert all(np.array_equal(one, other) for one, other in zip(encoded, alone, strict=True))
    for text, mine in zip(texts, encoded, strict=True):
        assert np.allclose(mine, original.predict([text])[0], atol=1e-3) if len(text) else not len(mine)


def test_a_network_that_is_to_be_trained_is_the_original(tuned: Language) -> None:
    doc = tuned.make_doc("One two three.")
    vectors, backprop = tuned.get_pipe("tok2vec").model.begin_update([doc])
    assert backprop(vectors) is not None


# --- attributes -------------------------------------------------------------------------------------------------------

RULES: list[dict[str, Any]] = [
    {"patterns": [[{"TAG": "NN"}]], "attrs": {"POS": "NOUN", "MORPH": "Number=Sing"}},
    {"patterns": [[{"LOWER": "b"}]], "attrs": {"POS": "X"}},
    {"patterns": [[{"LOWER": {"IN": ["b", "c"]}}, {"LOWER": {"REGEX": "^d"}}]], "attrs": {"LEMMA": "first"}},
    {"patterns": [[{"LOWER": {"REGEX": "^z"}}, {"LOWER": "b"}]], "attrs": {"LEMMA": "second"}, "index": 1},
    {"patterns": [[{"LOWER": {"REGEX": "^q.*q$"}}]], "attrs": {"POS": "INTJ"}},
    {"patterns": [[{"TAG": {"NOT_IN": ["NN", ""]}, "DEP": {"IN": ["aux", "det"]}}]], "attrs": {"POS": "AUX"}},
    {"patterns": [[{"LOWER": "b"}, {"LOWER": "b"}, {"LOWER": "b"}]], "attrs": {"MORPH": "Case=Gen"}, "index": -1},
    {"patterns": [[{"IS_SPACE": True}]], "attrs": {"TAG": "_SP", "POS": "SPACE", "DEP": "dep"}},
    {"patterns": [[{"LOWER": "a"}], [{"TAG": "DT", "LOWER": "x"}]], "attrs": {"LEMMA": "one"}},
]


def made_up_docs(nlp: Language) -> list[Doc]:
    random = np.random.default_rng(5)
    words = ["a", "B", "b", "c", "d", "dd", "zz", "q", "qAq", "\n", "x", "other", "Words"]
    docs = []
    for length in [0, 1, 2, *random.integers(1, 40, size=60)]:
        chosen = [words[index] for index in random.integers(0, len(words), size=length)]
        tags = [["", "NN", "DT", "VB"][index] for index in random.integers(0, 4, size=length)]
        deps = [["", "aux", "det", "obj"][index] for index in random.integers(0, 4, size=length)]
        docs.append(Doc(nlp.vocab, words=chosen, tags=tags, deps=deps, heads=[0] * int(length)))
    return docs


def test_rules_over_one_and_several_tokens_are_answered_as_by_the_ruler() -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add_patterns(RULES)
    theirs = [annotations(ruler(doc)) for doc in made_up_docs(nlp)]
    look_attributes_up(nlp)
    lookup = nlp.get_pipe("attribute_ruler_lookup")
    assert isinstance(lookup, AttributeLookup)
    assert [annotations(lookup(doc)) for doc in made_up_docs(nlp)] == theirs
    assert {lemma for doc in theirs for _, lemma, *_ in doc} == {"", "first", "second", "one"}


@pytest.mark.parametrize(
    "rule",
    [
        {"patterns": [[{"TAG": "NN", "OP": "+"}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{"SHAPE": "xx"}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{"LOWER": {"FUZZY": "word"}}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{"TAG": {"REGEX": "^N"}}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{"LOWER": "a"}, {"_": {"known": True}}]], "attrs": {"POS": "NOUN"}},
        {"patterns": [[{"LOWER": "a"}]], "attrs": {"NORM": "b"}},
    ],
)
def test_a_ruler_with_a_rule_of_another_kind_stays(rule: dict[str, Any]) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("attribute_ruler").add_patterns([*RULES, rule])
    look_attributes_up(nlp)
    assert nlp.pipe_names == ["attribute_ruler"]


# --- lemmas -----------------------------------------------------------------------------------------------------------


def test_lemmas_stand_after_the_zone_in_which_they_were_met(tuned: Language, plain: Language) -> None:
    text = "The zorblings were quuxing and the wuzzles had blorped."
    theirs = [token.lemma_ for token in plain(text)]
    for _ in range(3):
        with tuned.memory_zone():
            assert [token.lemma_ for token in tuned(text)] == theirs


def test_what_is_remembered_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch, expected: list[Any]) -> None:
    nlp = load_pipeline(find_model(DEFAULT_MODEL).location)
    monkeypatch.setattr("transforms.pipeline.lemmas.MOST_WORDS", 20)
    monkeypatch.setattr("transforms.pipeline.attributes.MOST_WORDS", 20)
    assert [annotations(doc) for doc in nlp.pipe(ARTICLES[:20])] == expected[:20]
    memory, lookup = nlp.get_pipe("lemmatizer_memory"), nlp.get_pipe("attribute_ruler_lookup")
    assert isinstance(memory, LemmaMemory)
    assert isinstance(lookup, AttributeLookup)
    assert memory.size <= 20
    assert lookup.size <= 20


def test_a_lemma_that_is_set_already_stays(tuned: Language) -> None:
    doc = Doc(tuned.vocab, words=["wolves", "run"], pos=["NOUN", "VERB"], lemmas=["pack", ""])
    assert [token.lemma_ for token in tuned.get_pipe("lemmatizer_memory")(doc)] == ["pack", "run"]


def test_a_lemmatizer_of_another_kind_stays() -> None:
    nlp = spacy.blank("de")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    remember_lemmas(nlp)
    assert nlp.pipe_names == ["lemmatizer"]


def test_the_lemmatizer_in_the_pipeline_keeps_its_tables(tuned: Language) -> None:
    assert "lemmatizer" in tuned.disabled
    tables = tuned.get_pipe("lemmatizer").lookups
    assert isinstance(tables.get_table(INDEX)["noun"], list)
    assert with_sets(tables).get_table(INDEX)["noun"] == set(tables.get_table(INDEX)["noun"])
