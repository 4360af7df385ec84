"""The language stage: texts in batches, long ones in pieces, words learned before zones; the same Docs always."""

import random
from collections.abc import Iterator

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from tests.transforms.articles import annotations, invented_articles
from transforms.language import (
    FAMILIAR_WORDS,
    WORD_CHARS,
    batch_by_words,
    load_model,
    memory_zone,
    parse_texts,
    split_long_text,
)

ARTICLES = invented_articles(40)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def parsed(nlp: Language, texts: list[str]) -> Iterator[Doc]:
    with nlp.memory_zone():
        yield from parse_texts(nlp, texts)


def test_batches_hold_all_texts_in_order_and_no_more_words_than_they_may() -> None:
    texts = ["a" * length for length in (5, 50, 7, 61, 0, 30, 29, 200, 3, 3)]
    batches = list(batch_by_words(texts, words=10))
    assert [text for batch in batches for text in batch] == texts
    assert all(len(batch) == 1 or sum(map(len, batch)) <= 10 * WORD_CHARS for batch in batches)
    assert len(batches) == 6


def test_a_text_is_parsed_the_same_in_whatever_batch_it_stands(nlp: Language) -> None:
    texts = list(ARTICLES)
    alone = [annotations(doc) for text in texts for doc in parsed(nlp, [text])]
    assert [annotations(doc) for doc in parsed(nlp, texts)] == alone
    order = list(range(len(texts)))
    random.Random(4).shuffle(order)
    shuffled = dict(zip(order, map(annotations, parsed(nlp, [texts[index] for index in order])), strict=True))
    assert [shuffled[index] for index in range(len(texts))] == alone


def test_a_text_without_words_is_a_doc_without_tokens(nlp: Language) -> None:
    assert [len(doc) for doc in parsed(nlp, ["", "One.", ""])] == [0, 2, 0]


def test_a_long_text_is_cut_behind_lines_and_put_together_again(nlp: Language) -> None:
    text = "\n".join(ARTICLES[:20])
    pieces = split_long_text(text, longest=1_000)
    assert len(pieces) > 5
    assert "".join(pieces) == text
    assert all(len(piece) <= 1_000 and piece.endswith("\n") for piece in pieces[:-1])


def test_words_are_learned_for_good_first_and_in_zones_then_and_parsed_the_same() -> None:
    fresh = load_model.__wrapped__()
    assert len(fresh.vocab) < FAMILIAR_WORDS
    with memory_zone(fresh):
        assert not fresh.vocab.in_memory_zone
        [first, _] = map(annotations, parse_texts(fresh, [ARTICLES[7], "The Zorbian minister spoke."]))
    assert "Zorbian" in fresh.vocab.strings
    with fresh.memory_zone():
        for number in range(FAMILIAR_WORDS):
            fresh.vocab[f"word{number}"]
    with memory_zone(fresh):
        assert fresh.vocab.in_memory_zone
        [again, _] = map(annotations, parse_texts(fresh, [ARTICLES[7], "The Quuxian minister spoke."]))
    assert again == first
    assert "Quuxian" not in fresh.vocab.strings
