"""Event types: invented sentences that report an event of a type, and look-alikes that report none of it."""

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from transforms.events.clauses import SentenceTree
from transforms.events.intents import find_denied_or_due, find_intents
from transforms.events.kinds import KINDS, is_kind
from transforms.events.status import find_status
from transforms.events.topics import TOPICS, find_topics
from transforms.events.triggers import event_types, find_candidates, find_triggers, trigger_frames
from transforms.events.words import Words
from transforms.language import load_model
from transforms.lexicon import read_seed
from transforms.parsed import Parsed


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def types_in(doc: Doc) -> set[str]:
    """The types that the words of `doc` tell of, hopes and habits left out."""
    words = Words(Parsed(doc))
    candidates, stances = find_candidates(words), find_denied_or_due(words)
    found: set[str] = set()
    for sentence in doc.sents:
        tree = SentenceTree(sentence, words)
        inside = [index for index in candidates if sentence.start <= index < sentence.end]
        stances_inside = [index for index in stances if sentence.start <= index < sentence.end]
        triggers = find_triggers(inside, tree)
        for trigger in (*triggers, *find_intents(stances_inside, tree, triggers)):
            if not find_status(trigger, tree).is_attitude:
                found.add(trigger.frame.event_type)
    return found


REPORTS = [
    ("AGREE", "The ministry agreed to open the border crossing."),
    ("AGREE", "Norway pledged to send two rescue ships."),
    ("AGREE", "The union offered to hold talks with the airline."),
    ("CONSULT", "The Peruvian president met the Chilean foreign minister in Lima."),
    ("CONSULT", "Envoys from Oman and Qatar held talks on Monday."),
    ("CONSULT", "The Norwegian prime minister visited Chile on Tuesday."),
    ("SUPPORT", "Peru and Chile signed a fisheries agreement on Friday."),
    ("SUPPORT", "The mayor praised the firefighters."),
    ("SUPPORT", "The opposition leader apologised to the farmers."),
    ("CONCEDE", "Oman eased sanctions on Qatar."),
    ("CONCEDE", "The general admitted torturing the prisoners."),
    ("CONCEDE", "The government allowed the journalists to leave the country."),
    ("COOPERATE", "Norway shared intelligence with Chile."),
    ("COOPERATE", "Peru extradited the suspect to Spain."),
    ("AID", "Norway sent medicine to Chad."),
    ("AID", "Soldiers rescued forty villagers from the flood."),
    ("RETREAT", "Rebels released twelve hostages on Sunday."),
    ("RETREAT", "The army withdrew its troops from the valley."),
    ("RETREAT", "Both sides declared a ceasefire in the province."),
    ("REQUEST", "The union urged the government to raise wages."),
    ("REQUEST", "The senator called for an inquiry."),
    ("REQUEST", "Chile asked Norway to send engineers."),
    ("ACCUSE", "Chile accused Peru of shelling a border post."),
    ("ACCUSE", "The senator criticised the governor over the dam."),
    ("ACCUSE", "The minister launched a scathing attack on the banks."),
    ("REJECT", "Peru rejected the proposal."),
    ("REJECT", "The ministry denied that soldiers had fired on the crowd."),
    ("REJECT", "The president refused to sign the decree."),
    ("THREATEN", "Oman threatened to close the strait."),
    ("THREATEN", "The general warned Chad of a military response."),
    ("PROTEST", "Thousands of farmers protested in Madrid."),
    ("PROTEST", "Nurses went on strike in Oslo."),
    ("PROTEST", "The party boycotted the election."),
    ("MOBILIZE", "Chad deployed troops along the border."),
    ("MOBILIZE", "The navy sent two warships to the gulf."),
    ("SANCTION", "Peru expelled four Chilean diplomats."),
    ("SANCTION", "Norway cut diplomatic ties with Chad."),
    ("COERCE", "Police arrested three students in Lisbon."),
    ("COERCE", "The government banned the newspaper."),
    ("COERCE", "Oman imposed a curfew in the capital."),
    ("ASSAULT", "Rebels attacked a village in Mali."),
    ("ASSAULT", "Gunmen kidnapped two engineers near Tobruk."),
    ("ASSAULT", "A sniper killed 15 trainees."),
    ("ELECT", "Voters elected Ada Cole mayor of Tarnby."),
    ("ELECT", "The Green Party won the election."),
    ("APPOINT", "Havmark appointed Paul Berg as chief executive."),
    ("APPOINT", "The firm hired Ines Duarte in March."),
    ("RESIGN", "Finance Minister Paul Berg resigned on Thursday."),
    ("RESIGN", "Ada Cole stepped down after the inquiry."),
    ("LEGISLATE", "Parliament passed a bill on plastic bags."),
    ("LEGISLATE", "The senate repealed the tax law."),
    ("ARREST", "Two brothers were arrested in Porto."),
    ("ARREST", "Officers detained a smuggler at the airport."),
    ("CHARGE", "Prosecutors charged two brothers with murder."),
    ("CHARGE", "A grand jury indicted the banker."),
    ("CONVICT", "A jury convicted the banker of fraud."),
    ("CONVICT", "The judge sentenced Paul Berg to four years."),
    ("RULE", "The court ruled that the dam was illegal."),
    ("RULE", "Judges upheld the ban."),
    ("ACQUIRE", "Havmark bought its rival Nordfisk."),
    ("ACQUIRE", "The bank acquired a stake in the insurer."),
    ("INVEST", "The company invested $40m in the factory."),
    ("INVEST", "Norway invested in the port."),
    ("REPORT_RESULTS", "Havmark reported a loss of $3m."),
    ("REPORT_RESULTS", "The airline posted record profits."),
    ("LAUNCH", "Nordfisk launched a new phone."),
    ("LAUNCH", "The company unveiled an electric car."),
    ("LAYOFF", "The firm cut 500 jobs in Leeds."),
    ("LAYOFF", "Havmark laid off 200 workers."),
    ("DIE", "The poet Ines Duarte died in Porto."),
    ("DIE", "Five people were killed in the landslide."),
    ("INJURE", "Two passengers were injured in the crash."),
    ("INJURE", "The skier injured his knee."),
    ("DISASTER", "Floods hit southern Pakistan."),
    ("DISASTER", "An earthquake struck Nepal on Friday."),
    ("ACCIDENT", "A ferry capsized near Bergen."),
    ("ACCIDENT", "The bus crashed on Monday."),
    ("WIN", "Argentina beat Brazil on Sunday."),
    ("WIN", "The swimmer won the title in Rome."),
    ("LOSE", "Leeds lost the match on Saturday."),
    ("LOSE", "Ada Cole lost to Ines Duarte in the final."),
    ("AWARD", "The novelist won the Harbour Prize."),
    ("AWARD", "The city awarded a medal to Paul Berg."),
]
"""A sentence that reports an event of the type, two or more a type."""

LOOK_ALIKES = [
    # opinions and services are no commitment
    ("AGREE", "Most experts agree that the winter was mild."),
    ("AGREE", "The software offers several features."),
    ("AGREE", "The man committed a crime."),
    ("CONSULT", "The factory met the deadline."),
    ("CONSULT", "Shoppers visited the website."),
    ("SUPPORT", "The pillar supports the roof."),
    ("SUPPORT", "The phone supports two formats."),
    ("CONCEDE", "The app lets users share pictures."),
    ("CONCEDE", "The striker did not let his head drop."),
    ("COOPERATE", "The battery works with older cameras."),
    ("AID", "The rain helped the crops."),
    ("AID", "The goal brought the team to within a point."),
    ("RETREAT", "The band released an album."),
    ("RETREAT", "Kraal returned the serve in the tennis match, but lost the set and the tournament."),
    ("REQUEST", "The reporter asked whether the road was open."),
    ("REQUEST", "The plan requires patience."),
    ("REQUEST", "There is growing demand for cars."),
    ("ACCUSE", "The shop charged a fee."),
    ("ACCUSE", "She faulted on her second serve."),
    ("REJECT", "Shares declined by 3%."),
    ("REJECT", "The goalkeeper denied the striker a goal in the second half of the match."),
    ("THREATEN", "Clouds threatened in the west."),
    ("PROTEST", "The study demonstrated that the drug works."),
    ("PROTEST", "Shares rallied in London."),
    ("MOBILIZE", "The firm deployed new software."),
    ("MOBILIZE", "The company sent an invoice."),
    ("SANCTION", "The tailor cut the cloth."),
    ("SANCTION", "The kettle cut out."),
    ("COERCE", "The summit was held in May."),
    ("COERCE", "Injury forced the champion to miss the tournament, her coach said before the match."),
    ("ASSAULT", "The striker shot wide as the team lost the cup match."),
    ("ASSAULT", "The director shot the film in Malta."),
    ("ASSAULT", "Sales hit a record."),
    ("ASSAULT", "Attack helicopters are expensive."),
    ("ELECT", "The actor won the part."),
    ("APPOINT", "The technician installed a printer."),
    ("RESIGN", "The plate stood aside."),
    ("LEGISLATE", "The student passed the exam."),
    ("ARREST", "The patient suffered a cardiac arrest."),
    ("CHARGE", "The engineer charged the battery."),
    ("CONVICT", "He wrote a long sentence."),
    ("RULE", "The king ruled the country for years."),
    ("ACQUIRE", "The child acquired a taste for olives."),
    ("ACQUIRE", "The tourist bought a ticket."),
    ("INVEST", "The novel is an investment of time."),
    ("REPORT_RESULTS", "The witness reported a theft."),
    ("LAUNCH", "The army launched an offensive."),
    ("LAYOFF", "The chef cut the onions."),
    ("LAYOFF", "The soldier fired a rocket."),
    ("DIE", "The battery died."),
    ("INJURE", "The scandal hurt its reputation."),
    ("DISASTER", "The rumour spread like wildfire."),
    ("ACCIDENT", "Shares crashed on Monday."),
    ("WIN", "The new road won approval."),
    ("LOSE", "Shares lost ground in Tokyo."),
    ("AWARD", "The child received a letter."),
]
"""A sentence with a word of the type's lexicon in another sense."""


@pytest.mark.parametrize(("event_type", "text"), REPORTS)
def test_a_sentence_reports_its_type(nlp: Language, event_type: str, text: str) -> None:
    assert event_type in types_in(nlp(text))


@pytest.mark.parametrize(("event_type", "text"), LOOK_ALIKES)
def test_a_look_alike_reports_nothing_of_the_type(nlp: Language, event_type: str, text: str) -> None:
    assert event_type not in types_in(nlp(text))


def test_every_type_stands_in_both_tables() -> None:
    reported = [event_type for event_type, _ in REPORTS]
    assert all(reported.count(event_type) >= 2 for event_type in event_types())
    assert {event_type for event_type, _ in LOOK_ALIKES} == set(event_types())


MODES = [
    ("The court jailed two smugglers.", "COERCE", "arrest"),
    ("Guerrillas kidnapped two engineers.", "ASSAULT", "abduct"),
    ("Rebels released the hostages.", "RETREAT", "release"),
    ("Oman banned the party.", "COERCE", "ban"),
    ("Teachers went on strike in Oslo.", "PROTEST", "strike"),
]


@pytest.mark.parametrize(("text", "event_type", "mode"), MODES)
def test_the_trigger_decides_the_mode(nlp: Language, text: str, event_type: str, mode: str) -> None:
    doc = nlp(text)
    words = Words(Parsed(doc))
    tree = SentenceTree(next(doc.sents), words)
    found = find_triggers(find_candidates(words), tree)
    assert (event_type, mode) in {(trigger.frame.event_type, trigger.frame.mode) for trigger in found}


def test_a_word_in_a_title_is_no_trigger(nlp: Language) -> None:
    assert "ASSAULT" not in types_in(nlp("The studio showed Harbour Assault, a game, in Tokyo."))


def test_a_noun_that_only_modifies_is_no_trigger(nlp: Language) -> None:
    assert types_in(nlp("The peace talks deadline was Monday.")) == set()


def test_a_war_in_a_place_is_a_topic_and_a_raid_on_one_an_event(nlp: Language) -> None:
    assert "ASSAULT" not in types_in(nlp("The debate was about the war in Iraq."))
    assert "ASSAULT" in types_in(nlp("The debate was about the raid on Basra."))


def test_the_topic_of_the_article_decides_between_senses(nlp: Language) -> None:
    sport = "The football club played its cup match in the new stadium. The striker beat two defenders. "
    assert "ASSAULT" not in types_in(nlp(sport + "Kraal attacked Leeds from the left."))
    assert "ASSAULT" in types_in(nlp("Police closed the road. Kraal attacked Leeds from the left."))


SPORT = ["The", "striker", "scored", "a", "goal", "in", "the", "second", "half", "of", "the", "cup", "match"]
ARTS = ["The", "actor", "and", "the", "singer", "showed", "the", "film", "at", "the", "festival"]


@pytest.mark.parametrize(("words", "topics"), [(SPORT, {"sport"}), (ARTS, {"arts"}), (["the", "army", "left"], set())])
def test_topics_are_read_from_the_words(words: list[str], topics: set[str]) -> None:
    assert find_topics([word.lower() for word in words]) == topics


def test_one_repeated_word_makes_no_topic() -> None:
    assert find_topics(["film"] * 50) == frozenset()


def test_an_empty_text_has_no_topic() -> None:
    assert find_topics([]) == frozenset()


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("Dozens of soldiers left.", "Dozens", "@person"),
        ("The foreign minister left.", "minister", "@authority"),
        ("Users left.", "Users", "@named"),
        ("The ferry sank.", "ferry", "@vehicle"),
        ("The airline grew.", "airline", "@company"),
        ("He hurt his knee.", "knee", "@body"),
        ("They left the village.", "village", "@place"),
        ("She blamed herself.", "herself", "@self"),
    ],
)
def test_a_phrase_is_of_a_kind(nlp: Language, text: str, word: str, kind: str) -> None:
    doc = nlp(text)
    tree = SentenceTree(next(doc.sents), Words(Parsed(doc)))
    token = next(token for token in doc if token.text == word)
    assert is_kind(kind, token, tree, frozenset()) is (word != "Users")


def test_every_frame_asks_for_kinds_and_topics_that_exist() -> None:
    signs = {"@any", "@none", "@clause", "@infinitive", "@gerund", "@future", "@duty", "@told", "@plural"}
    for frames in trigger_frames().values():
        for frame in frames:
            asked = frame.object | frame.subject | frame.unless
            assert {part for part in asked if part.startswith("@")} <= signs | KINDS
            assert {topic.removeprefix("!") for topic in frame.topic} <= set(TOPICS)


def test_every_type_has_a_definition_and_an_example_of_its_own(nlp: Language) -> None:
    rows = read_seed("event_types")
    assert all(row["definition"] and row["example"] for row in rows)
    for row in rows:
        assert row["event_type"] in types_in(nlp(row["example"])), row["example"]


def test_plover_types_carry_codes_and_civic_types_none() -> None:
    for kind in event_types().values():
        codes = (kind.cameo_root, kind.quad_class, kind.goldstein)
        assert all(code is not None for code in codes) is (kind.taxonomy == "plover")
        assert all(code is None for code in codes) is (kind.taxonomy == "civic")
