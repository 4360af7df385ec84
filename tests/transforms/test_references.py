"""References become the characters they mean, whatever number they have."""

import pytest

from transforms.references import drop_controls, unescape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zo&euml; &amp; Idris", "Zoë & Idris"),
        ("&#8217;&#x2019;", "’’"),
        ("caf&#0000233;", "café"),
        ("AT&T", "AT&T"),
        ("&#" + "9" * 5_000 + "; all", "\ufffd all"),
        ("&#x" + "f" * 5_000 + "; all", "\ufffd all"),
        ("&#" + "0" * 5_000 + "65;", "A"),
    ],
)
def test_references_are_read(text: str, expected: str) -> None:
    assert unescape(text) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a&#1;b&#x5;c&#0;&#xD800;&#xFFFF;&#x110000;d", "abcd"),
        ("&#65;&#xe9;&#10;&#8217 &amp;&#;", "&#65;&#xe9;&#10;&#8217 &amp;&#;"),
    ],
)
def test_references_to_what_is_no_character_go(markup: str, expected: str) -> None:
    assert drop_controls(markup) == expected
