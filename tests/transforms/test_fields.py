"""Whatever feeds call their fields, the columns are filled from the right ones, and the rest is kept."""

import json
from typing import Any

import pytest

from transforms.errors import FieldMapError
from transforms.fields import (
    FIELD_NAMES,
    column_of,
    describe_unmapped,
    encodable,
    holds_text,
    other_fields,
    parse_field_map,
    take_field,
    take_text,
)
from transforms.markup import is_markup, text_of_markup

URL = "https://news.example/a"


def columns_of(fields: dict[str, Any]) -> dict[str, Any]:
    """Every column that the record fills."""
    taken = {column: take_field(fields, column) for column in FIELD_NAMES}
    return {column: value for column, value in taken.items() if value is not None}


NEWS_PLEASE = {
    "authors": ["Ann Roe"], "date_download": "2024-05-08 01:00:00", "date_modify": None,
    "date_publish": "2024-05-06 07:00:00", "description": "Rain.", "filename": "x.html", "image_url": URL + ".jpg",
    "language": "en", "maintext": "It rained.", "source_domain": "news.example", "title": "Rain", "url": URL,
}  # fmt: skip
COMMON_CRAWL = {
    "text": "It rained.", "title": "Rain", "publish_date": "2024-05-06", "crawl_date": "2024-05-08",
    "domain": "news.example", "requested_url": URL,
}  # fmt: skip
NEWS_API = {
    "source": {"id": "the-anvil", "name": "The Anvil"}, "author": "Ann Roe", "title": "Rain", "description": "Rain.",
    "url": URL, "urlToImage": URL + ".jpg", "publishedAt": "2024-05-06T07:00:00Z", "content": "It rained.",
}  # fmt: skip
GUARDIAN = {
    "id": "world/rain", "sectionName": "World", "webPublicationDate": "2024-05-06T07:00:00Z", "webTitle": "Rain",
    "webUrl": URL, "fields": {"headline": "Rain, again", "byline": "Ann Roe", "bodyText": "It rained."},
}  # fmt: skip
NEW_YORK = {
    "_id": "nyt://article/1", "web_url": URL, "abstract": "Rain.", "lead_paragraph": "It rained.", "snippet": "Rain",
    "source": "The Anvil", "headline": {"main": "Rain", "kicker": "Weather"}, "pub_date": "2024-05-06T07:00:00+0000",
    "byline": {"original": "By Ann Roe", "person": []}, "section_name": "World",
}  # fmt: skip
WORD_PRESS = {
    "id": 7, "date": "2024-05-06T09:00:00", "date_gmt": "2024-05-06T07:00:00", "link": URL, "author": 3,
    "title": {"rendered": "<b>Rain</b> again"}, "categories": [4, 5],
    "content": {"rendered": "<p>It rained.</p>\n<p>A&amp;B.</p>", "protected": False},
}  # fmt: skip
ALL_THE_NEWS = {
    "": "0", "id": "17283", "title": "Rain", "publication": "The Anvil", "author": "Ann Roe", "date": "2024-05-06",
    "year": "2024.0", "month": "5.0", "url": "", "content": "It rained.",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            NEWS_PLEASE,
            {"url": URL, "title": "Rain", "text": "It rained.", "published_at": "2024-05-06 07:00:00",
             "authors": ["Ann Roe"], "publisher": "news.example", "language": "en"},
        ),
        (
            COMMON_CRAWL,
            {"url": URL, "title": "Rain", "text": "It rained.", "published_at": "2024-05-06",
             "publisher": "news.example"},
        ),
        (
            NEWS_API,
            {"url": URL, "title": "Rain", "text": "It rained.", "published_at": "2024-05-06T07:00:00Z",
             "authors": "Ann Roe", "publisher": "The Anvil"},
        ),
        (
            GUARDIAN,
            {"id": "world/rain", "url": URL, "title": "Rain", "text": "It rained.",
             "published_at": "2024-05-06T07:00:00Z", "authors": "Ann Roe", "section": "World"},
        ),
        (
            NEW_YORK,
            {"id": "nyt://article/1", "url": URL, "title": "Rain", "text": "It rained.",
             "published_at": "2024-05-06T07:00:00+0000", "authors": "By Ann Roe", "publisher": "The Anvil",
             "section": "World"},
        ),
        (
            WORD_PRESS,
            {"id": 7, "url": URL, "title": "Rain again", "text": ["It rained.", "A&B."],
             "published_at": "2024-05-06T07:00:00"},
        ),
        (
            ALL_THE_NEWS,
            {"id": "17283", "title": "Rain", "text": "It rained.", "published_at": "2024-05-06",
             "authors": "Ann Roe", "publisher": "The Anvil"},
        ),
        (
            {"V2DOCUMENTIDENTIFIER": URL, "V2SOURCECOMMONNAME": "news.example", "DATE": 20240506070000},
            {"url": URL, "publisher": "news.example", "published_at": 20240506070000},
        ),
        (
            {"Date Published": "2024-05-06", "Article-Body": "It rained.", "Headline": "Rain"},
            {"title": "Rain", "text": "It rained.", "published_at": "2024-05-06"},
        ),
        (
            {"source.name": "The Anvil", "content.rendered": "It rained.", "title.rendered": "Rain"},
            {"title": "Rain", "text": "It rained.", "publisher": "The Anvil"},
        ),
    ],
    ids=["news-please", "Common Crawl", "NewsAPI", "Guardian", "New York Times", "WordPress", "All the News", "GDELT",
         "headings", "flattened"],
)  # fmt: skip
def test_the_names_that_feeds_use_fill_the_columns(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert columns_of(fields) == expected


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (NEWS_API, {"source": {"id": "the-anvil"}, "description": "Rain.", "urlToImage": URL + ".jpg"}),
        (WORD_PRESS, {"id": 7, "date": "2024-05-06T09:00:00", "author": 3, "categories": [4, 5],
                      "content": {"protected": False}}),
        (GUARDIAN, {"id": "world/rain", "fields": {"headline": "Rain, again"}}),
        (ALL_THE_NEWS, {"year": "2024.0", "month": "5.0"}),
        ({"title": "Rain", "headline": "Again", "text": "a"}, {"headline": "Again"}),
        ({"id": 4, "url": URL, "text": "a"}, {"id": 4}),
        ({"id": 4, "text": "a", "Unnamed: 0": "3", "__index_level_0__": 9}, None),
        ({"text": "a", "url": "news.example/a", "categories": ["x", "y"]},
         {"url": "news.example/a", "categories": ["x", "y"]}),
        ({"text": "a", "none": None, "blank": "", "list": [], "zero": 0, "no": False}, {"zero": 0, "no": False}),
    ],
)  # fmt: skip
def test_only_what_a_column_was_taken_from_is_left_out_of_the_metadata(
    fields: dict[str, Any], kept: dict[str, Any] | None
) -> None:
    before = json.dumps(fields)
    found = other_fields(fields, {})
    assert (json.loads(found) if found else None) == kept
    assert json.dumps(fields) == before


def test_what_has_no_column_is_kept_as_json_without_what_cannot_be_stored() -> None:
    kept = other_fields({"text": "a", "desk_no": "city\0", "half": "\ud800"}, {"more": 1})
    assert kept is not None
    assert json.loads(kept) == {"desk_no": "city", "half": "?", "more": 1}
    assert other_fields({"text": "a", "none": None}, {}) is None
    assert encodable("a\0\udc00") == "a?"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "a", "body": "b"}, "a"),
        ({"text": "", "body": " \n", "content": [], "maintext": "d"}, "d"),
        ({"text": {"a": 1}, "body": 3, "story": "c"}, "c"),
        ({"body": ["One.", "Two."]}, ["One.", "Two."]),
        ({"article": "https://news.example/a", "content": "c"}, "c"),
        ({"text": None}, ""),
        ({"text": " "}, ""),
        ({"text": {"a": 1}}, {"a": 1}),
        ({"text": 7}, 7),
        ({"words": "x"}, None),
        ({}, None),
    ],
)
def test_the_first_name_that_holds_text_counts_and_an_empty_one_is_told_from_none(
    fields: dict[str, Any], expected: Any
) -> None:
    assert take_field(fields, "text") == expected
    assert holds_text(fields) == (isinstance(expected, str | list) and bool(expected))


def test_a_teaser_is_the_text_only_where_nothing_else_can_be_it() -> None:
    assert take_field({"headline": "A long headline", "short_description": "Rain."}, "text") == "Rain."
    assert take_field({"description": "Rain.", "story_clean": "It rained all day."}, "text") is None
    assert take_field({"description": "Rain.", "content": None}, "text") == ""
    assert not holds_text({"description": "Rain."})


def test_times_at_which_a_record_was_fetched_are_no_dates_of_publication() -> None:
    fields = dict.fromkeys(["timestamp", "created_at", "crawl_date", "date_download", "updated_at"], "2024-05-06")
    assert take_field(fields, "published_at") is None
    assert take_field(fields, "published_at", parse_field_map(["published_at=timestamp"])) == "2024-05-06"


@pytest.mark.parametrize("url", ["https://news.example", "http://news.example/", "news.example/a", "nyt://a/1", 7])
def test_what_is_no_address_of_one_article_is_no_url(url: Any) -> None:
    assert take_field({"url": url}, "url") is None
    assert take_field({"url": url, "link": URL}, "url") == URL


def test_zero_is_an_id_and_truth_is_none() -> None:
    assert take_text({"id": 0}, "id") == "0"
    assert take_text({"id": True, "uuid": "x"}, "id") == "x"
    assert take_text({"_id": {"$oid": "65"}}, "id") == "65"


def test_a_text_field_is_one_line_and_never_empty() -> None:
    assert take_text({"title": " Rain \n and\tsun "}, "title") == "Rain and sun"
    assert take_text({"title": "  "}, "title") is None
    assert take_text({"section": ["a"]}, "section") is None


def test_mapped_names_win_and_count_for_no_other_column() -> None:
    field_map = parse_field_map(["title=headline, text=lead+body", "authors=source"])
    fields = {"title": "T", "headline": "H", "Lead": "<p>L</p>", "body": "B", "source": "Ann Roe", "site": "S"}
    assert take_field(fields, "title", field_map) == "H"
    assert take_field(fields, "text", field_map) == "L\n\nB"
    assert take_field(fields, "authors", field_map) == "Ann Roe"
    assert take_field(fields, "publisher", field_map) == "S"
    assert other_fields(fields, {}, field_map) == '{"title": "T"}'
    assert take_field({"title": "T", "lead": "L"}, "title", field_map) == "T"
    assert take_field({"title": "T", "lead": "L"}, "text", field_map) == "L"
    assert take_field({"text": "whole", "lead": ""}, "text", field_map) == "whole"


def test_a_map_follows_names_into_fields_and_joins_lists() -> None:
    field_map = parse_field_map(["text=story.body,authors=writer+desk,title=a+b"])
    assert take_field({"story": {"Body": ["One.", "Two."]}}, "text", field_map) == ["One.", "Two."]
    assert take_field({"writer": ["Ann Roe"], "desk": "Bo Lund"}, "authors", field_map) == ["Ann Roe", "Bo Lund"]
    assert take_field({"a": "Rain", "b": 2}, "title", field_map) == "Rain 2"
    assert other_fields({"story": {"body": "x", "no": 1}}, {}, field_map) == '{"story": {"no": 1}}'


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("headline", "--map headline: write COLUMN=FIELD, as in text=story, or COLUMN=FIELD+FIELD"),
        ("text=", "--map text=: write COLUMN=FIELD, as in text=story, or COLUMN=FIELD+FIELD"),
        ("text=a+", "--map text=a+: write COLUMN=FIELD, as in text=story, or COLUMN=FIELD+FIELD"),
        (
            "date=day",
            "--map date=day: 'date' is no column: name one of id, url, title, text, published_at, authors, publisher, "
            "section, language",
        ),
        ("text=a,text=b", "--map text=b: text is mapped twice: join fields by '+', as in text=lead+body"),
    ],
)
def test_a_map_that_cannot_be_understood_is_one_clear_line(option: str, message: str) -> None:
    with pytest.raises(FieldMapError) as raised:
        parse_field_map([option])
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"id": 1, "headline": "Rain", "story_clean": "It rained.", "pic": "https://news.example/a-long-address"},
            "the record has id, headline, story_clean (longest), pic; pass --map text=story_clean",
        ),
        ({}, "the record has no fields"),
        ({"a": 1, "Unnamed: 0": "x"}, "the record has a; pass --map text=FIELD with the one that does"),
        (
            {**{f"n{number}": number for number in range(14)}, "prose": "It rained."},
            "the record has n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, prose (longest) and 3 more; "
            "pass --map text=prose",
        ),
    ],
)
def test_a_record_without_text_says_which_fields_it_has(fields: dict[str, Any], message: str) -> None:
    assert describe_unmapped(fields) == f"no field holds the text: {message}"


def test_a_name_tells_its_column() -> None:
    assert [column_of(name) for name in ("Published At", "description", "source.name", "shoe size")] == [
        "published_at", "text", "publisher", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<p>One &amp; <b>two</b></p><p>Three</p>", "One & two\nThree"),
        ("One<br/>two<br>three", "One\ntwo\nthree"),
        ("<div>A<script>x('</p>')</script><style>p{}</style>B</div>", "AB"),
        ("<ul><li>A<li>B</ul>C", "A\nB\nC"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC"),
        ("<p>wrapped\nline</p><pre>a\nb</pre>", "wrapped line\na\nb"),
        ("<figure><img src=x><figcaption>Photo</figcaption></figure><p>Text</p>tail", "Text\ntail"),
        ("&lt;p&gt;Twice&lt;/p&gt;", "Twice"),
        ("<p>not closed <em>at all</em>", "not closed at all"),
        ("<!-- wp:paragraph --><p>A</p><!-- /wp -->", "A"),
        ("<?xml version='1.0' encoding='latin-1'?><p>Zürich\0</p>", "Zürich"),
        ("<p></p>", ""),
        ("no &amp; markup", "no & markup"),
    ],
)
def test_markup_is_the_text_that_it_shows(fragment: str, text: str) -> None:
    assert text_of_markup(fragment) == text


@pytest.mark.parametrize("text", ["a < b and b > c", "<REUTERS>", "Use the <p> tag.", "<3", "", "x <br> y"])
def test_angle_brackets_in_prose_are_no_markup(text: str) -> None:
    assert not is_markup(text)


def test_markup_nested_deep_is_read() -> None:
    assert "x" in text_of_markup("<div>" * 3_000 + "x" + "</div>" * 3_000)
