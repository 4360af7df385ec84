"""Finds where sentences and reported clauses begin and end, where the parse alone goes wrong.

Comes in: the `Passages` of an article and a token. Goes out: a token, end exclusive.
"""

from spacy.tokens import Doc, Token

from transforms.quotes.cues import Cue
from transforms.quotes.passages import Passages
from transforms.quotes.tree import lefts, rights

_LONGEST_SENTENCE = 150
"""Tokens looked at for the end of a sentence, so that time stays linear in any text."""
_MARKED_THAT_FOLLOW = 3
_WORDS_THAT_END_A_CLAUSE = 12
_CLOSING_MARKS = "'\"’” "
ENDS_SENTENCE = frozenset({".", "!", "?"})
_DASHES = frozenset({"-", "–", "—", "―", "--"})
_BREAKS = frozenset({",", ";", ":", "-", "–", "—", "--", "("})
_COMMA_OR_DASH = _DASHES | {","}


def sentence_end(passages: Passages, start: int) -> int:
    """The token that ends the sentence or line in which `start` stands; a full stop inside of marks ends it only where
    the marks close behind it."""
    doc, words, index = passages.doc, passages.parsed.words, start
    limit = min(len(doc), start + _LONGEST_SENTENCE)
    while index < limit:
        if words[index].isalpha() and not (index and words[index - 1].endswith(".")):
            index += 1
            continue
        token = doc[index]
        passage = passages.at(index) if token.is_quote or token.is_punct else None
        if passage is not None and passage.after > index + 1:
            if doc[max(index, passage.after - 2)].text[-1:] in ENDS_SENTENCE:
                return passage.after
            index = passage.after
            continue
        if token.text in ENDS_SENTENCE or "\n" in token.text:
            return index
        if index > start and token.is_sent_start and doc[index - 1].text.endswith("."):
            return index
        index += 1
    return index


def sentence_start(passages: Passages, end: int) -> int:
    """The first token of the sentence or line that `end` stands in or closes."""
    doc, index = passages.doc, end
    limit = max(0, end - _LONGEST_SENTENCE)
    while index > limit:
        before = doc[index - 1]
        if before.text in ENDS_SENTENCE or "\n" in before.text or before.text == ";":
            break
        if doc[index].is_sent_start and before.text.endswith("."):
            break
        index -= 1
    while index < end and doc[index].is_space:
        index += 1
    return index


def end_of_clause(cue: Cue, clause: Token, start: int, passages: Passages) -> int:
    """Where the reported clause ends: with its last word, or with what the parser hung on the verb by mistake."""
    end = clause.right_edge.i + 1
    for child in rights(cue.head):
        if child.i >= end and child.dep_ in ("prep", "advmod", "npadvmod", "advcl") and child.left_edge.i <= end:
            end = child.right_edge.i + 1
    if cue.pos == "NOUN":
        return end
    last = sentence_end(passages, start)
    end = end_behind_marks(passages, start, min(end, last), last)
    end = _end_with_joined_clause(passages.doc, end, last)
    end = _end_of_unfinished(passages.doc, end, last)
    end = end_before_aside(passages, start, end, last)
    return _end_with_marked(passages, end)


def _end_of_unfinished(doc: Doc, end: int, last: int) -> int:
    """Goes on where the parser breaks off ahead of the verb: said [that the boats they saw | might be empty]."""
    return last if end < last and (doc[end].tag_ == "MD" or doc[end].lower_ == "that") else end


def _end_with_marked(passages: Passages, end: int) -> int:
    """Takes in marked words that go on with the clause: said [it was late, "because we lost the way"]."""
    doc = passages.doc
    for _ in range(_MARKED_THAT_FOLLOW):
        joint = end
        if joint < len(doc) and doc[joint].text == ",":
            joint += 1
        if joint < len(doc) and doc[joint].lower_ in ("and", "but"):
            joint += 1
        held = passages.at(joint)
        if held is None or held.opening != joint or held.attribution is not None:
            break
        if not passages.text[held.marked.start].islower() and joint > end + 1:
            break
        end = held.after
    return end


def end_behind_marks(passages: Passages, start: int, end: int, last: int) -> int:
    """A clause does not end between its marked words and the rest: said that [it was "a gift" to the rich]."""
    doc = passages.doc
    held = passages.at(end - 1) if end > start else None
    if held is None or end >= last:
        return end
    end = max(end, held.after)
    if closes_statement(passages, held.opening):
        return end
    if held.words >= _WORDS_THAT_END_A_CLAUSE or end >= last or doc[end].is_punct or doc[end].tag_ == "CC":
        return end
    while end < last and not is_break(doc[end]) and doc[end].tag_ not in ("CC", "VBD"):
        end += 1
    return end


def closes_statement(passages: Passages, token: int) -> bool:
    """Whether the marked passage at the token ends with a mark that closes or divides the sentence around it."""
    held = passages.at(token)
    if held is None:
        return False
    words = passages.text[held.marked.start : held.marked.end]
    return words.rstrip(_CLOSING_MARKS).endswith((",", ".", "?", "!"))


def is_break(token: Token) -> bool:
    """Whether something new begins: not at the hyphen of 'self-made'."""
    return token.text in _BREAKS and (token.text != "-" or bool(token.whitespace_))


def _end_with_joined_clause(doc: Doc, end: int, last: int) -> int:
    """Takes in a second clause: said [that it rained, and that it was cold]; said [it rained but it would clear]."""
    joint = end + 1 if end < last and doc[end].text == "," else end
    if joint + 2 >= last or doc[joint].lower_ not in ("and", "but", "or"):
        return end
    following = doc[joint + 1]
    if following.lower_ == "that" and following.tag_ == "IN":
        return last
    if following.tag_ == "MD" or (following.lower_ == "then" and doc[joint + 2].tag_ == "MD"):
        return last
    verb = following.head
    is_future = any(child.tag_ == "MD" and child.lower_ in ("would", "could") for child in lefts(verb))
    return last if following.dep_ == "nsubj" and is_future and verb.i < last else end


def end_before_aside(passages: Passages, start: int, end: int, last: int) -> int:
    """Leaves out what the reporter adds at the end: said [that it rained], which it rarely does; said [that it
    rained] - the third time this week."""
    if end < last - 1:
        return end
    doc, words = passages.doc, passages.parsed.words
    for index in range(start + 3, min(end, start + _LONGEST_SENTENCE)):
        if words[index - 1] not in _COMMA_OR_DASH:
            continue
        word, before = doc[index], doc[index - 1]
        if word.tag_ in ("WDT", "WP") and word.head.dep_ == "relcl":
            if word.head.right_edge.i + 2 >= end:
                return index - 1
        elif (
            before.text in _DASHES
            and before.whitespace_
            and word.pos_ == "DET"
            and word.head.dep_ in ("appos", "dobj", "npadvmod")
            and word.head.right_edge.i + 2 >= end
        ):
            return index - 1
    return end


def end_of_hyphenated(doc: Doc, end: int) -> int:
    """Not in the middle of 're-opened', where the parser may cut."""
    limit = min(len(doc), end + _LONGEST_SENTENCE)
    while end < limit and not doc[end - 1].whitespace_ and (doc[end].text == "-" or doc[end - 1].text == "-"):
        end += 1
    return end
