"""The grammar of one sentence: who does a verb, who undergoes it, and which words a noun phrase takes.

Comes in: a spaCy sentence with ClearNLP dependency labels (nsubj, dobj, pobj, agent, relcl, …). Goes out: tokens and
spans of the same Doc. Every walk is bounded, so the cost of a sentence stays linear in its length.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from transforms.events.words import Words, is_actor_word

MAX_CLIMB = 8
"""Clauses that are climbed in search of a subject, or for the status of an event."""

MAX_PHRASE = 80
"""Tokens that are visited below the head of a noun phrase."""

MAX_CHILDREN = 64
"""Dependents of one word that are kept; more of them are no sentence but a list or a table."""

_SUBJECTS = frozenset({"nsubj", "csubj"})
_PASSIVE_SUBJECTS = frozenset({"nsubjpass", "csubjpass"})
_RELATIVE_PRONOUNS = frozenset({"who", "whom", "which", "that"})
_PREPOSITIONAL = frozenset({"prep", "agent", "dative"})
_OUTSIDE_PHRASE = frozenset(
    {"relcl", "appos", "acl", "advcl", "punct", "ccomp", "parataxis", "dep", "mark", "cc", "conj"}
)
_CONJUNCTION = frozenset({"cc", "conj"})
_TIME_LABELS = frozenset({"DATE", "TIME"})
_MODIFIERS = frozenset({"amod", "compound", "nmod"})
_DATELINE_TOKENS = 14
"""How far into a sentence the dash after 'PARIS, Feb 3 (Agency)' may stand."""
_DATELINE_DASHES = frozenset({"-", "--", "–", "—", ":"})


class SentenceTree:
    """The dependency tree of one sentence, its children looked up in constant time."""

    __slots__ = ("_children", "_deps", "_prepositional", "_sentence", "_text_start", "_undergoers", "_words", "doc")

    def __init__(self, sentence: Span, words: Words) -> None:
        self.doc: Doc = sentence.doc
        self._sentence = sentence
        self._words = words
        self._deps = words.deps
        self._children: dict[int, list[int]] = {}
        self._prepositional: dict[int, list[tuple[str, Token]]] = {}
        self._undergoers: dict[int, Token | None] = {}
        self._text_start: int | None = None
        for index, head in enumerate(words.heads[sentence.start : sentence.end], sentence.start):
            siblings = self._children.setdefault(head, [])
            if head != index and len(siblings) < MAX_CHILDREN:
                siblings.append(index)

    @property
    def text_start(self) -> int:
        """Index of the first token behind the dateline."""
        if self._text_start is None:
            self._text_start = _after_dateline(self._sentence, self._words)
        return self._text_start

    def children(self, token: Token, *labels: str) -> list[Token]:
        """The direct dependents of `token`, in order of text; only those with one of `labels` where any is given."""
        doc, deps = self.doc, self._deps
        found = self._children.get(token.i, ())
        return [doc[index] for index in found if deps[index] in labels] if labels else [doc[index] for index in found]

    def child(self, token: Token, *labels: str) -> Token | None:
        """The first direct dependent with one of `labels`."""
        for index in self._children.get(token.i, ()):
            if self._deps[index] in labels:
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

        A stack of two ('pulled out of Mosul', 'because of the raid') counts under the inner one.
        """
        found = self._prepositional.get(token.i)
        if found is None:
            found = self._prepositional[token.i] = list(self._find_prepositional(token))
        return found

    def _find_prepositional(self, token: Token) -> Iterator[tuple[str, Token]]:
        if token.i not in self._children:
            return
        for preposition in self.children(token, *_PREPOSITIONAL):
            found = self.child(preposition, "pobj", "pcomp")
            if found is not None:
                yield preposition.lower_, found
            for inner in self.children(preposition, "prep"):
                found = self.child(inner, "pobj", "pcomp")
                if found is not None:
                    yield inner.lower_, found
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
        found = self._own_subject(verb, _SUBJECTS | _PASSIVE_SUBJECTS)
        return self.antecedent(found, verb) if found is not None else self._inherited_subject(verb, depth + 1)

    def _own_subject(self, verb: Token, labels: frozenset[str]) -> Token | None:
        """The verb's own subject. In 'PARIS -- A court ruled' the court, although the parser may take the town."""
        subjects = self.children(verb, *labels)
        if not subjects:
            return None
        inside = [subject for subject in subjects if subject.i >= self.text_start]
        if inside:
            return inside[0]
        for child in self.below(subjects[0]):
            if child.i >= self.text_start and child.dep_ in ("appos", "conj", "dep", "npadvmod", "parataxis", "nmod"):
                return child
        return subjects[0]

    def undergoer(self, verb: Token) -> Token | None:
        """The head of the phrase that the verb is done to: the object, or the subject of a passive."""
        if verb.i not in self._undergoers:
            self._undergoers[verb.i] = self._find_undergoer(verb)
        return self._undergoers[verb.i]

    def _find_undergoer(self, verb: Token) -> Token | None:
        if self.is_passive(verb):
            return self.subject(verb)
        found = self.child(verb, "dobj", "oprd")
        return self.antecedent(found, verb) if found is not None else None

    def antecedent(self, subject: Token, verb: Token) -> Token:
        """The noun a relative pronoun stands for: 'rebels who attacked the town' gives 'rebels'."""
        if subject.lower_ in _RELATIVE_PRONOUNS and verb.dep_ == "relcl":
            return verb.head
        return subject

    def _inherited_subject(self, verb: Token, depth: int) -> Token | None:
        head = verb.head
        if head.i == verb.i:
            return None
        if verb.dep_ == "xcomp":
            # 'urged Iran to free them': Iran frees; 'agreed to free them': who agreed frees.
            controlled = self.child(head, "dobj")
            return controlled if controlled is not None else self.subject(head, depth)
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
        # 'accused Russia of shelling the town': Russia shells; 'apologised for shelling it': the subject does.
        blamed = self.child(governor, "dobj")
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

    def phrase(self, head: Token, *, alone: bool = False) -> Span:
        """The noun phrase of `head`, without relative clauses and appositions; `alone` leaves conjuncts out."""
        outside = _OUTSIDE_PHRASE if alone else _OUTSIDE_PHRASE - _CONJUNCTION
        kept = {head.i}
        queue = [head]
        for token in queue:
            for child in self.children(token):
                if len(kept) < MAX_PHRASE and self._belongs(child, head, outside):
                    kept.add(child.i)
                    queue.append(child)
        start = end = head.i
        while start - 1 in kept or self._is_joint(start - 1, start, kept, step=-1):
            start -= 1
        while end + 1 in kept or self._is_joint(end + 1, end, kept, step=1):
            end += 1
        return self._trim(start, end + 1)

    def _belongs(self, child: Token, head: Token, outside: frozenset[str]) -> bool:
        if child.dep_ == "appos" and child.left_edge.i > head.i and not self.doc[child.left_edge.i - 1].is_punct:
            # 'the poet Ada Cole': close apposition is one name with its noun
            return child.head == head
        if child.dep_ in outside or child.is_space or child.i < self.text_start <= head.i:
            return False
        if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX"):
            return False
        if child.dep_ in _PREPOSITIONAL:
            # 'the ACLU on March 28 sued': the day is not part of the name.
            found = self.child(child, "pobj")
            return child.i > head.i and found is not None and found.ent_type_ not in _TIME_LABELS
        return not (child.dep_ == "npadvmod" and child.ent_type_ in _TIME_LABELS)

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
        return self.doc[start:end]

    @staticmethod
    def _is_lead(token: Token) -> bool:
        return token.is_punct or token.is_space or token.dep_ == "cc"

    @staticmethod
    def _is_tail(token: Token) -> bool:
        return token.is_space or token.dep_ in ("case", "cc") or token.text in (",", ";", ":", "-", "–", "—")


def _after_dateline(sentence: Span, words: Words) -> int:
    """Index of the first token after a dateline ('PARIS (AP) -- '), or of the sentence where it has none."""
    doc, start, end = sentence.doc, sentence.start, sentence.end
    for index in range(start, min(start + _DATELINE_TOKENS, end)):
        if words.parts_of_speech[index] in ("VERB", "AUX"):
            break
        token = doc[index]
        if token.text not in _DATELINE_DASHES:
            continue
        is_apart = token.text == ":" or (index > start and doc[index - 1].whitespace_ != "")
        if (is_apart or token.text == "--") and index + 1 < end:
            return index + 1
    return int(start)
