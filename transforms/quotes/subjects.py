"""Finds the phrase that stands in the place of a reporting word's speaker.

Comes in: a `Cue`, the `Passages` of the article and a `SpeakerNamer`. Goes out: a `Speaker`, or None. The parse is
asked first, unless the cue stands behind a passage in quotation marks: there the order of words tells more than the
parse of a sentence that begins with somebody else's words.
"""

from spacy.tokens import Doc, Token

from transforms.quotes.cues import Cue, cue_lemmas
from transforms.quotes.passages import WINDOW, Passages
from transforms.quotes.speakers import Speaker, SpeakerNamer
from transforms.quotes.tree import lefts

_LONGEST_PHRASE = 8
"""Tokens within which the noun of a phrase must stand."""
_LINKS_FOLLOWED = 3
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_BESIDE_VERB = frozenset({"ADV", "AUX", "PART"})
_IN_PHRASE = frozenset({"DET", "ADJ", "NUM", "PART"})
_BRACKETS = {")": "(", "-": "-", "–": "–", "—": "—"}
_NOMINATIVES = frozenset({"he", "she", "they", "i", "we"})
_SUBJECT_PRONOUNS = _NOMINATIVES | frozenset({"who", "it", "one", "both", "some", "many", "others"})


def find_speaker(cue: Cue, passages: Passages, namer: SpeakerNamer, first: int | None = None) -> Speaker | None:
    """The speaker of a cue.

    `first` is the first token behind the passage that the cue stands behind; without it the cue stands anywhere else.
    """

    def is_reporters(token: Token) -> bool:
        return not passages.hides(token.i) and (first is None or token.i >= first)

    if _is_asked(cue):
        return None
    if cue.pos != "VERB":
        heads = [_subject_of_owner(cue), passages.speaker_head(cue)]
    elif first is not None:
        heads = [_head_behind_passage(cue, passages, first), passages.speaker_head(cue), _noun_ahead(cue, first)]
    else:
        heads = [_owner_of_document(cue), passages.speaker_head(cue), _noun_ahead(cue, first)]
        heads += [_inverted_subject(cue), _subject_before(cue, passages)]
    for head in heads:
        speaker = namer.speaker_at(head, is_reporters) if head is not None else None
        if speaker is not None:
            return speaker
    return None


def _is_asked(cue: Cue) -> bool:
    """[Asked] whether he would go, Lund smiled: the subject of the sentence is not who asked."""
    verb = cue.head
    is_participle = cue.pos == "VERB" and verb.tag_ == "VBN" and verb.dep_ in ("advcl", "acl", "ccomp", "prep")
    begins = cue.start == 0 or verb.is_sent_start or verb.doc[cue.start - 1].lower_ in _BEGINS_CLAUSE
    return is_participle and begins and verb.n_lefts <= 1


_BEGINS_CLAUSE = frozenset({"when", "if", "once", '"'})


def _head_behind_passage(cue: Cue, passages: Passages, first: int) -> Token | None:
    """ "Go," [Lund], who had come late, told Reuters. "Go," said [Lund] in Oslo."""
    doc = cue.head.doc
    subject = passages.speaker_head(cue)
    start = _skip_lead(doc, first, cue.start)
    if start < cue.start:
        beside = _noun_ahead(cue, first)
        if beside is not None and beside.lower_ in _NOMINATIVES:
            return beside
        if subject is not None and start <= subject.i < cue.start and subject.left_edge.i <= start:
            return subject
        return _noun_at(doc, start, cue.start) or beside
    end = cue.end
    while end < len(doc) and doc[end].pos_ == "ADV":
        end += 1
    if subject is not None and subject.i >= end and subject.left_edge.i <= end:
        return subject
    return _noun_at(doc, end, len(doc))


def _skip_lead(doc: Doc, start: int, end: int) -> int:
    """Past what may stand between a passage and its speaker: "Go," and then [Lund] said; "go," as [Lund] put it."""
    while start < end and (doc[start].pos_ in ("ADV", "CCONJ", "SCONJ", "PUNCT", "AUX", "PART", "SPACE")):
        start += 1
    return start


def _owner_of_document(cue: Cue) -> Token | None:
    """[She] sent out a statement saying that it rained: who sends it says it. [Lund] mailed his friends, saying so."""
    verb = cue.head
    sender = verb.head.head
    if verb.dep_ not in ("acl", "relcl") or verb.head.dep_ != "dobj" or sender.pos_ != "VERB":
        return None
    is_document = verb.head.lemma_.lower() in cue_lemmas("NOUN")
    is_addressee = verb.dep_ == "acl" and sender.lemma_.lower() in cue_lemmas("VERB")
    if not is_document and not is_addressee:
        return None
    return next((child for child in lefts(sender) if child.dep_ == "nsubj"), None)


def _subject_of_owner(cue: Cue) -> Token | None:
    """[She] had to change her answer: "Yes." The pronoun in 'her answer' stands for the subject of its clause."""
    noun = cue.head
    owner = next((child for child in lefts(noun) if child.dep_ == "poss" and child.pos_ == "PRON"), None)
    if owner is None or noun.dep_ not in ("dobj", "pobj"):
        return None
    verb = noun.head
    for _ in range(_LINKS_FOLLOWED):
        subject = next((child for child in lefts(verb) if child.dep_ == "nsubj"), None)
        if subject is not None:
            return subject if subject.tag_ not in ("WDT", "WP") else None
        verb = verb.head
    return None


def _inverted_subject(cue: Cue) -> Token | None:
    """Said [Lund]: "Go." """
    doc = cue.head.doc
    begins = cue.start == 0 or doc[cue.start].is_sent_start or doc[cue.start - 1].is_space
    return _noun_at(doc, cue.end, len(doc)) if begins and cue.head.tag_ in ("VBD", "VBZ") else None


def _noun_ahead(cue: Cue, first: int | None) -> Token | None:
    """'[Lund] said', '[they] have often said', where the parser saw something else; not 'the court has been told'."""
    if cue.head.tag_ == "VBN" and any(child.dep_ in ("nsubjpass", "auxpass") for child in lefts(cue.head)):
        return None
    doc, index = cue.head.doc, cue.start - 1
    stop = max(first or 0, cue.start - WINDOW)
    while index >= stop and (doc[index].pos_ in _BESIDE_VERB or doc[index].text == ","):
        index -= 1
    if index >= stop and doc[index].text in _BRACKETS:
        # What stands in brackets or between dashes is no speaker: "Bo Lund (OSLO) said".
        opening = _BRACKETS[doc[index].text]
        index = next((at for at in range(index - 1, stop - 1, -1) if doc[at].text == opening), stop) - 1
    return doc[index] if index >= stop and _is_nominal(doc[index]) else None


def _noun_at(doc: Doc, start: int, stop: int) -> Token | None:
    """The last noun of the phrase that begins at a token: 'said [the woman], who left'."""
    head = None
    for index in range(start, min(stop, start + _LONGEST_PHRASE)):
        token = doc[index]
        is_nominal = _is_nominal(token)
        is_modifier = token.pos_ in _IN_PHRASE or token.tag_ in ("VBN", "VBG", "HYPH") or token.text == "."
        if not (is_nominal or is_modifier) or (head is not None and token.tag_ in ("VBN", "VBG", "PRP", "WP")):
            break
        if is_nominal:
            head = token
    return head


def _subject_before(cue: Cue, passages: Passages) -> Token | None:
    """The last subject of a finite verb ahead of a participle: '[He] only hinted at it, mentioning rain and adding'."""
    doc = cue.head.doc
    if cue.head.tag_ not in ("VBG", "VB"):
        return None
    for index in range(cue.start - 1, max(0, cue.start - WINDOW) - 1, -1):
        token = doc[index]
        if token.is_sent_start and index < cue.start - 1 and token.dep_ != "nsubj":
            return None
        is_subject = token.dep_ in ("nsubj", "nsubjpass") and token.head.tag_ in _FINITE
        if is_subject and token.pos_ in ("NOUN", "PROPN", "PRON") and token.tag_ not in ("WDT", "WP"):
            return None if passages.hides(index) else token
        if token.is_sent_start:
            return None
    return None


def _is_nominal(token: Token) -> bool:
    return token.pos_ in ("NOUN", "PROPN") or token.lower_ in _SUBJECT_PRONOUNS
