"""Status of events: invented sentences with the modality and polarity that their events should have, or with none."""

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from transforms.events.clauses import SentenceTree
from transforms.events.intents import find_denied_or_due, find_intents
from transforms.events.status import Status, find_status
from transforms.events.triggers import Trigger, find_candidates, find_triggers
from transforms.events.words import Words
from transforms.language import load_model
from transforms.parsed import Parsed


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def statuses_in(doc: Doc) -> list[tuple[Trigger, Status]]:
    words = Words(Parsed(doc))
    candidates, stances = find_candidates(words), find_denied_or_due(words)
    found: list[tuple[Trigger, Status]] = []
    for sentence in doc.sents:
        tree = SentenceTree(sentence, words)
        triggers = find_triggers([index for index in candidates if sentence.start <= index < sentence.end], tree)
        due = [index for index in stances if sentence.start <= index < sentence.end]
        triggers = [*triggers, *find_intents(due, tree, triggers)]
        found += [(trigger, find_status(trigger, tree)) for trigger in triggers]
    return found


STATUSES = [
    # told as done
    ("Rebels attacked a village in Mali.", "ASSAULT", "happened", "affirmed"),
    ("The army has withdrawn its troops from the valley.", "RETREAT", "happened", "affirmed"),
    ("Police are searching the headquarters of the party.", "COERCE", "happened", "affirmed"),
    ("The minister said that rebels had attacked a village.", "ASSAULT", "happened", "affirmed"),
    ("Norwegian prime minister visits Chile", "CONSULT", "happened", "affirmed"),
    ("The ministry was able to free the hostages.", "RETREAT", "happened", "affirmed"),
    ("Leeds came from behind to beat Hull.", "WIN", "happened", "affirmed"),
    ("Kraal will play on although he lost the final.", "LOSE", "happened", "affirmed"),
    # modals and intentions
    ("Peru will attack Chile.", "ASSAULT", "planned", "affirmed"),
    ("The general said the army would attack the port.", "ASSAULT", "planned", "affirmed"),
    ("The army is going to attack the port.", "ASSAULT", "planned", "affirmed"),
    ("Havmark plans to buy its rival Nordfisk.", "ACQUIRE", "planned", "affirmed"),
    ("Havmark is set to buy its rival Nordfisk.", "ACQUIRE", "planned", "affirmed"),
    ("The president is due to visit Chile on Friday.", "CONSULT", "planned", "affirmed"),
    ("Havmark wants to buy its rival Nordfisk.", "ACQUIRE", "planned", "affirmed"),
    ("Soldiers to help flood victims", "AID", "planned", "affirmed"),
    ("The envoys flew to Oslo to sign the agreement.", "SUPPORT", "planned", "affirmed"),
    ("The army announced a planned attack on the port.", "ASSAULT", "planned", "affirmed"),
    ("The court will meet and sentence the banker.", "CONVICT", "planned", "affirmed"),
    ("The decision to ban the party angered its leader.", "COERCE", "planned", "affirmed"),
    # conditionals and possibility
    ("Peru could attack Chile.", "ASSAULT", "hypothetical", "affirmed"),
    ("Peru may attack Chile.", "ASSAULT", "hypothetical", "affirmed"),
    ("Peru would attack Chile in such a case.", "ASSAULT", "hypothetical", "affirmed"),
    ("If Peru invades Bolivia, Chile will protest.", "ASSAULT", "hypothetical", "affirmed"),
    ("Unless Peru frees the sailors, talks will end.", "RETREAT", "hypothetical", "affirmed"),
    ("Peru is likely to attack Chile.", "ASSAULT", "hypothetical", "affirmed"),
    ("Peru tried to attack Chile.", "ASSAULT", "hypothetical", "affirmed"),
    ("Analysts spoke of a possible attack by rebels on the port.", "ASSAULT", "hypothetical", "affirmed"),
    # reporting frames
    ("Chile accused Peru of shelling a border post.", "ASSAULT", "hypothetical", "affirmed"),
    ("The soldier allegedly attacked a villager.", "ASSAULT", "hypothetical", "affirmed"),
    ("The banker was charged with killing his partner.", "ASSAULT", "hypothetical", "affirmed"),
    ("The inquiry heard allegations that soldiers had tortured the prisoners.", "ASSAULT", "hypothetical", "affirmed"),
    # requests
    ("The opposition urged the president to resign.", "RESIGN", "requested", "affirmed"),
    ("The union called for a general strike.", "PROTEST", "requested", "affirmed"),
    ("Chile demanded that Peru release the sailors.", "RETREAT", "requested", "affirmed"),
    ("The general ordered his troops to attack the port.", "ASSAULT", "requested", "affirmed"),
    ("Peru must release the sailors.", "RETREAT", "requested", "affirmed"),
    # negation
    ("Peru did not attack Chile.", "ASSAULT", "happened", "denied"),
    ("The rebels never released the hostages.", "RETREAT", "happened", "denied"),
    ("No one was killed in the blast.", "DIE", "happened", "denied"),
    ("No troops were withdrawn from the valley.", "RETREAT", "happened", "denied"),
    ("Rebels failed to capture the town.", "ASSAULT", "happened", "denied"),
    ("The judge refused to release the suspect.", "RETREAT", "happened", "denied"),
    ("Police left without arresting the editor.", "ARREST", "happened", "denied"),
    ("The troops prevented rebels from attacking the port.", "ASSAULT", "happened", "denied"),
    # denials
    ("The ministry denied that soldiers had tortured the prisoners.", "ASSAULT", "happened", "denied"),
    ("The man denied attacking a villager.", "ASSAULT", "happened", "denied"),
    ("The army dismissed claims that it had bombed a school.", "ASSAULT", "hypothetical", "denied"),
    ("The president ruled out sending troops to Chad.", "MOBILIZE", "happened", "denied"),
    ("Oman did not deny that rebels had attacked the port.", "ASSAULT", "happened", "affirmed"),
    # what is told with 'since' and 'after' was done, whatever stands above it
    ("The dancer has not left home since injuring his knee.", "INJURE", "happened", "affirmed"),
    ("The court ruled that the army had attacked a village.", "ASSAULT", "happened", "affirmed"),
]


@pytest.mark.parametrize(("text", "event_type", "modality", "polarity"), STATUSES)
def test_an_event_has_its_status(nlp: Language, text: str, event_type: str, modality: str, polarity: str) -> None:
    found = [status for trigger, status in statuses_in(nlp(text)) if trigger.frame.event_type == event_type]
    assert found, f"no {event_type}"
    assert (found[0].modality, found[0].polarity, found[0].is_attitude) == (modality, polarity, False)


BEFORE = "The town lies on a river. "
"""A sentence in front, as the first one of a text may be a headline, whose present tense tells of the day."""

NOT_TOLD = [
    # hopes and weighing
    "Officials hope that the two sides will meet.",
    "The council is considering expelling the diplomats.",
    "The minister is keen to visit Chile.",
    # habits and general truths
    "Rebels attack villages in the region.",
    "The army kidnaps children.",
    "The prime minister usually meets the queen on Tuesdays.",
    "Judges can detain suspects.",
    "People should be punished.",
    "When you attack a village, it burns.",
    "Anyone can attack the port.",
    # orders to the reader
    "Visit the museum in Oslo.",
    # judgements
    "It is wrong to attack a village.",
    "There was no reason to attack the village.",
    "If found guilty of fraud, the banker will leave.",
]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_is_no_single_event_is_not_told(nlp: Language, text: str) -> None:
    found = [(trigger.token, status) for trigger, status in statuses_in(nlp(BEFORE + text)) if not status.is_attitude]
    assert found == []


INTENTS = [
    ("Norway will withdraw its troops from Chad next month.", "promise"),
    ("The ministry said it would free the sailors.", "promise"),
    ("Oman said it would not extradite the suspects.", "refusal"),
    ("The ministry did not give permission for the march.", "refusal"),
    ("Spain said that Italy must free the sailors.", "demand"),
    ("The union said that the minister should resign.", "demand"),
]


@pytest.mark.parametrize(("text", "rule"), INTENTS)
def test_a_statement_promises_refuses_or_demands(nlp: Language, text: str, rule: str) -> None:
    found = [(trigger.rule, status) for trigger, status in statuses_in(nlp(text)) if trigger.frame.pos == "INTENT"]
    assert found == [(rule, Status("happened", "affirmed"))]


NO_INTENTS = [
    "The drug will not cure everybody.",
    "I would not go there in winter.",
    "The minister explained how they would fund the aid.",
    "Prices should fall in spring, the bank said.",
    "The envoy will visit Chile on Friday.",
    "The council should have paved the road, she said.",
    "Kraal will not face the club in the cup match after the striker scored a goal.",
]


@pytest.mark.parametrize("text", NO_INTENTS)
def test_what_nobody_decides_is_no_promise_refusal_or_demand(nlp: Language, text: str) -> None:
    assert [trigger.rule for trigger, _ in statuses_in(nlp(text)) if trigger.frame.pos == "INTENT"] == []
