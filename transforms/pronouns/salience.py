"""How likely each of the people and bodies of an article is meant at one place of it.

Comes in: `Referent`s, which know when and how they were last named, and an `Asking`, the place of a pronoun. Goes out:
the best of them, or None where two are about as likely. The features are those of the classic procedures for English
(Lappin and Leass 1994, Computational Linguistics 20(4): recency, grammatical role, parallel role, frequency), with what
newspapers add: who spoke last goes on speaking. The weights are set by hand, on news read for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2
from typing import NamedTuple

from transforms.pronouns.introductions import Introduction
from transforms.pronouns.syntax import LISTENER, MODIFIER, OBJECT, OTHER, POSSESSOR, SUBJECT, Role
from transforms.rows import Mention

ROLE_WEIGHTS = {SUBJECT: 2.0, POSSESSOR: 0.9, OBJECT: 0.6, OTHER: 0.0, LISTENER: -0.5, MODIFIER: -0.8}
"""A subject stays the one told of; the listener of 'told Reuters' seldom, the 'Lund' of 'a Lund supporter' hardly."""
DISTANCE = 1.5
"""Taken off for each sentence between; words inside of quotes do not count, however long the quote."""
FARTHEST = 8
"""Sentences after which nobody is meant by a pronoun any more."""
STILL_SPEAKS = 1.0
"""'Lund said that Cole had left. [He] added': a speaker is looked for, and Lund spoke."""
MAIN_CLAUSE = 0.5
"""'Lund said Cole had left. He': the subject of the whole sentence before that of a part."""
SAME_SENTENCE = 0.7
"""'Lund, who was there, spoke of what [he] called a mess': the subject of the sentence governs its clauses."""
FREQUENCY = 0.3
"""For each doubling of how often somebody was named, up to `MOST_FREQUENCY`."""
MOST_FREQUENCY = 1.0
NOUN_FREQUENCY = 0.6
"""The same for a noun, without limit: 'the company' is more often the one that the article is about."""
TITLE = 0.3
"""Named in the first line, which is the headline in most files."""
NOUN_TITLE = 0.9
"""The same for a noun."""
KNOWN_GENDER = {"male": 0.5, "female": 1.0}
"""The gender of the first name or title is that of the pronoun, not just unknown; most people in the news are men."""
BARE = -0.8
"""One word without title or first name: the model's PERSON may be a firm or a place."""
QUOTED = -2.0
"""Last named inside of a quote, while the pronoun stands outside."""
PLACE = -0.7
"""'Oman said it would go': countries act, but most of them are only places."""
SURE_BY = 0.3
"""What the best must be ahead of the next to be taken."""
WORST = -2.5
"""Below it nobody is taken."""
_NO_ROLE = Role(OTHER)


@dataclass(slots=True, eq=False)
class Referent:
    """Somebody the article tells of, up to the place that has been read; without `mention` where he has no name."""

    kind: str
    mention: Mention | None = None
    gender: str = ""
    introductions: set[Introduction] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    is_bare: bool = False
    is_in_title: bool = False
    is_place: bool = False
    count: int = 0
    token: int = -1
    named_at: int = -1
    sentence: int = -1
    role: Role = _NO_ROLE
    is_quoted: bool = False

    def touch(self, token: int, sentence: int, role: Role, *, is_quoted: bool) -> None:
        """Notes that it is named or meant at a token. In one sentence the better of two roles stays."""
        self.count += 1
        if is_quoted and self.sentence >= 0 and not self.is_quoted:
            return
        is_same_place = sentence == self.sentence and is_quoted == self.is_quoted
        if not is_same_place or _prominence(role) >= _prominence(self.role):
            self.role = role
        self.token, self.sentence, self.is_quoted = token, sentence, is_quoted


class Asking(NamedTuple):
    """A place where somebody is meant: what is known of whom, and the verbs whose other arguments he cannot be."""

    sentence: int
    role: Role
    gender: str = ""
    is_quoted: bool = False
    verbs: frozenset[int] = frozenset()
    is_noun: bool = False
    reported: tuple[int, int] = (0, 0)


def _prominence(role: Role) -> float:
    return ROLE_WEIGHTS[role.name] + STILL_SPEAKS * role.speaks + MAIN_CLAUSE * role.is_main


def score(referent: Referent, asking: Asking) -> float:
    """How well a referent fits a place; only differences mean something."""
    total = ROLE_WEIGHTS[referent.role.name] - DISTANCE * (asking.sentence - referent.sentence)
    named = log2(1 + referent.count)
    total += NOUN_FREQUENCY * named if asking.is_noun else min(MOST_FREQUENCY, FREQUENCY * named)
    total += MAIN_CLAUSE * (referent.role.is_main or referent.role.speaks)
    total += (NOUN_TITLE if asking.is_noun else TITLE) * referent.is_in_title
    if asking.role.speaks and referent.role.speaks:
        total += STILL_SPEAKS
    if referent.role.is_main and referent.sentence == asking.sentence and not asking.role.is_main:
        total += SAME_SENTENCE
    if asking.gender and referent.gender == asking.gender:
        total += KNOWN_GENDER[asking.gender]
    if referent.is_bare and not referent.gender:
        total += BARE
    if referent.is_place:
        total += PLACE
    if referent.is_quoted and not asking.is_quoted:
        total += QUOTED
    return total


def is_possible(referent: Referent, asking: Asking) -> bool:
    """Whether nothing forbids it: distance, gender, or another place in the same clause ('Lund told him')."""
    if referent.sentence < 0 or asking.sentence - referent.sentence > FARTHEST:
        return False
    if asking.gender and referent.gender and asking.gender != referent.gender:
        return False
    if asking.reported[0] <= referent.named_at < asking.reported[1]:
        return False
    return referent.role.verb < 0 or referent.role.verb not in asking.verbs


def choose(referents: Iterable[Referent], asking: Asking, *, margin: float = SURE_BY) -> Referent | None:
    """The best of those that are possible, if it is ahead of the next by `margin`."""
    possible = (referent for referent in referents if is_possible(referent, asking))
    scored = sorted(((score(referent, asking), referent) for referent in possible), key=lambda pair: -pair[0])
    if not scored or scored[0][0] < WORST:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < margin:
        return None
    return scored[0][1]
