"""Joins passages in quotation marks to the reporting words and speakers beside them.

Comes in: the `Passages` of an article, its cues and a `SpeakerNamer`. Goes out: the same passages, of which each that a
reporting word leads to knows its `Attribution`.
"""

from bisect import bisect_left
from collections.abc import Sequence

from spacy.tokens import Doc, Token

from transforms.quotes.cues import PHRASE, Cue
from transforms.quotes.passages import WINDOW, Attribution, Passage, Passages, is_title, stands_alone
from transforms.quotes.speakers import Speaker, SpeakerNamer

_LEAD_IN = 2
"""Words that may stand ahead of a quoted sentence: But "it rains," he said."""
_GOES_ON = (",", "?", "!", "—", "–", "-", "…", "...")
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})


def attribute_passages(passages: Passages, cues: Sequence[Cue], namer: SpeakerNamer, *, is_sure: bool) -> None:
    """Gives passages the reporting word that stands beside them, and its speaker.

    With `is_sure` only those that are set off as speech: by a comma or colon, or as sentences of their own. Without it,
    after the reported clauses have taken what is theirs, also the others that a reporting word leads to.
    """
    places = [cue.start for cue in cues]
    for passage in passages.passages:
        if passage.is_absorbed or passage.attribution is not None:
            continue
        left, right = passages.statement_around(passage)
        before = list(cues[bisect_left(places, left) : bisect_left(places, passage.opening)])
        after = list(cues[bisect_left(places, passage.after) : bisect_left(places, right)])
        if is_sure:
            passage.attribution = (
                _cue_behind(passages, passage, left, after, namer)
                or _cue_ahead(passages, passage, before, namer, is_sure=True)
                or _name_and_colon(passages, passage, left, namer)
                or _verb_behind(passages, passage, left, right, namer)
                or _signature(passages, passage, namer)
            )
        elif not is_title(passages, passage):
            passage.attribution = _cue_ahead(passages, passage, before, namer, is_sure=False)


def _cue_behind(
    passages: Passages, passage: Passage, left: int, cues: list[Cue], namer: SpeakerNamer
) -> Attribution | None:
    """ "Go," said Lund. "Go," Lund, a nurse from Oslo, said. "Go," according to Lund."""
    first = _first_word_behind(passages, passage)
    if not _begins_statement(passages, passage, left):
        return None
    for cue in cues:
        if not (cue.takes("quote") or cue.takes("sentence") or cue.is_thought) or cue.pos == "NOUN":
            continue
        if not _is_open(passages, passage) and cue.start != passage.after:
            return None
        if not _is_free_clause(passages, first, cue):
            return None
        return Attribution("said_behind", 0.95, cue, find_speaker(cue, passages, namer, first))
    return None


def _first_word_behind(passages: Passages, passage: Passage) -> int:
    doc, first = passages.doc, passage.after
    while first < len(doc) - 1 and doc[first].is_punct and not passages.hides(first):
        first += 1
    return first


def _begins_statement(passages: Passages, passage: Passage, left: int) -> bool:
    """Whether the passage is a sentence of its own or goes on with one: not in 'speaking on "Rain," he said'."""
    if passage.opening - left <= _LEAD_IN or stands_alone(passages, passage):
        return True
    text = passages.text
    before = text[max(0, passage.marked.opening - 2) : passage.marked.opening].rstrip()
    return before.endswith((",", "—", "–")) and passage.is_speech_by_length and not is_title(passages, passage)


def _is_open(passages: Passages, passage: Passage) -> bool:
    """Whether the passage ends so that its sentence goes on: with a comma, not with a full stop."""
    end = passages.text[passage.marked.start : passage.marked.end].rstrip(_INNER_MARKS)
    return (
        end.endswith(_GOES_ON)
        or not end.endswith(".")
        or passages.text[passage.marked.closing : passage.marked.closing + 1] == ","
    )


_INNER_MARKS = "'\"’” "


def _is_free_clause(passages: Passages, first: int, cue: Cue) -> bool:
    """Whether the words between a passage and the cue are the cue's own: its subject, and what hangs on it."""
    doc = passages.doc
    if doc[first].tag_ in ("CC", "WDT", "WP", "TO"):
        return False
    subject = passages.speaker_head(cue)
    if subject is not None and subject.left_edge.i <= first + 1:
        return True
    return not any(_is_main_verb(doc[index]) for index in range(first, cue.start))


def _is_main_verb(word: Token) -> bool:
    """Finite, and not in a relative clause: '"Go," a nurse, who [was] there, told him'."""
    return word.tag_ in _FINITE and not (word.i and word.doc[word.i - 1].tag_ in ("WP", "WDT"))


def _cue_ahead(
    passages: Passages, passage: Passage, cues: list[Cue], namer: SpeakerNamer, *, is_sure: bool
) -> Attribution | None:
    """Lund said: "Go." Lund told the court, "Go." He spoke of "a mess"."""
    leads_to = _introduces if is_sure else _leads_to
    for cue in reversed(cues):
        if (cue.takes("quote") or cue.takes("sentence")) and leads_to(passages, passage, cue):
            speaker = find_speaker(cue, passages, namer)
            return Attribution("said_ahead", 0.95 if is_sure else 0.7, cue, speaker)
    return None


def _introduces(passages: Passages, passage: Passage, cue: Cue) -> bool:
    """Whether the passage is set off as what the cue reports, and is not a part of it: not in 'said it is "a mess"'."""
    doc = passages.doc
    mark = doc[passage.opening - 1].text
    if mark == ":":
        return True
    if cue.pos in (PHRASE, "NOUN") or _complement_starts_before(passages, passage, cue):
        return False
    begins_sentence = passages.text[passage.marked.start].isupper() or passage.is_speech_by_length
    if mark == ",":
        # "When Cole criticized him, Lund shot back, "No."" has another verb between.
        if any(doc[index].tag_ in _FINITE for index in range(cue.end, passage.opening)):
            return False
        return begins_sentence and not is_title(passages, passage)
    # 'He reads "Wind and Rain"' and 'called "The Storm"' name a thing; 'chanted "Out Now"' does not.
    names_things = cue.takes("predicate") or cue.entry.kind == "writing"
    return cue.end == passage.opening and not (names_things and is_title(passages, passage))


def _leads_to(passages: Passages, passage: Passage, cue: Cue) -> bool:
    """Whether marked words without comma or colon hang on the cue: 'told the court that "it rained"'."""
    doc = passages.doc
    if cue.pos in (PHRASE, "NOUN") or _complement_starts_before(passages, passage, cue):
        return False
    return not any(doc[index].tag_ in _FINITE for index in range(cue.end, passage.opening))


def _complement_starts_before(passages: Passages, passage: Passage, cue: Cue) -> bool:
    """Whether the reported clause begins ahead of the marks: 'said [the plan] is "a mess"'."""
    start = passages.complement_start(cue)
    return start is not None and start < passage.opening


def _name_and_colon(passages: Passages, passage: Passage, left: int, namer: SpeakerNamer) -> Attribution | None:
    """Bo Lund: "Go." Lund sent a message to Cole: "Go." It does not surprise the pollster Ada Cole: "It was wet." """
    doc = passages.doc
    colon = passage.opening - 1
    if colon <= left or doc[colon].text != ":" or doc[colon].i - left > WINDOW:
        return None
    subject = next((word for word in doc[left:colon] if word.dep_ == "nsubj" and not passages.hides(word.i)), None)
    if subject is not None:
        speaker = namer.speaker_at(subject, lambda word: not passages.hides(word.i))
        if speaker is not None and (subject.pos_ == "PRON" or speaker.mention is not None):
            return Attribution("name_and_colon", 0.8, None, speaker)
    people = [m for m in namer.mentions_within(doc[left].idx, doc[colon].idx) if m.label == "PERSON"]
    return Attribution("name_and_colon", 0.7, None, namer.speaker_of_mention(people[-1])) if people else None


def _verb_behind(
    passages: Passages, passage: Passage, left: int, right: int, namer: SpeakerNamer
) -> Attribution | None:
    """ "Go," Lund barked: a subject and a verb directly behind a quoted sentence report it, whatever the verb."""
    doc, first = passages.doc, _first_word_behind(passages, passage)
    is_spoken = passage.is_speech_by_length and _is_open(passages, passage)
    if not is_spoken or not _begins_statement(passages, passage, left):
        return None
    for word in doc[first:right]:
        is_at_start = word.left_edge.i <= first or (word.i == first + 1 and doc[first].tag_ in _FINITE)
        if word.dep_ == "nsubj" and is_at_start and word.head.tag_ in _FINITE and word.head.i >= first:
            speaker = namer.speaker_at(word, lambda word: not passages.hides(word.i))
            return Attribution("verb_behind", 0.7, None, speaker)
    return None


def _signature(passages: Passages, passage: Passage, namer: SpeakerNamer) -> Attribution | None:
    """ "Go home."⏎ — Bo Lund, nurse"""
    doc, index = passages.doc, passage.after
    while index < len(doc) and doc[index].is_space:
        index += 1
    if index + 1 >= len(doc) or doc[index].text not in _DASHES:
        return None
    start = doc[index].idx
    mentions = [m for m in namer.mentions_within(start, start + _SIGNATURE) if m.label in ("PERSON", "ORG")]
    if not mentions or not passage.is_speech_by_length or "\n" in passages.text[start : mentions[0].start_char]:
        return None
    return Attribution("signature", 0.8, None, namer.speaker_of_mention(mentions[0]))


_DASHES = frozenset({"-", "–", "—", "--"})
_SIGNATURE = 40
"""Characters within which a name must follow the dash."""


def find_speaker(cue: Cue, passages: Passages, namer: SpeakerNamer, first: int | None = None) -> Speaker | None:
    """The speaker of a cue: by syntax, else by what stands directly beside the cue, at or after the token `first`."""

    def is_reporters(token: Token) -> bool:
        return not passages.hides(token.i) and (first is None or token.i >= first)

    head = passages.speaker_head(cue)
    ahead = _noun_ahead(cue, first) if cue.pos == "VERB" else None
    if first is not None and ahead is not None and (head is None or head.i > cue.start):
        # "Go," Lund told Reuters: not Reuters.
        head = ahead
    speaker = namer.speaker_at(head, is_reporters) if head is not None else None
    if speaker is not None or cue.pos != "VERB":
        return speaker
    head = ahead or (_noun_behind(cue) or _noun_at(cue.head.doc, first) if first is not None else None)
    return namer.speaker_at(head, is_reporters) if head is not None else None


def _noun_ahead(cue: Cue, first: int | None) -> Token | None:
    """'[Lund] said', '[they] have often said', where the parser saw something else."""
    doc = cue.head.doc
    index = cue.start - 1
    while index >= 0 and doc[index].pos_ in ("ADV", "AUX", "PART"):
        index -= 1
    if index < (first or 0) or not _is_nominal(doc[index]):
        return None
    return doc[index]


def _noun_behind(cue: Cue) -> Token | None:
    """'said [the woman], who left', where the parser saw no subject."""
    return _noun_at(cue.head.doc, cue.end)


def _noun_at(doc: Doc, start: int) -> Token | None:
    """The last noun of the phrase that begins at a token."""
    index, head = start, None
    while index < min(len(doc), start + 8) and (_is_nominal(doc[index]) or doc[index].pos_ in ("DET", "ADJ", "NUM")):
        if _is_nominal(doc[index]) or doc[index].lower_ == "one":
            head = doc[index]
        index += 1
    return head


def _is_nominal(token: Token) -> bool:
    return token.pos_ in ("NOUN", "PROPN") or token.lower_ in _SUBJECT_PRONOUNS


_SUBJECT_PRONOUNS = frozenset({"he", "she", "they", "i", "we", "who", "it"})
