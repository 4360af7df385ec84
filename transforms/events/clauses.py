"""The grammar of one sentence: who does a verb, who undergoes it, and which words a noun phrase takes.

Comes in: a spaCy sentence with ClearNLP dependency labels (nsubj, dobj, pobj, agent, relcl, …). Goes out: tokens and
spans of the same Doc. Every walk is bounded, so the cost of a sentence stays linear in its length.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from transforms.events.words import Words, has_class, is_actor_word

MAX_CLIMB = 8
"""Clauses that are climbed in search of a subject, or for the status of an event."""

MAX_PHRASE = 80
"""Tokens that are visited below the head of a noun phrase."""

MAX_DISTANCE = 1500
"""Characters to either side of a word within which its sentence is searched."""

_SUBJECTS = frozenset({"nsubj", "csubj"})
_PASSIVE_SUBJECTS = frozenset({"nsubjpass", "csubjpass"})
_ALL_SUBJECTS = _SUBJECTS | _PASSIVE_SUBJECTS
_RELATIVE_PRONOUNS = frozenset({"who", "whom", "which", "that"})
_PREPOSITIONAL = frozenset({"prep", "agent", "dative"})
_OUTSIDE_PHRASE = frozenset({"relcl", "advcl", "punct", "ccomp", "parataxis", "dep", "mark", "cc", "conj"})
_FIRST_OF_TWO = frozenset({"according", "due", "owing", "prior", "thanks", "contrary", "because", "instead", "ahead"})
"""Words that make a preposition of their own with the one behind them: 'according to officials' is no recipient."""

_OF_OBJECTS = frozenset({"of", "from", "into", "for", "against", "over"})
"""Prepositions whose clause the object of the verb above does: 'accused Oman of shelling', 'kept Oman from leaving'."""

_HYPHENS = frozenset({"-", "–"})
_CONJUNCTION = frozenset({"cc", "conj"})
_TIME_LABELS = frozenset({"DATE", "TIME"})
_MODIFIERS = frozenset({"amod", "compound", "nmod"})
_DATELINE_TOKENS = 14
"""How far into a sentence the dash after 'PARIS, Feb 3 (Agency)' may stand."""
_DATELINE_COLONS = frozenset({":", "):"})
_DATELINE_DASHES = frozenset({"-", "--", "–", "—"}) | _DATELINE_COLONS
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
_NOUNS = frozenset({"NOUN", "PROPN", "PRON"})


class SentenceTree:
    """The dependency tree of one sentence, its children looked up in constant time."""

    __slots__ = (
        "_children",
        "_deps",
        "_known_subjects",
        "_lemmas",
        "_prepositional",
        "_sentence",
        "_text_start",
        "_undergoers",
        "_words",
        "doc",
    )

    def __init__(self, sentence: Span, words: Words) -> None:
        self.doc: Doc = sentence.doc
        self._sentence = sentence
        self._words = words
        self._deps = words.deps
        self._children = words.children
        self._prepositional: dict[int, list[tuple[str, Token]]] = {}
        self._undergoers: dict[int, Token | None] = {}
        self._known_subjects: dict[int, Token | None] = {}
        self._text_start: int | None = None
        self._lemmas: frozenset[str] | None = None

    @property
    def topics(self) -> frozenset[str]:
        """What the article is about: 'sport', 'arts', 'technology', or nothing of these."""
        return self._words.topics

    @property
    def lemmas(self) -> frozenset[str]:
        """All lemmas of the sentence, in lower case."""
        if self._lemmas is None:
            self._lemmas = frozenset(self._words.lemmas[self._sentence.start : self._sentence.end])
        return self._lemmas

    @property
    def text_start(self) -> int:
        """Index of the first token behind the dateline."""
        if self._text_start is None:
            self._text_start = _after_dateline(self._sentence, self._words)
        return self._text_start

    def bounds(self, char: int) -> tuple[int, int]:
        """Characters of the sentence, of a very long one those around `char`: start and end, exclusive."""
        start, end = self._sentence.start_char, self._sentence.end_char
        return max(start, char - MAX_DISTANCE), min(end, char + MAX_DISTANCE)

    @property
    def last_word(self) -> Token:
        """The last token of the sentence that is no white space, or the first of one that is nothing else."""
        last = self._sentence.end - 1
        while last > self._sentence.start and self.doc[last].is_space:
            last -= 1
        return self.doc[last]

    def children(self, token: Token, *labels: str) -> list[Token]:
        """The direct dependents of `token`, in order of text; only those with one of `labels` where any is given."""
        doc, deps = self.doc, self._deps
        found = self._children[token.i]
        return [doc[index] for index in found if deps[index] in labels] if labels else [doc[index] for index in found]

    def child(self, token: Token, *labels: str) -> Token | None:
        """The first direct dependent with one of `labels`."""
        deps = self._deps
        for index in self._children[token.i]:
            if deps[index] in labels:
                return self.doc[index]
        return None

    def below(self, head: Token, limit: int = MAX_PHRASE) -> Iterator[Token]:
        """The head and the tokens under it, nearest levels first, at most `limit` of them."""
        queue = [head]
        for token in queue:
            yield token
            room = limit - len(queue)
            if room > 0:
                queue.extend(self.children(token)[:room])

    def prepositional(self, token: Token) -> list[tuple[str, Token]]:
        """Each preposition under `token` with its object: ('on', Kyiv) in 'strikes on Kyiv'.

        A stack of two ('pulled out of Mosul') counts under the inner one, a fixed pair ('according to') as one.
        """
        found = self._prepositional.get(token.i)
        if found is None:
            found = self._prepositional[token.i] = list(self._find_prepositional(token))
        return found

    def _find_prepositional(self, token: Token) -> Iterator[tuple[str, Token]]:
        if not self._children[token.i]:
            return
        for preposition in self.children(token, *_PREPOSITIONAL):
            found = self.child(preposition, "pobj", "pcomp")
            if found is not None:
                yield preposition.lower_, found
            for inner in self.children(preposition, "prep"):
                found = self.child(inner, "pobj", "pcomp")
                if found is not None:
                    is_fixed = preposition.lower_ in _FIRST_OF_TWO
                    yield f"{preposition.lower_} {inner.lower_}" if is_fixed else inner.lower_, found
        for particle in self.children(token, "advmod", "prt"):
            for inner in self.children(particle, "prep"):
                found = self.child(inner, "pobj", "pcomp")
                if found is not None:
                    yield inner.lower_, found

    def objects_of(self, token: Token, preposition: str) -> list[Token]:
        """The objects of that preposition under `token`."""
        return [found for word, found in self.prepositional(token) if word == preposition]

    def is_passive(self, verb: Token) -> bool:
        """Whether the verb's subject undergoes it: 'was arrested', 'the man arrested by police'."""
        if self.child(verb, "nsubjpass", "csubjpass", "auxpass", "agent") is not None:
            return True
        if self.child(verb, "nsubj") is not None or verb.tag_ != "VBN":
            return False
        if verb.dep_ in ("acl", "advcl"):
            return self.child(verb, "dobj", "aux") is None
        # 'He was tried and convicted': the second verb shares the passive of the first.
        return verb.dep_ == "conj" and self.child(verb, "aux") is None and self.is_passive(verb.head)

    def doer(self, verb: Token, depth: int = 0) -> Token | None:
        """The head of the phrase that does the verb, own or inherited; None for a passive without 'by'."""
        if depth > MAX_CLIMB:
            return None
        if self.is_passive(verb):
            agent = self.child(verb, "agent")
            return self.child(agent, "pobj") if agent is not None else None
        subject = self._own_subject(verb, _SUBJECTS)
        if subject is not None:
            return self.antecedent(subject, verb)
        return self._inherited_subject(verb, depth + 1)

    def subject(self, verb: Token, depth: int = 0) -> Token | None:
        """The grammatical subject, own or inherited, whether it does the verb or undergoes it."""
        if depth > MAX_CLIMB:
            return None
        if depth == 0 and verb.i in self._known_subjects:
            return self._known_subjects[verb.i]
        own = self._own_subject(verb, _ALL_SUBJECTS)
        found = self.antecedent(own, verb) if own is not None else self._inherited_subject(verb, depth + 1)
        if depth == 0:
            self._known_subjects[verb.i] = found
        return found

    def _own_subject(self, verb: Token, labels: frozenset[str]) -> Token | None:
        """The verb's own subject. In 'PARIS -- A court ruled' the court, although the parser may take the town."""
        subjects = [subject for subject in self.children(verb, *labels) if not subject.is_punct]
        if not subjects:
            return self._mistagged_subject(verb) if labels == _SUBJECTS else None
        inside = [subject for subject in subjects if subject.i >= self.text_start]
        if inside:
            # 'The rebel Free Army attacked': of two subjects the one beside the verb
            before = [subject for subject in inside if subject.i < verb.i and not self._is_second_half(subject)]
            return before[-1] if before else inside[0]
        for child in self.below(subjects[0]):
            if child.i >= self.text_start and child.dep_ in ("appos", "conj", "dep", "npadvmod", "parataxis", "nmod"):
                return child
        return subjects[0]

    def _goes_on(self, end: int) -> bool:
        """Whether a hyphen and the rest of a name follow: 'Park Hae' of 'Park Hae-Yun'."""
        if end + 1 >= len(self.doc) or self.doc[end - 1].whitespace_:
            return False
        return self._is_second_half(self.doc[end + 1]) and self.doc[end + 1].pos_ in ("PROPN", "NOUN")

    def _is_second_half(self, token: Token) -> bool:
        """'Yun' in 'Park Hae-Yun', of which the parser may make two subjects."""
        return token.i > 1 and self.doc[token.i - 1].text in _HYPHENS and not self.doc[token.i - 1].whitespace_

    def _mistagged_subject(self, verb: Token) -> Token | None:
        """A name that the tagger took for an adverb: 'NORAD announced a drill'."""
        if verb.tag_ not in ("VBD", "VBZ", "VBP", "VBN", "MD"):
            return None
        names = [child for child in self.children(verb, "advmod", "npadvmod", "dep", "amod") if child.i < verb.i]
        return next(
            (name for name in reversed(names) if name.ent_type_ in _NAMES or (len(name) > 2 and name.is_upper)), None
        )

    def undergoer(self, verb: Token) -> Token | None:
        """The head of the phrase that the verb is done to: the object, or the subject of a passive."""
        if verb.i not in self._undergoers:
            self._undergoers[verb.i] = self._find_undergoer(verb)
        return self._undergoers[verb.i]

    def _find_undergoer(self, verb: Token) -> Token | None:
        if self.is_passive(verb):
            return self.subject(verb)
        found = self.children(verb, "dobj", "oprd")
        # 'met his counterpart Juan Perez': the parser may see two objects, and an adjective in the first.
        nominal = next((word for word in found if word.pos_ in _NOUNS), found[0] if found else None)
        return self.antecedent(nominal, verb) if nominal is not None else None

    def antecedent(self, subject: Token, verb: Token) -> Token:
        """The noun a relative pronoun stands for: 'rebels who attacked the town' gives 'rebels'."""
        if subject.lower_ not in _RELATIVE_PRONOUNS:
            return subject
        clause = verb
        for _ in range(MAX_CLIMB):
            if clause.dep_ != "conj":
                break
            # 'rebels who hid and who attacked', 'a man wanted in Oman and who had fled'
            clause = clause.head
        is_described = clause.dep_ == "relcl" or (clause.dep_ == "acl" and clause != verb)
        return clause.head if is_described else subject

    def _inherited_subject(self, verb: Token, depth: int) -> Token | None:
        head = verb.head
        if head.i == verb.i:
            return None
        if verb.dep_ == "xcomp":
            # 'urged Iran to free them': Iran frees; 'agreed to free them': who agreed frees.
            # 'called Iran to discuss the oil': who called discusses.
            controlled = None if has_class(head, "contacts") else self.child(head, "dobj")
            return controlled if controlled is not None else self.subject(head, depth)
        if verb.dep_ == "ccomp" and verb.tag_ == "VBN" and self.child(verb, "auxpass") is not None:
            # 'said the poor should be helped': if the parser finds no subject, the speaker is none
            return None
        if verb.dep_ in ("conj", "advcl", "ccomp", "dep"):
            # 'The army advanced, killing five': the army kills.
            return self.subject(head, depth) if head.pos_ in ("VERB", "AUX", "ADJ") else self.owner(head, depth)
        if verb.dep_ in ("acl", "relcl"):
            # 'troops attacking the town': the troops attack; 'adopted a text urging a truce': who adopted it urges.
            owner = None if is_actor_word(head) else self.owner(head, depth)
            return owner if owner is not None else head
        if verb.dep_ in ("acomp", "attr"):
            # 'Oman is ready to mediate'
            return self.subject(head, depth)
        if verb.dep_ == "pcomp":
            return self._subject_across_preposition(head, depth)
        return None

    def _subject_across_preposition(self, preposition: Token, depth: int) -> Token | None:
        governor = preposition.head
        if governor.pos_ not in ("VERB", "AUX", "ADJ"):
            return self.owner(governor, depth)
        # 'accused Russia of shelling the town': Russia shells; 'apologised for it', 'broke the truce by shelling': the
        # subject does
        blamed = self.child(governor, "dobj") if preposition.lower_ in _OF_OBJECTS else None
        return blamed if blamed is not None else self.subject(governor, depth)

    def owner(self, noun: Token, depth: int = 0) -> Token | None:
        """Whose noun it is: 'Oman's plan', or the subject of the verb that it completes ('Oman made a plan')."""
        if depth > MAX_CLIMB:
            return None
        possessor = self.child(noun, "poss")
        if possessor is not None:
            return possessor
        if noun.dep_ in ("dobj", "attr") and noun.head.pos_ in ("VERB", "AUX"):
            return self.subject(noun.head, depth + 1)
        if noun.dep_ == "pobj" and noun.head.head.pos_ in ("VERB", "AUX"):
            return self.subject(noun.head.head, depth + 1)
        return None

    def modifiers(self, noun: Token) -> list[Token]:
        """Adjectives and nouns in front of `noun`: 'Turkish', 'army' in 'Turkish army raid'."""
        children = self.children(noun)
        return [child for child in children if child.dep_ in _MODIFIERS and self.text_start <= child.i < noun.i]

    def phrase(self, head: Token, *, alone: bool = False, outside: Token | None = None) -> Span:
        """The noun phrase of `head` with its appositions, without relative clauses.

        `alone` leaves conjuncts out; of 'people evacuated by Oman' those evacuated are 'people', if the verb is
        given as `outside`.
        """
        labels = _OUTSIDE_PHRASE if alone else _OUTSIDE_PHRASE - _CONJUNCTION
        kept = {head.i}
        queue = [head]
        for token in queue:
            for child in self.children(token):
                if len(kept) < MAX_PHRASE and child != outside and self._belongs(child, head, labels):
                    kept.add(child.i)
                    queue.append(child)
        start = end = head.i
        while start - 1 in kept or self._is_joint(start - 1, start, kept, step=-1):
            start -= 1
        while end + 1 in kept or self._is_joint(end + 1, end, kept, step=1):
            end += 1
        while end > head.i and head.ent_type_ == "PERSON" and self._is_score(end):
            end -= 1
        return self._trim(start, end + 1)

    def _is_score(self, index: int) -> bool:
        """'6-4' behind the name of a player, but not her age behind a comma."""
        token = self.doc[index]
        is_number = token.pos_ == "NUM" and self.doc[index - 1].text != ","
        return (is_number or token.text in _HYPHENS) and token.ent_type_ != "PERSON"

    def _belongs(self, child: Token, head: Token, outside: frozenset[str]) -> bool:
        if child.dep_ == "appos":
            # 'the poet Ada Cole', 'Ada Cole, the head of the court'; what follows a place is mostly a new phrase
            return child.head == head and child.i > head.i and head.ent_type_ not in _PLACES
        if child.dep_ == "acl":
            # 'a bus carrying tourists', not 'the army, supported by tanks'
            is_apart = self.doc[child.left_edge.i - 1].is_punct
            return child.head == head and child.i > head.i and not is_apart and self._is_completed(child)
        if (
            child.dep_ == "advmod"
            and child.i > head.i
            and child.head == head
            and self.doc[child.left_edge.i - 1].is_punct
        ):
            # 'Cole, so far, refused'
            return False
        if child.dep_ in outside or child.is_space or child.i < self.text_start <= head.i:
            return False
        if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX"):
            return False
        if child.dep_ in _PREPOSITIONAL:
            # 'the ACLU on March 28 sued': the day is not part of the name.
            found = self.child(child, "pobj")
            return child.i > child.head.i and found is not None and found.ent_type_ not in _TIME_LABELS
        return not (child.dep_ == "npadvmod" and child.ent_type_ in _TIME_LABELS and child.head == head)

    def _is_completed(self, participle: Token) -> bool:
        """'tanks supplied by Oman', not the bare 'tanks supplied'."""
        objects = [found for _, found in self.prepositional(participle) if found.dep_ == "pobj"]
        return self.child(participle, "dobj") is not None or any(
            found.ent_type_ not in _TIME_LABELS for found in objects
        )

    def _is_joint(self, index: int, beside: int, kept: set[int], *, step: int) -> bool:
        """Commas and hyphens inside a phrase: 'Syrians, Iraqis and Afghans', 'Al-Nusra'."""
        if not 0 <= index < len(self.doc) or beside not in kept:
            return False
        return self.doc[index].dep_ == "punct" and not self.doc[index].is_space and index + step in kept

    def _trim(self, start: int, end: int) -> Span:
        while end - start > 1 and self._is_lead(self.doc[start]):
            start += 1
        while end - start > 1 and self._is_tail(self.doc[end - 1]):
            end -= 1
        while self._goes_on(end):
            end += 2
        opened = [index for index in range(start, end) if self.doc[index].text == "("]
        if opened and not any(self.doc[index].text.startswith(")") for index in range(opened[-1], end)):
            # 'the Free Army (FA)', whichever word the parser hangs the bracket under
            is_closed = end < len(self.doc) and self.doc[end].text == ")"
            end = end + 1 if is_closed else max(opened[-1], start + 1)
        return self.doc[start:end]

    @staticmethod
    def _is_lead(token: Token) -> bool:
        # 'On Thursday Mr Cole', of which the parser may make one name
        is_linking = token.dep_ == "cc" or token.tag_ == "WP$"
        is_day = token.ent_type_ in _TIME_LABELS and token.pos_ == "PROPN" and token.dep_ != "poss"
        return token.is_punct or token.is_space or is_linking or is_day

    @staticmethod
    def _is_tail(token: Token) -> bool:
        return token.is_space or token.dep_ in ("case", "cc") or token.text in (",", ";", ":", "-", "–", "—")


def _after_dateline(sentence: Span, words: Words) -> int:
    """Index of the first token after a dateline ('PARIS (AP) -- '), or of the sentence where it has none."""
    doc, start, end = sentence.doc, int(sentence.start), sentence.end
    if _DATELINE_DASHES.isdisjoint(words.texts[start : min(start + _DATELINE_TOKENS, end)]):
        return start
    for index in range(start, min(start + _DATELINE_TOKENS, end)):
        if words.parts_of_speech[index] in ("VERB", "AUX"):
            break
        token = doc[index]
        if token.text not in _DATELINE_DASHES:
            continue
        is_apart = token.text in _DATELINE_COLONS or (index > start and doc[index - 1].whitespace_ != "")
        if (is_apart or token.text == "--") and index + 1 < end:
            return index + 1
    return start
