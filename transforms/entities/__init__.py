"""Finds the mentions of one parsed article: right spans, one label a name, one identity.

Comes in: a spaCy Doc with entities and sentences. Goes out: `Mention` rows in order of text. The way: `spans` trims
and splits what the model found, `tables` reads results and datelines, `definitions` acronyms, `labels` gives a name one
label, `propagation` adds missed mentions, `identity` (with `people`) chains mentions and gives them ids.
"""

from transforms.entities.definitions import tie_acronyms
from transforms.entities.identity import identify, identify_names
from transforms.entities.labels import settle_labels
from transforms.entities.positions import MentionIndex, SentenceNumbers
from transforms.entities.propagation import add_missed_names
from transforms.entities.spans import extend_people, read_names, trim_headline_names
from transforms.entities.tables import read_tables
from transforms.entities.words import NameBoard, Words
from transforms.rows import Mention

__all__ = ["MentionIndex", "SentenceNumbers", "Words", "find_mentions", "identify"]


def find_mentions(words: Words, sentences: SentenceNumbers) -> list[Mention]:
    """The mentions of an article in order of text; none overlaps another."""
    board = NameBoard(len(words))
    for name in read_names(words):
        board.put(name)
    settled, teams = read_tables(words)
    for name in settled:
        board.put(name)
    tie_acronyms(board, words)
    extend_people(board, words)
    trim_headline_names(board, words)
    settle_labels(board, words, teams)
    add_missed_names(board, words)
    names = board.in_order()
    mentions: list[Mention] = []
    for name, identity in zip(names, identify_names(names, words), strict=True):
        start, end = words.starts[name.start], words.ends[name.end - 1]
        mentions.append(
            Mention(
                mention_no=len(mentions) + 1,
                sentence_no=sentences.at(start),
                text=words.text[start:end],
                start_char=start,
                end_char=end,
                label=name.label,
                entity_id=identity.entity_id if identity else None,
                name=identity.name if identity else None,
                country=identity.country if identity else None,
                recognizer=name.recognizer,
            )
        )
    return mentions
