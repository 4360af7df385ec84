"""The words that point at somebody named elsewhere: pronouns, and nouns for people and bodies.

Comes in: `seeds/pronouns.csv` and `seeds/referent_nouns.csv`. Goes out: dicts by lower-case word, read once a process.

Kinds of nouns (column `kind`):

- `epithet`: may say again who was just named, whatever he was called before: 'the actress', 'the striker'
- `role`: an office or trade, which stands only for one who was introduced with it: 'the lawyer'
- `relation`: the same, of somebody else: 'his wife'
- `voice`: speaks for a body, and mostly has no name: 'a spokesman for the police'
- `title`: short forms that introduce but never stand alone: 'Sen'
- `body`: an organisation: 'the company'
- `document`: a text that says something and is nobody: 'the report'

Nouns of one `group` may stand for each other: 'coach' and 'manager'.
"""

from dataclasses import dataclass
from functools import cache

from transforms.lexicon import read_seed

PERSON, BODY, GROUP, DOCUMENT, ANTECEDENT = (
    "person",
    "body",
    "group",
    "document",
    "antecedent",
)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """What a pronoun can mean, and of which gender, '' where it tells none."""

    means: str
    gender: str


@dataclass(frozen=True, slots=True)
class Noun:
    """What a noun can stand for; `group` is the noun itself where the seed names none."""

    kind: str
    gender: str
    group: str

    @property
    def is_person(self) -> bool:
        """Whether it is one human being."""
        return self.kind not in ("body", "document")


@cache
def pronouns() -> dict[str, Pronoun]:
    """The pronouns of the third person and the relative ones."""
    return {row["word"]: Pronoun(row["means"], row["gender"]) for row in read_seed("pronouns")}


@cache
def nouns() -> dict[str, Noun]:
    """The nouns for people, bodies and documents, by lemma."""
    return {row["noun"]: Noun(row["kind"], row["gender"], row["group"] or row["noun"]) for row in _noun_rows()}


def _noun_rows() -> tuple[dict[str, str], ...]:
    return read_seed("referent_nouns")


@cache
def speech_verbs() -> frozenset[str]:
    """Lemmas of the verbs that report speech or writing."""
    rows = read_seed("cues")
    return frozenset(row["cue"].split()[0] for row in rows if row["pos"] == "VERB" and row["kind"] != "thought")
