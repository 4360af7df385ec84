"""Markup in a field, such as WordPress's `content.rendered`, as plain text.

Comes in: a string that may hold HTML. Goes out: lines of text, each a paragraph, a heading, a list item or a table row.
"""

import re

from lxml import etree

from transforms.references import unescape

_ELEMENTS = (
    "a|abbr|article|b|blockquote|caption|cite|code|dd|div|dl|dt|em|figure|font|h[1-6]|i|iframe|li|ol|p|pre|q|script|"
    "section|small|span|strong|style|sub|sup|table|tbody|td|th|tr|u|ul"
)
_CLOSED = re.compile(rf"</(?:{_ELEMENTS})\s*>", re.IGNORECASE)
_ALONE = re.compile(r"<(?:br|hr)\s*/?>|<(?:p|img)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|figcaption|noscript)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(rf"&lt;/(?:{_ELEMENTS})\s*&gt;", re.IGNORECASE)

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend",
        "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
        "br"
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset(
    {
        "audio", "button", "canvas", "embed", "figcaption", "head", "iframe", "input", "math", "noscript", "object",
        "script", "select", "style", "svg", "template", "textarea", "video"
    }
)  # fmt: skip
_BREAK = "\n"


def is_markup(text: str) -> bool:
    """Whether the text holds HTML elements: one that is closed, or two that stand alone; '<' in prose is none."""
    if "<" in text and (_CLOSED.search(text) or len(_ALONE.findall(text, 0, 100_000)) > 1):
        return True
    return "&lt;/" in text and _ESCAPED.search(text) is not None


def text_of_markup(fragment: str) -> str:
    """The text that the fragment shows, blocks as lines; what is no markup comes back with its references resolved.

    Scripts, styles, captions and whatever else shows no words of the article are left out.
    """
    if not is_markup(fragment):
        return unescape(fragment).strip()
    if not _CLOSED.search(fragment) and _ESCAPED.search(fragment):
        # Feeds escape markup once more to carry it in XML.
        fragment = unescape(fragment)
    raw = f"<div>{fragment}</div>".replace("\0", "").encode("utf-8", "replace")
    root = etree.fromstring(raw, etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True,
                                                  huge_tree=True))  # fmt: skip
    # The parser gives up where elements are nested too deep.
    shown = "".join(_shown(root)) if root is not None else ""
    return _lines_of(shown) or _lines_of(unescape(_TAG.sub(" ", _HIDDEN.sub(" ", fragment))))


def _lines_of(shown: str) -> str:
    return "\n".join(joined for line in shown.split(_BREAK) if (joined := " ".join(line.split())))


def _shown(root: etree._Element) -> list[str]:
    """The pieces of text in order, a line break on either side of every block."""
    pieces: list[str] = []
    dropped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if dropped is not None:
                continue
            if tag in _DROPPED:
                dropped = element
                continue
            pieces.append(_BREAK if tag in _BLOCKS else " " if tag in _CELLS else "")
            pieces.append(_inner(element, tag))
            continue
        if dropped is not None:
            if element is not dropped:
                continue
            dropped = None
        elif tag in _BLOCKS:
            pieces.append(_BREAK)
        elif tag in _CELLS:
            pieces.append(" ")
        pieces.append(_flow(element.tail, element.getparent()))
    return pieces


def _inner(element: etree._Element, tag: object) -> str:
    text = element.text or ""
    return text if tag == "pre" else _flow(text, element)


def _flow(text: str | None, parent: etree._Element | None) -> str:
    if not text:
        return ""
    return text if parent is not None and parent.tag == "pre" else text.replace("\n", " ").replace("\r", " ")
