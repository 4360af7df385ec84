"""Feeds: an item is a record, with what its feed says of all items."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.read import name_of_format, read_all, read_good, read_one
from transforms.dates import read_date
from transforms.readers.feed import looks_like_feed, read_feed
from transforms.readers.record import BadRecord, Record

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>The Tidewater Post</title><link>http://post.example.org/</link><language>en-GB</language>
<atom:link rel="self" href="http://post.example.org/rss"/>
<item><title>Ferry &amp;amp; crew return</title><link>http://post.example.org/a/77?utm_source=rss</link>
<media:title>A picture</media:title><media:description>Not the text</media:description>
<description>&lt;p&gt;A ferry came back.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The ferry returned.</p><p>All are <b>well</b> &mdash; even Bo.</p>]]></content:encoded>
<dc:creator><![CDATA[Ada Cole]]></dc:creator><author>desk@post.example.org (Bo Lund)</author>
<category>Harbour</category><pubDate>Mon, 06 May 2024 07:08:09 +0200</pubDate>
<guid isPermaLink="false">post-77</guid></item>
<item><title>Second</title><description>Only a line, AT&T says.</description>
<category>a</category><category>b</category>
<author>desk@post.example.org</author><guid>http://post.example.org/a/78</guid>
<source url="http://wire.example.org/rss">Tidewater Wire</source></item>
<item><title>Third</title><description/></item>
</channel></rss>
"""

RDF = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="en"><channel rdf:about="http://post.example.org/">
<title>The Tidewater Post</title><items><rdf:Seq><rdf:li rdf:resource="http://post.example.org/77"/></rdf:Seq></items>
</channel><item rdf:about="http://post.example.org/77"><title>Café returns</title><link>http://post.example.org/77</link>
<description>The café returned.</description><dc:date>2004-05-06T07:08:09Z</dc:date><dc:creator>Ada Cole</dc:creator>
</item></rdf:RDF>
"""

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Tidewater Post</title>
<author><name>The desk</name></author>
<entry><id>tag:post.example.org,2024:77</id><title type="html">Ferry &lt;em&gt;returns&lt;/em&gt;</title>
<link rel="self" href="http://post.example.org/77.atom"/><link rel="alternate" href="http://post.example.org/77"/>
<published>2024-05-06T07:08:09Z</published><updated>2024-05-07T07:08:09Z</updated>
<author><name>Ada Cole</name><email>ada@post.example.org</email></author><category term="harbour" label="Harbour"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>The ferry returned.</p><ul><li>All are well.</li></ul></div>
</content></entry>
<entry><id>78</id><title>Two</title><summary type="text">A
 line &lt; two.</summary><updated>2024-05-07T07:08:09Z</updated></entry>
</feed>
"""


def test_an_item_of_rss_gives_its_fields() -> None:
    first, second, third = read_good(read_feed, RSS.encode())
    assert first.fields == {
        "id": "post-77",
        "url": "http://post.example.org/a/77?utm_source=rss",
        "title": "Ferry & crew return",
        "text": "The ferry returned.\nAll are well — even Bo.",
        "published_at": "Mon, 06 May 2024 07:08:09 +0200",
        "authors": ["Ada Cole", "Bo Lund"],
        "publisher": "The Tidewater Post",
        "section": "Harbour",
        "language": "en-GB",
        "tags": ["Harbour"],
        "feed": "The Tidewater Post",
        "summary": "A ferry came back.",
        "media_title": "A picture",
        "media_description": "Not the text",
    }
    assert first.is_laid_out
    assert str(read_date(first.fields["published_at"]).moment) == "2024-05-06 05:08:09+00:00"
    assert second.fields == {
        "id": "http://post.example.org/a/78",
        "url": "http://post.example.org/a/78",
        "title": "Second",
        "text": "Only a line, AT&T says.",
        "publisher": "Tidewater Wire",
        "language": "en-GB",
        "tags": ["a", "b"],
        "feed": "The Tidewater Post",
    }
    assert third.fields["text"] == ""


def test_an_item_of_rdf_gives_its_fields() -> None:
    fields = read_one(read_feed, RDF.encode("latin-1")).fields
    assert fields == {
        "id": "http://post.example.org/77",
        "url": "http://post.example.org/77",
        "title": "Café returns",
        "text": "The café returned.",
        "published_at": "2004-05-06T07:08:09Z",
        "authors": ["Ada Cole"],
        "publisher": "The Tidewater Post",
        "language": "en",
        "feed": "The Tidewater Post",
    }


def test_an_entry_of_atom_gives_its_fields() -> None:
    first, second = read_good(read_feed, ATOM.encode())
    assert first.fields == {
        "id": "tag:post.example.org,2024:77",
        "url": "http://post.example.org/77",
        "title": "Ferry returns",
        "text": "The ferry returned.\n\nAll are well.",
        "published_at": "2024-05-06T07:08:09Z",
        "authors": ["Ada Cole"],
        "publisher": "The Tidewater Post",
        "section": "Harbour",
        "language": "en",
        "tags": ["Harbour"],
        "feed": "The Tidewater Post",
        "updated": "2024-05-07T07:08:09Z",
    }
    assert second.fields["text"] == "A\n line < two."
    assert (second.fields["authors"], second.fields["published_at"]) == (["The desk"], "2024-05-07T07:08:09Z")


def test_prefixed_elements_are_those_of_the_feed() -> None:
    raw = ATOM.replace("<", "<a:").replace("<a:/", "</a:").replace("<a:?", "<?").replace("xmlns=", "xmlns:a=")
    assert looks_like_feed(raw.encode())
    assert read_good(read_feed, raw.encode())[0].fields["url"] == "http://post.example.org/77"


def test_an_item_without_end_is_rejected_alone() -> None:
    raw = RSS.replace("</guid></item>\n<item><title>Second", "</guid>\n<item><title>Second", 1).encode()
    bad, second, third = read_all(read_feed, raw)
    assert isinstance(bad, BadRecord)
    assert bad.message.startswith("<item> of line 6 has no end tag")
    assert isinstance(second, Record)
    assert isinstance(third, Record)


def test_markup_that_is_not_escaped_is_text_and_its_faults_are_counted() -> None:
    raw = RSS.replace("Only a line,", "<p>Only a line,<br> & two")
    record = read_good(read_feed, raw.encode())[1]
    assert record.repairs == ("markup",)
    assert record.fields["text"] == "Only a line,\n& two AT&T says."


def test_feeds_in_one_file_name_their_own_items() -> None:
    records = read_good(read_feed, (RSS + ATOM.replace("Tidewater Post", "Upland Post")).encode())
    assert [record.fields["feed"][4:8] for record in records] == ["Tide"] * 3 + ["Upla"] * 2


def test_a_feed_without_items_says_so() -> None:
    [bad] = read_all(read_feed, b"<rss><channel><title>Nothing</title></channel></rss>")
    assert isinstance(bad, BadRecord)
    assert bad.message == "the file has no element <item> or <entry>: is it cut off, or empty?"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (RSS, "feed"),
        (RDF, "feed"),
        (ATOM, "feed"),
        ('<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id></entry>', "feed"),
        ('<?xml-stylesheet href="a.xsl"?>\n<rss version="0.91">', "feed"),
    ],
)
def test_content_tells_the_format(raw: str, expected: str) -> None:
    assert name_of_format(raw.encode(), "a.xml") == expected


@pytest.mark.parametrize("raw", ["<html><rss></html>", "<rdf:RDF><skos:Concept/></rdf:RDF>", "rss", "<urlset>", ""])
def test_other_markup_is_no_feed(raw: str) -> None:
    assert not looks_like_feed(raw.encode())


_SAMPLES = [RSS.encode(), RDF.encode("latin-1"), ATOM.encode()]


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_record_or_a_rejection(raw: bytes) -> None:
    assert read_all(read_feed, raw)
    looks_like_feed(raw)


@given(
    st.sampled_from(_SAMPLES),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_damaged_feeds_give_records_or_rejections(raw: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]
    assert read_all(read_feed, raw)
