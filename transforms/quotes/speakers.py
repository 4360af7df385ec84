"""Finds who speaks: the phrase beside a reporting word, and the mention that names it.

Comes in: `Cue`s and the mentions of the article. Goes out: `Speaker`s, whose `start` and `end` are characters of the
text, with the mention that names the speaker where there is one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from transforms.entities import MentionIndex
from transforms.pronouns import Referents, is_one_of_many, is_person_name, noun_at
from transforms.quotes.cues import PHRASE, Cue
from transforms.quotes.tree import children, rights
from transforms.rows import Mention

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_OUTSIDE_PHRASE = frozenset(
    {
        "relcl",
        "appos",
        "acl",
        "punct",
        "advcl",
        "parataxis",
        "ccomp",
        "cc",
        "advmod",
        "prep",
    }
)
_OWN_PREPOSITIONS = frozenset({"of", "for", "at", "from", "by"})
_LABELS_BY_PREFERENCE = ("PERSON", "ORG", "NORP", "GPE")
_BODY_LABELS = frozenset({"ORG", "NORP"})
_STATE_LABELS = _BODY_LABELS | {"GPE"}
_MODIFIERS = frozenset({"compound", "amod", "nmod"})
_LINKS_TO_SUBJECT = frozenset({"conj", "xcomp", "advcl", "acomp", "pcomp", "prep"})
_LINKS_FOLLOWED = 5
_DATELINE = 20
_THINGS = frozenset({"it", "this", "that", "which", "these", "those", "what"})
_DASHES = frozenset({"—", "–", "―", "--", "-", ":"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """The phrase that names a speaker, by its head word, and the mention behind it."""

    head: Token
    start: int
    end: int
    mention: Mention | None = None


def speaker_head(cue: Cue) -> Token | None:
    """The head word of the phrase that names the speaker of a cue, by syntax; None where there is none."""
    if cue.pos == PHRASE:
        return _object_of_phrase(cue)
    if cue.pos == "NOUN":
        return _owner_of_noun(cue.head)
    return _subject_of_verb(cue.head)


def _object_of_phrase(cue: Cue) -> Token | None:
    """according to [Lund]: the object of the phrase's last preposition."""
    last = cue.head.doc[cue.end - 1]
    return next((child for child in rights(last) if child.dep_ in ("pobj", "pcomp")), None)


def _owner_of_noun(noun: Token) -> Token | None:
    """[Lund]'s claim, the claim by [Lund]; [Lund] made the claim that."""
    for child in children(noun):
        if child.dep_ == "poss":
            return child
        if child.dep_ == "prep" and child.lower_ in ("by", "of", "from"):
            return next(
                (grandchild for grandchild in rights(child) if grandchild.dep_ == "pobj"),
                None,
            )
    return _subject_of_verb(noun.head) if noun.dep_ in ("dobj", "pobj") and noun.head.pos_ == "VERB" else None


def _subject_of_verb(verb: Token) -> Token | None:
    """The subject of the verb, or the one it shares: [Lund] left, saying that; [Lund] went on to say."""
    first = _agent(verb)
    if first is not None:
        return first
    cue, passed = verb, None
    for _ in range(_LINKS_FOLLOWED):
        controller = _controller(verb, cue)
        if controller is not None:
            return controller
        subject = next((child for child in children(verb) if child.dep_ in _SUBJECTS), None)
        if subject is not None:
            if verb == cue:
                return None if _is_told(verb, subject) else subject
            if _can_speak(subject):
                return subject
            # 'Lund argued that the list would help, saying': not the list
            passed = passed or subject
        if verb.dep_ == "acl":
            # "a statement saying that"
            return passed or verb.head
        if verb.head == verb or not (verb.dep_ in _LINKS_TO_SUBJECT or (passed is not None and verb.dep_ == "ccomp")):
            break
        verb = verb.head
    return passed


def _controller(verb: Token, cue: Token) -> Token | None:
    """'The delay led [Lund] to say', where the object of one verb is the subject of the next."""
    if cue.tag_ != "VB" or cue.head != verb or cue.dep_ != "xcomp":
        return None
    return next(
        (child for child in rights(verb) if child.dep_ == "dobj" and child.i < cue.i and _can_speak(child)), None
    )


def _can_speak(head: Token) -> bool:
    """Whether a phrase is somebody: a name, a person by a pronoun or noun, a body; not 'the list'."""
    if head.pos_ == "PRON":
        return head.lower_ not in _THINGS
    noun = noun_at(head)
    return head.pos_ == "PROPN" or (noun is not None and noun.kind != "document")


def _agent(verb: Token) -> Token | None:
    """The plan was called dead by [Lund]."""
    for child in rights(verb):
        if child.dep_ == "agent":
            return next(
                (grandchild for grandchild in rights(child) if grandchild.dep_ == "pobj"),
                None,
            )
    return None


def _is_told(verb: Token, subject: Token) -> bool:
    """Whether the subject of a passive hears instead of speaks: 'Lund was told', not 'Lund was quoted as saying'."""
    return subject.dep_ == "nsubjpass" and verb.lemma_ != "quote"


def phrase_around(head: Token) -> tuple[int, int]:
    """The tokens of a noun phrase, end exclusive, without relative clauses, appositions and loose modifiers.

    'Bo Lund, a nurse who was there, said' gives 'Bo Lund'; 'Bo Lund and Ada Cole said' gives both names.
    """
    start = head.left_edge.i
    for index in range(start, min(head.i, start + _DATELINE)):
        # "OSLO (Reuters) — Bo Lund said": the dateline is no part of the name.
        # The hyphen of "co-founder" has no blank behind it.
        word = head.doc[index]
        if (word.text in _DASHES and word.whitespace_) or word.is_space:
            start = index + 1
    while start < head.i and head.doc[start].is_punct:
        start += 1
    end = head.i + 1
    for child in rights(head):
        if child.dep_ in _OUTSIDE_PHRASE and not _belongs_to_phrase(child):
            if child.dep_ == "cc" or child.lower_ in _JOINING_PUNCTUATION:
                continue
            break
        if child.dep_ == "conj":
            end = phrase_around_conjunct(child)
        else:
            end = _end_of_modifier(child) if child.dep_ == "prep" else child.right_edge.i + 1
    return start, end


def _end_of_modifier(preposition: Token) -> int:
    """The end of 'the head [of the council], Anna Cole', without the name that the parser hangs on the council."""
    for word in rights(preposition):
        for child in rights(word):
            if child.dep_ in ("appos", "relcl") and child.left_edge.i > word.i + 1:
                return word.i + 1
    return preposition.right_edge.i + 1


_JOINING_PUNCTUATION = frozenset({",", "(", "-"})


def _belongs_to_phrase(child: Token) -> bool:
    """'the mayor of Oslo', 'a spokesman for the police'."""
    return child.dep_ == "prep" and child.lower_ in _OWN_PREPOSITIONS


def phrase_around_conjunct(conjunct: Token) -> int:
    """The end of a name that is joined to another one: 'Lund and [Cole], who left'."""
    end = conjunct.i + 1
    for child in rights(conjunct):
        if child.dep_ in _OUTSIDE_PHRASE and not _belongs_to_phrase(child):
            break
        end = child.right_edge.i + 1
    return end


class SpeakerNamer:
    """Names speakers by the mentions of the article: names at once, pronouns and nouns by whom they mean.

    One who speaks for a body ('a spokesman for the ministry', 'US officials') gets the name of the body, and joined
    speakers ('Lund and Cole') that of the first.
    """

    def __init__(self, doc: Doc, mentions: MentionIndex, referents: Referents) -> None:
        self._doc = doc
        self._mentions = mentions
        self._referents = referents
        self._by_last_name = _people_by_last_name(mentions)

    def speaker_at(self, head: Token, is_allowed: Callable[[Token], bool]) -> Speaker | None:
        """The speaker whose phrase has this head, or None where the phrase holds a word that is not allowed."""
        start, end = phrase_around(head)
        while end - 1 > head.i and not is_allowed(self._doc[end - 1]):
            end -= 1
        while start < head.i and not is_allowed(self._doc[start]):
            start += 1
        if not is_allowed(head):
            return None
        last = self._doc[end - 1]
        return Speaker(head, self._doc[start].idx, last.idx + len(last), self._name(head))

    def mentions_within(self, start: int, end: int) -> list[Mention]:
        """The mentions that overlap these characters."""
        return self._mentions.within(start, end)

    def speaker_of_mention(self, mention: Mention) -> Speaker:
        """The speaker that a mention stands for."""
        return Speaker(_head_of(self._doc, mention), mention.start_char, mention.end_char, mention)

    def _name(self, head: Token) -> Mention | None:
        if head.pos_ == "PRON" or head.tag_ in ("WP", "WDT"):
            return self._referents.of_pronoun(head)
        named = self._mention_at(head)
        if named is not None:
            return None if named.label == "NORP" and is_one_of_many(head) else named
        return self._mention_inside(head) or self._referents.of_name(head) or self._referents.of_noun(head)

    def _mention_at(self, head: Token) -> Mention | None:
        """The mention at the head of the phrase, or in apposition to it: 'the mayor, [Bo Lund]'; not that of 'Lund's
        aide'."""
        words = [head, *(child for child in children(head) if child.dep_ == "appos")]
        best = self._best_of(words)
        if best is None or (best.label != "PERSON" and best.text == head.text):
            # 'Anna Cole left. ... Cole said', where the model took the second for a place or for nothing.
            return self._by_last_name.get(head.text) or best
        return best

    def _best_of(self, words: Iterable[Token]) -> Mention | None:
        found = [mention for word in words for mention in self._mentions.within(word.idx, word.idx + len(word))]
        known = [mention for mention in found if mention.label in _LABELS_BY_PREFERENCE]
        return min(known, key=lambda mention: _LABELS_BY_PREFERENCE.index(mention.label), default=None)

    def _mention_inside(self, head: Token) -> Mention | None:
        """The name of the phrase in a place where it is the speaker's all the same: 'the head of the council, [Anna
        Cole]'; '[US] officials', 'the [Labour] party'; 'a report by the [Red Cross]'."""
        noun = noun_at(head)
        if noun is None:
            return None
        objects = [(child.lower_, word) for child in rights(head) if child.dep_ == "prep" for word in rights(child)]
        if noun.kind == "document":
            return self._best_of(word for preposition, word in objects if preposition in ("by", "from"))
        if noun.kind in ("voice", "body"):
            labels = _STATE_LABELS if noun.kind == "voice" or noun.group == "government" else _BODY_LABELS
            beside = self._best_of(child for child in children(head) if child.dep_ in _MODIFIERS)
            return beside if beside is not None and beside.label in labels else None
        apposed = self._best_of(child for _, word in objects for child in rights(word) if child.dep_ == "appos")
        return apposed if apposed is not None and apposed.label == "PERSON" else None


def _people_by_last_name(mentions: MentionIndex) -> dict[str, Mention]:
    """The people of the article by their last names, where one full name only has it."""
    people: dict[str, Mention] = {}
    shared: set[str] = set()
    for mention in mentions.mentions:
        words = mention.text.split()
        if len(words) < 2 or not is_person_name(mention):
            continue
        first = people.setdefault(words[-1], mention)
        if first.name != mention.name:
            shared.add(words[-1])
    return {last: mention for last, mention in people.items() if last not in shared}


def _head_of(doc: Doc, mention: Mention) -> Token:
    span = doc.char_span(mention.start_char, mention.end_char, alignment_mode="expand")
    if span is None:
        raise ValueError(f"the mention at {mention.start_char}-{mention.end_char} lies outside of the text")
    return span.root
