"""Quotes of a text, parsed by the real model, for the tests."""

from functools import cache

from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.language import load_model
from transforms.mentions import read_mentions
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.quotes import extract_quotes, place_passages
from transforms.rows import Quote


@cache
def quotes_of(text: str) -> list[Quote]:
    """The quotes of a text."""
    return quotes_in(load_model()(text))


def quotes_in(doc: Doc) -> list[Quote]:
    """The quotes of a parsed text."""
    sentences = SentenceNumbers(Parsed(doc))
    mentions = MentionIndex(read_mentions(Parsed(doc), sentences, None))
    parsed = Parsed(doc)
    passages = place_passages(parsed)
    return extract_quotes(passages, mentions, sentences, Referents(parsed, mentions, passages.speech()))
