"""NITF and NewsML: what stands in an item comes out, whatever else stands in its file."""

import io
import itertools
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.read import name_of_format, read_all, read_good, read_one
from transforms.dates import read_date
from transforms.readers.elements import cut_elements
from transforms.readers.newsml import looks_like_newsml, read_newsml
from transforms.readers.nitf import looks_like_nitf, read_nitf
from transforms.readers.record import BadRecord, PendingRecord, Record

NITF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://wire.example.org/nitf-3-4.dtd">
<nitf uno="tw-1" xml:lang="en">
 <head><title>Slug</title>
  <tobject tobject.type="news"><tobject.subject tobject.subject.type="Transport"/></tobject>
  <docdata management-status="usable">
   <date.issue norm="20240506T070809Z"/><doc-id id-string="tide.77" regsrc="TW"/><urgency ed-urg="4"/>
   <key-list><keyword key="ferry"/><keyword key="harbour"/></key-list>
   <doc.copyright year="2024" holder="Tidewater Wire"/>
   <identified-content><person>Ada Cole</person><org value="Port Authority"/></identified-content>
  </docdata>
  <pubdata name="The Tidewater Post" position.section="Harbour"/>
 </head>
 <body>
  <body.head>
   <hedline><hl1>Ferry &amp; crew <em>return</em></hl1><hl2>All are well</hl2></hedline>
   <byline>By <person>Ada Cole</person>, <byttl>Harbour Editor</byttl></byline>
   <dateline><location>PORT ELLA</location>, <story.date norm="20240505">May 5</story.date></dateline>
   <abstract><p>A ferry came back.</p></abstract>
  </body.head>
  <body.content>
   <media media-type="image"><media-caption>The ferry</media-caption></media>
   <p>The ferry
      <em>Marta</em> returned.</p>
   <hl2>The crew</hl2>
   <block><p>All nine are well.</p><ul><li>one</li><li>two</li></ul></block>
   <table><tr><th>Day</th><th>Boats</th></tr><tr><td>Monday</td><td>3</td></tr></table>
  </body.content>
  <body.end><tagline>Bo Lund helped.</tagline></body.end>
 </body>
</nitf>
"""

TIMES = """<nitf change.date="June 10, 2005"><head><title>Harbour Wall</title>
<meta content="13" name="print_page_number"/><meta content="City; Front Page" name="online_sections"/>
<docdata><doc-id id-string="4711"/><doc.copyright holder="The Tidewater Times" year="1987"/>
<identified-content><classifier class="online_producer" type="types_of_material">News</classifier>
<classifier class="indexing_service" type="descriptor">Harbours</classifier></identified-content></docdata>
<pubdata date.publication="19870104T000000" ex-ref="http://times.example.org/page?res=9B0D" name="The Tidewater Times"/>
</head><body><body.head><hedline><hl1>Wall Falls</hl1></hedline>
<byline class="print_byline">By ADA COLE and BO LUND</byline>
<byline class="normalized_byline">Cole, Ada; Lund, Bo</byline></body.head><body.content>
<block class="lead_paragraph"><p>LEAD: The wall fell.</p></block>
<block class="full_text"><p>LEAD: The wall fell.</p><p>The wall fell.</p><p>Nobody was there.</p></block>
</body.content></body></nitf>"""

G2 = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2024-05-06T07:10:00Z</sent></header><itemSet>
<newsItem guid="urn:newsml:wire.example.org:77" version="3" xml:lang="en-GB">
 <rightsInfo><copyrightNotice>(c) Tidewater Wire</copyrightNotice></rightsInfo>
 <itemMeta><itemClass qcode="ninat:text"/><provider qcode="p:tw"><name>Tidewater Wire</name></provider>
  <versionCreated>2024-05-06T09:00:00+02:00</versionCreated><firstCreated>2024-05-06T07:08:09Z</firstCreated>
  <pubStatus qcode="stat:canceled"/><service qcode="s:h"><name>Harbour service</name></service></itemMeta>
 <contentMeta><urgency>4</urgency><located qcode="c:pe"><name>Port Ella</name></located>
  <by>By Ada Cole</by><creditline>Tidewater</creditline><language tag="en-GB"/>
  <subject qcode="medtop:1"><name>transport</name></subject><headline>Ferry returns</headline></contentMeta>
 <contentSet><inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">
  <body><body.content><p>The ferry returned.</p><p>All are well.</p></body.content></body></nitf></inlineXML>
 </contentSet></newsItem>
<newsItem guid="urn:newsml:78"><itemMeta><versionCreated>2024-05-06T08:00:00Z</versionCreated></itemMeta>
 <contentMeta><headline>XHTML</headline><creator type="cpnat:person"><name>Bo Lund</name></creator></contentMeta>
 <contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title>
 </head><body><p>One<br/>two.</p><script>no()</script></body></html></inlineXML></contentSet></newsItem>
<newsItem guid="http://wire.example.org/79"><contentMeta><headline>Plain</headline></contentMeta>
 <contentSet><inlineData contenttype="text/plain">A line that was
wrapped.</inlineData></contentSet></newsItem>
<newsItem guid="80"><itemMeta><itemClass qcode="ninat:text"/></itemMeta>
 <contentMeta><headline>ALERT: FERRY IS BACK</headline></contentMeta></newsItem>
<newsItem guid="81"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentMeta><headline>A ferry</headline>
 </contentMeta><contentSet><remoteContent href="a.jpg"/></contentSet></newsItem>
<packageItem guid="82"><contentMeta><headline>Top stories</headline></contentMeta></packageItem>
</itemSet></newsMessage>
"""

FIRST = """<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>tw.example.org</ProviderId>
<DateId>20030115</DateId>
<NewsItemId>n77</NewsItemId><RevisionId>2</RevisionId><PublicIdentifier>urn:newsml:tw:20030115:n77:2</PublicIdentifier>
</NewsIdentifier></Identification><NewsManagement><FirstCreated>20030115T120000+0100</FirstCreated>
<Status FormalName="Usable"/></NewsManagement><NewsComponent><NewsLines><HeadLine>Ferry returns</HeadLine>
<ByLine>Ada Cole</ByLine></NewsLines><AdministrativeMetadata><Provider><Party FormalName="Tidewater Wire"/></Provider>
</AdministrativeMetadata><DescriptiveMetadata><Language FormalName="en"/></DescriptiveMetadata>
<ContentItem><DataContent><p>The ferry returned.</p><p>All are well.</p></DataContent></ContentItem></NewsComponent>
</NewsItem></NewsML>"""

RCV1 = """<?xml version="1.0" encoding="iso-8859-1" ?>
<newsitem itemid="2286" id="root" date="1996-08-20" xml:lang="en">
<title>PORTLAND: Ferry returns.</title><headline>Ferry returns.</headline><byline>Ada Cole</byline>
<dateline>PORT ELLA 1996-08-20</dateline><text><p>The ferry returned.</p><p>All are well.</p></text>
<copyright>(c) Tidewater 1996</copyright><metadata><codes class="bip:topics:1.0">
<code code="GTRA"/><code code="GCAT"/></codes>
<dc element="dc.publisher" value="Tidewater Wire plc"/></metadata></newsitem>"""


def test_a_nitf_document_gives_its_fields() -> None:
    record = read_one(read_nitf, NITF.encode())
    assert record.fields == {
        "id": "tide.77",
        "title": "Ferry & crew return",
        "text": "The ferry Marta returned.\n\nThe crew\n\nAll nine are well.\n\none\ntwo\n\nDay | Boats\nMonday | 3",
        "published_at": "20240506T070809Z",
        "authors": ["Ada Cole"],
        "publisher": "The Tidewater Post",
        "section": "Harbour",
        "language": "en",
        "subtitle": "All are well",
        "dateline": "PORT ELLA, May 5",
        "dateline_place": "PORT ELLA",
        "abstract": "A ferry came back.",
        "tagline": "Bo Lund helped.",
        "copyright": "Tidewater Wire",
        "status": "usable",
        "urgency": "4",
        "keywords": ["ferry", "harbour"],
        "subjects": ["Transport"],
        "classified_person": ["Ada Cole"],
        "classified_org": ["Port Authority"],
    }
    assert record.is_laid_out
    assert record.repairs == ()
    assert str(read_date(record.fields["published_at"]).moment) == "2024-05-06 07:08:09+00:00"


def test_a_document_of_the_annotated_corpus_has_its_text_once_and_its_authors_as_printed() -> None:
    fields = read_one(read_nitf, TIMES.encode()).fields
    assert fields["text"] == "The wall fell.\n\nNobody was there."
    assert fields["authors"] == ["By ADA COLE and BO LUND"]
    assert fields["url"] == "http://times.example.org/page?res=9B0D"
    assert (fields["id"], fields["section"]) == ("4711", "City; Front Page")
    assert (fields["classified_types_of_material"], fields["classified_descriptor"]) == (["News"], ["Harbours"])
    assert str(read_date(fields["published_at"]).moment) == "1987-01-04 00:00:00+00:00"


def test_names_that_are_only_there_turned_round_are_turned_back() -> None:
    raw = TIMES.replace('<byline class="print_byline">By ADA COLE and BO LUND</byline>', "").encode()
    assert read_one(read_nitf, raw).fields["authors"] == ["Ada Cole", "Bo Lund"]


def test_many_documents_in_one_file_are_many_records_each_in_its_own_encoding() -> None:
    latin = NITF.replace("UTF-8", "ISO-8859-1").replace("Marta", "Märta")
    raw = latin.encode("latin-1") + NITF.replace("Marta", "Mårta").encode()
    one, two = read_good(read_nitf, raw)
    assert one.fields["text"].startswith("The ferry Märta")
    assert two.fields["text"].startswith("The ferry Mårta")
    assert one.repairs == ("encoding_declared",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_wide_characters_and_byte_order_marks_are_no_obstacle(encoding: str) -> None:
    raw = NITF.replace("UTF-8", "UTF-16").replace("Marta", "Märta").encode(encoding)
    assert looks_like_nitf(raw[:2000])
    assert read_one(read_nitf, raw).fields["text"].startswith("The ferry Märta returned.")


def test_names_of_characters_need_no_document_type() -> None:
    raw = NITF.replace("The crew", "Caf&eacute; &mdash; &#146;s &nosuch; AT&T x < y &lt;b&gt; &#2;").encode()
    assert "Café — ’s &nosuch; AT&T x < y <b>" in read_one(read_nitf, raw).fields["text"]


def test_entities_are_neither_fetched_nor_blown_up() -> None:
    laughs = "".join(f'<!ENTITY l{no} "{f"&l{no - 1};" * 10}">' for no in range(1, 12))
    doctype = f'<!DOCTYPE nitf [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]>'
    raw = NITF.replace('<!DOCTYPE nitf SYSTEM "http://wire.example.org/nitf-3-4.dtd">', doctype)
    raw = raw.replace("All nine", "&l11; &f; All nine")
    assert looks_like_nitf(raw.encode())
    assert "\n&l11; &f; All nine are well.\n" in read_one(read_nitf, raw.encode()).fields["text"]


def test_broken_markup_is_read_as_far_as_it_goes() -> None:
    record = read_one(read_nitf, NITF.replace("Marta</em>", "Marta").replace("</ul></block>", "</block>").encode())
    assert record.repairs == ("markup",)
    assert "The ferry Marta returned." in record.fields["text"]
    assert "All nine are well." in record.fields["text"]


def test_a_document_that_is_cut_off_is_rejected_alone() -> None:
    whole = NITF.encode()
    bad, good = read_all(read_nitf, whole[: whole.index(b"<abstract>")] + b"\n" + whole)
    assert isinstance(bad, BadRecord)
    assert (bad.error_type, bad.stage) == ("broken_xml", "parse")
    assert "<nitf> of line 3 has no end tag" in bad.message
    assert isinstance(good, Record)
    good, bad = read_all(read_nitf, whole + whole[:-20])
    assert isinstance(good, Record)
    assert isinstance(bad, BadRecord)
    line = whole.count(b"\n") + 3
    assert f"<nitf> of line {line} has no end tag" in bad.message


def test_elements_in_comments_and_sections_are_none_and_their_missing_ends_cost_no_other_record() -> None:
    item = "<item>%s</item>"
    text = item % "<!-- <item>no</item> --><![CDATA[</item><item>]]>a"
    text += item % "<![CDATA[ b" + item % "<![CDATA[c]]>" + item % "<!-- d" + item % "<!-- e -->e" + "<item/>"
    assert [cut.raw.count(b"<item") for cut in cut_elements(io.BytesIO(text.encode()), "item")] == [3, 1, 1, 1, 1, 1]


def test_g2_items_of_one_message_are_records() -> None:
    nitf, xhtml, plain, alert, picture, package = read_good(read_newsml, G2.encode())
    assert nitf.fields == {
        "id": "urn:newsml:wire.example.org:77",
        "title": "Ferry returns",
        "text": "The ferry returned.\n\nAll are well.",
        "published_at": "2024-05-06T07:08:09Z",
        "authors": ["By Ada Cole"],
        "publisher": "Tidewater Wire",
        "section": "Harbour service",
        "language": "en-GB",
        "item_class": "text",
        "status": "canceled",
        "version": "3",
        "version_created": "2024-05-06T09:00:00+02:00",
        "urgency": "4",
        "dateline_place": "Port Ella",
        "creditline": "Tidewater",
        "subjects": ["transport"],
        "copyright": "(c) Tidewater Wire",
    }
    assert (xhtml.fields["text"], xhtml.fields["authors"]) == ("One\ntwo.", ["Bo Lund"])
    assert xhtml.fields["published_at"] == "2024-05-06T08:00:00Z"
    assert plain.fields["text"] == "A line that was\nwrapped."
    assert not plain.is_laid_out
    assert plain.fields["url"] == "http://wire.example.org/79"
    assert alert.fields["text"] == "ALERT: FERRY IS BACK"
    assert picture.fields["text"] == ""
    assert (package.fields["id"], package.fields["text"]) == ("82", "")


def test_prefixes_are_no_obstacle() -> None:
    raw = '<n:newsItem xmlns:n="urn:x" guid="7"><n:contentMeta><n:headline>A</n:headline></n:contentMeta></n:newsItem>'
    assert looks_like_newsml(raw.encode())
    assert read_one(read_newsml, raw.encode()).fields["title"] == "A"


def test_items_of_the_first_version_are_records() -> None:
    fields = read_one(read_newsml, FIRST.encode()).fields
    assert fields["id"] == "urn:newsml:tw:20030115:n77:2"
    assert fields["text"] == "The ferry returned.\n\nAll are well."
    assert (fields["title"], fields["authors"], fields["publisher"]) == (
        "Ferry returns",
        ["Ada Cole"],
        "Tidewater Wire",
    )
    assert str(read_date(fields["published_at"]).moment) == "2003-01-15 11:00:00+00:00"


def test_items_of_the_reuters_corpora_are_records() -> None:
    fields = read_one(read_newsml, RCV1.encode()).fields
    assert fields == {
        "id": "2286",
        "title": "Ferry returns.",
        "text": "The ferry returned.\n\nAll are well.",
        "published_at": "1996-08-20",
        "authors": ["Ada Cole"],
        "publisher": "Tidewater Wire plc",
        "language": "en",
        "dateline": "PORT ELLA 1996-08-20",
        "slugline": "PORTLAND: Ferry returns.",
        "copyright": "(c) Tidewater 1996",
        "codes_bip_topics": ["GTRA", "GCAT"],
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (NITF, "nitf"),
        (TIMES, "nitf"),
        (f"<documents>\n{TIMES}\n{TIMES}</documents>", "nitf"),
        (G2, "newsml"),
        (FIRST, "newsml"),
        (RCV1, "newsml"),
        ("<!-- by hand --><NewsML>", "newsml"),
        ("The <nitf> element is the first of a document.", "text"),
    ],
)
def test_content_tells_the_format(raw: str, expected: str) -> None:
    assert name_of_format(raw.encode(), "a.xml") == expected


def test_a_page_that_shows_news_markup_is_none() -> None:
    page = f"<!doctype html><html><body><pre>{TIMES}</pre></body></html>".encode()
    assert not looks_like_nitf(page)
    assert not looks_like_newsml(page)


def test_memory_holds_one_record_whatever_the_size_of_the_file() -> None:
    document = NITF.encode()

    class Endless(io.RawIOBase):
        at = 0

        def read(self, size: int = -1) -> bytes:
            begin, self.at = self.at % len(document), self.at + size
            return (document * (size // len(document) + 2))[begin : begin + size] if self.at < 12 << 20 else b""

    tracemalloc.start()
    count = sum(isinstance(r, PendingRecord) for r in read_nitf(Endless()))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 4_000
    assert peak < 4 << 20


def test_cuts_are_the_bytes_of_the_file_wherever_blocks_of_it_end() -> None:
    items = [b"\n<x:item no='%d'>" % no + b"<![CDATA[</x:item>]]>\n" * (no % 97) + b"</x:item >" for no in range(900)]
    raw = b"\xef\xbb\xbf" + b"".join(items)
    assert len(raw) > 3 * (256 << 10)
    cuts = list(cut_elements(io.BytesIO(raw), "item"))
    assert [b"\n" + cut.raw for cut in cuts] == items
    for cut in cuts:
        begin = cut.offset - len(cut.raw)
        assert raw[begin : cut.offset] == cut.raw
        assert cut.line == raw.count(b"\n", 0, begin) + 1


def test_a_record_that_has_no_end_for_too_long_is_rejected_and_the_next_one_read() -> None:
    raw = b"<item>" + b"x" * 3_000_000 + b"</item><item>y</item>"
    cuts = list(cut_elements(io.BytesIO(raw), "item", limit=1 << 20))
    assert [(cut.is_too_large, cut.is_whole) for cut in cuts] == [(True, False), (False, True)]
    assert cuts[1].raw == b"<item>y</item>"


_SAMPLES = [sample.encode() for sample in (NITF, TIMES, G2, FIRST, RCV1)]


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_record_or_a_rejection(raw: bytes) -> None:
    assert read_all(read_nitf, raw)
    assert read_all(read_newsml, raw)
    looks_like_nitf(raw)
    looks_like_newsml(raw)


@given(
    st.sampled_from(_SAMPLES),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_damaged_documents_give_a_record_or_a_rejection(raw: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]
    assert read_all(read_nitf, raw)
    assert read_all(read_newsml, raw)


@given(
    st.lists(st.sampled_from(["<item>", "</item>", "<item/>", "<![CDATA[", "]]>", "<!--", "-->", "a", "<", ">", '"']))
)
def test_every_beginning_of_an_element_is_one_cut(tokens: list[str]) -> None:
    raw = "".join(itertools.chain(tokens, ["\n"])).encode()
    cuts = list(cut_elements(io.BytesIO(raw), "item"))
    assert all(cut.raw.startswith(b"<item") for cut in cuts)
    assert sum(len(cut.raw) for cut in cuts) <= len(raw)


def test_a_tag_that_does_not_end_takes_no_time() -> None:
    raw = NITF.encode().replace(b"<body.content>", b"<body.content><datel" + b"9" * 40_000 + b'" a="b" c>')
    started = time.process_time()
    assert read_all(read_nitf, raw)
    assert time.process_time() - started < 2
