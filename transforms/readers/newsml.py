"""NewsML: items of NewsML-G2, of NewsML 1, and of the dialect of the Reuters corpora RCV1 and TRC2.

Each item is a record, also where many stand in one message or one file. The body is the first that is text: NITF,
XHTML, or plain. An alert, which is nothing but a headline, has that for its text.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from transforms.markup import is_markup, text_of_markup
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
from transforms.readers.nitf import fields_of_nitf
from transforms.readers.paragraphs import text_of_blocks
from transforms.readers.record import AnyRecord

_NAMES = ("newsItem", "packageItem", "NewsItem", "newsitem")
_ROOTS = frozenset({"newsItem", "packageItem", "newsMessage", "NewsML", "NewsItem", "newsitem", "newsMessageSet"})
_PICTURES = frozenset({"picture", "video", "graphic", "audio", "animation", "still"})


def looks_like_newsml(head: bytes) -> bool:
    """Whether the first element is a message or an item."""
    return root_name(head) in _ROOTS


def read_newsml(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The items of the stream."""
    return read_elements(stream, first_record, _NAMES, _fields_of_item)


def _fields_of_item(root: Element) -> tuple[dict[str, Any], bool]:
    tree = Tree(root)
    name = local_name(root)
    if name == "newsitem":
        return _fields_of_rcv1(tree), True
    return _fields_of_first_version(tree) if name == "NewsItem" else _fields_of_g2(tree)


# -- NewsML-G2 --------------------------------------------------------------------------------------------------------


def _fields_of_g2(tree: Tree) -> tuple[dict[str, Any], bool]:
    guid = attribute(tree.root, "guid")
    kind = _last_part(tree.value("itemMeta/itemClass@qcode"))
    body, is_laid_out = _body(tree.all("inlineXML") + tree.all("inlineData"))
    headline = tree.words("contentMeta/headline", "headline", "itemMeta/title")
    is_alert = kind not in _PICTURES and not tree.all("remoteContent") and local_name(tree.root) == "newsItem"
    own = {
        "id": guid,
        "url": guid if guid and guid.startswith(("http://", "https://")) else None,
        "title": headline,
        "text": body.get("text") or (headline if is_alert else None),
        "published_at": tree.words("itemMeta/firstCreated", "itemMeta/versionCreated", "contentMeta/contentCreated"),
        "authors": tree.list_words("contentMeta/by") or body.get("authors") or _creators(tree),
        "publisher": _name_of(tree.first("itemMeta/provider")) or _name_of(tree.first("contentMeta/infoSource")),
        "section": tree.words("itemMeta/service/name"),
        "language": tree.value("contentMeta/language@tag") or attribute(tree.root, XML_LANG),
    }
    return body | without_empty(own | _metadata_of_g2(tree, kind)), is_laid_out


def _metadata_of_g2(tree: Tree, kind: str | None) -> dict[str, Any]:
    return {
        "item_class": kind,
        "status": _last_part(tree.value("itemMeta/pubStatus@qcode")),
        "version": attribute(tree.root, "version"),
        "version_created": tree.words("itemMeta/versionCreated"),
        "content_created": tree.words("contentMeta/contentCreated"),
        "embargoed": tree.words("itemMeta/embargoed"),
        "editorial_note": tree.words("itemMeta/edNote"),
        "urgency": tree.words("contentMeta/urgency"),
        "slugline": tree.words("contentMeta/slugline"),
        "dateline": tree.words("contentMeta/dateline"),
        "dateline_place": _name_of(tree.first("contentMeta/located")),
        "creditline": tree.words("contentMeta/creditline"),
        "description": tree.words("contentMeta/description"),
        "genre": _name_of(tree.first("contentMeta/genre")),
        "subjects": _subjects(tree),
        "keywords": tree.list_words("contentMeta/keyword"),
        "copyright": tree.words("rightsInfo/copyrightNotice") or _name_of(tree.first("rightsInfo/copyrightHolder")),
    }


def _creators(tree: Tree) -> list[str]:
    """Names of those who wrote it; not of the agency, which stands there too."""
    people = []
    for element in tree.all("contentMeta/creator") + tree.all("contentMeta/contributor"):
        is_other = "organi" in (attribute(element, "type") or "").lower()
        name = next((words_of(child) for child in element if local_name(child) == "name"), None)
        if name and not is_other:
            people.append(name)
    return list(dict.fromkeys(people))


def _subjects(tree: Tree) -> list[str]:
    return list(dict.fromkeys(name for subject in tree.all("contentMeta/subject") if (name := _name_of(subject))))


def _name_of(element: Element | None) -> str | None:
    """What a concept is called: its first name, else its literal, else its code without the scheme."""
    if element is None:
        return None
    name = next((text for child in element if local_name(child) == "name" and (text := words_of(child))), None)
    own = " ".join((element.text or "").split())
    return name or own or attribute(element, "literal") or _last_part(attribute(element, "qcode"))


def _last_part(code: str | None) -> str | None:
    """'canceled' of 'stat:canceled'."""
    return code.rpartition(":")[2] or None if code else None


# -- NewsML 1 ---------------------------------------------------------------------------------------------------------


def _fields_of_first_version(tree: Tree) -> tuple[dict[str, Any], bool]:
    body, is_laid_out = _body(tree.all("DataContent"))
    headline = tree.words("NewsLines/HeadLine", "HeadLine")
    own = {
        "id": tree.words("NewsIdentifier/PublicIdentifier", "NewsIdentifier/NewsItemId"),
        "title": headline,
        "text": body.get("text") or (None if tree.all("ContentItem") else headline),
        "published_at": tree.words("NewsManagement/FirstCreated", "NewsManagement/ThisRevisionCreated")
        or tree.words("NewsIdentifier/DateId"),
        "authors": tree.list_words("NewsLines/ByLine"),
        "publisher": tree.value("Provider/Party@FormalName") or tree.words("NewsIdentifier/ProviderId"),
        "language": tree.value("DescriptiveMetadata/Language@FormalName") or attribute(tree.root, XML_LANG),
        "status": tree.value("NewsManagement/Status@FormalName"),
        "version": tree.words("NewsIdentifier/RevisionId"),
        "version_created": tree.words("NewsManagement/ThisRevisionCreated"),
        "urgency": tree.value("NewsManagement/Urgency@FormalName"),
        "dateline": tree.words("NewsLines/DateLine"),
        "creditline": tree.words("NewsLines/CreditLine"),
        "slugline": tree.words("NewsLines/SlugLine"),
        "copyright": tree.words("NewsLines/CopyrightLine"),
        "keywords": tree.list_words("NewsLines/KeywordLine"),
        "subjects": tree.values("SubjectCode/Subject@FormalName") + tree.values("SubjectCode/SubjectMatter@FormalName"),
    }
    return body | without_empty(own), is_laid_out


# -- RCV1 -------------------------------------------------------------------------------------------------------------


def _fields_of_rcv1(tree: Tree) -> dict[str, Any]:
    codes = {attribute(group, "class") or "": group for group in tree.all("metadata/codes")}
    texts = [child for child in tree.root if local_name(child) == "text"]
    fields = {
        "id": attribute(tree.root, "itemid"),
        "title": tree.words("newsitem/headline", "newsitem/title"),
        "text": text_of_blocks(texts[0]) if texts else None,
        "published_at": attribute(tree.root, "date"),
        "authors": tree.list_words("newsitem/byline"),
        "publisher": _dublin_core(tree, "dc.publisher"),
        "language": attribute(tree.root, XML_LANG),
        "dateline": tree.words("newsitem/dateline"),
        "slugline": tree.words("newsitem/title"),
        "copyright": tree.words("newsitem/copyright"),
    }
    by_kind = {
        "codes_" + (kind.rpartition(":")[0] or kind).replace(":", "_"): [
            code for child in group if (code := attribute(child, "code"))
        ]
        for kind, group in codes.items()
    }
    return without_empty(fields | by_kind)


def _dublin_core(tree: Tree, element: str) -> str | None:
    found = (dc for dc in tree.all("metadata/dc") if attribute(dc, "element") == element)
    return next((value for dc in found if (value := attribute(dc, "value"))), None)


# -- bodies -----------------------------------------------------------------------------------------------------------


def _body(contents: list[Element]) -> tuple[dict[str, Any], bool]:
    """The fields of the first content that has text, and whether its lines are paragraphs."""
    for content in contents:
        fields, is_laid_out = _fields_of_content(content)
        if fields.get("text"):
            return fields, is_laid_out
    return {}, True


def _fields_of_content(content: Element) -> tuple[dict[str, Any], bool]:
    nitf = next((child for child in content.iter() if local_name(child) == "nitf"), None)
    if nitf is not None:
        return fields_of_nitf(nitf)
    if len(content):
        body = next((child for child in content.iter() if local_name(child) == "body"), content)
        return {"text": text_of_blocks(body)}, True
    text = content.text or ""
    if is_markup(text):
        return {"text": text_of_markup(text)}, True
    return {"text": text if text.strip() else None}, False
