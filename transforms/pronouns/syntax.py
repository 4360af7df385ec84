"""What a phrase does in its clause, as far as it tells whom a later pronoun means.

Comes in: the head word of a phrase. Goes out: its `Role`, and the verb that it is an argument of.
"""

from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Token

from transforms.pronouns.words import speech_verbs

SUBJECT, OBJECT, POSSESSOR = "subject", "object", "possessor"
LISTENER, MODIFIER, OTHER = "listener", "modifier", "other"

_LINKS_FOLLOWED = 6
_MOST_DEPENDENTS = 200
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_OBJECTS = frozenset({"dobj", "dative", "attr", "oprd"})
_PREPOSITIONS = frozenset({"prep", "agent", "dative"})
_OPEN_CLAUSES = frozenset({"xcomp", "conj", "advcl", "pcomp"})
_VERBS = frozenset({"VERB", "AUX"})


class Role(NamedTuple):
    """What a phrase does: `verb` is the token of the verb it depends on, -1 where there is none.

    A tuple, like all that is made for every noun of an article: a frozen dataclass takes twice as long to make.
    """

    name: str
    verb: int = -1
    speaks: bool = False
    is_main: bool = False


def lefts(token: Token) -> Iterable[Token]:
    """The dependents ahead of a word; none where there are more than in any sentence, so that time stays linear."""
    return token.lefts if token.n_lefts <= _MOST_DEPENDENTS else ()


def rights(token: Token) -> Iterable[Token]:
    """The dependents behind a word, in the same way."""
    return token.rights if token.n_rights <= _MOST_DEPENDENTS else ()


def role_of(head: Token) -> Role:
    """The role of a noun phrase by its head word."""
    head = _outermost(head)
    dep, governor = head.dep_, head.head
    if dep in _SUBJECTS:
        # 'to say' and 'must say' tell of nobody who spoke
        speaks = governor.tag_ != "VB" and governor.lemma_.lower() in speech_verbs()
        return Role(SUBJECT, governor.i, speaks, is_main=governor.dep_ == "ROOT")
    if dep in _OBJECTS:
        return Role(LISTENER if governor.lemma_.lower() == "tell" else OBJECT, governor.i)
    if dep == "poss":
        return Role(POSSESSOR)
    if dep == "pobj":
        return _role_in_preposition(governor)
    if dep in ("compound", "nmod", "amod"):
        return Role(MODIFIER)
    if dep == "ROOT" and _is_behind_verb(head):
        # '"Go," said Lund', where the parser lost the verb
        return Role(SUBJECT, head.i - 1, speaks=True, is_main=True)
    return Role(OTHER)


def _outermost(head: Token) -> Token:
    """The first of joined or apposed phrases, whose role they share: 'the mayor, [Bo Lund], said'."""
    for _ in range(_LINKS_FOLLOWED):
        if head.dep_ not in ("conj", "appos") or head.head.pos_ in _VERBS:
            break
        head = head.head
    return head


def _role_in_preposition(preposition: Token) -> Role:
    """'Denied by Lund' and 'according to Lund' put him in the subject's place."""
    governor = preposition.head
    if preposition.dep_ == "agent":
        return Role(SUBJECT, governor.i, governor.lemma_.lower() in speech_verbs())
    if preposition.lower_ == "to" and governor.lower_ == "according":
        return Role(SUBJECT, governor.head.i, speaks=True)
    for _ in range(_LINKS_FOLLOWED):
        if preposition.dep_ not in _PREPOSITIONS or governor.pos_ in _VERBS:
            break
        preposition, governor = governor, governor.head
    return Role(OTHER, governor.i if governor.pos_ in _VERBS else -1)


def _is_behind_verb(head: Token) -> bool:
    before = head.left_edge.i - 1
    return before >= 0 and head.doc[before].lemma_.lower() in speech_verbs()


def subject_verbs(verb: Token) -> frozenset[int]:
    """The verbs that share the subject of a verb: 'Lund [tried] to [help] him'."""
    found = {verb.i}
    for _ in range(_LINKS_FOLLOWED):
        if verb.dep_ not in _OPEN_CLAUSES or verb.head.pos_ not in _VERBS:
            break
        verb = verb.head
        found.add(verb.i)
    return frozenset(found)
