"""Outlets are named by what the record states or by their domain."""

import csv

import pytest

from transforms.lexicon import default_seeds_dir, read_seed
from transforms.outlets import find_outlet, name_publisher


@pytest.mark.parametrize(
    ("stated", "url", "expected"),
    [
        ("The Herald", "https://www.bbc.co.uk/a", "The Herald"),
        (" The  Herald ", None, "The Herald"),
        ("bbc.co.uk", None, "BBC News"),
        ("www.BBC.co.uk", None, "BBC News"),
        ("https://www.theguardian.com/uk", None, "The Guardian"),
        ("www.Herald.example", None, "herald.example"),
        ("St. Louis Herald", None, "St. Louis Herald"),
        (None, "https://www.theguardian.com/world/a", "The Guardian"),
        ("", "https://news.bbc.co.uk/1/a", "BBC News"),
        ("unknown", "https://edition.cnn.com/a", "CNN"),
        (None, "https://timesofindia.indiatimes.com/a", "The Times of India"),
        (None, "https://herald.example/a", None),
        (None, "https://notbbc.co.uk/a", None),
        (None, "https://[broken/a", None),
        (None, None, None),
    ],
)
def test_a_publisher_is_the_stated_name_or_the_outlet_of_a_domain(
    stated: str | None, url: str | None, expected: str | None
) -> None:
    assert name_publisher(stated, url) == expected


@pytest.mark.parametrize("host", [None, "", ".", "com", "co.uk", "..", "a.b.c.d.example"])
def test_most_hosts_are_no_outlets(host: str | None) -> None:
    assert find_outlet(host) is None


def test_the_seed_has_many_outlets_each_once_and_in_order() -> None:
    rows = read_seed("outlets")
    domains = [row["domain"] for row in rows]
    assert len(rows) >= 600
    assert domains == sorted(set(domains))
    assert all(domain == domain.lower() and not domain.startswith("www.") and "." in domain for domain in domains)


def test_the_seed_names_kind_and_country_of_each() -> None:
    rows = read_seed("outlets")
    kinds = {"newspaper", "agency", "broadcaster", "magazine", "digital", "aggregator", "government"}
    assert {row["kind"] for row in rows} == kinds
    assert all(row["name"] and (not row["country"] or len(row["country"]) == 3) for row in rows)


@pytest.mark.parametrize("name", ["outlets", "sections", "calendar_words", "dateline_words", "byline_words"])
def test_seeds_of_metadata_are_complete_rows_without_repetition(name: str) -> None:
    with (default_seeds_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert all(len(row) == len(header) for row in rows)
    assert len({tuple(row) for row in rows}) == len(rows)
