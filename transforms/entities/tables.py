"""Names in lines that are no sentences: results, standings, fixtures, rankings, datelines.

Comes in: the words of an article. Goes out: `Name`s that the form of their line settles, whatever the model thinks.
"""

import re
from collections.abc import Iterator
from functools import cache

from transforms.entities.lists import country_of_name, place_label
from transforms.entities.words import Name, Words
from transforms.lexicon import read_seed

_WORD = r"[A-Z][\w.'’&-]*"
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
_SCORE = re.compile(
    rf"({_NAME}) \d{{1,3}}(?: \([^()\n]{{1,200}}\))? ({_NAME}) \d{{1,3}}(?: \([^()\n]{{1,200}}\)?)?[.,]?\Z"
)
_STANDING = re.compile(
    rf"(?:\d{{1,3}}[.)]? )?({_NAME})(?: \([A-Z]{{1,3}}\))?(?: (?:[-+]?\d{{1,3}}|[01]?\.\d{{2,3}}|-|\d/\d)){{4,12}}\.?\Z"
)
_FIXTURE = re.compile(rf"({_NAME}) (?:v|vs?\.|AT|at) ({_NAME})\Z")
_RANK = re.compile(r"=?\d{1,3}(?:\.| -|\)) ?")
_RANKED = re.compile(rf"({_WORD}(?: (?:{_WORD}|van|de|der|von|da|del|al)){{0,3}} {_WORD}) \(({_NAME})\)")
_ENTRANT = re.compile(rf"(?<![\w.])({_NAME}) \(({_NAME})\)")
_NUMBERED = re.compile(rf"(?<![\w.-])\d{{1,2}} ?- ({_WORD} {_WORD}(?: {_WORD})?)(?= ?[,;(.\n]|\Z)")
_DATELINE = re.compile(
    r"([A-Z][A-Z'’-]+(?:[ -](?:[A-Z][A-Z'’-]+|de|DE)){0,3})"
    r"(?:, ([A-Z][\w.]+(?: [A-Z][\w.]+){0,2}))?"
    r",? (?=\([A-Z]\w+[^()\n]{0,30}\)|\d{4}-\d\d-\d\d\b|[A-Z][a-z]{2,8}\.? \d{1,2}\b|--? |[–—] )"
)
_LEAST_ROWS = 2


@cache
def _no_teams() -> frozenset[str]:
    """Words that open a line of numbers and name nobody: months, weekdays."""
    return frozenset(row["word"].casefold() for row in read_seed("calendar_words")) | {"total", "extras", "w", "part"}


def read_tables(words: Words) -> tuple[list[Name], frozenset[str]]:
    """The names that rows of results, rankings and datelines hold, and the keys of the teams among them."""
    found: list[Name] = []
    rows: list[Name] = []
    for start, line in _lines(words.text):
        if not line[0].isupper() and not line[0].isdigit() and line[0] != "=":
            continue
        found += _read_dateline(start, line, words)
        if len(line) <= 300:
            rows += _read_row(start, line, words)
            found += _read_entrants(start, line, words)
    if len(rows) < _LEAST_ROWS:
        rows = []
    teams = frozenset(words.key(row.start, row.end) for row in rows if row.label == "ORG")
    return found + rows, teams


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        body = line.rstrip()
        if len(body) > 2:
            yield start, body
        start += len(line) + 1


def _read_dateline(start: int, line: str, words: Words) -> Iterator[Name]:
    """'OSLO (AP) - ', 'BERGEN, Norway, May 3 - '."""
    if not line[:2].isupper():
        return
    match = _DATELINE.match(line)
    if match is None or (not match[2] and place_label(match[1]) is None and not _is_dated(line, match.end())):
        return
    yield from _name(start, match, 1, "GPE", words)
    if match[2]:
        yield from _name(start, match, 2, "GPE", words)


def _is_dated(line: str, end: int) -> bool:
    """Whether an agency or a day follows, not just a dash, which stands behind 'SOCCER' too."""
    return line[end] == "(" or line[end].isdigit() or line[end].isalpha()


def _read_row(start: int, line: str, words: Words) -> Iterator[Name]:
    """'Leeds 2 Oslo 0', 'Leeds 4 3 1 0 7 4 10', 'Leeds v Oslo': teams; nations keep the label of nations."""
    has_digits = line[-1].isdigit() or line[-2].isdigit() or line[-1] in ")-"
    match = (
        (_SCORE.match(line) or _STANDING.match(line))
        if has_digits
        else (_FIXTURE.match(line) if len(line) < 60 else None)
    )
    if match is None or match[1].split()[0].casefold() in _no_teams():
        return
    for group in range(1, len(match.groups()) + 1):
        is_ground = group == 2 and " at " in line.casefold() and place_label(match[group])
        label = "GPE" if is_ground or country_of_name(match[group]) else "ORG"
        yield from _name(start, match, group, label, words)


def _read_entrants(start: int, line: str, words: Words) -> Iterator[Name]:
    """'3. Ann Roe (Norway) 54.3': a person and a country; '10 - Ann Roe, 9 - Bo Lund': people."""
    if line[0].isdigit() or line[0] == "=":
        rank = _RANK.match(line)
        match = _RANKED.match(line, rank.end()) if rank else None
        if match is not None and country_of_name(match[2]):
            yield from _name(start, match, 1, "PERSON", words)
    if " - " in line and line.count(",") + line.count(";") > 2:
        for match in _NUMBERED.finditer(line):
            yield from _name(start, match, 1, "PERSON", words)
    if "(" in line:
        for match in _ENTRANT.finditer(line):
            if country_of_name(match[2]):
                yield from _name(start, match, 2, "GPE", words)


def _name(start: int, match: re.Match[str], group: int, label: str, words: Words) -> Iterator[Name]:
    first = words.token_at(start + match.start(group))
    last = words.token_at(start + match.end(group))
    if first < last and words.ends[last - 1] == start + match.end(group):
        yield Name(first, last, label, "gazetteer" if label == "GPE" else "model", is_settled=True)
