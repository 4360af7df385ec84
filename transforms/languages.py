"""The language of a text, as its record states it, else by py3langid.

Comes in: what a record says, or cleaned text. Goes out: a code of ISO 639-1, and for a text how sure that is; None
where it cannot be told.
"""

import re
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from transforms.lexicon import read_seed

FEWEST_LETTERS = 40
"""A text with fewer letters is a heading or a table: its language is not told. A Chinese character counts as three."""

LOWEST_SCORE = 0.7
"""Below this the language is not told."""

# A text is told by its beginning, and by more of it where the beginning leaves doubt, as the names of a table do.
_STRETCHES = (400, 4_000)
_SURE = 0.98
# Dead and made languages, and those that news is hardly written in: names and tables are taken for them.
_UNLIKELY = frozenset({"an", "br", "eo", "fo", "fy", "gd", "ht", "jv", "la", "ln", "oc", "qu", "se", "vo", "wa"})
_SUBTAG = re.compile("[-_]")
_NO_WORDS = re.compile(r"[^\w'’]+|\d+|_+")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def parse_language(value: str | None) -> str | None:
    """'en-US', 'EN', 'eng' and 'English' are 'en'; None for what is no language of `seeds/languages.csv`."""
    name = (value or "").strip().lower()
    known = _known_languages()
    return known.get(name) or known.get(_SUBTAG.split(name, maxsplit=1)[0])


def detect_language(text: str) -> tuple[str | None, float | None]:
    """The language of TEXT (ISO 639-1) and its score from 0 to 1; (None, None) where it is too short or unclear."""
    language, score = None, 0.0
    for stretch in _STRETCHES:
        words = _NO_WORDS.sub(" ", text[:stretch]).lower()
        if len(words) + 2 * len(_IDEOGRAPH.findall(words)) - words.count(" ") < FEWEST_LETTERS:
            continue
        language, score = _identifier().classify(words)
        if score >= _SURE or len(text) <= stretch:
            break
    return (language, round(score, 4)) if language and score >= LOWEST_SCORE else (None, None)


@cache
def _known_languages() -> dict[str, str]:
    """Code by code and by name, in small letters."""
    rows = read_seed("languages")
    return {
        word: row["code"] for row in rows for word in (row["code"], *row["other_codes"].split(), row["name"].lower())
    }


@cache
def _identifier() -> LanguageIdentifier:
    """The model, loaded once a process: half a second, 100 MB."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if len(code) == 2 and code not in _UNLIKELY])
    # Choosing languages leaves the table in an order in which a row, of which each text takes hundreds, is slow to read
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)
    return identifier
