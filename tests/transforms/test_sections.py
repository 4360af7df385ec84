"""Sections are what the record states, or a folder that is well known as one."""

import pytest

from transforms.sections import find_section


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Business", "Business"),
        (" news/world ", "news/world"),
        (["World", "Asia"], "World"),
        (["", None, "Asia"], "Asia"),
        ({"name": "World"}, "World"),
        ([{"term": "World"}], "World"),
        ("['World', 'Asia']", "World"),
        ('["World"]', "World"),
        ("", None),
        ("None", None),
        ("Uncategorized", None),
        ("123", None),
        (7, None),
        (b"World", None),
        ("x" * 500, None),
        ([], None),
    ],
)
def test_a_stated_section_is_kept_as_it_is(stated: object, expected: str | None) -> None:
    assert find_section(stated, None, "a.txt") == expected


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        ("https://herald.example/business/a-bridge", "a.txt", "Business"),
        ("https://herald.example/news/uk-news/a-bridge", "a.txt", "National"),
        ("https://herald.example/news/world/asia/a-bridge", "a.txt", "World"),
        ("https://herald.example/Science_and_Environment/a", "a.txt", "Environment"),
        ("https://herald.example/business", "a.txt", None),
        ("https://herald.example/a/b/c", "wire/sport/001.txt", "Sport"),
        (None, "wire/tech/001.txt", "Technology"),
        (None, "wire/tech.zip!/001.txt", "Technology"),
        (None, "business.txt", None),
        (None, "wire/001.txt", None),
        ("https://[broken", "a.txt", None),
    ],
)
def test_folders_of_addresses_and_files_name_well_known_sections(
    url: str | None, path: str, expected: str | None
) -> None:
    assert find_section(None, url, path) == expected
