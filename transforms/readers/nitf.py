"""NITF, the News Industry Text Format: each <nitf> is a record, also where many stand in one file.

The dialect of the New York Times Annotated Corpus (LDC2008T19) is read too: its body twice, as lead and in full, its
bylines twice, as printed and turned round, and its classifiers.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from transforms.readers.blocks import text_of_head
from transforms.readers.elements import (
    XML_LANG,
    Element,
    Tree,
    attribute,
    local_name,
    read_elements,
    root_name,
    without_empty,
    words_of,
)
from transforms.readers.paragraphs import text_of_blocks
from transforms.readers.record import AnyRecord

_NAMES = ("nitf", "NITF")
_OTHER_ROOTS = frozenset({"newsitem", "packageitem", "newsmessage", "newsml", "html", "rss", "feed", "rdf"})
_OPENS = re.compile(r"<(?:[\w.-]{1,40}:)?nitf[\s>]", re.IGNORECASE)
# Articles of 1987 to 1990 begin with 'LEAD: ' and their first paragraph, and then that paragraph once more.
_LEAD = "LEAD: "


def looks_like_nitf(head: bytes) -> bool:
    """Whether the first element is <nitf>, or one that is no other format's and holds it."""
    root = (root_name(head) or "").lower()
    if root == "nitf":
        return True
    return bool(root) and root not in _OTHER_ROOTS and _OPENS.search(text_of_head(head)) is not None


def read_nitf(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The <nitf> elements of the stream."""
    return read_elements(stream, first_record, _NAMES, fields_of_nitf)


def fields_of_nitf(root: Element) -> tuple[dict[str, Any], bool]:
    """The fields of one <nitf> element; every line of its text is a paragraph."""
    tree = Tree(root)
    by_name = _by_meta_name(tree)
    fields = {
        "id": tree.value("doc-id@id-string", "nitf@uno", "nitf@id"),
        "url": tree.value("pubdata@ex-ref") or by_name.get("canonical") or by_name.get("url"),
        "title": tree.words("hedline/hl1", "body.head/headline", "hedline", "head/title"),
        "text": _text(tree),
        "published_at": tree.value(
            "pubdata@date.publication", "date.issue@norm", "date.release@norm", "story.date@norm", "nitf@change.date"
        ),
        "authors": _authors(tree),
        "publisher": tree.value("pubdata@name")
        or tree.words("distributor/org", "distributor")
        or tree.value("doc.copyright@holder", "doc-id@regsrc"),
        "section": by_name.get("online_sections")
        or tree.value("pubdata@position.section")
        or by_name.get("section")
        or by_name.get("print_section"),
        "language": attribute(root, XML_LANG) or tree.value("body@lang", "nitf@lang"),
    }
    return without_empty(fields | _metadata(tree, by_name)), True


def _metadata(tree: Tree, by_name: dict[str, str]) -> dict[str, Any]:
    return {
        "subtitle": tree.words("hedline/hl2"),
        "dateline": tree.words("dateline"),
        "dateline_place": tree.words("dateline/location"),
        "abstract": tree.words("body.head/abstract", "abstract"),
        "tagline": tree.words("body.end/tagline", "tagline"),
        "copyright": tree.value("doc.copyright@holder"),
        "status": tree.value("docdata@management-status"),
        "urgency": tree.value("urgency@ed-urg"),
        "editorial_note": tree.value("ed-msg@info"),
        "series": tree.value("series@series.name"),
        "fixture": tree.value("fixture@fix-id"),
        "keywords": tree.values("keyword@key"),
        "subjects": tree.values("tobject.subject@tobject.subject.type")
        or tree.values("tobject.subject@tobject.subject.refnum"),
        "genre": tree.value("tobject.property@tobject.property.type"),
        "released_at": tree.value("date.release@norm"),
        "expires_at": tree.value("date.expire@norm"),
        "meta": by_name or None,
    } | _identified(tree)


def _by_meta_name(tree: Tree) -> dict[str, str]:
    """What stands in <meta name="..." content="...">."""
    pairs = ((attribute(meta, "name"), attribute(meta, "content")) for meta in tree.all("meta"))
    return {name: content for name, content in pairs if name and content}


def _identified(tree: Tree) -> dict[str, list[str]]:
    """Names and classes that an indexer gave: 'classified_person', 'classified_types_of_material' and so on."""
    found: dict[str, list[str]] = {}
    for parent in tree.all("identified-content"):
        for element in parent:
            kind = attribute(element, "type") if local_name(element) == "classifier" else local_name(element)
            text = words_of(element) or attribute(element, "value")
            if kind and text:
                values = found.setdefault("classified_" + re.sub(r"\W+", "_", kind), [])
                if text not in values:
                    values.append(text)
    return found


def _text(tree: Tree) -> str | None:
    bodies = tree.all("body.content") or tree.all("body_content") or tree.all("body")
    texts = [text for body in bodies if (text := text_of_blocks(_full_text(body)))]
    return "\n\n".join(texts).removeprefix(_repeated_lead(texts)) or None


def _full_text(body: Element) -> Element:
    """The block that holds the article in full, where another holds its beginning; else the body."""
    blocks = [child for child in body if local_name(child) == "block" and attribute(child, "class") == "full_text"]
    return next((block for block in blocks if words_of(block)), body)


def _repeated_lead(texts: list[str]) -> str:
    lead, _, rest = (texts[0] if texts else "").partition("\n\n")
    again = lead.startswith(_LEAD) and rest.partition("\n")[0] == lead.removeprefix(_LEAD)
    return f"{lead}\n\n" if again else ""


def _authors(tree: Tree) -> list[str] | None:
    """The names of people in bylines, else the bylines without the jobs they give; a name turned round comes last."""
    bylines = [byline for byline in tree.all("byline") if words_of(byline)]
    turned = [byline for byline in bylines if attribute(byline, "class") == "normalized_byline"]
    plain = [byline for byline in bylines if byline not in turned]
    if plain:
        return [name for byline in plain for name in _names(byline)] or None
    return [_turn(name) for byline in turned for name in (words_of(byline) or "").split(";") if name.strip()] or None


def _names(byline: Element) -> Iterator[str]:
    people = [text for person in byline.iter() if local_name(person) == "person" and (text := words_of(person))]
    if people:
        yield from people
        return
    pieces = [byline.text or ""]
    for child in byline:
        if local_name(child) not in {"byttl", "virtloc"}:
            pieces.append("".join(child.itertext()))
        pieces.append(child.tail or "")
    if text := " ".join("".join(pieces).split()).strip(" ,;"):
        yield text


def _turn(name: str) -> str:
    """'Cole, Ada' is 'Ada Cole'."""
    last, _, first = name.partition(",")
    return " ".join(f"{first} {last}".split())
