"""Invented articles, varied enough to meet most rules of a language pipeline, and what a parse says of them."""

import random
from typing import Any

from spacy.tokens import Doc

_NAMES = ["Mara Quill", "Tobias Renner", "Ama Osei-Bonsu", "Prof Lindqvist", "Sir Alun Pryce", "Ms O'Dare", "Jo"]
_GROUPS = ["Northgate Bank", "the Harbour Workers' Union", "Velora plc", "UN", "the Lower House", "Kestrel FC", "S&W"]
_PLACES = ["Lisbon", "the West Bank", "Port Ellen", "New Zealand", "Kyiv", "Ohio", "the Rhône valley"]
_TIMES = ["on Tuesday", "last month", "in the third quarter of 2004", "by 9.30am", "since 12 March", "two days ago"]
_AMOUNTS = ["£3.2m", "12%", "$40bn", "1,200", "two-thirds", "half a dozen", "0.5 per cent", "25,000 tonnes"]
_VERBS = ["said", "denied", "argued", "admitted", "was told", "has insisted", "doesn't think", "couldn't say", "warns"]
_CLAIMS = [
    "there were no plans to cut {amount} of its jobs",
    "it's gonna be harder than anyone thought",
    "they've got to find {amount} by Friday, and somebody's got ta pay",
    "what we have is what we get; she did what she had to do",
    "let's wait and see what {group} does",
    "it ain't over, whatever y'all have heard",
    "the deal, which had been agreed {time}, wasn't dead",
    "c'mon, nothin' is decided, 'cause nobody asked 'em",
    "the best-known, most feared and least understood rules were lying about",
    "people who live near {place} should be told more about dangerous leaves, wolves and geese",
]
_SENTENCES = [
    "{name} of {group} {verb} {time} that {claim}.",
    '"{Claim}," {name} {verb} in {place}.',
    "{group} rose {amount} to {amount} {time}, after {name} resigned; its rivals fell.",
    "Is there anything that {group} can do? There's always {place}.",
    "{place} – {name}, 47, met ministers from {place} and {place} {time}.",
    "Having bought {amount} of the shares, {group} began selling them off, one by one.",
    "{name} (who chairs {group}) will not be leaving {place} — not yet, anyway…",
    "See http://example.org/report?id=7 or write to press@example.org.",
    "That, he {verb}, is why those of us who do have it do not like it.",
    "* {amount} in {place}\n* {amount} in {place}",
]


_LENGTHS = [0, 1, 2, 3, 5]


def invented_articles(number: int, seed: int = 1) -> tuple[str, ...]:
    """So many articles of 1 to 26 sentences under a headline, always the same ones for a seed."""
    chosen = random.Random(seed)
    return tuple(_article(chosen) for _ in range(number))


def _article(chosen: random.Random) -> str:
    lines = [_sentence(chosen).rstrip(".").title() if chosen.random() < 0.2 else _sentence(chosen).rstrip(".")]
    lines += ["  ".join(_sentence(chosen) for _ in range(chosen.randint(1, 5))) for _ in range(chosen.choice(_LENGTHS))]
    return chosen.choice(["\n", "\n\n", "\n \n"]).join(lines)


def _sentence(chosen: random.Random) -> str:
    claim = _filled(chosen.choice(_CLAIMS), chosen)
    template = chosen.choice(_SENTENCES).replace("{claim}", claim).replace("{Claim}", claim[0].upper() + claim[1:])
    return _filled(template, chosen)


def _filled(template: str, chosen: random.Random) -> str:
    lists = {
        "name": _NAMES, "group": _GROUPS, "place": _PLACES, "time": _TIMES, "amount": _AMOUNTS, "verb": _VERBS
    }  # fmt: skip
    for kind, words in lists.items():
        while "{" + kind + "}" in template:
            template = template.replace("{" + kind + "}", chosen.choice(words), 1)
    return template[0].upper() + template[1:]


def annotations(doc: Doc) -> list[tuple[Any, ...]]:
    """All that a pipeline says of each token."""
    return [
        (
            token.text, token.lemma_, token.pos_, token.tag_, str(token.morph), token.dep_, token.head.i,
            token.ent_iob_, token.ent_type_, token.is_sent_start,
        )
        for token in doc
    ]  # fmt: skip
