"""Front matter: the head becomes fields, the rest text without the marks of Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.read import name_of_format, read_all, read_one
from transforms.dates import read_date
from transforms.readers.front_matter import looks_like_front_matter, read_front_matter, strip_markdown

YAML = """---
title: "Ferry: it is back"
date: 2024-05-06T07:08:09+02:00
author: [Ada Cole, Bo Lund]
lang: no
tags:
  - harbour
  - ferry
categories: [News]
draft: false
summary: >
  A ferry
  came back.
permalink: /ferry/
empty:
---

# The **ferry** #

It is [back](https://post.example.org/a_(1) "link"), said _Ada_ `Cole`.

> A *fine* day.
"""

TOML = """+++
title = 'Ferry'
date = 2024-05-06T07:08:09Z
authors = ["Ada Cole"]
[params]
weight = 3
+++
It is back.
"""


def test_a_head_of_yaml_gives_its_fields_as_they_are_written() -> None:
    record = read_one(read_front_matter, YAML.encode())
    assert record.fields == {
        "title": "Ferry: it is back",
        "date": "2024-05-06T07:08:09+02:00",
        "author": ["Ada Cole", "Bo Lund"],
        "lang": "no",
        "tags": ["harbour", "ferry"],
        "section": "News",
        "draft": "false",
        "summary": "A ferry came back.\n",
        "permalink": "/ferry/",
        "text": "The ferry\n\nIt is back, said Ada Cole.\n\nA fine day.",
    }
    assert not record.is_laid_out


def test_a_head_of_toml_gives_its_fields() -> None:
    fields = read_one(read_front_matter, TOML.encode()).fields
    assert (fields["title"], fields["authors"], fields["params"]) == ("Ferry", ["Ada Cole"], {"weight": 3})
    assert fields["text"] == "It is back."
    assert str(read_date(fields["date"]).moment) == "2024-05-06 07:08:09+00:00"


def test_of_a_broken_head_what_can_be_read_counts_and_nothing_of_it_is_text() -> None:
    raw = '---\ntitle: Ferry: it is back\ndate: 2024-05-06\ntags: [a, "b"]\nauthors:\n- Ada Cole\n\t- bad\n---\nText.\n'
    fields = read_one(read_front_matter, raw.encode()).fields
    fault = fields.pop("front_matter_error")
    assert "mapping values are not allowed" in fault
    assert fields == {
        "title": "Ferry: it is back",
        "date": "2024-05-06",
        "tags": ["a", "b"],
        "authors": ["Ada Cole", "bad"],
        "text": "Text.",
    }


@pytest.mark.parametrize(
    "head",
    [
        "a: &a [x,x]\n" + "".join(f"{'b' * no}: &n{no} [{f'*n{no - 1}, ' * 9}]\n" for no in range(1, 9)),
        "title: " + "[" * 20_000,
        "title: !!python/object/apply:os.system [ls]",
        "title: \x07",
        "- a\n- b",
        "title",
        "? [a, b]\n: title",
    ],
)
def test_heads_that_do_harm_elsewhere_do_none(head: str) -> None:
    fields = read_one(read_front_matter, f"---\ntitle: a\n{head}\n---\nText.\n".encode()).fields
    assert fields["text"] == "Text."
    assert len(str(fields)) < 50_000


def test_fields_named_like_the_text_do_not_hide_it() -> None:
    fields = read_one(read_front_matter, b"---\ntitle: a\nbody: b\ntext: c\n---\nText.\n").fields
    assert fields == {"title": "a", "head_body": "b", "head_text": "c", "text": "Text."}


def test_a_body_of_html_is_its_text() -> None:
    record = read_one(read_front_matter, b"---\ntitle: a\n---\n<p>One</p>\n<p>two {{< figure >}}</p>\n")
    assert (record.fields["text"], record.is_laid_out) == ("One\ntwo", True)


def test_several_categories_are_keywords() -> None:
    fields = read_one(read_front_matter, b"---\ntitle: a\ncategories: [b, c]\n---\nd\n").fields
    assert (fields["keywords"], "section" in fields) == (["b", "c"], False)


def test_line_ends_and_byte_order_marks_are_no_obstacle() -> None:
    raw = b"\xef\xbb\xbf" + YAML.replace("\n", "\r\n").encode()
    assert looks_like_front_matter(raw)
    assert read_one(read_front_matter, raw).fields == read_one(read_front_matter, YAML.encode()).fields


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## A *b* c {#id}\ntext", "A b c\n\ntext"),
        ("A title\n=======\ntext", "A title\n\ntext"),
        ("one\n\n***\n\ntwo", "one\n\ntwo"),
        ("**Ada** and __Bo__ and ***both***", "Ada and Bo and both"),
        ("2 * 3 * 4 and a_b_c and *", "2 * 3 * 4 and a_b_c and *"),
        ("![a picture](a.png) text ![b][1]", "text"),
        ("[![a](b.png)](c) [d][1] and [e][]", "d and e"),
        ("[a] stays\n\n[1]: http://example.org 'x'", "[a] stays"),
        ("<https://example.org/a> and <b>c</b>", "https://example.org/a and c"),
        ("a < b > c", "a < b > c"),
        ("```python\ncode *x*\n```\ntext", "code *x*\ntext"),
        ("text[^1]\n\n[^1]: a note", "text\n\na note"),
        ('{{< figure src="a" >}}\n{% include a %}text {{ b }}', "text"),
        ("> > quoted\n> twice", "quoted\ntwice"),
        ("5 \\* 3 \\_a\\_", "5 * 3 _a_"),
        ("- a\n- **b**\n1. c", "- a\n- b\n1. c"),
        ("<!-- more -->text", "text"),
        ("#hashtag and # no heading", "#hashtag and # no heading"),
    ],
)
def test_the_marks_of_markdown_go(markdown: str, text: str) -> None:
    assert strip_markdown(markdown).strip() == text


@pytest.mark.parametrize("piece", ["*", "_", "[", "![", "](", "`", "{{<", "{%", "<a", "<!--", "**a", "\\", "[(", "> "])
def test_marks_without_end_take_no_long_time(piece: str) -> None:
    strip_markdown(piece * 20_000)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (YAML, "front_matter"),
        (TOML, "front_matter"),
        ("---\n# comment\ntitle: a\n...\ntext", "front_matter"),
        ("---\ntitle: a: b\n  - c\n---\ntext", "front_matter"),
        ("---\nThe ferry is back.\n---\nAll are well.", "text"),
        ("---\nADA: It is back.\nBO: Good.\n---\nAll are well.", "text"),
        ("---\ntitle: a\n\ntext without end", "text"),
        ("---\nThe ferry: it is back.\nAll of the nine are well.\ntitle: a\nIt rained.\nIt did.\n---\n", "text"),
        ("--- \n\n---\n", "text"),
    ],
)
def test_content_tells_the_format(raw: str, expected: str) -> None:
    assert name_of_format(raw.encode(), "a.txt") == expected


def test_a_file_that_is_called_markdown_has_its_marks_taken_off_without_a_head_too() -> None:
    raw = b"# The ferry\n\nThe **mayor** met [the council](https://valley.example).\n"
    assert name_of_format(raw, "a.md") == "front_matter"
    [record] = read_all(read_front_matter, raw)
    assert record.fields == {"text": "The ferry\n\nThe mayor met the council."}


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_record_or_a_rejection(raw: bytes) -> None:
    assert len(read_all(read_front_matter, raw)) == 1
    looks_like_front_matter(raw)


@given(
    st.sampled_from([YAML.encode(), TOML.encode()]),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 20), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_damaged_heads_give_a_record_or_a_rejection(raw: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]
    assert len(read_all(read_front_matter, raw)) == 1
    looks_like_front_matter(raw)
