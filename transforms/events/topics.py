"""Tells what an article is about where that changes what its words mean: sport, arts or technology.

A striker's shot is no shooting and a film's release frees nobody. Comes in: the lemmas of an article. Goes out: its
topics, by the share of its words that seeds/event_words.csv lists under sport_topic, arts_topic and technology_topic.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache

from transforms.lexicon import read_seed

TOPICS = ("sport", "arts", "technology")
_LEAST_SHARE = {"sport": 0.022, "arts": 0.022, "technology": 0.03}
"""Share of an article's words from which it is about the topic. Of 600 news articles by which the words were not chosen
132 of 136 on sport and 79 of 87 on arts lie above, and 7 of 260 on politics and business."""

_LEAST_WORDS = 3
"""Different words of a topic that must stand in the text: 'the film, the film, the film' is one story's matter."""


def find_topics(lemmas: Sequence[str]) -> frozenset[str]:
    """The topics that the lemmas, in lower case, tell of; usually none or one."""
    listed = _topic_words()
    counts: dict[str, Counter[str]] = {topic: Counter() for topic in TOPICS}
    for lemma in [lemma for lemma in lemmas if lemma in listed]:
        for topic in listed[lemma]:
            counts[topic][lemma] += 1
    return frozenset(topic for topic, found in counts.items() if _is_about(topic, found, lemmas))


def _is_about(topic: str, found: Counter[str], lemmas: Sequence[str]) -> bool:
    if len(found) < _LEAST_WORDS:
        return False
    return found.total() >= _LEAST_SHARE[topic] * sum(map(str.isalpha, lemmas))


@cache
def _topic_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in read_seed("event_words"):
        topic = row["class"].removesuffix("_topic")
        if topic in TOPICS and topic != row["class"]:
            found[row["lemma"]] = (*found.get(row["lemma"], ()), topic)
    return found
