"""Web pages: one HTML page is one record, the article that it shows.

Comes in: the bytes of a page. Goes out: its fields by the canonical names (title, text, published_at, authors,
publisher, url, section, language), and description, keywords, modified_at, page_type and image beside them.

`text` is the body of the article. Headline and summary stand in `title` and `description`; captions, shares, links to
other articles, comments and the site's furniture are left out. A page without an article has an empty text.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from transforms.encoding import Decoded, UndecodableError, decode
from transforms.readers.page_body import extract_body
from transforms.readers.page_data import PageData, page_address, parse_time, plain_text, read_page_data
from transforms.readers.record import (
    DECODE,
    PARSE,
    AnyRecord,
    BadRecord,
    Record,
    RecordTooLargeError,
    read_whole,
    sample_of,
    too_large,
)
from transforms.references import drop_controls

PAGE_BYTES = 16 << 20
"""The longest page that is read. Those of news sites have 0.05 to 2 MB."""

MOST_ELEMENTS = 60_000
"""The most elements that a page may have. Those of news sites have 500 to 15,000."""

_EARLIEST = "1990-01-01"
_HEAD = 4 << 10
_DECLARATION = 32 << 10
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_XML_DECLARATION = re.compile(rb"^\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']\s*([\w:.-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_LEADING = re.compile(
    rb"(?:\s+|\x00|<!--.*?(?:-->|$)|<\?xml[^>]*>|<\?php.*?\?>|<\?[^>]*\?>)*", re.IGNORECASE | re.DOTALL
)
_OPENING = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|link|base|script|style|frameset|table|center|font|h[1-6]|div|p|br)"
    rb"(?=[\s/>])",
    re.IGNORECASE,
)
_SURE_OPENING = re.compile(rb"<(?:!doctype\s+html|html|head|body)(?=[\s/>])", re.IGNORECASE)
_OTHER_ROOT = re.compile(
    rb"<(?:!doctype\s+(?!html)[\w:-]+|nitf|rss|feed|rdf:rdf|newsitem|newsml|xml|svg)\b", re.IGNORECASE
)
_UTF16_LE = re.compile(rb"(?:\s\0)*<\0[!?\w]")
_UTF16_BE = re.compile(rb"(?:\0\s)*\0<\0[!?\w]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SEPARATOR = re.compile(r"\s+[|–—·•»«:/-]\s+|\s*[|»«]\s*")
_DAY_ONLY = "%Y-%m-%d"
_SITE_WORDS = re.compile(r"[^a-z0-9]+")


def looks_like_webpage(head: bytes) -> bool:
    """Whether the content begins as HTML does, after byte order marks, declarations and comments."""
    plain = _ascii_of(head)
    start = _LEADING.match(plain)
    rest = plain[start.end() if start else 0 :]
    if _OTHER_ROOT.match(rest):
        return False
    if _OPENING.match(rest):
        return b"</" in rest or _SURE_OPENING.match(rest) is not None
    # A long comment, or a doctype of another kind of HTML, before the page.
    return not rest and b"<!--" in plain and _SURE_OPENING.search(plain) is not None


def is_webpage_by_name(head: bytes) -> bool:
    """Whether content that is called HTML is that: a tag somewhere is enough."""
    plain = _ascii_of(head)
    start = _LEADING.match(plain)
    return _OTHER_ROOT.match(plain, start.end() if start else 0) is None and _OPENING.search(plain) is not None


def read_webpage(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The page as one record."""
    try:
        raw = read_whole(stream, PAGE_BYTES)
    except RecordTooLargeError:
        yield too_large(first_record, limit=PAGE_BYTES)
        return
    yield parse_webpage(raw, first_record)


def parse_webpage(
    raw: bytes, record_no: int = 1, url: str | None = None, charset: str | None = None
) -> Record | BadRecord:
    """A page's bytes as a record. `url` is where it was fetched from, `charset` the encoding that HTTP declared."""
    if len(raw) > PAGE_BYTES:
        return too_large(record_no, raw[:_HEAD], PAGE_BYTES)
    try:
        decoded = decode(_mark_utf16(raw), charset or declared_encoding(raw))
    except UndecodableError as error:
        return BadRecord(record_no, DECODE, "not_text", f"{error}: save the page as UTF-8", sample_of(raw))
    try:
        tree = _parse(decoded)
    except _UnparsableError as error:
        return BadRecord(record_no, PARSE, "broken_html", str(error), sample_of(decoded.text))
    return Record(record_no, page_fields(tree, url), is_laid_out=True, repairs=decoded.repairs)


def declared_encoding(raw: bytes) -> str | None:
    """The encoding that the page's XML declaration or meta element names; None where none does."""
    head = raw[:_DECLARATION]
    for pattern, text in ((_XML_DECLARATION, head.removeprefix(BOM_UTF8)), (_META_CHARSET, _COMMENT.sub(b"", head))):
        if match := pattern.search(text):
            label = match[1].decode("ascii", "replace").lower()
            # A declaration that can be read byte by byte is not in UTF-16, whatever it says.
            return "utf-8" if label.startswith("utf-16") else label
    return None


def page_fields(tree: HtmlElement, url: str | None = None) -> dict[str, Any]:
    """The fields of a parsed page. Changes TREE."""
    data = read_page_data(tree, url)
    title = find_headline(data)
    address = page_address(data)
    published = find_published(data, address)
    fields = {
        "title": title,
        "text": "",
        "published_at": published,
        "authors": data.authors,
        "publisher": data.publisher,
        "url": address,
        "section": data.section,
        "language": data.language,
        "description": data.description,
        "keywords": data.keywords,
        "modified_at": parse_time(data.modified) if data.modified else None,
        "page_type": data.page_type,
        "image": data.image,
    }
    # Last, as it changes the tree.
    fields["text"], byline = extract_body(tree, data, title)
    if byline and not data.authors:
        fields["authors"] = [byline]
    return {name: value for name, value in fields.items() if value or name == "text"}


# -- parsing ----------------------------------------------------------------------------------------------------------


class _UnparsableError(ValueError):
    """The page's markup cannot be made into a tree."""


def _parse(decoded: Decoded) -> HtmlElement:
    text = drop_controls(_CONTROLS.sub("", decoded.text))
    # A doctype with a slash at its end, or a closed html element, makes libxml2 drop what follows.
    text = re.sub(r"^(\s*<!doctype[^>]*?)/>", r"\1>", text, count=1, flags=re.IGNORECASE)
    text = re.sub(r"(<html[^>]{0,500}?)\s*/>", r"\1>", text, count=1, flags=re.IGNORECASE)
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=True,
    )
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (LxmlError, ValueError, AssertionError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _UnparsableError(f"the page cannot be parsed ({why}): save it as HTML again") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise _UnparsableError("the page's elements are nested too deep: save it as HTML again")
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise _UnparsableError(f"the page has more than {MOST_ELEMENTS:,} elements: split it into articles")
    return tree


def _mark_utf16(raw: bytes) -> bytes:
    """UTF-16 without its mark, which a zero byte beside the first '<' gives away, with its mark."""
    if _UTF16_LE.match(raw):
        return BOM_UTF16_LE + raw
    return BOM_UTF16_BE + raw if _UTF16_BE.match(raw) else raw


def _ascii_of(head: bytes) -> bytes:
    """The beginning without byte order mark, and without the zero bytes of UTF-16."""
    marked = _mark_utf16(head)
    if marked.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return marked[2:].replace(b"\0", b"")
    return head.removeprefix(BOM_UTF8)


# -- headline ---------------------------------------------------------------------------------------------------------


def find_headline(data: PageData) -> str | None:
    """The article's headline, without the name of the site.

    JSON-LD, h1, Open Graph and the window's title often differ; the form that most of them have is taken, and of two
    that are equal the one that readers see.
    """
    tree = data.tree
    element = tree.find(".//title")
    window = plain_text(element.text_content()) if element is not None else None
    stated = data.stated_headline
    metas = [text for text in data.headlines if text != stated]
    others = list(dict.fromkeys(_without_site(text, data) for text in (*metas, window) if text))
    named = [stated, *others] if stated else others
    shown = [text for heading in tree.iter("h1") if (text := plain_text(heading.text_content()))]
    if not shown and window:
        bold = (plain_text(part.text_content()) for part in tree.iter("h2", "h3", "b", "strong", "font"))
        shown = [text for text in bold if text and len(text.split()) >= 2]
    likely = [text for text in shown if any(_key(text) in _key(form) for form in named) and len(text) > 8]
    seen = max(likely, key=len) if likely else shown[0] if len(shown) == 1 and len(shown[0].split()) >= 3 else None
    votes = Counter[str]()
    for text, weight in ((seen, 2), (stated, 2), *((text, 1) for text in others)):
        if text:
            votes[_key(text)] += weight
    forms = [text for text in (seen, stated, *named, *shown) if text]
    return max(forms, key=lambda text: votes[_key(text)]) if forms else None


def _without_site(text: str, data: PageData) -> str:
    """'Bridge opens' of 'Bridge opens - Politics | The Daily Reed'."""
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        if not cuts:
            return text
        first, last = cuts[0], cuts[-1]
        if text[last.end() :] and _names_site(text[last.end() :], data) and last.start() > 0:
            text = text[: last.start()]
        elif first.start() > 0 and _names_site(text[: first.start()], data):
            text = text[first.end() :]
        else:
            return text
    return text


def _names_site(part: str, data: PageData) -> bool:
    """Whether a part of a title is the name of the site, its address, or the section."""
    bare = _squeeze(part)
    names = [data.publisher, data.section]
    host = urlsplit(page_address(data) or "").hostname or ""
    known = {_squeeze(name) for name in names if name} - {""}
    labels = _squeeze(host.removeprefix("www."))
    return bool(bare) and (bare in known or any(len(name) > 3 and (name in bare or bare in name) for name in known)
                           or (len(bare) > 3 and bare in labels))  # fmt: skip


def _squeeze(text: str) -> str:
    return _SITE_WORDS.sub("", text.lower()).removeprefix("the")


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


# -- date -------------------------------------------------------------------------------------------------------------


def find_published(data: PageData, address: str | None) -> str | None:
    """The time of publication as ISO 8601, in UTC where it has a zone; as the page has it where that cannot be read.

    Where the page states none, htmldate looks for a day in its address, its elements and its text.
    """
    unread: str | None = None
    for stated in data.published:
        moment = parse_time(stated)
        if moment and moment[:4] > "1000":
            return _earliest(moment, data)
        unread = unread or (stated if re.search(r"\d.*\d\d", stated) else None)
    return unread or _search_day(data, address)


def _earliest(moment: str, data: PageData) -> str:
    """The moment, or the earlier one that metas state where JSON-LD repeats the time of the last change."""
    stated = data.first_meta(("articlepublishedtime",))
    earlier = parse_time(stated) if stated else None
    is_change = data.modified is not None and parse_time(data.modified) == moment
    return earlier if is_change and earlier and earlier.endswith("+00:00") and earlier < moment else moment


def _search_day(data: PageData, address: str | None) -> str | None:
    from htmldate import find_date

    try:
        day = find_date(
            data.tree,
            original_date=True,
            outputformat=_DAY_ONLY,
            url=address,
            min_date=_EARLIEST,
            extensive_search=True,
        )
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, LxmlError):
        # Faults of htmldate on odd pages: the page has no date then.
        return None
    return _verify_day(day, data, address) if day else None


def _verify_day(day: str, data: PageData, address: str | None) -> str | None:
    """The day that htmldate found, as far as the page bears it out.

    Of '03/02/2021' it takes the first number for the day: then this is the answer, for the caller to read by the other
    dates of the corpus. Of a year or a month alone it makes the first day: then there is none.
    """
    found = datetime.strptime(day, _DAY_ONLY).replace(tzinfo=UTC)
    text = (
        f"{' '.join(data.tree.itertext(with_tail=True))} {address or ''} {' '.join(map(' '.join, data.metas.values()))}"
    )
    month, numbers = rf"{found:%b}[a-z]*\.?", (found.day, found.month)
    sure = (
        rf"{month}\s+0?{found.day}(?:st|nd|rd|th)?\b|\b0?{found.day}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{month}"
        rf"|{found:%Y}(?P<mark>[-/.]?)0?{found.month}(?P=mark){found:%d}(?!\d)|\b0?{found.day}\.\s?0?{found.month}\."
    )
    if re.search(sure, text, re.IGNORECASE):
        return day
    for match in re.finditer(rf"\b(\d\d?)([/-])(\d\d?)\2(?:{found:%Y}|{found:%y})(?!\d)", text):
        pair = int(match[1]), int(match[3])
        if pair in {numbers, numbers[::-1]}:
            return day if max(pair) > 12 or pair[0] == pair[1] else match[0]
    return day if found.day != 1 else None
