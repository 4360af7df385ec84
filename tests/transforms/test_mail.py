"""Mail and Usenet posts: headers become fields, addresses nowhere."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.read import name_of_format, read_all, read_good, read_one
from transforms.dates import read_date
from transforms.readers.mail import looks_like_mail, read_mail
from transforms.readers.record import BadRecord

POST = b"""Path: news.example.org!uunet!tide!cole
FROM: Ada M. Cole <cole@tide.example.org>
Newsgroups: port.ferries,port.general
Subject: Re: Is the ferry
\tback?
Date: Thu, 22 Apr 93 21:35:00 -0500
Message-ID: <77@tide.example.org>
References: <76@tide.example.org>
Organization: Port of Tide (harbour@tide.example.org)

Bo writes:
> From the pier one sees nothing.

From here one does.
-- \x20
Ada
"""

MBOX = b"""From cole@tide.example.org Thu Apr 22 21:35:00 1993
From: cole@tide.example.org (Ada Cole)
Subject: One
Date: 20 Apr 93 19:05 PDT

First line.
>From the pier one sees it.
From the boat one does not: this line begins no message.

From the sea: neither does this.
no header here

From -1234567890
From: "Lund, Bo" <lund@tide.example.org>
Subject: =?iso-8859-1?Q?Caf=E9?= =?utf-8?b?IOKAlCB0d28=?=
Content-Type: text/plain; charset=windows-1252
Content-Transfer-Encoding: quoted-printable

It is a caf=E9 =96 a long line that goes=
 on.

From lund@tide.example.org Fri Apr 23 08:00:00 1993
From: lund@tide.example.org
Subject: three
Date: Fri, 23 Apr 1993 08:00:00 GMT

Last.
"""

MULTIPART = b"""From: Ada Cole <cole@tide.example.org>
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

A notice that is no part.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<p>In HTML</p><p>it is two.</p>
--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

SW4gcGxhaW4g4oCUIHRleHQu
--inner--
--outer
Content-Type: text/plain
Content-Disposition: attachment; filename=a.txt

attached
--outer--
"""


def test_a_post_gives_its_fields_and_no_address() -> None:
    record = read_one(read_mail, POST)
    assert record.fields == {
        "id": "77@tide.example.org",
        "title": "Re: Is the ferry back?",
        "text": "Bo writes:\n> From the pier one sees nothing.\n\nFrom here one does.\n--  \nAda",
        "published_at": "Thu, 22 Apr 93 21:35:00 -0500",
        "authors": ["Ada M. Cole"],
        "section": "port.ferries",
        "newsgroups": ["port.ferries", "port.general"],
        "organization": "Port of Tide",
        "references": "<76@tide.example.org>",
    }
    assert not record.is_laid_out
    assert str(read_date(record.fields["published_at"]).moment) == "1993-04-23 02:35:00+00:00"


def test_line_ends_may_be_mixed() -> None:
    raw = POST.replace(b"\n", b"\r\n").replace(b"sees nothing.\r\n", b"sees nothing.\n")
    fields = read_one(read_mail, raw).fields
    assert fields["title"] == "Re: Is the ferry back?"
    assert fields["text"].replace("\r", "") == read_one(read_mail, POST).fields["text"]


def test_an_mbox_is_cut_at_its_messages_only() -> None:
    one, two, three = read_good(read_mail, MBOX)
    assert one.fields == {
        "title": "One",
        "text": "First line.\nFrom the pier one sees it.\n"
        "From the boat one does not: this line begins no message.\n\n"
        "From the sea: neither does this.\nno header here",
        "published_at": "20 Apr 93 19:05 PDT",
        "authors": ["Ada Cole"],
    }
    assert two.fields["title"] == "Café — two"
    assert two.fields["text"] == "It is a café – a long line that goes on."
    assert two.fields["authors"] == ["Bo Lund"]
    assert "authors" not in three.fields
    assert read_date(one.fields["published_at"]).moment is not None


def test_reading_can_start_at_each_message_of_an_mbox() -> None:
    whole = read_good(read_mail, MBOX)
    offset = whole[0].next_offset
    assert offset is not None
    assert MBOX[offset:].startswith(b"From -1234567890\n")
    again = read_all(read_mail, MBOX[offset:], first_record=2)
    assert [record.record_no for record in again] == [2, 3]
    assert [r.fields for r in again] == [r.fields for r in whole[1:]]  # type: ignore[union-attr]
    assert whole[2].next_offset is None


def test_blank_lines_before_the_first_message_are_passed_over() -> None:
    assert len(read_good(read_mail, b"\n\r\n" + MBOX)) == 3


def test_plain_text_is_taken_before_html_and_no_attachment() -> None:
    assert read_one(read_mail, MULTIPART).fields["text"] == "In plain — text."
    html = MULTIPART.replace(b"text/plain; charset=utf-8", b"image/png")
    record = read_one(read_mail, html)
    assert (record.fields["text"], record.is_laid_out) == ("In HTML\nit is two.", True)


@pytest.mark.parametrize("charset", [b"", b"; charset=windows-1252", b"; charset=nonsense", b"; charset=a\0b"])
def test_a_part_of_eight_bits_is_read_whatever_it_declares(charset: bytes) -> None:
    raw = MULTIPART.replace(b"text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b"text/plain" + charset)
    raw = raw.replace(b"SW4gcGxhaW4g4oCUIHRleHQu", "Zoë was at the café — twice.".encode("cp1252"))
    assert read_one(read_mail, raw).fields["text"] == "Zoë was at the café — twice."


def test_a_mail_of_html_is_its_text() -> None:
    raw = b"From: a@example.org\nSubject: s\nContent-Type: text/html\n\n<p>One</p><p>two &amp; three</p>"
    record = read_one(read_mail, raw)
    assert (record.fields["text"], record.is_laid_out) == ("One\ntwo & three", True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ada Cole <cole@example.org>", ["Ada Cole"]),
        ("cole@example.org (Ada Cole)", ["Ada Cole"]),
        ('"Cole, Ada" <cole@example.org>', ["Ada Cole"]),
        ('"Ada Cole, Jr" <cole@example.org>', ["Ada Cole, Jr"]),
        ("cole@example.org", None),
        ("<cole@example.org>", None),
        ('"cole@example.org" <cole@example.org>', None),
        ("uunet!tide!cole (Ada Cole)", ["Ada Cole"]),
        ("Ada Cole", ["Ada Cole"]),
        ("=?utf-8?q?Zo=C3=AB?= <z@example.org>", ["Zoë"]),
        ("=?nonsense?q?Z=EB?= <z@example.org>", ["Zë"]),
    ],
)
def test_an_author_is_a_name_and_no_address(value: str, expected: list[str] | None) -> None:
    raw = f"From: {value}\nSubject: s\n\nText.\n".encode()
    assert read_one(read_mail, raw).fields.get("authors") == expected


def test_headers_that_are_not_ascii_are_read() -> None:
    record = read_one(read_mail, "From: Zoë <z@example.org>\nSubject: café\n\ncafé\n".encode("cp1252"))
    assert (record.fields["title"], record.fields["authors"]) == ("café", ["Zoë"])


def test_parts_that_are_nested_without_end_cost_nothing() -> None:
    head = b"From: a@example.org\nSubject: s\nContent-Type: multipart/mixed; boundary=b0\n\n"
    parts = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (no, no + 1) for no in range(3000))
    assert read_all(read_mail, head + parts)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (POST, "mail"),
        (MBOX, "mail"),
        (MULTIPART, "mail"),
        (b"\xef\xbb\xbfFrom: a@b\nSubject: x\n\ntext", "mail"),
        (b"From: a@b\n\nSubject: x\n", "text"),
        (b"Subject: the bridge\nDate: today\n\ntext", "text"),
        (b"From here one sees the harbour.\nIt is wide.\n", "text"),
        (b"Dear all: hello\nFrom: Ada\n\nThe text.", "text"),
        (b"FERRY: It is back\nADA COLE: Good.\n", "text"),
    ],
)
def test_content_tells_the_format(raw: bytes, expected: str) -> None:
    assert name_of_format(raw) == expected


def test_what_is_no_text_is_rejected() -> None:
    noise = bytes(range(256)) * 40
    [bad] = read_all(read_mail, b"From: a@b\nSubject: x\n\n" + noise)
    assert isinstance(bad, BadRecord)
    assert bad.error_type == "not_text"


def test_a_message_that_is_too_long_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.readers.mail.RECORD_BYTES", 400)
    raw = MBOX.replace(b"First line.\n", b"First line.\n" * 100)
    found = read_all(read_mail, raw)
    assert [isinstance(record, BadRecord) for record in found] == [True, False, False]


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_record_or_a_rejection(raw: bytes) -> None:
    assert read_all(read_mail, raw)
    looks_like_mail(raw)


@given(
    st.sampled_from([POST, MBOX, MULTIPART]),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 60), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_damaged_messages_give_records_or_rejections(raw: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]
    assert read_all(read_mail, raw)


@given(st.lists(st.sampled_from([b"From x 1 10:10 1999\n", b"A: b\n", b"\n", b"From a\n", b"text\n"]), max_size=12))
def test_offsets_lead_to_the_same_records(lines: list[bytes]) -> None:
    raw = b"".join([b"From x 1 10:10 1999\nA: b\n\nc\n", *lines])
    records = list(read_mail(io.BytesIO(raw)))
    for no, record in enumerate(records[:-1]):
        assert record.next_offset is not None
        assert len(list(read_mail(io.BytesIO(raw[record.next_offset :])))) == len(records) - no - 1


@pytest.mark.parametrize("piece", ["a", "=?utf-8?q?", "a@", "(", "<", '"'])
def test_headers_without_end_take_no_long_time(piece: str) -> None:
    read_one(read_mail, f"From: {piece * 50_000}\nSubject: {piece * 50_000}\nOrganization: {piece * 9}\n\nx".encode())
