"""Finds the words that report speech: verbs, nouns and phrases of `seeds/cues.csv`.

Comes in: a parsed Doc. Goes out: `Cue`s in order of text, each with what it can take as its content.

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

from dataclasses import dataclass
from functools import cache

from spacy.attrs import LEMMA, LOWER
from spacy.strings import get_string_id
from spacy.tokens import Doc, Token

from transforms.entities import read_lower
from transforms.lexicon import read_seed
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


@dataclass(frozen=True, slots=True)
class Cue:
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


def find_cues(doc: Doc) -> list[Cue]:
    """Every reporting word of the text, in order."""
    lexicon = _lexicon()
    found: list[Cue] = []
    idiom_end = 0
    for index in _candidates(doc):
        token = doc[index]
        idiom_end = max(idiom_end, _end_of_idiom(doc, token))
        if index < idiom_end:
            continue
        cue = _phrase_at(doc, token, lexicon) or _word_at(doc, token, lexicon)
        if cue is not None:
            found.append(cue)
    return found


def _end_of_idiom(doc: Doc, token: Token) -> int:
    """Behind the last word of an idiom that begins here: 'needless to say', 'it goes without saying'."""
    for words in _idioms().get(token.lower_, ()):
        end = token.i + len(words)
        if end <= len(doc) and all(doc[token.i + n].lower_ == word for n, word in enumerate(words)):
            return end
    return 0


@cache
def _idioms() -> dict[str, list[tuple[str, ...]]]:
    """The idioms with words of speech, by first word."""
    idioms: dict[str, list[tuple[str, ...]]] = {}
    for idiom in sorted(read_speech_words("idiom")):
        words = tuple(idiom.split())
        idioms.setdefault(words[0], []).append(words)
    return idioms


def _candidates(doc: Doc) -> list[int]:
    """The tokens whose word or lemma begins a cue, in order of text: one in twenty."""
    words, lemmas = _first_words()
    phrases = {index for index, word in enumerate(doc.to_array(LOWER).tolist()) if word in words}
    return sorted(phrases.union(index for index, lemma in enumerate(read_lower(doc, LEMMA)) if lemma in lemmas))


def _phrase_at(doc: Doc, token: Token, lexicon: Lexicon) -> Cue | None:
    for entry in lexicon.get((token.lower_, PHRASE), ()):
        if _goes_on(doc, token, entry):
            return Cue(token, token.i, token.i + len(entry.words), " ".join(entry.words), PHRASE, entry)
    return None


def _word_at(doc: Doc, token: Token, lexicon: Lexicon) -> Cue | None:
    pos = "VERB" if token.pos_ in _VERB_TAGS else token.pos_
    if pos == "VERB" and not _reports(doc, token):
        return None
    for entry in lexicon.get((token.lemma_.lower(), pos), ()):
        if _goes_on(doc, token, entry):
            return Cue(token, token.i, token.i + len(entry.words), " ".join(entry.words), pos, entry)
    return None


def _reports(doc: Doc, verb: Token) -> bool:
    """False for 'so-called', 'a book called "Rain"', which name a thing, and for 'say, ten people'."""
    if verb.i and doc[verb.i - 1].text == "-" and not doc[verb.i - 1].whitespace_:
        return False
    if verb.lower_ == "say" and verb.i + 1 < len(doc) and doc[verb.i + 1].text == ",":
        return any(child.dep_ in ("nsubj", "aux") for child in lefts(verb))
    return not (verb.dep_ == "acl" and verb.tag_ == "VBN" and all(child.dep_ != "agent" for child in rights(verb)))


def _goes_on(doc: Doc, token: Token, entry: CueEntry) -> bool:
    """Whether the further words of 'point out' or 'according to' follow."""
    rest = entry.words[1:]
    return all(token.i + n < len(doc) and doc[token.i + n].lower_ == word for n, word in enumerate(rest, 1))


@cache
def _first_words() -> tuple[frozenset[int], frozenset[str]]:
    """The first words of phrases, as ids of spaCy's, which are the same for every model, and those of other cues."""
    phrases = frozenset(get_string_id(word) for word, pos in _lexicon() if pos == PHRASE)
    phrases |= frozenset(get_string_id(word) for word in _idioms())
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
