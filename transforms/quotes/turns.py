"""Finds speech that a line gives to its speaker by a colon or a dash, without quotation marks.

Comes in: the `Passages` of an article and a `SpeakerNamer`. Goes out: `Turn`s, in order of text: the characters of what
was said, the speaker, and the rule.

    WALLIS: What will it cost?          a transcript: a label in capitals, or Q and A, on several lines
    ((Jo Wallis)) What will it cost?    another form of it
    Mayor: No new taxes this year       a headline that begins with who says it
    No new taxes this year - mayor      a headline that ends with it
    No new taxes this year, mayor says
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from transforms.lexicon import read_seed
from transforms.quotes.cues import cue_lemmas, read_speech_words
from transforms.quotes.passages import Passages
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.rows import Mention

_LABELLED = re.compile(r"^[^\S\n]*([^\s:\"“‘][^:\n\"“”]{0,60}?)[^\S\n]*:[^\S\n]+(?=[^\s\"“‘'])([^\n]+)", re.MULTILINE)
_BRACKETED = re.compile(r"^[^\S\n]*\(\(([^()\n]{1,60})\)\)[^\S\n]*([^\s\n][^\n]*)", re.MULTILINE)
_CAPITALS = re.compile(r"[A-Z][A-Z.'’-]*(?: [A-Z][A-Z.'’-]*){0,4}")
_QUESTIONS_AND_ANSWERS = frozenset({"Q", "A"})
_LEAST_TURNS = 2
_MOST_SPEAKERS = 8
_HEADLINE = 200
"""Characters within which the headline ends, and the longest line that is one."""
_LEAST_WORDS = 2
_HEADLINES = {
    "headline_colon": (re.compile(r"(?P<speaker>[^\s:\"“‘][^:\"“”]{0,60}?)\s*:\s+(?P<said>[^\s\"“‘'].*)"), 0.9),
    "headline_dash": (re.compile(r"(?P<said>.{12,}?)\s+[-–—]{1,2}\s?(?P<speaker>[A-Za-z][^:;.,\"”-]{1,40})"), 0.75),
    "headline_says": (re.compile(r"(?P<said>[^\"“”]{12,}?),\s(?P<speaker>[^,:;\"“”]{2,40})\s(?P<cue>[a-z]+)"), 0.85),
}
"""How headlines name a speaker, and how far each form can be trusted."""
_SPEAKERS = ("PERSON", "ORG", "NORP", "GPE")


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody says in a line; `start` and `end` are characters, `cue_start` that of a reporting word."""

    start: int
    end: int
    rule: str
    confidence: float
    speaker: Speaker | None
    cue_start: int | None = None


def find_turns(passages: Passages, namer: SpeakerNamer) -> list[Turn]:
    """The turns of a transcript, and the speech of a headline."""
    lines = list(_LABELLED.finditer(passages.text)) if ":" in passages.text else []
    labels = Counter(match[1] for match in lines)
    has_answers = all(labels[label] for label in _QUESTIONS_AND_ANSWERS)
    is_conversation = len(labels) <= _MOST_SPEAKERS and max(labels.values(), default=0) > 1
    capitals = sum(count for label, count in labels.items() if _CAPITALS.fullmatch(label) and len(label) > 1)
    turns = []
    for line in lines:
        if line[1] in _QUESTIONS_AND_ANSWERS:
            is_turn = has_answers
        else:
            is_turn = capitals >= _LEAST_TURNS and _is_name_in_capitals(line[1], labels[line[1]] > 1 or is_conversation)
        if is_turn:
            turns.append(_turn_of(line, passages, namer))
    bracketed = list(_BRACKETED.finditer(passages.text)) if "((" in passages.text else []
    if len(bracketed) >= _LEAST_TURNS:
        turns.extend(_turn_of(line, passages, namer) for line in bracketed)
    if not turns:
        turns = [turn for turn in (_headline(passages, namer),) if turn is not None]
    return [turn for turn in turns if len(passages.text[turn.start : turn.end].split()) >= _LEAST_WORDS]


def _turn_of(line: re.Match[str], passages: Passages, namer: SpeakerNamer) -> Turn:
    speaker = _speaker_at(line.start(1), line.end(1), passages, namer)
    return Turn(line.start(2), line.start(2) + len(line[2].rstrip()), "transcript", 0.9, speaker)


def _is_name_in_capitals(label: str, is_known: bool) -> bool:
    """'WALLIS' in a conversation, 'JO WALLIS' anywhere; not 'WEATHER', which stands once over a paragraph."""
    return _CAPITALS.fullmatch(label) is not None and len(label) > 1 and (is_known or " " in label)


def _speaker_at(start: int, end: int, passages: Passages, namer: SpeakerNamer) -> Speaker | None:
    span = passages.doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        return None
    return Speaker(span.root, start, end, _mention_between(start, end, namer))


def _mention_between(start: int, end: int, namer: SpeakerNamer) -> Mention | None:
    found = [mention for mention in namer.mentions_within(start, end) if mention.label in _SPEAKERS]
    return min(found, key=lambda mention: _SPEAKERS.index(mention.label), default=None)


def _headline(passages: Passages, namer: SpeakerNamer) -> Turn | None:
    """The speech of the first line of an article, where the line names who says it."""
    text = passages.text
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start, start + _HEADLINE)
    line = text[start:end].rstrip(" .") if end >= 0 else ""
    for rule, (pattern, confidence) in _HEADLINES.items():
        match = pattern.fullmatch(line)
        if match is None or ("cue" in match.groupdict() and match["cue"] not in _forms_of_saying()):
            continue
        first, last = start + match.start("speaker"), start + match.end("speaker")
        if _names_speaker(first, last, passages, namer):
            said = match.span("said")
            speaker = _speaker_at(first, last, passages, namer)
            cue = start + match.start("cue") if "cue" in match.groupdict() else None
            return Turn(start + said[0], start + said[1], rule, confidence, speaker, cue)
    return None


@cache
def _forms_of_saying() -> frozenset[str]:
    """'says', 'warns', 'said': how headlines write the verbs that report a clause."""
    verbs = cue_lemmas("VERB", "clause")
    return frozenset({"said", "told", *(verb + "s" for verb in verbs), *(verb[:-1] + "ies" for verb in verbs)})


def _names_speaker(start: int, end: int, passages: Passages, namer: SpeakerNamer) -> bool:
    """Whether a label says who speaks: it ends with a name ('Hacker Bo Lund') or a role or body ('Report', 'Police
    chief')."""
    label = passages.text[start:end]
    last = label.split()[-1].lower().strip("'’")
    if last in _speaking_labels():
        return True
    mention = _mention_between(start, end, namer)
    return mention is not None and mention.label in ("PERSON", "ORG") and mention.end_char >= end


@cache
def _speaking_labels() -> frozenset[str]:
    """Roles that speak, and reports: 'mayor', 'minister'; 'report', 'police'."""
    roles = {row["word"] for row in read_seed("titles") if row["kind"] in ("title", "role") and " " not in row["word"]}
    return frozenset(roles | read_speech_words("label"))
