"""Whether a mention of time stands in a clause about the past or the future, from its place in the parse.

Comes in: a span of a parsed Doc. Goes out: 'past', 'future' or None.
"""

from spacy.tokens import Span, Token

from transforms.times.words import words_of

_MOST_STEPS = 10
_FINITE_PAST, _PARTICIPLE, _GERUND = "VBD", "VBN", "VBG"
_PRESENT = frozenset({"VBZ", "VBP"})


def tense_of(span: Span) -> str | None:
    """The tense of the nearest verb above the span.

    "will", "would", "is to", "plans to" and their like make a future; so does the present of a verb that schedules
    ("opens Friday"), but not that of a headline ("Bush signs bill Friday").
    """
    token: Token = span.root
    for _ in range(_MOST_STEPS):
        if token.pos_ in {"VERB", "AUX"}:
            tense, decided = _verb_tense(token)
            if decided:
                return tense
        elif token.lower_ in {"due", "likely", "ready"}:
            return "future"
        if token.head.i == token.i:
            return None
        token = token.head
    return None


def _verb_tense(verb: Token) -> tuple[str | None, bool]:
    """The tense of a verb, and whether the verb decides it; a bare participle or infinitive leaves it to its head."""
    helpers = [child for child in verb.children if child.dep_ in {"aux", "auxpass"}]
    words = {helper.lower_ for helper in helpers}
    if words & words_of("future_aux").keys():
        # "could have left Friday" looks back.
        return ("past" if "have" in words else "future"), True
    if "to" in words:
        return _infinitive_tense(verb)
    if verb.tag_ == _FINITE_PAST or any(helper.tag_ == _FINITE_PAST for helper in helpers):
        is_going = verb.lemma_ == "go" and verb.tag_ == _GERUND
        return ("future" if is_going or _looks_ahead(verb) else "past"), True
    if words & {"has", "have", "having", "'ve", "’ve"}:
        return "past", True
    if verb.tag_ == _PARTICIPLE:
        if _looks_ahead(verb):
            return "future", True
        return ("past", True) if not helpers else (None, True)
    if verb.tag_ == _GERUND:
        return ("future", True) if any(helper.tag_ in _PRESENT for helper in helpers) else (None, False)
    if verb.tag_ in _PRESENT:
        return ("future" if verb.lemma_ in words_of("schedule_verb") or _looks_ahead(verb) else None), True
    return None, False


def _infinitive_tense(verb: Token) -> tuple[str | None, bool]:
    """Those of "plans to meet" and "is to meet" look ahead, "failed to meet" looks back."""
    head = verb.head
    if head.i == verb.i:
        return "future", True
    if _looks_ahead(head) or head.lemma_ == "be" or head.pos_ not in {"VERB", "AUX"}:
        return "future", True
    return None, False


def _looks_ahead(word: Token) -> bool:
    """Whether the word announces: "plans", "scheduled for", "is expected", "due"."""
    return word.lemma_.lower() in words_of("future_verb") and (word.lemma_ != "go" or word.tag_ == _GERUND)
