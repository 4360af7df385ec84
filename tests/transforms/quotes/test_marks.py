"""Pairing of quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.quotes.marks import find_marked_text


def passages(text: str) -> list[str]:
    return [text[marked.start : marked.end] for marked in find_marked_text(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Go," she said, "now."', ["Go,", "now."]),
        ("“Go,” she said, “now.”", ["Go,", "now."]),
        ("«Non», dit-elle.", ["Non"]),
        ("``Stay here,'' he said.", ["Stay here,"]),
        ("''Stay here,'' he said. ''Please.''", ["Stay here,", "Please."]),
        ("‘The workers’ union is right,’ he said.", ["The workers’ union is right,"]),
        ("'It's late,' he said.", ["It's late,"]),
        ("‘He told me “go away” and left,’ she said.", ["He told me “go away” and left,"]),
        ("“He told me ‘go away’ and left,” she said.", ["He told me ‘go away’ and left,"]),
        ("The '90s rock 'n' roll didn't die.", []),
        ("“They see that. “", ["They see that."]),
        ("", []),
        ("“”", []),
    ],
)
def test_marks_are_paired(text: str, expected: list[str]) -> None:
    assert passages(text) == expected


def test_every_paragraph_of_one_speech_opens_and_the_last_one_closes() -> None:
    marked = find_marked_text("“The first day was wet.\n\n“The second was dry,” said Lund.")
    assert [passage.continues for passage in marked] == [False, True]
    assert all(passage.is_closed for passage in marked)


def test_a_paragraph_without_opening_mark_goes_on_to_the_closing_one() -> None:
    assert passages("“The first day was wet.\n\nThe second was dry,” said Lund.") == [
        "The first day was wet.",
        "The second was dry,",
    ]


def test_a_stray_mark_does_no_harm_beyond_its_paragraph() -> None:
    assert passages('The 6" pipe and a " broke.\n\n"Yes," he said.') == ["Yes,"]


@given(
    st.lists(st.sampled_from(['"', "“", "”", "'", "‘", "’", "''", "``", "«", "»", " ", "\n", "said", "dogs", ",", "."]))
)
def test_passages_stand_in_order_and_apart(parts: list[str]) -> None:
    text = "".join(parts)
    end = 0
    for marked in find_marked_text(text):
        assert end <= marked.opening <= marked.start < marked.end <= marked.closing <= len(text)
        end = marked.closing
