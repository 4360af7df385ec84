"""The tokens of an article as lists: the same as its Tokens say, one by one."""

import pytest
from spacy.tokens import Doc

from transforms.language import load_model
from transforms.parsed import Parsed

TEXTS = [
    "",
    "\n",
    "Rain",
    "  Two  blanks\tand a tab. \n\nA second paragraph: “Go,” said Ada Cole.\n",
    "Straße, İzmir and ＡＢＣ don't stop here; 2,000 m² either. He's Lund's heir.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_list_says_of_each_token_what_the_token_says(text: str) -> None:
    doc = load_model()(text)
    parsed = Parsed(doc)
    assert len(parsed) == len(doc)
    assert parsed.text == doc.text == text
    assert parsed.words == [token.text for token in doc]
    assert parsed.lower == [token.lower_ for token in doc]
    assert parsed.lemmas == [token.lemma_.lower() for token in doc]
    assert parsed.tags == [token.tag_ for token in doc]
    assert parsed.parts_of_speech == [token.pos_ for token in doc]
    assert parsed.deps == [token.dep_ for token in doc]
    assert parsed.heads == [token.head.i for token in doc]
    assert parsed.starts == [token.idx for token in doc]
    assert parsed.sentence_starts == [sentence.start for sentence in doc.sents]


def test_a_label_of_another_model_is_read_too() -> None:
    doc = Doc(load_model().vocab, words=["Rain", "fell"], tags=["A-TAG-OF-NOBODY", "VBD"])
    assert Parsed(doc).tags == ["A-TAG-OF-NOBODY", "VBD"]


def test_a_text_whose_sentences_nobody_bounded_is_one_sentence() -> None:
    assert Parsed(Doc(load_model().vocab, words=["Rain", "fell"])).sentence_starts == [0]


def test_a_list_is_read_once() -> None:
    parsed = Parsed(load_model()("Rain fell."))
    assert parsed.lemmas is parsed.lemmas
    assert parsed.text is parsed.text
