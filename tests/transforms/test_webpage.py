import io
import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.readers import detect_format
from transforms.readers.page_data import parse_time
from transforms.readers.record import BadRecord, Record
from transforms.readers.webpage import (
    PAGE_BYTES,
    declared_encoding,
    looks_like_webpage,
    parse_webpage,
    read_webpage,
)

PARAGRAPHS = (
    "The harbour board voted on Tuesday to reopen the north pier after two years of repairs that cost a lot.",
    "“We did not expect the timber to be in such a state,” said Ada Cole, who chairs the board, on the new planks.",
    "Fishermen had asked for the pier to be opened before the herring season, which begins in the middle of March.",
    "The town will pay the last of the bills from a loan that the council agreed to in the autumn, the treasurer said.",
)
TEXT = "\n".join(PARAGRAPHS)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
LD = '<script type="application/ld+json">{}</script>'


def fields_of(page: str | bytes, url: str | None = None) -> dict[str, Any]:
    """The fields of a page that can be read."""
    record = parse_webpage(page if isinstance(page, bytes) else page.encode(), url=url)
    assert isinstance(record, Record), record
    assert record.is_laid_out
    return record.fields


def rejected(page: bytes) -> BadRecord:
    """The rejection of a page that cannot be read."""
    (record,) = read_webpage(io.BytesIO(page))
    assert isinstance(record, BadRecord)
    return record


def article(inside: str, head: str = "") -> str:
    """A page that says that it is an article."""
    return f'<html><head><meta property="og:type" content="article">{head}</head><body>{inside}</body></html>'


# -- what is a page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbf\r\n  <!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><html>",
        b"<!-- saved from url=(0014)about:internet -->\n<!-- \n <rss> -->\n<HTML><HEAD>",
        b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">',
        "<html><head>".encode("utf-16"),
        "<html><head>".encode("utf-16-le"),
        "\n<html><head>".encode("utf-16-be"),
        b"<p>One paragraph.</p>\n<p>Another.</p>",
        b"<table width=600><tr><td>Home</td></tr></table>",
    ],
)
def test_a_page_is_told_by_how_it_begins(head: bytes) -> None:
    assert looks_like_webpage(head)
    assert getattr(detect_format(head, "page"), "name", None) == "html"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Just text about <html> and <p>tags</p> in the middle.",
        b'<?xml version="1.0"?>\n<rss version="2.0"><channel>',
        b'<?xml version="1.0"?>\n<!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><body>',
        b'<?xml version="1.0"?><!-- a --><feed xmlns="http://www.w3.org/2005/Atom">',
        b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/">',
        b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS>',
        b"<b>A line in bold and no end",
        b'{"html": "<html>"}',
    ],
)
def test_other_markup_and_text_are_no_page(head: bytes) -> None:
    assert not looks_like_webpage(head)


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (b'<html><head><meta charset="ISO-8859-2">', "iso-8859-2"),
        (b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=windows-1251'>", "windows-1251"),
        (b"<?xml version='1.0' encoding='Shift_JIS'?><html>", "shift_jis"),
        (b'<!-- <meta charset="latin1"> --><meta charset=gb2312 />', "gb2312"),
        (b'<meta charset="utf-16">', "utf-8"),
        (b"<html><p>charset=latin1</p>", None),
    ],
)
def test_the_declared_encoding_is_found(raw: bytes, label: str | None) -> None:
    assert declared_encoding(raw) == label


def test_a_page_is_read_in_the_encoding_that_it_declares() -> None:
    river = "<p>Der Pegel fiel über Nacht um drei Meter.</p>"
    page = article(f"<h1>Café</h1>{BODY}{river}", '<meta charset="iso-8859-1">')
    fields = fields_of(page.encode("cp1252"))
    assert fields["title"] == "Café"
    assert fields["text"].endswith("Der Pegel fiel über Nacht um drei Meter.")
    assert "“We did" in fields["text"]


def test_utf16_without_its_mark_is_read() -> None:
    assert fields_of(article(BODY).encode("utf-16-le"))["text"] == TEXT


def test_zero_bytes_in_a_page_cut_nothing_off() -> None:
    assert fields_of(article(BODY.replace("north", "no\0rth")))["text"] == TEXT


# -- metadata ---------------------------------------------------------------------------------------------------------


def test_json_ld_tells_everything_of_an_article() -> None:
    data = """{"@context": "https://schema.org", "@graph": [
        {"@type": "WebSite", "name": "Daily Reed Online"},
        {"@type": "Organization", "@id": "#reed", "name": "The Daily Reed"},
        {"@type": "Person", "@id": "#bo", "name": "Bo Lund"},
        {"@type": ["NewsArticle", "Thing"], "headline": "North pier reopens &amp; shines",
         "datePublished": "2021-03-02T08:15:00+0100", "dateModified": "2021-03-03T10:00Z",
         "publisher": {"@id": "#reed"},
         "author": [{"@id": "#bo"}, {"@type": "Person", "name": "Eva Dahl"}], "articleSection": ["Local", "News"],
         "inLanguage": "en-GB", "keywords": "pier, harbour", "description": "It took two years."}]}"""
    page = article(f"<h1>North pier reopens &amp; shines</h1>{BODY}", LD.format(data))
    assert fields_of(page) == {
        "title": "North pier reopens & shines",
        "text": TEXT,
        "published_at": "2021-03-02T07:15:00+00:00",
        "authors": ["Bo Lund", "Eva Dahl"],
        "publisher": "The Daily Reed",
        "section": "Local",
        "language": "en-GB",
        "description": "It took two years.",
        "keywords": ["pier", "harbour"],
        "modified_at": "2021-03-03T10:00:00+00:00",
        "page_type": "NewsArticle",
    }


def test_metas_tell_what_json_ld_does_not() -> None:
    head = """<title>North pier reopens | The Daily Reed</title>
        <meta property="og:site_name" content="The Daily Reed"><meta property="og:title" content="North pier reopens">
        <meta property="article:published_time" content="2021-03-02 08:15:00"><meta name="author" content="Bo Lund">
        <meta property="article:section" content="Local"><link rel="canonical" href="/2021/pier">
        <meta property="og:url" content="https://dailyreed.example/2021/pier?from=og">"""
    fields = fields_of(article(BODY, head))
    assert fields["title"] == "North pier reopens"
    assert fields["published_at"] == "2021-03-02T08:15:00", "a time without a zone stays without one"
    assert (fields["authors"], fields["publisher"], fields["section"]) == (["Bo Lund"], "The Daily Reed", "Local")
    assert fields["url"] == "https://dailyreed.example/2021/pier"


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "North pier reopens", "datePublished": "2021-03-02",}',
        '<!-- {"@type": "NewsArticle", "headline": "North pier reopens", "datePublished": "2021-03-02"} -->',
        '{"@type": "NewsArticle", "headline": "North pier reopens", "datePublished": "2021-03-02"};',
        '{"@type": "NewsArticle", "headline": "North\npier reopens", "datePublished": "2021-03-02"}',
        '{"@type": "NewsArticle", "headline": "North pier reopens", "x": "a "b"", "datePublished": "2021-03-02"',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;North pier reopens&quot;, "
        "&quot;datePublished&quot;: &quot;2021-03-02&quot;}",
    ],
)
def test_json_ld_that_is_broken_is_mended(broken: str) -> None:
    fields = fields_of(article(BODY, LD.format(broken)))
    assert (fields["title"], fields["published_at"]) == ("North pier reopens", "2021-03-02")


def test_of_several_articles_in_json_ld_the_page_s_own_is_taken() -> None:
    nodes = ",".join(
        f'{{"@type": "NewsArticle", "headline": "Story {n}", "url": "https://a.example/{n}"}}' for n in range(4)
    )
    page = article(BODY, f'<link rel="canonical" href="https://a.example/2">{LD.format(f"[{nodes}]")}')
    assert fields_of(page)["title"] == "Story 2"


def test_articles_listed_in_json_ld_are_not_the_page_s() -> None:
    data = '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Another story"}]}'
    assert fields_of(article(f"<h1>North pier reopens</h1>{BODY}", LD.format(data)))["title"] == "North pier reopens"


def test_a_headline_cut_short_in_json_ld_gives_way_to_the_one_that_readers_see() -> None:
    data = '{"@type": "NewsArticle", "headline": "North pier reopens after two…"}'
    page = article(f"<h1>North pier reopens after two long years</h1>{BODY}", LD.format(data))
    assert fields_of(page)["title"] == "North pier reopens after two long years"


@pytest.mark.parametrize(
    "window",
    [
        "North pier reopens - The Daily Reed",
        "North pier reopens | Local | The Daily Reed",
        "The Daily Reed: North pier reopens",
        "North pier reopens « dailyreed.example",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(window: str) -> None:
    head = (
        f'<title>{window}</title><meta property="og:site_name" content="Daily Reed">'
        '<meta property="article:section" content="Local"><link rel="canonical" href="https://dailyreed.example/pier">'
    )
    assert fields_of(article(f"<h2>North pier reopens</h2>{BODY}", head))["title"] == "North pier reopens"


def test_the_day_is_found_in_the_text_where_nothing_states_it() -> None:
    page = f"<html><body><h1>North pier reopens</h1><p>By Bo Lund</p><p>12 March 2004</p>{BODY}</body></html>"
    fields = fields_of(page)
    assert (fields["published_at"], fields["authors"], fields["text"]) == ("2004-03-12", ["Bo Lund"], TEXT)


def test_a_day_that_could_be_a_month_is_left_to_the_caller() -> None:
    page = f'<html><body><h1>North pier reopens</h1><div class="submitted">03/02/2021</div>{BODY}</body></html>'
    assert fields_of(page)["published_at"] == "03/02/2021"


def test_a_year_alone_is_no_date() -> None:
    page = f"<html><body><h1>North pier reopens</h1>{BODY}<div>Copyright 2003 The Daily Reed</div></body></html>"
    assert "published_at" not in fields_of(page)


def test_the_time_of_change_is_not_the_time_of_publication() -> None:
    head = '<meta property="article:modified_time" content="2022-01-01T00:00:00Z">'
    page = article(f'<h1>A</h1><time class="entry-date" datetime="2021-03-02T10:00:00Z">2 March</time>{BODY}', head)
    assert fields_of(page)["published_at"] == "2021-03-02T10:00:00+00:00"


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2023-04-28T18:23:00+0000", "2023-04-28T18:23:00+00:00"),
        ("2023-04-28T08:00Z", "2023-04-28T08:00:00+00:00"),
        ("2023-04-28 07:00:00Z", "2023-04-28T07:00:00+00:00"),
        ("2023-04-28T15:24:04.36Z", "2023-04-28T15:24:04.360000+00:00"),
        ("2023-04-28T10:00:00.0000000-04:00", "2023-04-28T14:00:00+00:00"),
        ("Fri, 28 Apr 2023 18:23:00 GMT", "2023-04-28T18:23:00+00:00"),
        ("Fri Apr 28 2023 18:23:00 GMT+0200 (CEST)", "2023-04-28T16:23:00+00:00"),
        ("1682706180", "2023-04-28T18:23:00+00:00"),
        ("1682706180000", "2023-04-28T18:23:00+00:00"),
        ("2023-04-28", "2023-04-28"),
        ("20230428", "2023-04-28T00:00:00"),
        ("04/05/2023", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_pages_write_them(stated: str, read: str | None) -> None:
    assert parse_time(stated) == read


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        ("https://www.a.example/pier", "https://www.a.example/pier"),
        ("/pier", "https://m.a.example/pier"),
        ("//a.example/pier", "https://a.example/pier"),
        ("https://www.a.example/", "https://m.a.example/pier?x=1"),
        ("https://b.example/pier", "https://m.a.example/pier?x=1"),
        ("http://[broken/pier", "https://m.a.example/pier?x=1"),
        ("", "https://m.a.example/pier?x=1"),
    ],
)
def test_the_canonical_address_counts_if_it_is_of_the_same_site(canonical: str, address: str) -> None:
    page = article(BODY, f'<link rel="canonical" href="{canonical}">')
    assert fields_of(page, url="https://m.a.example/pier?x=1")["url"] == address


# -- text -------------------------------------------------------------------------------------------------------------


def test_the_furniture_of_a_page_is_not_in_its_text() -> None:
    page = f"""<!DOCTYPE html><html><head><title>North pier reopens – The Daily Reed</title>
    <meta property="article:published_time" content="2021-03-02T08:15:00+01:00">
    <meta name="description" content="After two years the pier is open again, and dear."></head>
    <body class="single has-sidebar"><div id="cookie-banner">We use cookies. <a href="/privacy">Privacy</a></div>
    <header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/a">A</a></li></ul></nav></header>
    <main><article><h1>North pier reopens</h1><p>After two years the pier is open again, and dear.</p>
    <div class="byline">By <a rel="author" href="/bo">Bo Lund</a></div><div class="share-bar">Share on X</div>
    <figure><img src="a.jpg"><figcaption>The pier at dawn. Photo: Reed</figcaption></figure>
    <div class="entry-content">{PARAGRAPHS[0].join(("<p>", "</p>"))}{PARAGRAPHS[1].join(("<p>", "</p>"))}
    <p class="wp-caption-text">The new planks, seen from the sea by a drone.</p>
    <p>Read more: <a href="/old">Why the old pier was closed in the first place</a></p>
    <div class="box"><h3>Get the news every morning</h3><p>Only the news.</p><form><input type="email"></form></div>
    {PARAGRAPHS[2].join(("<p>", "</p>"))}
    <blockquote class="twitter-tweet"><p>What a pier! — Eva (@eva) March 2, 2021</p></blockquote>
    <p><strong><a href="/herring">HERRING SEASON BEGINS EARLIER EVERY YEAR</a></strong></p>
    {PARAGRAPHS[3].join(("<p>", "</p>"))}</div>
    <p>By signing up you agree to our <a href="/terms">Terms of Use</a> and <a href="/privacy">Privacy Policy</a>.</p>
    <div class="related-posts"><h3>Related</h3><p>Another story of the pier that you may like to read today.</p></div>
    <div class="author-bio"><p>Bo Lund has written on the harbour since 2004.</p></div></article></main>
    <section id="comments"><p>I think that this is a great thing for the town, and for all of us, really.</p></section>
    <footer><p>Copyright 2021 The Daily Reed. All rights reserved.</p></footer></body></html>"""
    assert fields_of(page)["text"] == TEXT


def test_headings_lists_quotes_and_tables_of_an_article_have_their_own_lines() -> None:
    page = article(
        f"<article><h1>How the pier was mended</h1><p>{PARAGRAPHS[0]}</p><h2>The timber</h2><p>{PARAGRAPHS[1]}</p>"
        "<ul><li>Forty beams of oak</li><li>Nine tons of nails</li></ul>"
        f"<blockquote><p>{PARAGRAPHS[2]}</p></blockquote>"
        f"<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2020</td><td>4,000</td></tr></table><p>{PARAGRAPHS[3]}</p>"
    )
    assert fields_of(page)["text"].split("\n") == [
        PARAGRAPHS[0],
        "The timber",
        PARAGRAPHS[1],
        "Forty beams of oak",
        "Nine tons of nails",
        PARAGRAPHS[2],
        "Year | Cost",
        "2020 | 4,000",
        PARAGRAPHS[3],
    ]


def test_a_table_page_of_the_nineties_is_read() -> None:
    page = f"""<HTML><HEAD><TITLE>The Daily Reed: North pier reopens</TITLE></HEAD><BODY BGCOLOR="#FFFFFF">
    <TABLE WIDTH=600><TR><TD WIDTH=120><A HREF="/">Home</A><BR><A HREF="/news">News</A></TD><TD>
    <FONT SIZE=5><B>North pier reopens</B></FONT><BR><FONT SIZE=2>By Bo Lund<BR>Staff Writer<BR>March 12, 1998</FONT>
    <P><FONT SIZE=3>{"<P>".join(PARAGRAPHS)}</FONT><P><FONT SIZE=1>Copyright 1998 The Daily Reed.</FONT></TABLE>"""
    fields = fields_of(page)
    assert (fields["title"], fields["published_at"], fields["authors"]) == (
        "North pier reopens",
        "1998-03-12",
        ["Bo Lund"],
    )
    assert fields["text"] == TEXT


def test_paragraphs_between_line_breaks_are_lines() -> None:
    page = f"<html><body><center><h2>North pier reopens</h2></center>{'<br><br>'.join(PARAGRAPHS)}<hr></body></html>"
    assert fields_of(page)["text"] == TEXT


def test_preformatted_text_is_unwrapped() -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, 60) for paragraph in PARAGRAPHS)
    page = f"<html><head><title>North pier reopens</title></head><body><pre>\n{wrapped}\n</pre></body></html>"
    assert fields_of(page)["text"] == TEXT


def test_neighbouring_containers_of_an_article_are_all_read() -> None:
    parts = "".join(f'<div class="article-body"><p>{paragraph}</p></div>' for paragraph in PARAGRAPHS)
    assert fields_of(article(f"<article><h1>A</h1><div>{parts}</div></article>"))["text"] == TEXT


def test_the_body_in_json_ld_is_taken_where_scripts_fill_the_page() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Pier", "articleBody": "{" ".join(PARAGRAPHS)}"}}'
    assert fields_of(article('<div id="root"></div>', LD.format(data)))["text"] == " ".join(PARAGRAPHS)


def test_a_paywalled_page_keeps_what_it_shows() -> None:
    page = article(
        f'<article><h1>North pier reopens</h1><p>{PARAGRAPHS[0]}</p><div class="prompt"><h3>Subscribe to read on</h3>'
        '<p>Already a reader? <a href="/login">Log in</a></p><form><input type="email"></form></div></article>'
    )
    assert fields_of(page)["text"] == PARAGRAPHS[0]


def test_news_in_brief_is_an_article() -> None:
    page = article("<h1>Fire at mill</h1><p>Nobody was hurt in a fire at the old mill.</p>")
    assert fields_of(page)["text"] == "Nobody was hurt in a fire at the old mill."


def test_text_without_blanks_between_words_is_an_article() -> None:
    sentence = "記者十七日從國家衛生健康委獲悉，近階段相關部門持續依託短缺藥品供應保障工作會商聯動機制。"
    page = f"<html><body><h1>短缺藥品</h1><p>{sentence}</p><p>{sentence}{sentence}</p></body></html>"
    assert fields_of(page)["text"].startswith(sentence)


@pytest.mark.parametrize("tag", ["div", "article", "li"])
def test_a_front_page_has_no_text(tag: str) -> None:
    teasers = "".join(
        f'<{tag}><h2><a href="/{n}">Story {n} of the pier</a></h2><p>{PARAGRAPHS[n % 4]}</p></{tag}>' for n in range(12)
    )
    fields = fields_of(f"<html><head><title>The Daily Reed</title></head><body><main>{teasers}</main></body></html>")
    assert fields == {"title": "The Daily Reed", "text": ""}


@pytest.mark.parametrize("title", ["Page not found - The Daily Reed", "404", "Just a moment..."])
def test_a_page_that_says_that_there_is_none_has_no_text(title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></body></html>"
    assert fields_of(page)["text"] == ""


# -- what cannot be read ----------------------------------------------------------------------------------------------


def test_a_page_that_is_too_long_is_rejected() -> None:
    assert rejected(b"<html>" + b" " * PAGE_BYTES).error_type == "too_large"


@pytest.mark.parametrize("inside", [b"<div>" * 5_000, b"<p>a" * 70_000])
def test_a_page_that_is_no_page_by_its_elements_is_rejected(inside: bytes) -> None:
    assert rejected(b"<html><body>" + inside).error_type == "broken_html"


def test_nesting_that_careless_pages_have_is_read() -> None:
    page = article(f"<article>{'<b>' * 400}{BODY}</article>")
    assert "Fishermen had asked" in fields_of(page)["text"]


@pytest.mark.parametrize("raw", [b"", b"<", b"\0", b"<html", b"<!--", b"<html></html>", b"<p>\xff\xfe</p>"])
def test_fragments_become_records_or_rejects(raw: bytes) -> None:
    (record,) = read_webpage(io.BytesIO(raw), 3)
    assert record.record_no == 3


PIECES = st.sampled_from(
    ["<html>", "<head>", "<p>", "</p>", "<table>", "<td>", "<a href='/x'>", "<h1>", "<h2>", "<pre>", "<br>", "<li>",
     "<!--", "-->", "<script type='application/ld+json'>", '{"@type":"NewsArticle",', '"author":', "[", "]", "}",
     "</script>", "<meta property='article:published_time' content='", "2021-02-30", "'>", "&#0;", "\0", "\u4e2d",
     "\ud800", "<time datetime=", "<link rel=canonical href='http://[", *PARAGRAPHS[:2], "<div class='related",
     "<input type=email>"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES | st.text(max_size=8), max_size=30))
def test_any_markup_becomes_a_record_or_a_reject(pieces: list[str]) -> None:
    (record,) = read_webpage(io.BytesIO("".join(pieces).encode("utf-8", "surrogatepass")))
    assert isinstance(record, Record | BadRecord)


def test_references_to_control_characters_do_not_cost_the_page() -> None:
    page = (
        "<html><body><nav><a href='/'>Home</a></nav>&#5; &#x1;<article><h1>The ferry is back</h1>"
        "<p>The ferry came back on Monday after nine days on the rocks, and the crew was well.</p>&#0;</article>"
        "</body></html>"
    )
    record = parse_webpage(page.encode())
    assert isinstance(record, Record)
    assert "The ferry came back" in record.fields["text"]
