"""The dependents of a word, in time that no text can drive up.

Comes in: a Token of a parsed Doc. Goes out: its dependents in order of text. A word with more dependents, or
further ones, than any sentence has stands in no sentence (a table, a broken file); it is taken to have none.
"""

from collections.abc import Iterable

from spacy.tokens import Token

_MOST_DEPENDENTS = 200
_WIDEST = 2_000
"""Tokens on one side of a word, over which spaCy would look for its dependents."""


def lefts(token: Token) -> Iterable[Token]:
    """The dependents ahead of a word."""
    return token.lefts if token.n_lefts <= _MOST_DEPENDENTS and token.i - token.left_edge.i <= _WIDEST else ()


def rights(token: Token) -> Iterable[Token]:
    """The dependents behind a word."""
    return token.rights if token.n_rights <= _MOST_DEPENDENTS and token.right_edge.i - token.i <= _WIDEST else ()


def children(token: Token) -> Iterable[Token]:
    """The dependents of a word on both sides."""
    return (*lefts(token), *rights(token))
