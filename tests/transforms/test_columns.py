"""Columns of a Doc as lists of text."""

import pytest
import spacy
from spacy.attrs import LEMMA, LOWER, ORTH, POS
from spacy.tokens import Doc

from transforms import columns
from transforms.columns import read_column, read_lower


def parsed(*words: str) -> Doc:
    return Doc(spacy.blank("en").vocab, words=list(words), lemmas=[word.title() for word in words])


def test_a_column_has_the_text_of_every_token() -> None:
    for doc in (parsed("The", "Mayor", "saw", "the", "mayor"), parsed("the", "Ærø", "\n\n", "mayor"), parsed()):
        assert read_column(doc, ORTH) == [token.text for token in doc]
        assert read_column(doc, LOWER) == [token.lower_ for token in doc]
        assert read_column(doc, LEMMA) == [token.lemma_ for token in doc]
        assert read_column(doc, POS) == [""] * len(doc)
        assert read_lower(doc, LEMMA) == [token.lemma_.lower() for token in doc]


def test_no_more_texts_are_kept_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[int, str] = {}
    monkeypatch.setattr(columns, "_TEXTS", kept)
    monkeypatch.setattr(columns, "MOST_KEPT", 10)
    words = [f"word{number}" for number in range(25)]
    assert read_column(parsed(*words), ORTH) == words
    assert 0 < len(kept) <= 10
    assert read_column(parsed("x" * 100_000, "tail"), ORTH) == ["x" * 100_000, "tail"]
    assert "x" * 100_000 not in kept.values()
    assert "tail" in kept.values()
