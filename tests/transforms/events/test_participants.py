"""Who did it to whom: invented sentences, one a frame of grammar, with the sides that they tell of."""

import pytest
from spacy.language import Language

from tests.transforms.events.extracted import events_of, rows_of
from transforms.language import load_model

Sides = list[tuple[str | None, str | None]]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


SENTENCES: list[tuple[str, str, str | None, str | None]] = [
    # subject and object; the phrase is what one would mark
    ("Rebels attacked a military base near Tobruk.", "ASSAULT", "Rebels", "a military base"),
    ("Two of the soldiers attacked a taxi driver.", "ASSAULT", "Two of the soldiers", "a taxi driver"),
    ("Secretary of State Ada Cole criticised Iran.", "ACCUSE", "Secretary of State Ada Cole", "Iran"),
    ("Park Hae-Yun met Norwegian officials.", "CONSULT", "Park Hae-Yun", "Norwegian officials"),
    ("The Free Tarn Army (FTA) freed two hostages.", "RETREAT", "The Free Tarn Army (FTA)", "two hostages"),
    # an apposition and a clause that tells which belong to the phrase
    ("The president, Omar Said, criticised Chad.", "ACCUSE", "The president, Omar Said", "Chad"),
    (
        "The mayor was accused of fraud by Ada Cole, a lawyer from Leeds.",
        "ACCUSE",
        "Ada Cole, a lawyer from Leeds",
        "The mayor",
    ),
    ("A bus carrying tourists was attacked by gunmen.", "ASSAULT", "gunmen", "A bus carrying tourists"),
    # passives, and clauses that lean on a noun
    ("A man accused of spying was arrested by German police.", "ARREST", "German police", "A man accused of spying"),
    ("The soldiers killed by rebels were buried.", "ASSAULT", "rebels", "The soldiers"),
    ("People evacuated from Haiti by Canada were flown home.", "AID", "Canada", "People"),
    ("Troops who had fled the capital attacked a convoy.", "ASSAULT", "Troops", "a convoy"),
    # verbs that hand on their subject or object
    ("Norway helped Chile to rescue the sailors.", "AID", "Norway", "Chile"),
    ("Norway was forced to free the prisoners.", "RETREAT", "Norway", "the prisoners"),
    ("Norway agreed to help Chile.", "AGREE", "Norway", "Chile"),
    ("The army arrested Ada Cole and freed the students.", "RETREAT", "The army", "the students"),
    ("The ministry told farmers to leave the valley.", "REQUEST", "The ministry", "farmers"),
    ("Oman said it would sign the treaty with Chad.", "SUPPORT", "Oman", "Chad"),
    ("On Monday, Ada Cole called Peter Lund to discuss the war.", "CONSULT", "Ada Cole", "Peter Lund"),
    ("On a visit to Chile, Ada Cole praised the police.", "CONSULT", "Ada Cole", "Chile"),
    ("Norway launched a mediation effort between Oman and Chad.", "CONSULT", "Norway", "Oman"),
    # of what is demanded, who is to do it
    ("The union called for the resignation of the minister.", "REQUEST", "The union", "the minister"),
    ("The union demanded the withdrawal of all troops from the port.", "REQUEST", "The union", "all troops"),
    # of what is turned down or condemned, whose it is
    ("Chile rejected the union demand for higher pay.", "REJECT", "Chile", "the union demand for higher pay"),
    ("Chile rejected an offer made by Peru.", "REJECT", "Chile", "Peru"),
    ("Chile rejected the plan of the United Nations.", "REJECT", "Chile", "the United Nations"),
    ("Peru condemned the attack on a church.", "ACCUSE", "Peru", "the attack on a church"),
    ("Peru accused Chile of piracy.", "ACCUSE", "Peru", "Chile"),
    ("Iran denied attacking the tanker.", "REJECT", "Iran", None),
    # light verbs and nouns
    ("The army launched an attack on the enclave of Tarn.", "ASSAULT", "The army", "the enclave of Tarn"),
    ("Russia's invasion of Ukraine was condemned by Chile.", "ACCUSE", "Chile", "Russia"),
    ("The court ordered the release of three students.", "RETREAT", "The court", "three students"),
    ("The army gave the rebels permission to leave.", "CONCEDE", "The army", "the rebels"),
    # purposes and conditions say who is meant where the object is nobody
    ("France provided 3 million euros to help refugees.", "AID", "France", "refugees"),
    ("Norway will not lift the embargo unless Iran frees the sailors.", "REJECT", "Norway", "Iran"),
    ("Norway declared a ceasefire in Chad.", "RETREAT", "Norway", "Chad"),
    # what stands before the sentence is nobody
    ("PARIS -- A French court jailed two smugglers.", "COERCE", "A French court", "two smugglers"),
    ("KABUL (Reuters): President Omar Said rejected the deal.", "REJECT", "President Omar Said", "the deal"),
    ("On Monday Mr Berg visited Oslo.", "CONSULT", "Mr Berg", "Oslo"),
    # pronouns that the sentence explains; the US is none
    ("Oman said it had attacked a camp.", "ASSAULT", "Oman", "a camp"),
    ("The newspaper said he had attacked a camp.", "ASSAULT", "he", "a camp"),
    ("Three students were arrested by the US.", "ARREST", "the US", "Three students"),
    ("Chile broke the truce by attacking a port.", "ASSAULT", "Chile", "a port"),
    # a town before an attack is where it was
    ("The Madrid bombings killed 12 students.", "DIE", "The Madrid bombings", "12 students"),
]


@pytest.mark.parametrize(("text", "event_type", "actor", "recipient"), SENTENCES)
def test_a_sentence_tells_who_did_it_to_whom(
    nlp: Language, text: str, event_type: str, actor: str | None, recipient: str | None
) -> None:
    event = rows_of(nlp, text, event_type)[0]
    assert (event.actor_text, event.recipient_text) == (actor, recipient)


TOGETHER: list[tuple[str, str, Sides]] = [
    ("Oman and Qatar condemned Chad.", "ACCUSE", [("Oman", "Chad"), ("Qatar", "Chad")]),
    ("Police arrested Ada Cole and Bo Lund.", "ARREST", [("Police", "Ada Cole"), ("Police", "Bo Lund")]),
    ("Police and soldiers attacked the camp.", "ASSAULT", [("Police and soldiers", "the camp")]),
    ("Peru praised Chile and Bolivia.", "SUPPORT", [("Peru", "Chile"), ("Peru", "Bolivia")]),
]


@pytest.mark.parametrize(("text", "event_type", "sides"), TOGETHER)
def test_each_of_several_names_has_a_row(nlp: Language, text: str, event_type: str, sides: Sides) -> None:
    assert [(event.actor_text, event.recipient_text) for event in rows_of(nlp, text, event_type)] == sides


RECIPROCAL: list[tuple[str, str, Sides]] = [
    ("Oman held talks with Iran.", "CONSULT", [("Oman", "Iran")]),
    ("Talks between Oman and Iran ended on Friday.", "CONSULT", [("Oman", "Iran")]),
    ("British and Dutch envoys signed a treaty.", "SUPPORT", [("British", "Dutch envoys")]),
    ("Oman and Qatar failed to reach an agreement.", "REJECT", [("Oman", "Qatar")]),
    (
        "Peru, Chile and Bolivia signed a treaty.",
        "SUPPORT",
        [("Peru", "Chile"), ("Peru", "Bolivia"), ("Chile", "Bolivia")],
    ),
]


@pytest.mark.parametrize(("text", "event_type", "sides"), RECIPROCAL)
def test_sides_that_do_it_together_are_paired(nlp: Language, text: str, event_type: str, sides: Sides) -> None:
    events = rows_of(nlp, text, event_type)
    assert [(event.actor_text, event.recipient_text) for event in events] == sides
    assert all(event.is_reciprocal for event in events)


def test_an_agreement_on_a_thing_is_with_nobody(nlp: Language) -> None:
    (event,) = rows_of(nlp, "Norway agreed to a ceasefire.", "AGREE")
    assert not event.is_reciprocal


def test_actor_and_recipient_share_no_words(nlp: Language) -> None:
    texts = [text for text, *_ in SENTENCES] + [text for text, *_ in TOGETHER + RECIPROCAL]
    for event in events_of(nlp, "\n\n".join(texts)):
        if event.actor_start is not None and event.recipient_start is not None:
            assert event.actor_end is not None
            assert event.recipient_end is not None
            assert event.actor_end <= event.recipient_start or event.recipient_end <= event.actor_start


def test_a_long_list_of_names_stays_one_phrase(nlp: Language) -> None:
    text = "Oman, Qatar, Chad, Peru, Chile and Bolivia condemned Iran."
    assert len(rows_of(nlp, text, "ACCUSE")) == 1


def test_confidence_follows_the_evidence(nlp: Language) -> None:
    told = rows_of(nlp, "Rebels attacked soldiers.", "ASSAULT")[0]
    without_actor = rows_of(nlp, "Soldiers were attacked.", "ASSAULT")[0]
    named_only = rows_of(nlp, "Peru praised Oman's attack on Chad.", "ASSAULT")[0]
    assert told.confidence > without_actor.confidence
    assert told.confidence > named_only.confidence
