"""Pairing of quotation marks: the table reads as the specification."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms.quotes.marks.pairing as pairing
from transforms.quotes.marks import MarkedText, find_marked_text
from transforms.quotes.marks.shapes import Mark

DOUBLE, SINGLE, GUILLEMET, BRACKET = "double", "single", "guillemet", "bracket"


def passages(text: str) -> list[str]:
    return [text[marked.start : marked.end] for marked in find_marked_text(text)]


def flags(text: str) -> list[tuple[bool, bool]]:
    """Of each passage, whether it is closed and whether it continues the one before."""
    return [(marked.is_closed, marked.continues) for marked in find_marked_text(text)]


STYLES = [
    ('"Go," she said, "now."', ["Go,", "now."]),
    ("“Go,” she said, “now.”", ["Go,", "now."]),
    ("``Stay here,'' he said.", ["Stay here,"]),
    ("''Stay here,'' he said. ''Please.''", ["Stay here,", "Please."]),
    ("‘‘Stay here,’’ he said.", ["Stay here,"]),
    ("«Non», dit-elle.", ["Non"]),
    ("« Non merci », dit Anne.", ["Non merci"]),
    ("»Nein, danke«, sagte Anna.", ["Nein, danke"]),
    ("„Nein, danke“, sagte Anna.", ["Nein, danke"]),
    ("‚Nein, danke‘, sagte Anna.", ["Nein, danke"]),
    ("”Nej tack”, sa Anna.", ["Nej tack"]),
    ("»Ei kiitos», sanoi Anna.", ["Ei kiitos"]),
    ("他说「不要『走』了」。", ["不要『走』了"]),
    ("《山》是书。", ["山"]),
    ("<<We won>>, he said.", ["We won"]),
    ('“We left early," he said.', ["We left early,"]),
    ('"We left early,” he said.', ["We left early,"]),
]
APOSTROPHES = [
    ("'It's late,' he said.", ["It's late,"]),
    ("‘The workers’ union is right,’ he said.", ["The workers’ union is right,"]),
    ("‘Go,’ she said, ‘before the workers’ train leaves.’", ["Go,", "before the workers’ train leaves."]),
    ("The '90s rock 'n' roll didn't die.", []),
    ("He saw ‘90s cars and ’80s songs.", []),
    ("'Tell 'em I'm goin' home,' he said.", ["Tell 'em I'm goin' home,"]),
    ("The boys' choir and the girls' choir sang 'Rain'.", ["Rain"]),
    ("The 'good workers' and the 'bad bosses' met.", ["good workers", "bad bosses"]),
    ("Say 'cheese' or 'ham'.", ["cheese", "ham"]),
    ("The rating fell to 'BBB-'.", ["BBB-"]),
]
NESTED = [
    ("‘He told me “go away” and left,’ she said.", ["He told me “go away” and left,"]),
    ("“He told me ‘go away’ and left,” she said.", ["He told me ‘go away’ and left,"]),
    ('"He told me "go away" and left," she said.', ['He told me "go away" and left,']),
    ('He said: "I told him. "Go away." He left."', ['I told him. "Go away." He left.']),
    ("''He said, 'Stay,''' she wrote.", ["He said, 'Stay,'"]),
    ("“He said, ‘Stay,’” she wrote.", ["He said, ‘Stay,’"]),
    ("«Il a dit “oui” hier», dit-elle.", ["Il a dit “oui” hier"]),
    ("“She called it «la vie» then,” he said.", ["She called it «la vie» then,"]),
]
SIGNS_INSIDE = [
    ("“[The mayor] … will go,” he said.", ["[The mayor] … will go,"]),
    ('"...and then we left," he said.', ["...and then we left,"]),
    ('"I was—" he began.', ["I was—"]),
    ("He said (“on the record”) that it works.", ["on the record"]),
    ('He wanted "peace, not war".', ["peace, not war"]),
    ('"When?" "Now." "Good."', ["When?", "Now.", "Good."]),
]
NO_QUOTATION = [
    ('The 6" pipe burst.', []),
    ('A 6" pipe and a 4" valve broke.', []),
    ("He is 5'10\" and she is 6'2\".", []),
    ('"It has a 6" pipe," he said.', ['It has a 6" pipe,']),
    ('Turn to 40°26\'46" north, he said: "Go on."', ["Go on."]),
    ('rain\t"\nsnow\t"\nhail', []),
    ('<a href="x.html">The "blue" door</a>', ["blue"]),
    ('צה"ל said "go" there.', ["go"]),
    ('He wrote """".', []),
    ("“”", []),
    ("", []),
]
SLIPS = [
    ("“They see that. “", ["They see that."]),
    ("“We saw it“, said Lund.", ["We saw it"]),
    ("”We saw it,” said Lund.", ["We saw it,"]),
    ("\u202a”We saw it,” said Lund.\u202c", ["We saw it,"]),
    ('"It is late, " he said. "Go."', ["It is late,", "Go."]),
    ('He said: " It is late."', ["It is late."]),
    ("“ It is late,” he said.", ["It is late,"]),
    ('He said:"We left,"and went.', ["We left,"]),
    ('"We won," he said." She left.', ["We won,"]),
    ('The lake froze," said Lund. "It held."', ["It held."]),
]
REOPENED = [
    ('"The lake froze. "We walked on it," said Lund.', ["The lake froze.", "We walked on it,"]),
    (
        '"The lake froze. "We walked on it." Lund left. "It held."',
        ["The lake froze.", "We walked on it.", "It held."],
    ),
    ('It was "a good day. "We won," he said.', ["a good day.", "We won,"]),
    ('She said: "I lost it all. He added: "So did I."', ["I lost it all.", "So did I."]),
    ('They were "cold and wet, but had never been "afraid" of it.', ["cold and wet,", "afraid"]),
]
SPECIFICATION = STYLES + APOSTROPHES + NESTED + SIGNS_INSIDE + NO_QUOTATION + SLIPS + REOPENED


@pytest.mark.parametrize(("text", "expected"), SPECIFICATION)
def test_marks_are_paired(text: str, expected: list[str]) -> None:
    assert passages(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“Go.”", DOUBLE),
        ("''Go.''", DOUBLE),
        ("‘Go.’", SINGLE),
        ("'Go.'", SINGLE),
        ("« Va. »", GUILLEMET),
        ("「走」", BRACKET),
    ],
)
def test_the_kind_of_mark_is_told(text: str, kind: str) -> None:
    assert [marked.kind for marked in find_marked_text(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "“The first day was wet.\n\n“The second was dry,” said Lund.",
        '"The first day was wet.\n\n"The second was dry," said Lund.',
        "‘The first day was wet.\n\n‘The second was dry,’ said Lund.",
        "« Le premier jour.\n\n« Le second jour », dit Anne.",
        'Lund was glad: "The first day was wet.\n\n"The second was dry."',
        '"Both were long," said Lund. "The first was wet.\n\n"The second was dry."',
    ],
)
def test_every_paragraph_of_one_speech_opens_and_the_last_one_closes(text: str) -> None:
    assert flags(text)[-2:] == [(True, False), (True, True)]


def test_a_paragraph_without_opening_mark_goes_on_to_the_closing_one() -> None:
    text = "“The first day was wet.\n\nThe second was dry,” said Lund."
    assert passages(text) == ["The first day was wet.", "The second was dry,"]
    assert flags(text) == [(True, False), (True, True)]


def test_paragraphs_that_each_close_do_not_continue() -> None:
    assert flags("“A was wet,” he said.\n\n“B was dry.”\n\n“C,” she said.") == [(True, False)] * 3


def test_speech_opened_again_in_its_paragraph_continues() -> None:
    assert flags('"The lake froze. "We walked on it," said Lund.') == [(True, False), (True, True)]


def test_speech_that_the_reporter_interrupts_without_a_closing_mark_is_unclosed() -> None:
    assert flags('She said: "I lost it all. He added: "So did I."') == [(False, False), (True, False)]


def test_speech_without_closing_mark_ends_with_its_paragraph() -> None:
    text = 'Lund said: "We shall see.\n\nThe mayor left.\n\n"No," she said.'
    assert passages(text) == ["We shall see.", "No,"]
    assert flags(text) == [(False, False), (True, False)]


def test_a_stray_mark_does_no_harm_beyond_its_paragraph() -> None:
    assert passages('The 6" pipe and a " broke.\n\n"Yes," he said.') == ["Yes,"]


MARKS = ['"', "“", "”", "„", "'", "‘", "’", "‚", "''", "``", "«", "»", "‹", "›", "「", "」", "<<", ">>"]
OTHERS = ["said", "Dogs", "s", ",", ".", ":", "(", "]", "—", "…", "=", "6", " ", "\u00a0", "\n"]
SCRIPTS = ["\u202a", "\u200b", "走", "ع", "ש", "É", "🙂"]
FRAGMENTS = st.sampled_from([*MARKS, *OTHERS, *SCRIPTS])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(FRAGMENTS, max_size=80).map("".join), st.text(max_size=60)))
def test_passages_stand_in_order_and_apart(text: str) -> None:
    end = 0
    for marked in find_marked_text(text):
        assert end <= marked.opening <= marked.start < marked.end <= marked.closing <= len(text)
        assert "\n" not in text[marked.opening : marked.closing]
        assert text[marked.start : marked.end] == text[marked.start : marked.end].strip()
        end = marked.closing


INTACT = st.sampled_from(
    [
        "Nobody came to the lake.",
        '"It froze," said Lund. "We walked."',
        "“It froze,” said Lund.",
        "Lund called it “a good day” and left.",
        "‘It froze,’ said Lund. ‘We walked.’",
        "« Il gèle », dit Anne.",
        "The workers' union met at six o'clock.",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(INTACT, min_size=3, max_size=6), st.data())
def test_a_stray_mark_changes_nothing_behind_an_intact_paragraph(paragraphs: list[str], data: st.DataObject) -> None:
    struck = data.draw(st.integers(0, len(paragraphs) - 1))
    place = data.draw(st.integers(0, len(paragraphs[struck])))
    mark = data.draw(st.sampled_from(['"', "“", "”", "'", "‘", "’", "«", "»"]))
    damaged = list(paragraphs)
    damaged[struck] = paragraphs[struck][:place] + mark + paragraphs[struck][place:]
    before, after = passages_by_paragraph(paragraphs), passages_by_paragraph(damaged)
    far = [number for number in range(len(paragraphs)) if abs(number - struck) > 1]
    assert [before[number] for number in far] == [after[number] for number in far]


def passages_by_paragraph(paragraphs: list[str]) -> list[list[str]]:
    text = "\n\n".join(paragraphs)
    starts = [0]
    for paragraph in paragraphs:
        starts.append(starts[-1] + len(paragraph) + 2)
    found = find_marked_text(text)
    return [
        [text[marked.start : marked.end] for marked in found if first <= marked.opening < last]
        for first, last in pairwise(starts)
    ]


def count_readings(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[MarkedText]]:
    """How many readings are weighed over the whole text."""
    count = 0
    read = pairing._read

    def counting(mark: Mark, frontier: dict[str, pairing._Reading]) -> dict[str, pairing._Reading]:
        nonlocal count
        count += len(frontier)
        return read(mark, frontier)

    with monkeypatch.context() as patch:
        patch.setattr(pairing, "_read", counting)
        found = find_marked_text(text)
    return count, found


@pytest.mark.parametrize(
    "unit",
    [
        '"One more word of his speech. ',
        "“One more word of his speech.\n",
        "the dogs' and 'dogs went ",
        "'a \"b said c",
        "«Un mot „ein Wort ”ett ord ",
        "「一二三四五 ",
    ],
)
def test_the_work_grows_with_the_text_and_no_faster(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small, _ = count_readings(unit * 500, monkeypatch)
    large, _ = count_readings(unit * 2000, monkeypatch)
    assert 0 < large <= 4.5 * small


def test_no_more_readings_are_weighed_at_a_mark_than_there_are_states(monkeypatch: pytest.MonkeyPatch) -> None:
    count, _ = count_readings("\"Go ‘there «la „now ”then » and ' so " * 200, monkeypatch)
    assert count <= 8 * len(pairing._MOVES) * 200


@pytest.mark.parametrize("noise", ["'", '"', "'\"", "' ", '" ', "‘’", "“", '="', "\"'x"])
def test_a_megabyte_of_marks_is_no_speech(noise: str) -> None:
    assert find_marked_text(noise * (1_000_000 // len(noise))) == []


def test_ten_thousand_paragraphs_that_open_and_never_close_are_one_speech() -> None:
    found = find_marked_text("“One more word of his speech.\n\n" * 10_000)
    assert len(found) == 10_000
    assert all(marked.continues for marked in found[1:])
