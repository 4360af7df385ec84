"""Elements of one name cut out of a stream of XML or SGML, one at a time, each parsed by itself.

Comes in: a stream, and the names of the elements that are records. Goes out: `Cut`s, and trees of lxml.

As no document is ever parsed as a whole, a damaged record damages no other, many documents may stand in one file, and
memory holds one record. No document type is read: HTML's names for characters are known, all other entities stay as
they are written, so that nothing is fetched from outside and nothing grows.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from transforms.encoding import UndecodableError, decode
from transforms.readers.blocks import BLOCK_BYTES, read_blocks, text_of_head, wide_encoding
from transforms.readers.record import (
    DECODE,
    PARSE,
    RECORD_BYTES,
    AnyRecord,
    BadRecord,
    PendingRecord,
    Record,
    sample_of,
    too_large,
)
from transforms.references import unescape

Element = Any
"""An element of lxml, which has no types."""

Build = Callable[[Element], tuple[dict[str, Any], bool]]
"""An element to the fields of its record, and whether every line of its text is a paragraph."""

# A token that begins this close to the end of what has been read may go on in what has not.
_TOKEN_BYTES = 512
_TAG_BYTES = 64 << 10

_DECLARATION = rb"<\?xml\s[^<>]{0,200}?\?>"
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?P<doctype>[^\s>\[]+)(?:[^>\[]*(?:\[.*?\]\s*)?>)?",
    re.DOTALL | re.IGNORECASE,
)
_START_TAG = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_FOREIGN = re.compile(
    r"<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>|<!--(?:(?!<!--).)*?-->|<!\[CDATA\[|\]\]>|<!--"
    r"|&(?:#[xX]?[0-9A-Fa-f]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};)?|<(?![A-Za-z_/?!])",
    re.DOTALL,
)
_TAG = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|[^<]+|(?P<other><\?[^<>]*\?>|<![A-Za-z][^<>]*>)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*+)(?P<rest>(?:[^<>\"'/]|\"[^\"<]*\"|'[^'<]*'|/(?!>))*+)(?P<empty>/?)>|<",
    re.DOTALL,
)
# Elements of HTML that have no end tag.
_EMPTY = frozenset({"br", "hr", "img", "wbr", "input", "meta", "embed", "area"})
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True, frozen=True)
class Cut:
    """An element as it stands in its stream.

    `line`: of its first byte, from 1. `offset`: of the byte after it. `before`: what stands between it and the one
    before, as far as it was still at hand. `declared`: the encoding that its document declares. `is_whole`: whether its
    end tag was found. `is_too_large`: it has more than `RECORD_BYTES`, and `raw` is its beginning.
    """

    name: str
    raw: bytes
    line: int
    offset: int
    before: bytes
    declared: str | None
    is_whole: bool
    is_too_large: bool = False


class _Window:
    """What of a stream is in memory: `data`, which begins at byte `offset` of the stream."""

    __slots__ = ("_blocks", "_counted", "_decoder", "data", "is_last", "lines", "offset")

    def __init__(self, stream: BinaryIO) -> None:
        self._blocks = read_blocks(stream)
        self._decoder: codecs.IncrementalDecoder | None = None
        self.data, self.offset, self.lines, self._counted, self.is_last = b"", 0, 0, 0, False
        first = next(self._blocks, b"")
        if encoding := wide_encoding(first):
            self._decoder = codecs.getincrementaldecoder(encoding)("replace")
            first = self._decoder.decode(first).encode()
        self.data = first.removeprefix(codecs.BOM_UTF8)
        self.offset = len(first) - len(self.data)

    def grow(self, keep: int) -> int:
        """Drops what stands before index KEEP, and reads on. Returns how much was dropped."""
        self._count_to(keep)
        self._counted = 0
        self.offset += keep
        kept = self.data[keep:]
        self.data = b""
        block = next(self._blocks, b"")
        self.is_last = not block
        self.data = kept + (self._decoder.decode(block, self.is_last).encode() if self._decoder else block)
        return keep

    def line_at(self, index: int) -> int:
        """The number of the line, from 1, in which that byte stands. Places are asked for in order."""
        self._count_to(index)
        return self.lines + 1

    def _count_to(self, index: int) -> None:
        if index >= self._counted:
            self.lines += self.data.count(b"\n", self._counted, index)
        else:
            self.lines -= self.data.count(b"\n", index, self._counted)
        self._counted = index


class _Cutter:
    """Goes through a window from one token to the next: tags of records, and what may hide them."""

    def __init__(self, stream: BinaryIO, names: tuple[str, ...], limit: int) -> None:
        alternatives = "|".join(map(re.escape, names)).encode()
        self._token = re.compile(
            rb"<!\[CDATA\[|<!--|(?P<xml>" + _DECLARATION + rb")"
            rb"|<(?P<end>/?)(?:[\w.-]{1,40}:)?(?P<name>" + alternatives + rb")(?=[\s/>])"
        )
        self._window = _Window(stream)
        self._limit = limit
        self._at = 0
        self._after_last = 0
        self._start: int | None = None
        self._name = ""
        self._declared: str | None = None

    def cuts(self) -> Iterator[Cut]:
        window = self._window
        while True:
            if self._start is not None and self._at - self._start > self._limit:
                yield self._cut(self._start + _TOKEN_BYTES, False, is_too_large=True)
                self._after_last, self._start = self._at, None
            token = self._token.search(window.data, self._at)
            if token is None or token.start() > len(window.data) - _TOKEN_BYTES:
                if not window.is_last:
                    self._at = token.start() if token else max(self._at, len(window.data) - _TOKEN_BYTES)
                    self._grow()
                    continue
                if token is None:
                    break
            if token["name"] is None:
                self._pass_over(token)
            else:
                yield from self._take_tag(token)
        if self._start is not None:
            yield self._cut(len(window.data), False)

    def _take_tag(self, token: re.Match[bytes]) -> Iterator[Cut]:
        name = token["name"].decode()
        closes = bool(token["end"])
        if closes and (self._start is None or name != self._name):
            self._at = token.end()
            return
        begin, length = token.start(), token.end() - token.start()
        if not closes and self._start is not None:
            yield self._cut(begin, False)
            self._declare(self._window.data[self._start : begin])
            self._after_last, self._start = begin, None
        if not closes:
            self._start, self._name = begin, name
        self._at = begin
        close = self._find(b">", length, _TAG_BYTES)
        if close < 0:
            self._at += length
        elif closes or self._window.data[close - 1 : close] == b"/":
            yield self._cut(close + 1, True)
            self._at = self._after_last = close + 1
            self._start = None
        else:
            self._at = close + 1

    def _pass_over(self, token: re.Match[bytes]) -> None:
        """Goes past a declaration, a comment or a CDATA section; only past its beginning where that has no end."""
        opener = token.group()
        self._at = token.start()
        if token["xml"]:
            if self._start is None:
                self._declare(opener)
            self._at += len(opener)
            return
        closer = b"]]>" if opener == b"<![CDATA[" else b"-->"
        end = self._find(closer, len(opener), self._limit, opener)
        self._at = end + len(closer) if end >= 0 else self._at + len(opener)

    def _declare(self, raw: bytes) -> None:
        """Takes note of the last encoding that is declared there."""
        for declaration in re.findall(_DECLARATION, raw):
            encoding = _ENCODING.search(declaration)
            self._declared = encoding[1].decode() if encoding else None

    def _find(self, wanted: bytes, skip: int, limit: int, unless: bytes = b"") -> int:
        """Where WANTED stands, from SKIP bytes after the current place on; -1 where UNLESS comes first, or nothing."""
        done = skip
        while True:
            window = self._window
            barrier = window.data.find(unless, self._at + done) if unless else -1
            found = window.data.find(wanted, self._at + done, barrier if barrier >= 0 else len(window.data))
            if found >= 0 or barrier >= 0 or window.is_last or len(window.data) - self._at > limit:
                return found
            done = max(skip, len(window.data) - self._at - len(wanted) - len(unless))
            self._grow()

    def _grow(self) -> None:
        keep = self._start if self._start is not None else self._at
        # What stands before a record is told to those who ask for it, within reason.
        keep = max(self._after_last, keep - BLOCK_BYTES)
        dropped = self._window.grow(keep)
        self._at -= dropped
        self._after_last -= dropped
        if self._start is not None:
            self._start -= dropped

    def _cut(self, end: int, is_whole: bool, is_too_large: bool = False) -> Cut:
        window, start = self._window, self._start or 0
        return Cut(
            self._name,
            window.data[start:end],
            window.line_at(start),
            window.offset + end,
            window.data[self._after_last : start],
            self._declared,
            is_whole,
            is_too_large,
        )


def cut_elements(stream: BinaryIO, *names: str, limit: int = RECORD_BYTES) -> Iterator[Cut]:
    """The elements of those local names, in order. They do not nest: where one begins, the one before has ended.

    What comments and CDATA sections hold is no element. UTF-16 and UTF-32 come out as UTF-8.
    """
    return _Cutter(stream, names, limit).cuts()


def read_elements(stream: BinaryIO, first_record: int, names: tuple[str, ...], build: Build) -> Iterator[AnyRecord]:
    """The elements of those names as records; one rejection where there are none."""
    record_no = first_record - 1
    for record_no, cut in enumerate(cut_elements(stream, *names), start=first_record):
        yield pend(record_no, cut, build)
    if record_no < first_record:
        yield without_records(first_record, names)


def without_records(record_no: int, names: tuple[str, ...]) -> BadRecord:
    """The rejection of a file that has no element that is a record."""
    wanted = " or ".join(f"<{name}>" for name in names)
    return BadRecord(record_no, PARSE, "broken_xml", f"the file has no element {wanted}: is it cut off, or empty?")


def pend(record_no: int, cut: Cut, build: Build) -> BadRecord | PendingRecord:
    """The record of a cut, parsed when it is wanted; a rejection where the element is not whole."""
    if cut.is_too_large:
        return too_large(record_no, cut.raw)
    if not cut.is_whole:
        message = f"<{cut.name}> of line {cut.line:,} has no end tag: is the file cut off? Get it again, or mend it"
        return BadRecord(record_no, PARSE, "broken_xml", message, sample_of(cut.raw))
    return PendingRecord(record_no, lambda: _parse(record_no, cut, build))


def _parse(record_no: int, cut: Cut, build: Build) -> Record | BadRecord:
    try:
        decoded = decode(cut.raw, cut.declared)
    except UndecodableError as error:
        message = f"<{cut.name}> of line {cut.line:,} is text in no known encoding: {error}: save the file as UTF-8"
        return BadRecord(record_no, DECODE, "not_text", " ".join(message.split()), sample_of(cut.raw))
    root, fault = parse_element(decoded.text)
    if root is None:
        message = f"<{cut.name}> of line {cut.line:,} is not XML: {fault}: mend it, or get the file again"
        return BadRecord(record_no, PARSE, "broken_xml", message, sample_of(cut.raw))
    fields, is_laid_out = build(root)
    repairs = (*decoded.repairs, "markup") if fault else decoded.repairs
    return Record(record_no, {"text": ""} | fields, is_laid_out, repairs=repairs)


def parse_element(text: str) -> tuple[Element | None, str | None]:
    """The tree of an element, and what was wrong with its markup; None for one of which nothing can be kept."""
    source = _FOREIGN.sub(_rewrite, _NOT_IN_XML.sub("", text))
    root, fault = _parse_tree(source)
    # What recovery makes of tags that do not match swallows the fields behind them.
    return (_parse_tree(_balance(source))[0], fault) if fault else (root, None)


def _parse_tree(source: str) -> tuple[Element | None, str | None]:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, " ".join(str(error.msg).split())
    # Prefixes of namespaces are declared outside of the element.
    faults = [entry for entry in parser.error_log if entry.domain_name != "NAMESPACE"]
    return root, f"line {faults[0].line:,} of it: {' '.join(faults[0].message.split())}" if faults else None


def _balance(source: str) -> str:
    """The source with every element closed: where it ends, or where the one around it does; other end tags go."""
    pieces: list[str] = []
    stack: list[str] = []
    is_open: Counter[str] = Counter()
    for token in _TAG.finditer(source):
        name = token["name"]
        if token["other"]:
            continue
        if name is None:
            pieces.append("&lt;" if token.group() == "<" else token.group())
        elif not token["end"]:
            is_empty = bool(token["empty"]) or name.lower() in _EMPTY
            pieces.append(f"<{name}{token['rest']}{'/' * is_empty}>")
            if not is_empty:
                stack.append(name)
                is_open[name] += 1
        elif is_open[name]:
            while (closed := stack.pop()) != name:
                pieces.append(f"</{closed}>")
                is_open[closed] -= 1
            pieces.append(f"</{name}>")
            is_open[name] -= 1
    return "".join(pieces) + "".join(f"</{name}>" for name in reversed(stack))


def _rewrite(match: re.Match[str]) -> str:
    """Names of characters as characters; '&' and '<' that begin nothing, and halves of sections, as harmless text."""
    token = match.group()
    if token.startswith("<"):
        return {"<": "&lt;", "<![CDATA[": "", "<!--": ""}.get(token, token)
    if token == "]]>":
        return ""
    character = unescape(token)
    if character == token:
        return "&amp;" + token[1:]
    return f"&#{ord(character)};" if character in {"<", ">", "&", '"', "'"} else character


def root_name(head: bytes) -> str | None:
    """The local name of the first element, or what the document type says it is; None where no markup begins so."""
    text = text_of_head(head)
    at = 0
    while (prolog := _PROLOG.match(text, at)) and prolog.end() > at:
        if prolog["doctype"]:
            return prolog["doctype"].rpartition(":")[2]
        at = prolog.end()
    tag = _START_TAG.match(text, at)
    return tag[1] if tag else None


# -- trees ------------------------------------------------------------------------------------------------------------

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def local_name(element: Element) -> str:
    """The name of an element without namespace and prefix; '' for what is none."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


class Tree:
    """An element and all in it by local names. A path such as 'hedline/hl1' names an element and its parents."""

    __slots__ = ("_by_name", "root")

    def __init__(self, root: Element) -> None:
        self.root = root
        self._by_name: dict[str, list[Element]] = {}
        for element in root.iter():
            self._by_name.setdefault(local_name(element), []).append(element)

    def all(self, path: str) -> list[Element]:
        """The elements at that path, in order."""
        *parents, name = path.split("/")
        return [element for element in self._by_name.get(name, []) if _is_below(element, parents)]

    def first(self, *paths: str) -> Element | None:
        """The first element at the first of those paths at which there is one."""
        return next((element for path in paths for element in self.all(path)), None)

    def words(self, *paths: str) -> str | None:
        """The text of the first element at those paths that has some, on one line."""
        return next((text for path in paths for element in self.all(path) if (text := words_of(element))), None)

    def list_words(self, path: str) -> list[str]:
        """The texts of all elements at that path, each once."""
        return list(dict.fromkeys(text for element in self.all(path) if (text := words_of(element))))

    def value(self, *paths: str) -> str | None:
        """The first value at those paths, each of which ends with '@' and the name of an attribute."""
        for path in paths:
            elements, _, name = path.partition("@")
            for element in self.all(elements):
                if value := attribute(element, name):
                    return value
        return None

    def values(self, path: str) -> list[str]:
        """All values at such a path, each once."""
        elements, _, name = path.partition("@")
        return list(dict.fromkeys(value for element in self.all(elements) if (value := attribute(element, name))))


def _is_below(element: Element, parents: list[str]) -> bool:
    for name in reversed(parents):
        element = element.getparent()
        if element is None or local_name(element) != name:
            return False
    return True


def words_of(element: Element | None) -> str | None:
    """All text of an element on one line; None where there is none."""
    return (" ".join("".join(element.itertext()).split()) or None) if element is not None else None


def attribute(element: Element | None, name: str) -> str | None:
    """A value of an element, None where it is missing or blank. A name may stand under any prefix."""
    if element is None:
        return None
    value = element.get(name)
    if value is None:
        value = next((v for n, v in element.attrib.items() if n.rpartition("}")[2].rpartition(":")[2] == name), "")
    return " ".join(value.split()) or None


def without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
