"""Tells whom pronouns ('she', 'it') and nouns ('the minister', 'the company') of one article mean.

Comes in: a Doc, its mentions, and where its quotes stand. Goes out: `Referents`, which gives for a token the mention of
the person or body that it means, None where that has no name or is in doubt. The article is read once from left to
right, at the first question; `introductions` finds what names were introduced as, `syntax` what role each phrase has,
`salience` weighs who is meant.
"""

from collections.abc import Iterable

from spacy.tokens import Doc, Token

from transforms.entities import MentionIndex
from transforms.pronouns.introductions import noun_at
from transforms.pronouns.names import is_person_name
from transforms.pronouns.reading import Reading, is_one_of_many
from transforms.pronouns.words import pronouns
from transforms.rows import Mention

__all__ = ["Referents", "is_one_of_many", "is_person_name", "noun_at"]


class Referents:
    """Whom the pronouns and nouns of an article mean."""

    def __init__(self, doc: Doc, mentions: MentionIndex, quoted: Iterable[tuple[int, int]] = ()) -> None:
        """`quoted` are the characters (end exclusive) of speech in quotation marks, in order of text."""
        self._doc = doc
        self._mentions = mentions
        self._quoted = list(quoted)
        self._found: dict[int, Mention] | None = None

    def of(self, token: Token) -> Mention | None:
        """The mention that a pronoun or noun, given by its own token, means; the token must be of the Doc."""
        if self._found is None:
            self._found = Reading(self._doc, self._mentions, self._quoted).read()
        return self._found.get(token.i)

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
