"""Attributes of all tokens of a Doc as lists of text.

Comes in: a spaCy Doc and an attribute of `spacy.attrs`. Goes out: a list with a value a token. Texts once read are kept
by spaCy's id, which is a hash of the text and thus the same in every vocabulary; most words of an article are known.
"""

from spacy.tokens import Doc

MOST_KEPT = 50_000
"""Texts; some megabytes. The news of a day has about as many words."""
LONGEST_KEPT = 40

_TEXTS: dict[int, str] = {}
_LOWER: dict[int, str] = {}


def read_column(doc: Doc, attribute: int) -> list[str]:
    """One attribute of every token, such as `spacy.attrs.LEMMA`, as text.

    For questions put to all tokens of a Doc: asking each Token, which must be made first, takes ten times as long.
    """
    strings = doc.vocab.strings
    ids = doc.to_array(attribute).tolist()
    return [_TEXTS.get(text_id) or _keep(_TEXTS, text_id, strings[text_id]) for text_id in ids]


def read_lower(doc: Doc, attribute: int) -> list[str]:
    """The same in lower case."""
    strings = doc.vocab.strings
    ids = doc.to_array(attribute).tolist()
    return [_LOWER.get(text_id) or _keep(_LOWER, text_id, strings[text_id].lower()) for text_id in ids]


def _keep(texts: dict[int, str], text_id: int, text: str) -> str:
    if len(texts) >= MOST_KEPT:
        texts.clear()
    if len(text) <= LONGEST_KEPT:
        texts[text_id] = text
    return text
