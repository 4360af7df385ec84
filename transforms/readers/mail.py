"""Mail: mbox files of many messages, and single messages or Usenet posts that begin with their headers.

Message-ID is the id, Subject the title ('Re: ' included), the first newsgroup the section, From the author by name:
addresses are stored nowhere. The body is the first part that is plain text, else the first of HTML; quoted lines and
signatures are the author's and stay.
"""

import binascii
import email
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from functools import partial
from itertools import chain, pairwise
from typing import BinaryIO

from transforms.encoding import UndecodableError, decode
from transforms.markup import text_of_markup
from transforms.readers.blocks import read_blocks
from transforms.readers.elements import without_empty
from transforms.readers.record import (
    DECODE,
    READ,
    RECORD_BYTES,
    AnyRecord,
    BadRecord,
    PendingRecord,
    Record,
    sample_of,
    too_large,
)

_LINE_BYTES = 1 << 20
_FROM = b"From "
# 'From cole@example.org Thu Apr 22 21:35:00 1993', and 'From -123456789' of the Usenet archives.
_SURE_FROM = re.compile(rb"From (?:\S+\s.*\b\d\d?:\d\d\b.*\d{4}|-?\d{6,})")
_HEADER = re.compile(rb">?([A-Za-z][A-Za-z0-9_-]{0,75}):(?:[ \t]|\r?\n|\Z)")
_FOLDED = (b" ", b"\t")
_KNOWN = frozenset(
    b"from date subject newsgroups path message-id received to reply-to organization lines references sender xref "
    b"return-path delivered-to mime-version content-type".split()
)
# A mail has one of the second kind beside one of the first; a memo or an interview may have either.
_SENT = frozenset({b"from", b"newsgroups", b"path", b"received", b"return-path"})
_TOLD = frozenset({b"date", b"subject", b"message-id"})
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_NOT_NAMES = re.compile(r"\S*[@!]\S*|<[^<>]*>")
_LAST_NAME_FIRST = re.compile(r"([\w'’.-]+(?: [\w'’-]+)?), ((?!(?:Jr|Sr|II|III|IV|PhD|MD)\b)[\w'’.-]+(?: [\w'’.-]+)?)")
_MOST_PARTS = 1_000
_LONGEST_NAME, _LONGEST_EXTRA, _LONGEST_ENCODED = 500, 2_000, 20_000

_EXTRAS = {
    "organization": "organization",
    "keywords": "keywords",
    "summary": "summary",
    "distribution": "distribution",
    "followup-to": "followup_to",
    "references": "references",
    "in-reply-to": "in_reply_to",
    "list-id": "list_id",
    "approved": "",
}
_DATES = ("date", "posted", "date-received", "nntp-posting-date", "delivery-date", "resent-date")


def looks_like_mail(head: bytes) -> bool:
    """Whether it begins with an mbox's 'From ' line and a header, or with headers of a mail or a post."""
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n")
    if lines[0].startswith(_FROM):
        return len(lines) > 1 and bool(_HEADER.match(lines[1]) or lines[1].startswith(b">From "))
    names: set[bytes] = set()
    for no, line in enumerate(lines):
        header = _HEADER.match(line)
        if header is not None:
            names.add(header[1].lower())
        elif not line.strip() or no == 0 or not line.startswith(_FOLDED):
            break
    return bool(names & _SENT) and bool(names & _TOLD) and len(names & _KNOWN) > 1


def read_mail(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The messages of the stream. In an mbox, reading can start at each."""
    record_no = first_record - 1
    for record_no, (raw, next_offset) in enumerate(_split(stream), start=first_record):
        if raw is None:
            bad = too_large(record_no)
            yield BadRecord(record_no, bad.stage, bad.error_type, bad.message, None, next_offset)
        else:
            yield PendingRecord(record_no, partial(_parse, record_no, raw, next_offset), next_offset)
    if record_no < first_record:
        yield BadRecord(first_record, READ, "empty", "the file has no message: get it again")


# -- messages of an mbox ----------------------------------------------------------------------------------------------


def _split(stream: BinaryIO) -> Iterator[tuple[bytes | None, int | None]]:
    """The messages with where the next one begins; None for one that is longer than a record may be."""
    is_mbox = False
    taken = _Message()
    offset, after_blank = 0, True
    for line, following in pairwise(chain(_lines(stream), [b""])):
        if line.startswith(_FROM) and _begins_message(
            line, following, after_blank, not is_mbox and taken.is_blank(), is_mbox
        ):
            if not taken.is_blank():
                yield taken.raw(), offset
            is_mbox, taken = True, _Message()
        else:
            taken.add(line)
        after_blank = not line.strip()
        offset += len(line)
    if not taken.is_blank() or is_mbox:
        yield taken.raw(), None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; pieces of those that are very long."""
    rest = b""
    for block in read_blocks(stream):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > _LINE_BYTES:
            yield rest
            rest = b""
    if rest:
        yield rest


@dataclass(slots=True)
class _Message:
    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= RECORD_BYTES:
            self.lines.append(line)
        else:
            self.lines.clear()

    def is_blank(self) -> bool:
        return self.size <= RECORD_BYTES and not any(line.strip() for line in self.lines)

    def raw(self) -> bytes | None:
        return b"".join(self.lines) if self.size <= RECORD_BYTES else None


def _begins_message(line: bytes, after: bytes, after_blank: bool, is_first: bool, is_mbox: bool) -> bool:
    """Whether a 'From ' line begins a message: a file that begins with none has one message, whatever it quotes."""
    if not (is_first or is_mbox):
        return False
    follows = _HEADER.match(after) is not None or after.startswith(b">From ")
    return is_first or (follows and (after_blank or _SURE_FROM.match(line) is not None))


# -- one message ------------------------------------------------------------------------------------------------------


def _parse(record_no: int, raw: bytes, next_offset: int | None) -> Record | BadRecord:
    headers, body = _split_head(raw)
    try:
        text, is_laid_out, repairs = _text(headers, raw, body)
    except UndecodableError as error:
        message = f"the body is text in no known encoding: {' '.join(str(error).split())}: save it as UTF-8"
        return BadRecord(record_no, DECODE, "not_text", message, sample_of(raw), next_offset)
    newsgroups = [group.strip() for group in headers.get("newsgroups", "").split(",") if group.strip()]
    fields = {
        "id": headers.get("message-id", "").strip("<> "),
        "url": headers.get("archived-at", "").strip("<> "),
        "title": headers.get("subject"),
        "text": text,
        "published_at": next((headers[name] for name in _DATES if headers.get(name)), None),
        "authors": _authors(headers.get("from") or headers.get("sender")),
        "section": newsgroups[0] if newsgroups else None,
        "language": headers.get("content-language"),
        "newsgroups": newsgroups if len(newsgroups) > 1 else None,
    }
    extras = {column: _without_addresses(headers.get(name), column) for name, column in _EXTRAS.items() if column}
    return Record(record_no, {"text": ""} | without_empty(fields | extras), is_laid_out, next_offset, repairs)


def _split_head(raw: bytes) -> tuple[dict[str, str], bytes]:
    """The first value of each header by its name in small letters, unfolded and decoded; and the body's bytes."""
    found: dict[str, bytes] = {}
    name = ""
    rest = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    while rest:
        line, _, after = rest.partition(b"\n")
        if not line.strip():
            rest = after
            break
        header = _HEADER.match(line + b"\n")
        if header is not None:
            name = header[1].decode().lower()
            if name in found:
                name = ""
            else:
                found[name] = line[header.end() - 1 :].strip()
        elif line.startswith(_FOLDED):
            if name:
                found[name] += b" " + line.strip()
        elif not line.startswith(b">From ") and found:
            # No header: the blank line before the body is missing.
            break
        elif not found:
            break
        rest = after
    return {name: _decode_header(value) for name, value in found.items()}, rest


def _decode_header(value: bytes) -> str:
    try:
        text = decode(value).text
    except UndecodableError:
        text = value.decode("latin-1")
    if "=?" not in text or len(text) > _LONGEST_ENCODED:
        return " ".join(text.split())
    try:
        pieces = decode_header(text)
    except (HeaderParseError, binascii.Error, ValueError):
        return " ".join(text.split())
    return " ".join("".join(_decode_piece(piece, charset) for piece, charset in pieces).split())


def _decode_piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return decode(piece, charset).text
    except UndecodableError:
        return piece.decode("latin-1")


def _text(headers: dict[str, str], raw: bytes, body: bytes) -> tuple[str | None, bool, tuple[str, ...]]:
    """The text, whether it comes from HTML, and what was repaired."""
    content_type = headers.get("content-type", "").lower()
    if content_type.startswith("multipart/"):
        body, content_type = _best_part(raw) or (body, "text/plain")
    else:
        body = _transfer_decoded(body, headers.get("content-transfer-encoding", ""))
    charset = _CHARSET.search(content_type)
    decoded = decode(_QUOTED_FROM.sub(rb"\1", body), charset[1] if charset else None)
    if content_type.startswith("text/html"):
        return text_of_markup(decoded.text), True, decoded.repairs
    text = decoded.text.strip("\r\n").rstrip()
    return text or None, False, decoded.repairs


def _transfer_decoded(body: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding == "base64":
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            return body
    return body


def _best_part(raw: bytes) -> tuple[bytes, str] | None:
    """Bytes and content type of the first part that is plain text, else of the first of HTML."""
    try:
        message = email.message_from_bytes(raw.lstrip(b"\r\n"))
        parts = [part for part, _ in zip(message.walk(), range(_MOST_PARTS), strict=False)]
    except (MessageError, ValueError, LookupError, RecursionError):
        return None
    html: tuple[bytes, str] | None = None
    for part in parts:
        kind = _kind_of(part)
        if kind not in {"text/plain", "text/html"} or "attachment" in str(part.get("Content-Disposition", "")).lower():
            continue
        payload = _payload(part)
        content_type = kind + str(part.get("Content-Type", ""))[len(kind) :]
        if payload.strip() and kind == "text/plain":
            return payload, content_type
        if payload.strip() and html is None:
            html = payload, content_type
    return html


def _kind_of(part: Message) -> str:
    return str(part.get("Content-Type", "text/plain")).partition(";")[0].strip().lower()


def _payload(part: Message) -> bytes:
    # Without `decode` it would be read in the part's charset, whatever that is, and lose what does not fit.
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _authors(value: str | None) -> list[str] | None:
    """The name in 'Ada Cole <cole@example.org>' or 'cole@example.org (Ada Cole)'; None for a bare address."""
    if not value:
        return None
    value = value[:_LONGEST_NAME]
    in_brackets = re.search(r"\(([^()@!]+)\)", value)
    before, angle, _ = value.partition("<")
    text = before if angle and before.strip(" \"'") else in_brackets[1] if in_brackets else value
    name = " ".join(_NOT_NAMES.sub(" ", text).replace("\\", "").split()).strip(" \"',;<>()")
    turned = _LAST_NAME_FIRST.fullmatch(name)
    name = f"{turned[2]} {turned[1]}" if turned else name
    return [name] if any(map(str.isalpha, name)) else None


def _without_addresses(value: str | None, column: str) -> str | None:
    """What a header says but for addresses; ids of messages look like such, and are kept."""
    if not value or column in {"references", "in_reply_to"}:
        return value
    return " ".join(re.sub(r"\S+@\S+", "", value[:_LONGEST_EXTRA]).split()) or None
