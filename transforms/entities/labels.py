"""One label for one name inside an article, from all that its mentions say about it.

Comes in: the names of an article. Goes out: the same names, labels changed where the evidence is against the model's.
Evidence is added up a name: a mention of the model counts 1; what counts more stands in `_evidence`.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from transforms.entities.lists import (
    country_of_name,
    country_of_people,
    first_words,
    is_city,
    last_words,
    organizations,
    place_label,
    roles,
    title_ends,
    words_about_places,
)
from transforms.entities.spans import is_initial
from transforms.entities.words import NAME_LABELS, Name, NameBoard, Words
from transforms.gazetteer import gazetteer_label

_CORRECTED = NAME_LABELS | {"PRODUCT", "EVENT", "WORK_OF_ART", "LAW"}
_PLACES = frozenset({"GPE", "LOC"})
_INSIDE = frozenset({"in", "near", "outside"})
_TEAM_PLACES = frozenset({"in", "at", "near", "of", "to", "from", "outside", ","})


def settle_labels(board: NameBoard, words: Words, teams: frozenset[str]) -> None:
    """Gives all mentions of a name the label that the article as a whole gives it."""
    names = [name for name in board.in_order() if name.label in NAME_LABELS]
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name in names:
        key = words.key(name.start, name.end)
        if name.is_settled and (name.label == "GPE" or key in teams):
            continue
        votes[key][name.label] += _own_weight(name, words)
        for label, weight in _evidence(name, words):
            votes[key][label] += weight
    labels = {key: _winner(counts) for key, counts in votes.items() if " " in key}
    last_names = {key.rsplit(" ", 1)[1] for key, label in labels.items() if label == "PERSON"}
    for key, counts in votes.items():
        if " " not in key:
            if key in last_names:
                counts["PERSON"] += 5
            labels[key] = _winner(counts)
    for name in board.in_order():
        key = words.key(name.start, name.end)
        if name.is_settled or key not in labels or name.label not in _CORRECTED:
            continue
        name.label = _label_here(name, key, words, labels[key], teams, last_names)


def _label_here(name: Name, key: str, words: Words, label: str, teams: frozenset[str], last_names: set[str]) -> str:
    """The label of the name, but for a name that two things of the article share: a town and its club, or a capital
    and a man called like it, are told apart by the word before."""
    is_place = words.before(name.start) in _TEAM_PLACES
    if key in teams and not is_place:
        return "ORG"
    if key in last_names and place_label(words.phrase(name.start, name.end)):
        return "GPE" if is_place else "PERSON"
    return label


def _own_weight(name: Name, words: Words) -> float:
    """What the label that the name came with counts; an article before a person's name is a sign of error."""
    if name.is_settled:
        return 6
    return 0.4 if name.label == "PERSON" and words.before(name.start) == "the" else 1


def _winner(counts: dict[str, float]) -> str:
    return max(counts, key=lambda label: (counts[label], label))


def _evidence(name: Name, words: Words) -> Iterator[tuple[str, float]]:
    """What the name itself and the words around it say of its label."""
    start, end = name.start, name.end
    yield from _evidence_inside(
        words.phrase(start, end), tuple(words.lowers[start:end]), name.label, is_initial(words.texts[start])
    )
    before, after = words.before(start), words.after(end)
    if before.rstrip(".") in title_ends() and words.texts[start - 1][0].isupper() and name.label != "NORP":
        yield "PERSON", 3
    elif before in roles() and name.label != "NORP":
        yield "PERSON", 1.5
    if before == "of" and words.before(start - 1) in words_about_places():
        yield "GPE", 3
    elif before in _INSIDE and _looks_plain(name, words):
        yield (name.label if name.label in _PLACES else "GPE"), 2 + (name.label == "PERSON")
    if after in words_about_places() and name.label in ("PERSON", "ORG"):
        yield words_about_places()[after], 2
    if after == "," and words.after(end + 1) in ("who", "whose"):
        yield "PERSON", 1.5


@lru_cache(maxsize=10_000)
def _evidence_inside(
    text: str, lowers: tuple[str, ...], own_label: str, opens_with_initial: bool
) -> tuple[tuple[str, float], ...]:
    """What the name says of its label whatever stands around it; the same names are in many articles."""
    found: list[tuple[str, float]] = []
    if " ".join(lowers) in organizations():
        found.append(("ORG", 6))
    elif country_of_name(text):
        found.append(("GPE", 4))
    elif country_of_people(text):
        found.append(("NORP", 4))
    elif label := gazetteer_label(text):
        # 'Amazon' may be the company; whether Hollywood is GPE or LOC is a matter of taste.
        found.append(((own_label if own_label in _PLACES else label), (0.8 if label == "LOC" else 2)))
    elif is_city(text):
        found.append(("GPE", 0.8))
    if len(lowers) > 1:
        last = last_words().get(lowers[-1].rstrip("."))
        if last and own_label != "PERSON":
            found.append((last, 2))
        opening = first_words().get(lowers[0]) or first_words().get(f"{lowers[0]} {lowers[1]}")
        if opening:
            found.append((opening, 2))
        if opens_with_initial:
            found.append(("PERSON", 3))
    return tuple(found)


def _looks_plain(name: Name, words: Words) -> bool:
    """One word that is no acronym, and owns nothing: 'in Oakham', not 'in Lund's film'."""
    return (
        name.end - name.start == 1
        and words.texts[name.start][1:].islower()
        and name.label in ("PERSON", "ORG", "GPE", "LOC")
        and words.after(name.end) not in ("'s", "’s")
    )
