"""SGML of the kind of Reuters-21578: each report is a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.read import name_of_format, read_all, read_good, read_one
from transforms.dates import read_date
from transforms.readers.record import BadRecord, Record
from transforms.readers.reuters_sgml import looks_like_reuters_sgml, read_reuters_sgml

NORM = b"""<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<DATE> 6-MAY-1987 15:01:01.79</DATE>
<TOPICS><D>ship</D><D>grain</D></TOPICS>
<PLACES><D>usa</D></PLACES>
<PEOPLE></PEOPLE>
<UNKNOWN>
&#5;&#5;&#5;C T
&#22;&#22;&#1;f0704&#31;reute</UNKNOWN>
<TEXT>&#2;
<TITLE>FERRY &lt;TIDE> RETURNS</TITLE>
<AUTHOR>    by Ada Cole, Reuters</AUTHOR>
<DATELINE>    PORT ELLA, May 6 - </DATELINE><BODY>The ferry of Tidewater &lt;TIDE.O> came
back after nine days, it said.
    All are well at the caf\xe9.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
"""
BRIEF = b"""<REUTERS TOPICS="NO" LEWISSPLIT="TEST" CGISPLIT="TRAINING-SET" OLDID="5545" NEWID="2">
<DATE>26-FEB-1987 15:02:20.00</DATE>
<TOPICS></TOPICS>
<TEXT TYPE="BRIEF">&#2;
******<TITLE>FERRY IS BACK, PORT SAYS
</TITLE>Blah blah blah.
&#3;

</TEXT>
</REUTERS>
"""
UNPROC = b"""<REUTERS TOPICS="NO" OLDID="5546" NEWID="3">
<DATE>31-APR-1987 605:12:19.12</DATE>
<TEXT TYPE="UNPROC">&#2;
 Boats   Monday
 Three      3
&#3;</TEXT>
</REUTERS>
"""
FILE = b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n' + NORM + BRIEF + UNPROC


def test_a_report_gives_its_fields() -> None:
    record = read_one(read_reuters_sgml, NORM)
    assert record.fields == {
        "id": "1",
        "title": "FERRY <TIDE> RETURNS",
        "text": "PORT ELLA, May 6 - The ferry of Tidewater <TIDE.O> came\nback after nine days, it said.\n"
        "    All are well at the café.",
        "published_at": "1987-05-06T15:01:01.790000",
        "publisher": "Reuters",
        "authors": "by Ada Cole, Reuters",
        "dateline": "PORT ELLA, May 6 -",
        "old_id": "5544",
        "lewis_split": "TRAIN",
        "cgi_split": "TRAINING-SET",
        "has_topics": "YES",
        "topics": ["ship", "grain"],
        "places": ["usa"],
    }
    assert not record.is_laid_out
    assert str(read_date(record.fields["published_at"]).moment) == "1987-05-06 15:01:01.790000+00:00"


def test_a_brief_has_its_headline_for_its_text() -> None:
    fields = read_one(read_reuters_sgml, BRIEF).fields
    assert (fields["title"], fields["text"], fields["text_type"]) == (*["FERRY IS BACK, PORT SAYS"] * 2, "BRIEF")


def test_a_report_that_was_not_taken_apart_keeps_its_lines() -> None:
    fields = read_one(read_reuters_sgml, UNPROC).fields
    assert (fields["text"], fields["text_type"]) == (" Boats   Monday\n Three      3", "UNPROC")
    assert "title" not in fields


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01.790000"),
        ("26-FEB-1987", "1987-02-26"),
        ("26-FEB-1987 605:12:19.12", "1987-02-26"),
        ("26-FEB-1987 15:01:01.79#E RM f0266", "1987-02-26T15:01:01.790000"),
        ("31-FEB-1987 15:01:01.79", "31-FEB-1987 15:01:01.79"),
        ("some day", "some day"),
    ],
)
def test_damaged_times_lose_no_more_than_what_is_damaged(raw: str, expected: str) -> None:
    report = NORM.replace(b" 6-MAY-1987 15:01:01.79", raw.encode())
    assert read_one(read_reuters_sgml, report).fields["published_at"] == expected


def test_all_reports_of_a_file_are_records() -> None:
    assert [record.fields["id"] for record in read_good(read_reuters_sgml, FILE)] == ["1", "2", "3"]


def test_damaged_reports_are_rejected_alone() -> None:
    raw = FILE.replace(b"</REUTERS>\n<REUTERS", b"\n<REUTERS", 1).replace(b'<TEXT TYPE="BRIEF">', b"")
    no_end, no_text, good = read_all(read_reuters_sgml, raw)
    assert isinstance(no_end, BadRecord)
    assert no_end.message.startswith("<REUTERS> of line 2 has no end tag")
    assert isinstance(no_text, BadRecord)
    assert no_text.message.startswith("<REUTERS> of line 19 has no <TEXT>")
    assert isinstance(good, Record)


def test_content_tells_the_format() -> None:
    assert name_of_format(FILE, "reut2-000.sgm") == name_of_format(NORM) == "reuters_sgml"
    assert not looks_like_reuters_sgml(b"LONDON (Reuters) <REUTERS> - The ferry")


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_record_or_a_rejection(raw: bytes) -> None:
    assert read_all(read_reuters_sgml, raw)
    looks_like_reuters_sgml(raw)


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 60), st.binary(max_size=12)), min_size=1, max_size=6))
def test_damaged_files_give_records_or_rejections(damages: list[tuple[int, int, bytes]]) -> None:
    raw = FILE
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]
    assert read_all(read_reuters_sgml, raw)
