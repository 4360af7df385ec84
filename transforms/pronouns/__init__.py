"""Tells whom pronouns ('she', 'it') and nouns ('the minister', 'the company') of one article mean.

Comes in: a parsed article, its mentions, and where its quotes stand. Goes out: `Referents`, which gives for a token the
mention of the person or body that it means, None where that has no name or is in doubt. The article is read once from
left to right, as far as is asked; `introductions` finds what names were introduced as, `syntax` what role each
phrase has, `salience` weighs who is meant.
"""

from collections.abc import Iterable

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.parsed import Parsed
from transforms.pronouns.introductions import noun_at
from transforms.pronouns.names import is_person_name
from transforms.pronouns.reading import Reading, is_one_of_many
from transforms.pronouns.words import pronouns
from transforms.rows import Mention

__all__ = ["Referents", "is_one_of_many", "is_person_name", "noun_at"]


class Referents:
    """Whom the pronouns and nouns of an article mean."""

    def __init__(self, parsed: Parsed, mentions: MentionIndex, quoted: Iterable[tuple[int, int]] = ()) -> None:
        """`quoted` are the characters (end exclusive) of speech in quotation marks, in order of text."""
        self._parsed = parsed
        self._mentions = mentions
        self._quoted = list(quoted)
        self._reading: Reading | None = None

    def of(self, token: Token) -> Mention | None:
        """The mention that a pronoun or noun, given by its own token, means; the token must be of its Doc."""
        if self._reading is None:
            self._reading = Reading(self._parsed, self._mentions, self._quoted)
        return self._reading.mention_at(token.i)

    def of_name(self, token: Token) -> Mention | None:
        """The mention of a name: its own, that of the full name behind a last name which is no mention, or a new one.

        The new one is of a stranger, who is in no table: it has the number 0 and no entity.
        """
        return self.of(token) if token.pos_ == "PROPN" else None

    def of_pronoun(self, token: Token) -> Mention | None:
        """Whom a pronoun means: 'he', 'their', 'it', 'who'."""
        return self.of(token) if token.lower_ in pronouns() else None

    def of_noun(self, token: Token) -> Mention | None:
        """Whom a noun means that is part of no name: the head word of 'the transport minister', 'the company'."""
        return self.of(token) if token.lower_ not in pronouns() else None
