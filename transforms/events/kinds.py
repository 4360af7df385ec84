"""Tells what kind of thing a noun phrase names, as the frames of seeds/event_triggers.csv ask for it.

Comes in: the head of a phrase, the tree of its sentence and the topics of the article. Goes out: whether it is of a
kind. The kinds, as the columns object, subject and unless write them:
    @actor       a name, a person or a group: 'troops', 'Peru', 'the minister', 'them'
    @person      somebody, not an organisation or a country: 'three men', 'Ada Cole', 'dozens', 'him'
    @public      who acts in public affairs: a state, an army, a party, a union, a court, a firm, a named person;
                 not 'users' or 'parents'. In an article on sport or arts a name alone is no sign of it.
    @individual  one person by name: 'Ada Cole'
    @named       somebody by name, whatever the article is about
    @authority   who may command: a state, its bodies and officials, armed groups, parties; names as for @public
    @armed       who may use force: armies, police, rebels, criminals, countries, and weapons themselves
    @company     a firm: an organisation's name or 'the airline'
    @place       a place's name, or a 'town', 'base' or 'hospital'
    @vehicle     'a ferry', 'the car'
    @body        a part of the body: 'his knee'
    @money       an amount of money
    @self        'myself', 'themselves'
"""

from collections.abc import Callable

from spacy.tokens import Token

from transforms.events.clauses import SentenceTree
from transforms.events.words import has_class, is_actor_word, sector_of_word

Topics = frozenset[str]

_AUTHORITIES = frozenset({"GOV", "MIL", "REB", "OPP", "COP", "JUD", "LEG", "SPY", "PTY", "IGO"})
_PUBLIC = _AUTHORITIES | {"NGO", "REL", "LAB", "LGL", "CRM", "BUS", "MED", "EDU", "CVL"}
_ARMED = frozenset({"MIL", "REB", "COP", "CRM", "GOV"})
_GROUPS = frozenset({"GPE", "NORP"})
_NAMES = frozenset({"PERSON", "ORG"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_SOFT = frozenset({"sport", "arts", "technology"})
_PERSONAL = frozenset({"i", "me", "he", "him", "she", "her", "we", "us", "they", "them", "who", "whom"})
_STANDING_FOR_SOMEBODY = _PERSONAL | {"it", "both", "others", "another"}
_BEFORE = ("poss", "compound", "nmod", "amod")


def is_kind(kind: str, token: Token, tree: SentenceTree, topics: Topics) -> bool:
    """Whether the phrase of `token` is of the `kind`, which must be one of those that the module's head lists."""
    return _TESTS[kind](token, tree, topics)


def _heads(token: Token, tree: SentenceTree) -> list[Token]:
    """The head, and what it counts or stands for: 'dozens of soldiers', 'a number of MPs', 'one of the firms'."""
    counted = token.pos_ in ("NUM", "PRON", "DET") or has_class(token, "container", "instrument")
    return [token, *tree.objects_of(token, "of")] if counted else [token]


def _is_actor(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return any(is_actor_word(head) or head.lower_ in _PERSONAL for head in _heads(token, tree))


def _is_person(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    for head in _heads(token, tree):
        if head.lower_ in _PERSONAL or head.ent_type_ in ("PERSON", "NORP"):
            return True
        if is_actor_word(head) and head.ent_type_ not in ("ORG", "GPE", "LOC", "FAC"):
            return True
    if token.tag_ == "NNS" and tree.child(token, "nummod") is not None and not token.ent_type_:
        # 'killed 15 trainees'
        return not has_class(token, "vehicle", "place_word", "weapon")
    # 'killed at least five', 'two others were hurt', 'injured hundreds'
    is_count = token.pos_ == "NUM" or token.lower_ in ("others", "hundreds", "dozens", "scores", "thousands")
    return is_count and token.ent_type_ not in ("MONEY", "PERCENT", "QUANTITY") and tree.child(token, "prep") is None


def _is_public(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return _acts_as(_PUBLIC, token, tree, topics) and not has_class(token, "private_person")


def _is_individual(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return token.ent_type_ == "PERSON"


def _is_named(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return any(head.ent_type_ in _NAMES | _GROUPS or head.lower_ in _PERSONAL for head in _heads(token, tree))


def _is_authority(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return _acts_as(_AUTHORITIES, token, tree, topics)


def _acts_as(sectors: frozenset[str], token: Token, tree: SentenceTree, topics: Topics) -> bool:
    is_soft = bool(topics & _SOFT)
    if has_class(token, "document") and not any(
        sector_of_word(word) in sectors for word in tree.children(token, "compound")
    ):
        # 'the Fisheries Bill' forces nobody; 'the intelligence service' does
        return False
    for head in _heads(token, tree):
        if head.lower_ in _STANDING_FOR_SOMEBODY:
            return not is_soft
        if sector_of_word(head) in sectors:
            return True
        if head.ent_type_ in _GROUPS and "sport" not in topics:
            return True
        if not is_soft and _is_name(head):
            return True
    # 'Prime Minister Ada Cole', 'the Commons vote', 'Russian jets'; 'Havmark's software' is not Havmark
    before = [word for word in tree.children(token, *_BEFORE) if not has_class(word, "private_person")]
    stands_for_them = has_class(token, "instrument")
    return not is_soft and any(
        sector_of_word(word) in sectors
        or word.ent_type_ in _GROUPS
        or (word.ent_type_ in _NAMES and (stands_for_them or word.dep_ != "poss"))
        for word in before
    )


def _is_name(token: Token) -> bool:
    """'Ada Cole', 'the Nordfisk group', or an abbreviation: 'NORAD'."""
    return (token.ent_type_ in _NAMES or token.pos_ == "PROPN" or token.is_upper) and is_actor_word(token)


def _is_armed(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    if has_class(token, "weapon"):
        return True
    return _acts_as(_ARMED, token, tree, topics) or _is_person(token, tree, topics)


def _is_company(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return any(head.ent_type_ == "ORG" or sector_of_word(head) == "BUS" for head in _heads(token, tree))


def _is_place(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return token.ent_type_ in _PLACES or has_class(token, "place_word")


def _is_vehicle(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return any(has_class(head, "vehicle") for head in _heads(token, tree))


def _is_body(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return has_class(token, "body_part")


def _is_money(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return token.ent_type_ == "MONEY"


def _is_self(token: Token, tree: SentenceTree, topics: Topics) -> bool:
    return token.lower_.endswith(("self", "selves"))


_TESTS: dict[str, Callable[[Token, SentenceTree, Topics], bool]] = {
    "@actor": _is_actor,
    "@person": _is_person,
    "@public": _is_public,
    "@individual": _is_individual,
    "@named": _is_named,
    "@authority": _is_authority,
    "@armed": _is_armed,
    "@company": _is_company,
    "@place": _is_place,
    "@vehicle": _is_vehicle,
    "@body": _is_body,
    "@money": _is_money,
    "@self": _is_self,
}
KINDS = frozenset(_TESTS)
"""The kinds that a frame may ask for."""
