"""Joins passages in quotation marks to the reporting words and speakers beside them.

Comes in: the `Passages` of an article, its cues and a `SpeakerNamer`. Goes out: the same passages, of which each that a
reporting word or a name leads to knows its `Attribution`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.cues import PHRASE, Cue, CueEntry
from transforms.quotes.passages import (
    Attribution,
    Passage,
    Passages,
    ends_sentence,
    is_title,
    runs_on,
    stands_alone,
)
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.subjects import find_speaker

_LEAD_IN = 2
"""Words that may stand ahead of a quoted sentence: But "it rains," he said."""
_LONGEST_NAME = 6
"""Tokens of a name that stands alone ahead of a colon."""
_GOES_ON = (",", "?", "!", "—", "–", "-", "…", "...")
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_RELATIVE = frozenset({"WDT", "WP", "WP$", "WRB"})
_DASHES = frozenset({"-", "–", "—", "―", "--"})
_INNER_MARKS = "'\"’” "


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage and what stands around it: `left` and `right` bound the reporter's words, as tokens; `first` is the
    first word behind the passage, and the words ahead of it end before `lead`."""

    passage: Passage
    lead: int
    left: int
    right: int
    first: int
    ahead: Sequence[Cue]
    behind: Sequence[Cue]


def attribute_passages(passages: Passages, cues: Sequence[Cue], namer: SpeakerNamer) -> None:
    """Gives the passages that are set off as speech, by a comma or colon or as sentences of their own, the reporting
    word beside them and its speaker."""
    places = [cue.start for cue in cues]
    previous: Passage | None = None
    for passage in passages.passages:
        left, right = passages.statement_around(passage)
        lead = passages.lead_end(passage)
        place = _Place(
            passage,
            lead,
            left,
            right,
            _first_word_behind(passages, passage),
            cues[bisect_left(places, left) : bisect_left(places, lead)],
            cues[bisect_left(places, passage.after) : bisect_left(places, right)],
        )
        passage.attribution = _of_interrupted(passages, place, previous) or next(
            filter(None, (rule(passages, place, namer) for rule in _rules(passages, place))), None
        )
        previous = passage


_Rule = Callable[[Passages, _Place, SpeakerNamer], Attribution | None]


def _rules(passages: Passages, place: _Place) -> Iterator[_Rule]:
    """The rules in the order in which they are asked; the first that answers counts."""
    yield _label_inside
    yield _name_alone_and_colon
    # He said, "Why?" She left, they say.
    is_ended = not _ends_with_comma(passages, place.passage)
    if is_ended:
        yield _cue_ahead
    yield _cue_behind
    if not is_ended:
        yield _cue_ahead
    yield _subject_and_colon
    yield _verb_behind
    yield _name_behind
    yield _signature


def _of_interrupted(passages: Passages, place: _Place, previous: Passage | None) -> Attribution | None:
    """ "The risk," said Lund, who studies rain, "is that it stays": the second piece goes on with the first."""
    if previous is None or previous.attribution is None or passages.doc[place.passage.opening - 1].text != ",":
        return None
    cue = previous.attribution.cue
    is_between = cue is not None and place.left <= cue.start and previous.after <= cue.start < place.passage.opening
    goes_on = _ends_with_comma(passages, previous) and passages.text[place.passage.marked.start].islower()
    return previous.attribution if is_between and goes_on else None


def _cue_behind(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """ "Go," said Lund. "Go," Lund, a nurse from Oslo, said. "Go," according to Lund."""
    passage, first = place.passage, place.first
    if not _begins_statement(passages, place):
        return None
    for cue in place.behind:
        is_participle = cue.pos == "VERB" and cue.head.tag_ == "VBG"
        if is_participle or cue.pos == "NOUN" or _is_relative(passages, cue, first):
            continue
        if not (cue.takes("quote") or cue.takes("sentence") or cue.is_thought):
            continue
        if not _is_open(passages, passage) and cue.start != passage.after and not _only_reports(passages, cue):
            return None
        if not _is_free_clause(passages, first, cue):
            return None
        speaker = find_speaker(cue, passages, namer, first)
        if runs_on(passages, passage) and not _stands_beside(passages, cue, speaker, place):
            return None
        return Attribution("said_behind", 0.95, cue, speaker)
    return None


def _is_relative(passages: Passages, cue: Cue, first: int) -> bool:
    """Whether the cue says something of the speaker: in '"Go," a nurse who [saw] it said'."""
    before = cue.start - 1
    while before > first and passages.doc[before].pos_ in ("ADV", "AUX"):
        before -= 1
    return before >= first and passages.doc[before].tag_ in _RELATIVE


def _first_word_behind(passages: Passages, passage: Passage) -> int:
    doc, first = passages.doc, passage.after
    while first < len(doc) - 1 and doc[first].is_punct and not passages.hides(first):
        first += 1
    return first


def _begins_statement(passages: Passages, place: _Place) -> bool:
    """Whether the passage is a sentence of its own or goes on with one: not in 'speaking on "Rain," he said'."""
    passage = place.passage
    return passage.opening - place.left <= _LEAD_IN or stands_alone(passages, passage)


def _is_open(passages: Passages, passage: Passage) -> bool:
    """Whether the passage ends so that its sentence goes on: with a comma, not with a full stop."""
    end = passages.text[passage.marked.start : passage.marked.end].rstrip(_INNER_MARKS)
    return end.endswith(_GOES_ON) or not end.endswith(".") or _comma_follows(passages, passage)


def _ends_with_comma(passages: Passages, passage: Passage) -> bool:
    end = passages.text[passage.marked.start : passage.marked.end].rstrip(_INNER_MARKS)
    return end.endswith(",") or _comma_follows(passages, passage)


def _comma_follows(passages: Passages, passage: Passage) -> bool:
    return passages.text[passage.marked.closing : passage.marked.closing + 1] == ","


def _stands_beside(passages: Passages, cue: Cue, speaker: Speaker | None, place: _Place) -> bool:
    """Whether the speaker or the cue begins directly behind a passage that is a sentence.

    It does not in '"a mess" for the town, he said', nor in 'the "trick" he named'.
    """
    if speaker is None or not passages.text[place.passage.marked.start].isupper():
        return False
    last = min(place.first + 1, len(passages.doc) - 1)
    return cue.start <= last or speaker.start <= passages.doc[last].idx


def _only_reports(passages: Passages, cue: Cue) -> bool:
    """Whether a cue behind a full stop says nothing but who said it: "It rains." Lund said."""
    doc, end = passages.doc, cue.end
    return cue.takes("clause") and (end >= len(doc) or doc[end].text in ".\n" or doc[end].is_space)


def _is_free_clause(passages: Passages, first: int, cue: Cue) -> bool:
    """Whether the words between a passage and the cue are the cue's own: its subject, and what hangs on it."""
    doc = passages.doc
    if doc[first].tag_ in ("CC", "WDT", "WP", "TO") or any(
        doc[i].tag_ in _RELATIVE for i in range(first, first + 2) if i < cue.start
    ):
        return False
    subject = passages.speaker_head(cue)
    if subject is not None and subject.left_edge.i <= first + 1:
        return True
    return not any(_is_main_verb(doc[index]) for index in range(first, cue.start))


def _is_main_verb(word: Token) -> bool:
    """Finite, and not in a relative clause: '"Go," a nurse, who [was] there, told him'."""
    return word.tag_ in _FINITE and not (word.i and word.doc[word.i - 1].tag_ in ("WP", "WDT"))


def _cue_ahead(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """Lund said: "Go." Lund told the court, "Go." """
    for cue in reversed(place.ahead):
        if (cue.takes("quote") or cue.takes("sentence")) and _introduces(passages, place, cue):
            cue = _verb_of_noun(cue, place.ahead)
            return Attribution("said_ahead", 0.85, cue, find_speaker(cue, passages, namer))
    return None


def _verb_of_noun(cue: Cue, cues: Sequence[Cue]) -> Cue:
    """Lund [said] in a statement: "Go." The verb tells more of who spoke than the noun that hangs on it."""
    if cue.pos != "NOUN" or cue.head.dep_ not in ("pobj", "dobj"):
        return cue
    verb = cue.head.head.head if cue.head.dep_ == "pobj" else cue.head.head
    return next((other for other in cues if other.head == verb and other.pos == "VERB"), cue)


def _introduces(passages: Passages, place: _Place, cue: Cue) -> bool:
    """Whether the passage is set off as what the cue reports, and is not a part of it: not in 'said it is "a mess"'."""
    doc, passage = passages.doc, place.passage
    mark = doc[place.lead - 1].text
    begins_large = passages.text[passage.marked.start].isupper()
    if mark == ":":
        return begins_large or not runs_on(passages, passage)
    if runs_on(passages, passage) or cue.pos == PHRASE:
        return False
    is_sentence = begins_large and ends_sentence(passages, passage)
    if cue.pos == "NOUN":
        # Lund sent out a statement, "We are glad of it."
        return mark == "," and cue.end == passage.opening - 1 and is_sentence
    if _complement_starts_before(passages, passage, cue) and not (mark == "," and is_sentence):
        return False
    begins_sentence = begins_large or passage.is_speech_by_length or ends_sentence(passages, passage)
    names_things = cue.takes("predicate") or cue.entry.kind == "writing"
    if mark == ",":
        # "When Cole criticized him, Lund shot back, "No."" has another verb between.
        if any(_is_main_verb(doc[index]) for index in range(cue.end, passage.opening)):
            return False
        return begins_sentence and not (names_things and is_title(passages, passage))
    # 'He reads "Wind and Rain"' and 'called "The Storm"' name a thing; 'chanted "Out Now"' does not.
    return cue.end == passage.opening and not (names_things and is_title(passages, passage))


def _complement_starts_before(passages: Passages, passage: Passage, cue: Cue) -> bool:
    """Whether the reported clause begins ahead of the marks: 'said [the plan] is "a mess"'."""
    start = passages.complement_start(cue)
    return start is not None and cue.end <= start < passage.opening


def _name_alone_and_colon(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """Bo Lund: "Go." Voters hope - Ada Cole: "Go." Nothing but a name stands ahead of the colon."""
    doc = passages.doc
    colon = place.lead - 1
    if colon <= place.left or doc[colon].text != ":" or runs_on(passages, place.passage):
        return None
    start = colon
    while start > place.left and not _separates(doc[start - 1]):
        start -= 1
    words = doc[start:colon]
    if len(words) == 0 or any(word.tag_ in _FINITE for word in words):
        return None
    mentions = namer.mentions_within(words.start_char, words.end_char)
    named = [mention for mention in mentions if mention.label in _SIGNS]
    if named and named[0].start_char <= doc[min(start + 1, colon)].idx:
        return Attribution("name_and_colon", 0.85, None, namer.speaker_of_mention(named[0]))
    is_name = len(words) <= _LONGEST_NAME and all(word.text[0].isupper() or word.pos_ == "ADP" for word in words)
    if not is_name:
        return None
    return Attribution("name_and_colon", 0.7, None, namer.speaker_at(words.root, lambda word: start <= word.i < colon))


def _separates(token: Token) -> bool:
    return token.is_space or token.text in _DASHES or token.text in ".!?;”\"'"


def _subject_and_colon(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """Lund sent a message to Cole: "Go." It does not surprise the pollster Ada Cole: "It was wet." """
    doc = passages.doc
    colon = place.lead - 1
    if colon <= place.left or doc[colon].text != ":" or runs_on(passages, place.passage):
        return None
    for word in reversed(doc[place.left : colon]):
        if word.dep_ != "nsubj" or passages.hides(word.i) or word.tag_ in _RELATIVE or word.lower_ in _EMPTY_SUBJECTS:
            continue
        speaker = namer.speaker_at(word, lambda word: not passages.hides(word.i))
        is_known = word.pos_ == "PRON" or (speaker is not None and speaker.mention is not None)
        if speaker is not None and (is_known or word.head.i == colon - 1):
            return Attribution("name_and_colon", 0.75, None, speaker)
    people = [m for m in namer.mentions_within(doc[place.left].idx, doc[colon].idx) if m.label == "PERSON"]
    return Attribution("name_and_colon", 0.7, None, namer.speaker_of_mention(people[-1])) if people else None


_EMPTY_SUBJECTS = frozenset({"it", "this", "that", "there", "which", "what"})


def _verb_behind(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """ "Go," Lund barked: a subject and a verb directly behind a quoted sentence report it, whatever the verb."""
    doc, first = passages.doc, place.first
    if not _may_be_spoken(passages, place):
        return None
    for word in doc[first : place.right]:
        is_at_start = word.left_edge.i <= first or (word.i == first + 1 and doc[first].tag_ in _FINITE)
        if word.dep_ == "nsubj" and is_at_start and word.head.tag_ in _FINITE and word.head.i >= first:
            speaker = namer.speaker_at(word, lambda word: not passages.hides(word.i))
            verb = word.head
            entry = CueEntry((verb.lemma_.lower(),), "speech", frozenset({"quote"}))
            cue = Cue(verb, verb.i, verb.i + 1, entry.words[0], "VERB", entry)
            return Attribution("verb_behind", 0.75, cue, speaker)
    return None


def _may_be_spoken(passages: Passages, place: _Place) -> bool:
    passage = place.passage
    return passage.is_speech_by_length and _is_open(passages, passage) and _begins_statement(passages, place)


def _name_behind(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """ "Go," Lund from his desk: after a comma a name that begins the rest of the sentence is that of the speaker."""
    doc, first = passages.doc, place.first
    if not _ends_with_comma(passages, place.passage) or not _may_be_spoken(passages, place) or first >= len(doc):
        return None
    start = doc[first].idx
    named = [m for m in namer.mentions_within(start, start + 1) if m.label in ("PERSON", "ORG")]
    return Attribution("name_behind", 0.7, None, namer.speaker_of_mention(named[0])) if named else None


def _signature(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """ "Go home."⏎ — Bo Lund, nurse"""
    doc, passage, index = passages.doc, place.passage, place.passage.after
    while index < len(doc) and doc[index].is_space:
        index += 1
    if index + 1 >= len(doc) or doc[index].text not in _DASHES or not passage.is_speech_by_length:
        return None
    start = index + 1
    end = start
    while end < len(doc) and end - start <= _LONGEST_NAME and not doc[end].is_space and not doc[end].is_punct:
        end += 1
    name = doc[start:end]
    mentions = [m for m in namer.mentions_within(doc[start].idx, doc[start].idx + 1) if m.label in _SIGNS]
    if mentions:
        return Attribution("signature", 0.85, None, namer.speaker_of_mention(mentions[0]))
    if 0 < len(name) <= _LONGEST_NAME and all(word.text[0].isupper() for word in name) and _ends_line(passages, end):
        return Attribution("signature", 0.7, None, namer.speaker_at(name.root, lambda word: start <= word.i < end))
    return None


_SIGNS = frozenset({"PERSON", "ORG"})


def _ends_line(passages: Passages, end: int) -> bool:
    doc = passages.doc
    return end >= len(doc) or doc[end].is_space or doc[end].text in ",."


def _label_inside(passages: Passages, place: _Place, namer: SpeakerNamer) -> Attribution | None:
    """ "LUND: We shall see." A transcript in quotation marks names its speakers inside of them; the label is no part
    of what was said."""
    passage, text = place.passage, passages.text
    label = _LABEL.match(text, passage.marked.start, passage.marked.end)
    if label is None:
        return None
    words = passages.doc.char_span(label.start(1), label.end(1), alignment_mode="expand")
    if words is None or label.end() >= passage.marked.end:
        return None
    passage.marked.start = label.end()
    mentions = [m for m in namer.mentions_within(*label.span(1)) if m.label in _SIGNS]
    if mentions:
        return Attribution("transcript", 0.9, None, namer.speaker_of_mention(mentions[0]))
    is_label = range(words.start, words.end)
    return Attribution("transcript", 0.9, None, namer.speaker_at(words.root, lambda word: word.i in is_label))


_LABEL = re.compile(r"([A-Z][A-Z.’'-]+(?: [A-Z][A-Z.’'-]*){0,3}):\s+")
