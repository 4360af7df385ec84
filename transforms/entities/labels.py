"""One label for one name inside an article, from all that its mentions say about it.

Comes in: the names of an article. Goes out: the same names, labels changed where the evidence is against the model's.
Evidence is added up a name: a mention of the model counts 1; what counts more stands in `_evidence`.
"""

from collections import defaultdict
from collections.abc import Iterable

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


def _evidence(name: Name, words: Words) -> Iterable[tuple[str, float]]:
    start, end = name.start, name.end
    text = words.phrase(start, end)
    before = words.before(start)
    first, last = words.lowers[start], words.lowers[end - 1].rstrip(".")
    if words.key(start, end) in organizations():
        yield "ORG", 6
    elif country_of_name(text):
        yield "GPE", 4
    elif country_of_people(text):
        yield "NORP", 4
    elif label := gazetteer_label(text):
        # 'Amazon' may be the company; whether Hollywood is GPE or LOC is a matter of taste.
        yield (name.label if name.label in _PLACES else label), (0.8 if label == "LOC" else 2)
    elif is_city(text):
        yield "GPE", 0.8
    if end - start > 1:
        if last in last_words() and name.label != "PERSON":
            yield last_words()[last], 2
        opening = first_words().get(first) or first_words().get(f"{first} {words.after(start + 1)}")
        if opening:
            yield opening, 2
        if is_initial(words.texts[start]):
            yield "PERSON", 3
    if before.rstrip(".") in title_ends() and words.texts[start - 1][0].isupper() and name.label != "NORP":
        yield "PERSON", 3
    elif before in roles() and name.label != "NORP":
        yield "PERSON", 1.5
    if before == "of" and words.before(start - 1) in words_about_places():
        yield "GPE", 3
    elif before in _INSIDE and _looks_plain(name, words):
        yield (name.label if name.label in _PLACES else "GPE"), 2 + (name.label == "PERSON")
    if words.after(end) in words_about_places() and name.label in ("PERSON", "ORG"):
        yield words_about_places()[words.after(end)], 2
    if words.after(end) == "," and words.after(end + 1) in ("who", "whose"):
        yield "PERSON", 1.5


def _looks_plain(name: Name, words: Words) -> bool:
    """One word that is no acronym, and owns nothing: 'in Oakham', not 'in Lund's film'."""
    return (
        name.end - name.start == 1
        and words.texts[name.start][1:].islower()
        and name.label in ("PERSON", "ORG", "GPE", "LOC")
        and words.after(name.end) not in ("'s", "’s")
    )
