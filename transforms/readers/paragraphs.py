"""The text of an element of NITF or XHTML: a paragraph a line, rows of tables and list items a line of their own.

Comes in: a tree of lxml. Goes out: its text, in which no line is to be joined with another.
"""

from collections.abc import Iterator

from lxml import etree

from transforms.readers.elements import Element, local_name

_PARAGRAPHS = frozenset({
    "p", "block", "hl1", "hl2", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "article", "blockquote",
    "bq", "pre", "address", "hr", "nitf-table", "table", "ul", "ol", "dl", "fn", "note", "credit", "headline",
    "caption", "body", "body.content", "text", "center", "main", "header", "footer", "aside",
})  # fmt: skip
_LINES = frozenset({"li", "dt", "dd", "tr", "br"})
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset({
    "media", "nitf-table-metadata", "script", "style", "head", "figure", "noscript", "iframe", "svg", "template",
    "button", "select", "object", "audio", "video", "textarea", "col", "colgroup",
})  # fmt: skip


def text_of_blocks(root: Element) -> str:
    """The text of an element and all that stands in it, but pictures and their captions, programs and forms."""
    blocks = (block for block in _blocks(root) if block.strip())
    return "\n\n".join(blocks).replace("\n\n\n", "\n\n")


def _blocks(root: Element) -> Iterator[str]:
    """Runs of lines between the borders of paragraphs."""
    lines: list[str] = []
    pieces: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = local_name(element).lower()
        if event == "start" and name in _SKIPPED and element is not root:
            walker.skip_subtree()
        if name in _PARAGRAPHS or name in _LINES:
            _end_line(lines, pieces)
        if name in _PARAGRAPHS and lines:
            yield "\n".join(lines)
            lines.clear()
        if event == "start":
            if name in _CELLS and any(piece.strip() for piece in pieces):
                pieces.append(" | ")
            if name not in _SKIPPED or element is root:
                pieces.append(_own_text(element, element.text))
        elif element is not root:
            pieces.append(_own_text(element.getparent(), element.tail))
    _end_line(lines, pieces)
    yield "\n".join(lines)


def _own_text(parent: Element, text: str | None) -> str:
    if not text:
        return ""
    return text if local_name(parent).lower() == "pre" else text.replace("\n", " ")


def _end_line(lines: list[str], pieces: list[str]) -> None:
    text = "".join(pieces)
    pieces.clear()
    lines.extend(line for part in text.split("\n") if (line := " ".join(part.split()).removesuffix(" |")))
