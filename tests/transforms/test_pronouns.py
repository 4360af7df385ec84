"""Whom pronouns and nouns mean: `[he]` in a text stands for the person or body named beside it, or for nobody."""

import re
from functools import cache

import pytest
from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.language import load_model
from transforms.lexicon import read_seed
from transforms.mentions import read_mentions
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.rows import Mention

_ASKED = re.compile(r"\[([^]]+)\]")
_QUOTED = re.compile(r'"[^"]+"')


@cache
def _parsed(text: str) -> tuple[Doc, Referents]:
    doc = load_model()(text)
    mentions = MentionIndex(read_mentions(Parsed(doc), SentenceNumbers(Parsed(doc)), None))
    return doc, Referents(Parsed(doc), mentions, [found.span() for found in _QUOTED.finditer(text)])


def _meant(marked: str) -> str | None:
    """The name behind the word in brackets."""
    asked = _ASKED.search(marked)
    assert asked is not None
    text = marked.replace("[", "").replace("]", "")
    doc, referents = _parsed(text)
    span = doc.char_span(asked.start(), asked.start() + len(asked[1]))
    assert span is not None
    mention = referents.of(span.root)
    return mention.name if mention is not None else None


_PRONOUNS = [
    ("Peter Lund met Anna Cole on Monday. [She] said that the harbour was closed.", "Anna Cole"),
    ("Peter Lund met Anna Cole on Monday. [He] said that the harbour was closed.", "Peter Lund"),
    ("Mr Roe spoke first. Mrs Berg listened. [She] left after an hour.", "Berg"),
    ("Peter Lund criticised Mark Berg on Monday. [He] said that the plan was too late.", "Peter Lund"),
    ("Peter Lund told Mark Berg that the plan was late. [He] added that it was too costly.", "Peter Lund"),
    ("Peter Lund arrived at noon. Mark Berg arrived an hour later. [He] said he was tired.", "Mark Berg"),
    ("The plan was denounced by Peter Lund. [He] called it too costly.", "Peter Lund"),
    ("The plan is late, according to Peter Lund. [He] said that it was too costly.", "Peter Lund"),
    ('Peter Lund said: "Mark Berg is not the man. Mark Berg is late." [He] added that it was cold.', "Peter Lund"),
    ('Peter Lund was tired. "I saw it. It was cold. We waited. Nobody came," [he] said.', "Peter Lund"),
    ("Peter Lund, who leads the club, praised Anna Cole. [He] said that she was strong.", "Peter Lund"),
    ("Anna Cole, who had seen the fire, said that it was quick. [She] had been asleep.", "Anna Cole"),
    ("Peter Lund said that Anna Cole had praised [him] in March.", "Peter Lund"),
    ("Oakham Shipping Ltd said on Monday that [it] would close the yard.", "Oakham Shipping Ltd"),
]


@pytest.mark.parametrize(("marked", "name"), _PRONOUNS)
def test_a_pronoun_means_the_person_or_body_that_fits_best(marked: str, name: str) -> None:
    assert _meant(marked) == name


@pytest.mark.parametrize(
    "marked",
    [
        "It rained. [He] said that the harbour was closed.",
        "Anna Cole was there. [He] said that the harbour was closed.",
        "A woman saw the fire near the house of Anna Cole. [She] said that it was quick.",
        "Oakham Shipping Ltd spoke. [It] was said that the yard would close.",
        "Peter Lund was not there. Officials said that the harbour was closed. [They] gave no reason.",
    ],
)
def test_a_pronoun_in_doubt_means_nobody(marked: str) -> None:
    assert _meant(marked) is None


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("Peter Lund, [who] left early, was tired.", "Peter Lund"),
        ("They met Anna Cole, [who] said that it was late.", "Anna Cole"),
        ("They met a man [who] said that it was late.", None),
        ("Oakham Shipping Ltd, [which] said it was late, paid.", "Oakham Shipping Ltd"),
    ],
)
def test_a_relative_pronoun_means_the_name_it_hangs_on(marked: str, name: str | None) -> None:
    assert _meant(marked) == name


_NOUNS = [
    ("Peter Lund, the transport minister, met Mark Berg. Later the [minister] left.", "Peter Lund"),
    ("Transport minister Peter Lund met Mark Berg, a nurse. Later the [minister] left.", "Peter Lund"),
    ("The striker Peter Lund met Mark Berg, a nurse. On Monday the [nurse] left.", "Mark Berg"),
    ("Peter Lund is a nurse. He met Mark Berg. On Monday the [nurse] left.", "Peter Lund"),
    ("Club coach Sir Peter Lund met Mark Berg. On Monday the [manager] left.", "Peter Lund"),
    ("Anna Cole won the race on Sunday. The [champion] was tired.", "Anna Cole"),
    ("Anna Cole won the race on Sunday. The 34-year-[old] was tired.", "Anna Cole"),
    ("Oakham Shipping Ltd paid on Monday. The [company] gave no reason.", "Oakham Shipping Ltd"),
    ("Prime minister Peter Lund met finance minister Mark Berg. The prime [minister] left.", "Peter Lund"),
]


@pytest.mark.parametrize(("marked", "name"), _NOUNS)
def test_a_noun_means_whom_it_introduced_or_who_was_just_named(marked: str, name: str) -> None:
    assert _meant(marked) == name


@pytest.mark.parametrize(
    "marked",
    [
        "Peter Lund, the transport minister, met Mark Berg. A [minister] left.",
        "Peter Lund, the transport minister, met Mark Berg. The foreign [minister] left.",
        "Peter Lund, a shadow minister, met Mark Berg. The [minister] left.",
        "Peter Lund won the race on Sunday. The [actress] was tired.",
        "Peter Lund won the race on Sunday. The [lawyer] was tired.",
        "Oakham Shipping Ltd paid on Monday. The central [bank] gave no reason.",
        "After he met Anna Cole, the [minister] said that it was late.",
    ],
)
def test_a_noun_that_nobody_was_introduced_with_means_nobody(marked: str) -> None:
    assert _meant(marked) is None


def test_the_mention_of_a_stranger_has_no_entity() -> None:
    doc = Doc(load_model().vocab, words=["Roe", "said"], heads=[1, 1], deps=["nsubj", "ROOT"], tags=["NNP", "VBD"])
    for word, pos, lemma in zip(doc, ("PROPN", "VERB"), ("Roe", "say"), strict=True):
        word.pos_, word.lemma_ = pos, lemma
    mention = Referents(Parsed(doc), MentionIndex([])).of_name(doc[0])
    assert mention == Mention(0, 0, "Roe", 0, 3, "PERSON", name="Roe")


@pytest.mark.parametrize("words", [["Lund"], ["he"], ["minister"], ["the", "minister"], ["said", "who"], ["-"], ["\n"]])
def test_ten_thousand_words_under_one_verb_are_read(words: list[str]) -> None:
    words = words * 5000
    hub = len(words) - 1
    doc = Doc(load_model().vocab, words=words, heads=[hub] * len(words), deps=["nsubj"] * hub + ["ROOT"])
    for word in doc:
        word.tag_, word.pos_, word.lemma_ = "NNP", "PROPN", word.lower_
    name = MentionIndex([Mention(1, 1, words[0], 0, len(words[0]), "PERSON", name=words[0])])
    referents = Referents(Parsed(doc), name)
    assert {mention.name for word in doc if (mention := referents.of(word)) is not None} <= set(words)


def test_it_does_not_matter_in_which_order_is_asked() -> None:
    """The article is read as far as is asked; what stands behind a word tells nothing of whom it means."""
    text = (
        "Anna Cole met Bo Lund. She thanked him. He left, and Dan Roe came. He said the minister, Cole, had called him."
    )
    doc = load_model()(text)
    mentions = MentionIndex(read_mentions(Parsed(doc), SentenceNumbers(Parsed(doc)), None))
    alone = [Referents(Parsed(doc), mentions).of(token) for token in doc]
    forwards, backwards = Referents(Parsed(doc), mentions), Referents(Parsed(doc), mentions)
    assert [forwards.of(token) for token in doc] == alone
    assert [backwards.of(token) for token in reversed(doc)] == alone[::-1]
    assert {mention.name for mention in alone if mention is not None} >= {"Anna Cole", "Bo Lund", "Dan Roe"}


def test_an_empty_text_means_nobody() -> None:
    doc = load_model()("")
    assert not doc
    assert Referents(Parsed(doc), MentionIndex([])) is not None


def test_no_noun_and_no_pronoun_stands_twice_in_its_seed() -> None:
    for seed, column in (("referent_nouns", "noun"), ("pronouns", "word")):
        words = [row[column] for row in read_seed(seed)]
        assert len(words) == len(set(words))
        assert all(word == word.lower() for word in words)
