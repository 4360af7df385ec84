"""Finds the words that report speech: verbs, nouns and phrases of `seeds/cues.csv`.

Comes in: a parsed article. Goes out: `Cue`s in order of text, each with what it can take as its content.

Columns of the seed:

- `cue`: the lemma of a verb or noun, with the word that must follow it ('point out'), or the words of a phrase.
- `pos`: VERB, NOUN or PHRASE.
- `kind`: speech, writing or thought. Thought makes no quotes; it stands in the list so that a passage which someone
  only thought is not taken for speech.
- `frame`: what it reports, one or more of
    `quote`       words in marks beside it: "Go," she said
    `clause`      a clause: said that it rained; a statement that it rained
    `infinitive`  an infinitive: promised to go
    `predicate`   an object and what is said of it: called the plan a mistake, described it as dead
    `order`       a listener and what he shall do: urged him to go
    `object`      an object that says what was said: accused him of lying
    `about`       the matter of a talk or question: asked him about the fire
    `sentence`    the rest of its sentence, as a phrase does: according to her, it rained
- `note`: an example, or what to mind.

`seeds/speech_words.csv` holds the words around them, by `role`: `refusal`, after or ahead of which nothing is said
('declined to say', 'nobody said'); `idiom`, in which a word of speech reports nothing ('needless to say', with the
comma as a word of its own where one must follow); `label`, a role or body that speaks in a headline ('Report: ...').
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from spacy.tokens import Doc, Token

from transforms.lexicon import read_seed
from transforms.parsed import Parsed
from transforms.quotes.tree import lefts, rights

PHRASE = "PHRASE"
_VERB_TAGS = frozenset({"VERB", "AUX"})


@dataclass(frozen=True, slots=True)
class CueEntry:
    """One row of the seed."""

    words: tuple[str, ...]
    kind: str
    frames: frozenset[str]


Lexicon = dict[tuple[str, str], list[CueEntry]]


class Cue(NamedTuple):
    """A reporting word or phrase in a text; `start` and `end` are tokens, end exclusive; `head` heads the phrase."""

    head: Token
    start: int
    end: int
    lemma: str
    pos: str
    entry: CueEntry

    def takes(self, frame: str) -> bool:
        """Whether the cue can report in that frame."""
        return frame in self.entry.frames

    @property
    def is_thought(self) -> bool:
        """Whether it tells of a thought, which makes no quote."""
        return self.entry.kind == "thought"

    @property
    def is_negated(self) -> bool:
        """True for 'did not say', 'never said', 'declined to say', 'stopped short of saying' and 'without saying'."""
        verb = self.head
        for _ in range(_LINKS_FOLLOWED):
            if _is_denied(verb):
                return True
            if verb.dep_ not in _LINKS_TO_REFUSAL or verb.head == verb:
                return False
            verb = verb.head
            if verb.lemma_.lower() in read_speech_words("refusal"):
                return True
        return False


_LINKS_FOLLOWED = 3
_LINKS_TO_REFUSAL = frozenset({"xcomp", "pcomp", "prep", "advmod"})


def _is_denied(verb: Token) -> bool:
    """'did not say', 'nobody said', 'hardly said'; not 'said no'."""
    return any(
        child.dep_ == "neg"
        or (child.dep_ in ("nsubj", "advmod") and child.lower_ in read_speech_words("refusal") and child.i < verb.i)
        for child in lefts(verb)
    )


@cache
def read_speech_words(role: str) -> frozenset[str]:
    """The words of `seeds/speech_words.csv` with this role: `label`, `refusal` or `idiom`."""
    return frozenset(row["word"] for row in read_seed("speech_words") if row["role"] == role)


@cache
def cue_lemmas(pos: str, frame: str | None = None) -> frozenset[str]:
    """The cues of that part of speech that report speech or writing, with a frame those that take it."""
    return frozenset(
        row["cue"]
        for row in read_seed("cues")
        if row["pos"] == pos and row["kind"] != "thought" and (frame is None or frame in row["frame"].split())
    )


def find_cues(parsed: Parsed) -> list[Cue]:
    """Every reporting word of the text, in order."""
    doc, lexicon, idioms = parsed.doc, _lexicon(), _idioms()
    first_words, lemmas = _first_words()
    found: list[Cue] = []
    idiom_end = 0
    pairs = enumerate(zip(parsed.lower, parsed.lemmas, strict=True))
    for index in [index for index, (word, lemma) in pairs if word in first_words or lemma in lemmas]:
        word, lemma = parsed.lower[index], parsed.lemmas[index]
        if word in idioms:
            idiom_end = max(idiom_end, _end_of_idiom(parsed, index, idioms[word]))
        if index < idiom_end:
            continue
        cue = _entry_at(parsed, index, PHRASE, lexicon[word, PHRASE]) if (word, PHRASE) in lexicon else None
        if cue is None and lemma in lemmas:
            pos = parsed.parts_of_speech[index]
            pos = "VERB" if pos in _VERB_TAGS else pos
            entries = lexicon.get((lemma, pos), ())
            if entries and (pos != "VERB" or _reports(doc, doc[index])):
                cue = _entry_at(parsed, index, pos, entries)
        if cue is not None:
            found.append(cue)
    return found


def _end_of_idiom(parsed: Parsed, start: int, idioms: Sequence[tuple[str, ...]]) -> int:
    """Behind the last word of an idiom that begins here: 'needless to say', 'it goes without saying'."""
    return next((start + len(words) for words in idioms if _stand_at(parsed, start, words)), 0)


def _stand_at(parsed: Parsed, start: int, words: tuple[str, ...]) -> bool:
    """Whether these words, in lower case, stand at a token and behind it."""
    return tuple(parsed.lower[start : start + len(words)]) == words


def _entry_at(parsed: Parsed, index: int, pos: str, entries: Sequence[CueEntry]) -> Cue | None:
    """The cue of the first of the entries whose further words follow: 'point out', 'according to'."""
    for entry in entries:
        if len(entry.words) == 1 or _stand_at(parsed, index + 1, entry.words[1:]):
            return Cue(parsed.doc[index], index, index + len(entry.words), " ".join(entry.words), pos, entry)
    return None


@cache
def _idioms() -> dict[str, list[tuple[str, ...]]]:
    """The idioms with words of speech, by first word."""
    idioms: dict[str, list[tuple[str, ...]]] = {}
    for idiom in sorted(read_speech_words("idiom")):
        words = tuple(idiom.split())
        idioms.setdefault(words[0], []).append(words)
    return idioms


def _reports(doc: Doc, verb: Token) -> bool:
    """False for 'so-called', 'a book called "Rain"', which name a thing, and for 'say, ten people'."""
    if verb.i and doc[verb.i - 1].text == "-" and not doc[verb.i - 1].whitespace_:
        return False
    if verb.lower_ == "say" and verb.i + 1 < len(doc) and doc[verb.i + 1].text == ",":
        return any(child.dep_ in ("nsubj", "aux") for child in lefts(verb))
    return not (verb.dep_ == "acl" and verb.tag_ == "VBN" and all(child.dep_ != "agent" for child in rights(verb)))


@cache
def _first_words() -> tuple[frozenset[str], frozenset[str]]:
    """The first words of phrases and idioms, and the lemmas that begin any other cue."""
    phrases = frozenset(word for word, pos in _lexicon() if pos == PHRASE).union(_idioms())
    return phrases, frozenset(word for word, pos in _lexicon() if pos != PHRASE)


@cache
def _lexicon() -> Lexicon:
    """The seed by first word and part of speech; the entries with most words come first."""
    lexicon: dict[tuple[str, str], list[CueEntry]] = {}
    for row in read_seed("cues"):
        entry = CueEntry(tuple(row["cue"].split()), row["kind"], frozenset(row["frame"].split()))
        lexicon.setdefault((entry.words[0], row["pos"]), []).append(entry)
    for entries in lexicon.values():
        entries.sort(key=lambda entry: -len(entry.words))
    return lexicon
