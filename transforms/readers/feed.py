"""Feeds: RSS 0.9 to 2.0, RSS 1.0 in RDF, and Atom. Each <item> or <entry> is a record.

What a feed says of itself counts for its items: its title is their publisher, unless an item names the source that it
came from; so does its language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, BinaryIO

from transforms.encoding import UndecodableError, decode
from transforms.markup import text_of_markup
from transforms.readers.blocks import text_of_head
from transforms.readers.elements import (
    XML_LANG,
    Cut,
    Element,
    attribute,
    cut_elements,
    parse_element,
    pend,
    root_name,
    without_empty,
    without_records,
    words_of,
)
from transforms.readers.paragraphs import text_of_blocks
from transforms.readers.record import AnyRecord

_NAMES = ("item", "entry")
_BEGINS = re.compile(r"<(?:[\w.-]+:)?(?:channel|feed)[\s>]")
_IS_RSS = re.compile(r"purl\.org/rss|my\.netscape\.com/rdf|<(?:[\w.-]+:)?(?:channel|item)[\s>]")
_MAIL_ADDRESS = re.compile(r"\S+@\S+")
_REFERENCE = re.compile(r"&#?\w+;|</?[A-Za-z]")
_DATES = (
    "pubDate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created", "date", "updated", "modified",
    "dcterms:modified",
)  # fmt: skip
_CONTENTS = ("content:encoded", "encoded", "content", "body", "description", "summary")
_PARSED = frozenset({
    *_DATES, *_CONTENTS, "title", "link", "guid", "id", "author", "creator", "dc:creator", "category", "dc:subject",
    "source", "language", "dc:language", "feedburner:origLink", "dc:publisher",
})  # fmt: skip
_LONGEST_EXTRA = 1_000


@dataclass(slots=True, frozen=True)
class _Feed:
    """What a feed says of all its items."""

    title: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()


def looks_like_feed(head: bytes) -> bool:
    """Whether the first element is <rss>, <feed>, a single <entry>, or <RDF> with a channel in it."""
    root = (root_name(head) or "").lower()
    if root == "rdf":
        return _IS_RSS.search(text_of_head(head)) is not None
    if root == "entry":
        return "w3.org/2005/Atom" in text_of_head(head)
    return root in {"rss", "feed", "channel"}


def read_feed(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The items of the stream."""
    feed = _Feed()
    record_no = first_record - 1
    for record_no, cut in enumerate(cut_elements(stream, *_NAMES), start=first_record):
        feed = _parse_feed(cut) or feed
        yield pend(record_no, cut, partial(_fields_of_item, feed=feed))
    if record_no < first_record:
        yield without_records(first_record, _NAMES)


def _parse_feed(cut: Cut) -> _Feed | None:
    """What stands before an item, if a feed begins there."""
    try:
        text = decode(cut.before, cut.declared).text
    except UndecodableError:
        return None
    begins = list(_BEGINS.finditer(text))
    if not begins:
        return None
    root, _ = parse_element(text[begins[-1].start() :])
    if root is None:
        return None
    # RDF and RSS may name the language further out than where the channel begins.
    outer = re.search(r"xml:lang\s*=\s*[\"']([\w-]+)", text)
    parts = _parts(root)
    return _Feed(
        _line(parts, "title"),
        _line(parts, "language", "dc:language") or attribute(root, XML_LANG) or (outer[1] if outer else None),
        tuple(name for author in parts.get("author", []) if (name := _author(author))),
    )


def _fields_of_item(root: Element, feed: _Feed) -> tuple[dict[str, Any], bool]:
    parts = _parts(root)
    text, is_laid_out = _text(parts)
    tags = list(dict.fromkeys(tag for element in _all(parts, "category", "dc:subject") if (tag := _tag(element))))
    people = [name for element in _all(parts, "dc:creator", "creator", "author") if (name := _author(element))]
    guid = _line(parts, "guid", "id") or attribute(root, "about")
    fields = {
        "id": guid,
        "url": _link(parts) or _permanent(parts, guid),
        "title": _line(parts, "title"),
        "text": text,
        "published_at": _line(parts, *_DATES),
        "authors": list(dict.fromkeys(people)) or list(feed.authors),
        "publisher": _source(parts) or _line(parts, "dc:publisher") or feed.title,
        # An item with several has keywords, not the section it stood in.
        "section": tags[0] if len(tags) == 1 else None,
        "language": _line(parts, "dc:language", "language") or attribute(root, XML_LANG) or feed.language,
        "tags": tags,
        "feed": feed.title,
        "updated": _line(parts, "updated", "modified", "dcterms:modified"),
    }
    if text:
        teaser = _text_of(next(iter(_all(parts, "description", "summary")), None))[0]
        fields["summary"] = teaser if teaser and teaser != text else None
    return without_empty(_extras(parts) | fields), is_laid_out


# -- the parts of an item ---------------------------------------------------------------------------------------------


@lru_cache(4096)
def _spelled(tag: str, prefix: str | None, own: str) -> str:
    """The name of an element with its prefix, unless that is the one of all elements."""
    local = tag.rpartition("}")[2]
    written, _, local = local.rpartition(":")
    prefix = prefix or written
    return local if not prefix or prefix == own else f"{prefix}:{local}"


def _parts(root: Element) -> dict[str, list[Element]]:
    """The elements right below, by their names: prefixes tell 'media:title' from 'title'."""
    own = root.prefix or (root.tag.rpartition(":")[0] if "}" not in root.tag else "")
    parts: dict[str, list[Element]] = {}
    for child in root:
        if isinstance(child.tag, str):
            parts.setdefault(_spelled(child.tag, child.prefix, own or ""), []).append(child)
    return parts


def _all(parts: dict[str, list[Element]], *names: str) -> Iterator[Element]:
    return (element for name in names for element in parts.get(name, []))


def _line(parts: dict[str, list[Element]], *names: str) -> str | None:
    """The first of these parts that has words, on one line, without markup."""
    return next((line for element in _all(parts, *names) if (line := _plain_line(words_of(element)))), None)


def _plain_line(text: str | None) -> str | None:
    if text and _REFERENCE.search(text):
        text = " ".join(text_of_markup(text).split())
    return text or None


def _text(parts: dict[str, list[Element]]) -> tuple[str | None, bool]:
    """The item's content, else its description."""
    for element in _all(parts, *_CONTENTS):
        text, is_laid_out = _text_of(element)
        if text:
            return text, is_laid_out
    return None, False


def _text_of(element: Element | None) -> tuple[str | None, bool]:
    if element is None:
        return None, False
    if len(element):
        return text_of_blocks(element) or None, True
    text = element.text or ""
    if attribute(element, "type") in {"text", "text/plain"} and "</" not in text:
        return text.strip() or None, False
    return text_of_markup(text) or None, "<" in text


def _link(parts: dict[str, list[Element]]) -> str | None:
    """The address of the article: the one behind a feed's counter, an Atom link to the page, or the link's text."""
    if address := _line(parts, "feedburner:origLink"):
        return address
    links = list(_all(parts, "link", "atom:link"))
    pages = [link for link in links if attribute(link, "rel") in {None, "alternate"}]
    return next((address for link in pages if (address := attribute(link, "href") or words_of(link))), None)


def _permanent(parts: dict[str, list[Element]], guid: str | None) -> str | None:
    says_no = any((attribute(element, "isPermaLink") or "").lower() == "false" for element in parts.get("guid", []))
    return guid if guid and not says_no and guid.startswith(("http://", "https://")) else None


def _author(element: Element) -> str | None:
    """A name: 'Ada Cole' of 'ada@example.org (Ada Cole)', and of <author><name>Ada Cole</name></author>."""
    name = next((child for child in element.iter() if _spelled(child.tag, None, "") == "name"), None)
    text = _plain_line(words_of(name if name is not None else element))
    if name is None and text and "@" in text:
        text = _MAIL_ADDRESS.sub("", text[:_LONGEST_EXTRA]).strip(" ()<>,\"'")
    return text or None


def _tag(element: Element) -> str | None:
    return attribute(element, "label") or attribute(element, "term") or _plain_line(words_of(element))


def _source(parts: dict[str, list[Element]]) -> str | None:
    """Whom an item that was passed on came from."""
    for source in _all(parts, "source"):
        title = next((child for child in source if _spelled(child.tag, None, "") == "title"), None)
        name = words_of(title) if title is not None else None if len(source) else words_of(source)
        if name and not name.startswith(("http://", "https://")):
            return name
    return None


def _extras(parts: dict[str, list[Element]]) -> dict[str, Any]:
    """What else is said in few words, by the names of its elements."""
    extras: dict[str, Any] = {}
    for name, elements in parts.items():
        if name not in _PARSED and (text := words_of(elements[0])) and len(text) <= _LONGEST_EXTRA:
            extras[name.replace(":", "_")] = text
    return extras
