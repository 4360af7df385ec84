"""The text of a web page's article, without the furniture around and between its paragraphs.

Comes in: the parsed page, which is changed, and what it says of itself. Goes out: text whose every line is a paragraph,
a heading, a list item or a row of a table; empty where the page holds no article.

Two steps: blocks that are furniture by what they are made of or called are taken out of the tree, then trafilatura
finds the article in what is left.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache

from lxml.etree import SubElement, _Element, iterwalk, strip_tags
from lxml.html import HtmlElement

from transforms.layout import unwrap_lines
from transforms.readers.page_data import PageData, plain_text

# They report every page without text as an error; that is told in the quarantine.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_BLOCKS = frozenset(
    re.findall(
        r"\S+",
        "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form "
        "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul",
    )
)
_TEXT_BLOCKS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td")
_TABLE_PARTS = ("tbody", "thead", "tfoot", "tr", "td", "th")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
# What holds blocks in the tree that trafilatura makes, and the blocks.
_HOLDERS = frozenset(("list", "quote", "table", "body", "div"))
_HELD = frozenset(("item", "p", "row", "list", "quote", "head"))
_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "figure",
    "figcaption",
    "button",
    "select",
    "nav",
)
# A block is not furniture, whatever its name, where it holds this share of the text that stands in paragraphs.
_LARGE_SHARE = 0.3
_CELL_WORDS = 60
_FEWEST_WORDS = 25
_PROSE_WORDS = 12
# A stated body has to be so much longer than the text found to be taken instead.
_LONGER = 1.5
_SENTENCE_WORDS = 6
# Shares of linked words: above the one a line is no prose, above the other it leads elsewhere.
_SCARCELY_LINKS = 0.3
_MOSTLY_LINKS = 0.7
_TOP_LINES = 4
_END_LINES = 3
_DAY_CHARS = 40
_NAME_CHARS = 2_000
_MOST_LINKS = 20

# Names of classes and identifiers, as words divided by one blank: 'newsletter signup' of 'newsletter-signup'.
_FURNITURE = re.compile(
    r"(?:^| )(?:"
    r"newsletters?|signup|sign up|subscribe|subscription (?:box|form|prompt|offer)|mailing list|mailchimp|inbox"
    r"|related|recommend(?:ed|ations?)|recirculation|recirc|trending|most (?:read|popular|viewed|shared|commented)"
    r"|read (?:more|also|next|on|this)|also read|more (?:on|from|stories|news|articles|like)|you may|up next|dont miss"
    r"|(?:latest|other|top|next|previous|featured|popular|similar) (?:news|stories|articles|posts?|headlines)"
    r"|promos?|promotion|promobox|advert\w*|ads?|adslot|adunit|adsense|dfp|gpt|sponsor(?:ed|s)?|outbrain|taboola"
    r"|share|shares|sharing|sharebar|sharethis|addthis|addtoany|social|socials|follow us|sociable"
    r"|comments?|commenting|disqus|respond|replies"
    r"|cookies?|consent|gdpr|captions?|img credit|image credit|photo credit|credits?|gallery|slideshow|lightbox"
    r"|byline|bylines|by line|author|authors|contributors?|bio|biography"
    r"|published|pubdate|post date|entry date|article date|time ?stamp|updated"
    r"|breadcrumbs?|pagination|pager|toolbar|sidebar|footer|masthead|site header|skip (?:link|to)|nav|navbar"
    r"|navigation|menu"
    r"|tags|taglist|tag list|tag links?|post tags|topics|categories|cat links"
    r"|standfirst|sub ?headlines?|sub ?heads?|sub ?titles?|dek|deck|strapline|kicker|rubric|eyebrow"
    r"|pull ?quotes?|twitter tweet|instagram media|tiktok embed|fb post|bluesky embed|reddit embed"
    r"|sr only|screen reader(?: text)?|visually hidden|visuallyhidden|noprint|no print"
    r"|print only|modal|popup|overlay|toast"
    r"|donate|donations?|fundrais\w+|membership|regwall|survey|poll|quiz|player|video (?:player|title|meta)|jwplayer"
    r"|table of contents|toc|correction request|feedback|rating|print (?:link|button)"
    r")(?= |$)"
)
_NOT_FURNITURE = re.compile(
    r"(?:^| )(?:article body|story body|post body|entry content|article content|post content|body text|content body"
    r"|has sidebar|with sidebar|no sidebar|non? comments?)(?= |$)"
)
_WORD_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_UNDIVIDED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CUT_OFF = re.compile(r"(?:\.\.\.|…)[\"'”’»)\]]*$")
_DAY_LINE = re.compile(r"\d\d?[./-]\d\d?[./-]\d{2,4}|\b\d{4}[./-]\d\d?[./-]\d\d?\b|\b\d\d?:\d\d\b|\b\d{4}年")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_GLUED_SENTENCES = re.compile(r"(?<=[a-z][.!?])(?=[A-Z“\"][A-Za-z])|(?<=[a-z][.!?][”\"])(?=[A-Z])")
_LABEL = re.compile(r"[\W\d]*(?:[^\s:|]+[\s]*){0,4}[:|>»→•–-]?[\W\d]*")
_BYLINE = re.compile(
    r"(?:[Bb]y|BY)[\s:]+([A-Z][\w.'’-]+(?:(?:,? and |, | )[A-Z][\w.'’-]+){1,7})"
    r"(?:$|\s*[,|/•·–—-]|\s+(?:on|Updated|Published|Posted)\b)"
)
_TERMS = re.compile(r"privacy|terms|legal|cookie", re.IGNORECASE)
_TERMS_NAMED = re.compile(r"privacy (?:policy|notice|statement)|terms (?:of|and|&)|cookie policy", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\)\s*\d{4})[^.]{0,120}\.?(?:\s*all rights reserved\.?)?$", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"(?:error )?(?:40[0-9]|410|50[0-9])\b"
    r"|(?:the )?(?:page|article|story|content) (?:you requested )?(?:was |is |could |can)?\s?(?:not|no longer)\b"
    r"|(?:not found|access denied|forbidden|just a moment|attention required|service unavailable|bad gateway)\b",
    re.IGNORECASE,
)


@cache
def _without_rescue() -> ConfigParser:
    """trafilatura's settings, without the rescue of short texts: that makes one paragraph of the whole page."""
    from trafilatura.settings import DEFAULT_CONFIG

    config = ConfigParser()
    config.read_dict(DEFAULT_CONFIG)
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "0")
    return config


def extract_body(tree: HtmlElement, data: PageData, title: str | None) -> tuple[str, str | None]:
    """The article's text, and the names in a line 'By Ada Cole' above it. Changes TREE."""
    body = tree.find("body")
    if body is None or _says_not_found(data, title, body):
        return "", None
    headlines = {_key(text) for text in (title, *data.headlines, *_headings(tree)) if text}
    _mark_out_tables(body)
    _mark_out_wrapped(body)
    _drop_furniture(body, headlines)
    _join_containers(body)
    _drop_standfirst(body, data)
    links = {_key(_text_of(link)) for link in body.iter("a") if _leads_elsewhere(link)}
    found = _without_summary(_find_blocks(tree, body))
    byline = next((match[1] for line in found[:_TOP_LINES] if (match := _BYLINE.match(line))), None)
    lines = _take_stated(list(_trim_edges(found, headlines, links, data)), data)
    text = "\n".join(lines) if _words_in(lines) >= _fewest_words(data, lines) else ""
    return text, byline


# -- what is taken out ------------------------------------------------------------------------------------------------


def _drop_furniture(body: HtmlElement, headlines: set[str]) -> None:
    """Takes out what is no text of the article by its element, its name, its form fields or its links."""
    for element in list(body.iter(*_DROPPED)):
        if not (element.tag in {"figure", "noscript"} and _words_in_paragraphs(element) > _CELL_WORDS):
            _remove(element)
    most = _LARGE_SHARE * _words_in_paragraphs(body)
    for element in list(body.iter()):
        if _is_called_furniture(element) and _words_in_paragraphs(element) <= most:
            _remove(element)
    for element in list(body.iter("input")):
        _drop_box(element)
    for element in list(body.iter("a")):
        if _is_card(element):
            _remove(element)
    for element in list(body.iter(*_HEADINGS)):
        if _key(_text_of(element)) not in headlines and _is_all_links(element):
            # With the words on what it leads to, where it heads a teaser.
            _remove(_box_around(element, {"body", "main", "html"}))
    for element in list(body.iter(*_TEXT_BLOCKS)):
        if _is_all_links(element) or _asks_for_consent(element):
            _remove(element)


def _is_called_furniture(element: HtmlElement) -> bool:
    if element.tag in {"body", "article", "main", "html"} or element.get("itemprop") == "articleBody":
        return False
    if element.get("hidden") is not None or element.get("role") in {"navigation", "search", "complementary", "banner"}:
        return True
    for name in (element.get("class"), element.get("id")):
        if not name or len(name) > _NAME_CHARS:
            continue
        # Each class by itself: 'article-body' and 'related' side by side are two names.
        for part in name.split():
            words = " ".join(_WORD_EDGE.split(part)).lower()
            if _FURNITURE.search(words) and not _NOT_FURNITURE.search(words):
                return True
    return False


def _drop_box(field: HtmlElement) -> None:
    """Takes out the box around a field for an address of e-mail, with the words that ask for it."""
    about = " ".join(str(field.get(name)) for name in ("type", "name", "placeholder", "id")).lower()
    if "mail" in about:
        _remove(_box_around(field, {"body", "main", "html", "article"}))


def _box_around(element: HtmlElement, stops: set[str]) -> HtmlElement:
    """The largest block around an element that is small and not the article; the element itself in running text."""
    box = element
    while (parent := box.getparent()) is not None and parent.tag not in stops:
        if count_words(_text_of(parent)) > _CELL_WORDS or next(parent.iter("h1"), None) is not None:
            break
        box = parent
    return box


def _is_card(link: HtmlElement) -> bool:
    """Whether a link is a box of its own, with heading and text, that leads elsewhere."""
    holds_blocks = any(True for part in link.iter("p", "h2", "h3", "h4", "h5", "div") if part is not link)
    return _leads_elsewhere(link) and holds_blocks and count_words(_text_of(link)) <= _CELL_WORDS


def _leads_elsewhere(link: HtmlElement) -> bool:
    return not (link.get("href") or "#").strip().startswith(("#", "javascript:"))


def _asks_for_consent(element: HtmlElement) -> bool:
    """Whether a short paragraph links to the site's terms, as those under every sign-up box do."""
    if element.tag not in {"p", "li"} or count_words(_text_of(element)) > _CELL_WORDS:
        return False
    return any(
        _TERMS.search(link.get("href") or "") and _TERMS_NAMED.search(_text_of(link)) for link in element.iter("a")
    )


def _is_all_links(element: HtmlElement) -> bool:
    """Whether a block's text is links to other pages, but for a label such as 'Read more:'."""
    links = [link for link in element.iter("a") if _leads_elsewhere(link)]
    if not links or any(True for _ in element.iterdescendants(*_BLOCKS - {"li", "ul", "ol"})):
        return False
    if len(links) > _MOST_LINKS:
        return sum(len(_text_of(link)) for link in links) > _MOSTLY_LINKS * len(_text_of(element))
    text = " ".join(element.text_content().split())
    inside = " ".join(" ".join(link.text_content() for link in links).split())
    if not inside or len(text) > 4 * len(inside):
        return False
    if _SENTENCE_END.search(text) and count_words(text) >= _PROSE_WORDS and _stands_in_prose(element):
        # A sentence of the article that happens to be linked as a whole; headlines end without a period.
        return False
    outside = text
    for link in links:
        outside = outside.replace(" ".join(link.text_content().split()), " ", 1)
    return _LABEL.fullmatch(outside.strip()) is not None and (len(inside) >= 0.8 * len(text) or ":" in outside)


def _drop_standfirst(body: HtmlElement, data: PageData) -> None:
    """Takes out the summary that pages repeat under the headline; it is in the fields as description.

    A first paragraph that the page also gives as its description is the article's, and stays: it stands among others.
    """
    stated = _key(data.description or "")
    if count_words(stated) < 4:
        return
    is_below = next(body.iter("h1"), None) is None
    for element in list(body.iter("h1", "h2", "h3", "h4", "p", "div", "span")):
        is_below = is_below or element.tag == "h1"
        if any(True for _ in element.iterdescendants(*_BLOCKS)):
            continue
        text = _text_of(element)
        if _key(text) == stated and not _stands_in_prose(element):
            _remove(element)
        elif is_below and element.tag == "p" and count_words(text) >= _PROSE_WORDS:
            return


def _stands_in_prose(element: HtmlElement) -> bool:
    """Whether a paragraph has two neighbours of running text."""
    parent = element.getparent()
    if parent is None or element.tag in _HEADINGS:
        return False
    near = [*element.itersiblings(), *element.itersiblings(preceding=True)]
    return sum(1 for other in near if count_words(_text_of(other)) >= _PROSE_WORDS) >= 2


def _mark_out_tables(body: HtmlElement) -> None:
    """Makes plain blocks of tables that lay out the page, as those before 2005 do: they hold paragraphs and tables."""
    strip_tags(body, "font", "big", "nobr")
    for table in list(body.iter("table")):
        inner = any(True for _ in table.iterdescendants("table", "h1", "form", "hr"))
        cells = [cell for cell in table.iter("td") if count_words(_text_of(cell)) > _CELL_WORDS]
        if inner or cells:
            own = [part for part in table.iterdescendants(*_TABLE_PARTS) if next(part.iterancestors("table")) is table]
            for part in (table, *own):
                part.tag = "div"
                _wrap_loose(part)
    for outer in list(body.iter("p")):
        if any(True for _ in outer.iterdescendants("p", "div", "table", "ul")):
            outer.tag = "div"
            _wrap_loose(outer)


def _wrap_loose(block: HtmlElement) -> None:
    """Makes paragraphs of the text between the blocks in a block, and where two line breaks divide it."""
    pieces: list[HtmlElement | str] = [block.text or ""]
    for child in list(block):
        tail, child.tail = child.tail, None
        pieces += [child, tail or ""]
        block.remove(child)
    block.text = None
    paragraph: HtmlElement | None = None
    was_break = False
    for piece in pieces:
        if isinstance(piece, str):
            if piece.strip() or paragraph is not None:
                paragraph = SubElement(block, "p") if paragraph is None else paragraph
                _append_text(paragraph, piece)
            was_break = was_break and not piece.strip()
        elif piece.tag in _BLOCKS or (piece.tag == "br" and was_break):
            paragraph, was_break = None, False
            if piece.tag != "br":
                block.append(piece)
        else:
            was_break = piece.tag == "br"
            paragraph = SubElement(block, "p") if paragraph is None else paragraph
            paragraph.append(piece)


def _append_text(element: HtmlElement, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _mark_out_wrapped(body: HtmlElement) -> None:
    """Makes paragraphs of preformatted text, whose lines are wrapped at a margin, as in pages of wire services."""
    for block in list(body.iter("pre")):
        lines = _whole_lines(_text_of(block))
        if _words_in(lines) > _CELL_WORDS:
            tail = block.tail
            block.clear()
            block.tag, block.tail = "div", tail
            for line in lines:
                SubElement(block, "p").text = line


def _join_containers(body: HtmlElement) -> None:
    """Makes one of neighbouring blocks of one class that hold paragraphs: trafilatura takes the first of them only."""
    for element in list(body.iter("div", "section")):
        name = element.get("class")
        while name and element.getparent() is not None and element.find("p") is not None:
            other = element.getnext()
            if other is None or other.tag != element.tag or other.get("class") != name or other.find("p") is None:
                break
            if element.tail and element.tail.strip():
                break
            element.extend(list(other))
            element.tail = other.tail
            other.getparent().remove(other)


def _remove(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


# -- whether there is an article --------------------------------------------------------------------------------------


def _says_not_found(data: PageData, title: str | None, body: HtmlElement) -> bool:
    named = [title or "", *_headings(data.tree)[:1]]
    return any(_NO_PAGE.match(text) for text in named) and _words_in_paragraphs(body) < 150


def _fewest_words(data: PageData, lines: list[str]) -> int:
    """How many words an article has at least: news in brief are short, but are marked as articles or end a sentence."""
    if data.has_article:
        return 5
    return 10 if any(_SENTENCE_END.search(line) for line in lines) else _FEWEST_WORDS


# -- the text ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class _PageLine:
    """A line of the whole page: the block it is in, which share of that is links, and where the block stands."""

    text: str
    tag: str
    linked: float
    place: tuple[str, str | None]

    @property
    def is_prose(self) -> bool:
        """Whether it is a sentence or more, and not made of links."""
        words = count_words(self.text)
        ends = _SENTENCE_END.search(self.text) is not None
        return self.linked < _SCARCELY_LINKS and (words >= 2 * _PROSE_WORDS or (ends and words >= _SENTENCE_WORDS))


def _find_blocks(tree: HtmlElement, body: HtmlElement) -> list[tuple[str, str]]:
    """The kind (the tag that trafilatura gives it: p, head, item, row ...) and the text of every line of the article.

    Where trafilatura finds less than half of the prose that is there, as in pages without paragraphs, it is all lines
    from the first to the last that are prose.
    """
    page = list(_walk_lines(body))
    prose = [number for number, line in enumerate(page) if line.is_prose]
    found = _extract_blocks(tree)
    if 2 * _words_in(line for _, line in found) >= _words_in(page[number].text for number in prose):
        return _fill_gaps(found, page)
    between = page[prose[0] : prose[-1] + 1]
    return [("p", line.text) for line in between if line.linked < _MOSTLY_LINKS]


def _fill_gaps(found: list[tuple[str, str]], page: list[_PageLine]) -> list[tuple[str, str]]:
    """The lines found, and the headings and paragraphs between them that stand in the same block, or a like one."""
    numbers = {line.text: number for number, line in reversed(list(enumerate(page)))}
    places = {page[numbers[text]].place for kind, text in found if kind == "p" and text in numbers}
    known = {text for _, text in found}
    filled: list[tuple[str, str]] = []
    last = len(page)
    for kind, text in found:
        number = numbers.get(text, -1)
        for line in page[last + 1 : number] if last < number else ():
            is_part = line.tag in _HEADINGS or (line.tag == "p" and line.is_prose)
            if is_part and line.place in places and line.text not in known and not line.linked:
                filled.append(("head" if line.tag in _HEADINGS else "p", line.text))
        filled.append((kind, text))
        last = number if number >= 0 else last
    return filled


def _words_in(lines: Iterable[str]) -> int:
    return sum(map(count_words, lines))


def _walk_lines(body: HtmlElement) -> Iterator[_PageLine]:
    """The lines of a page's body."""
    parts: list[str] = []
    linked = 0
    block, link = body, None
    for event, node in iterwalk(body, events=("start", "end")):
        if node.tag in _BLOCKS:
            yield from _lines_of_block(block, parts, linked)
            parts, linked = [], 0
            block = node if event == "start" else node.getparent()
        elif node.tag == "br" and event == "start":
            parts.append("\n")
        if event == "start" and node.tag == "a" and node.get("href") and link is None:
            link = node
        elif event == "end" and node is link:
            link = None
        text = node.text if event == "start" else node.tail if node is not body else None
        if text:
            parts.append(re.sub(r"\s+", " ", text))
            linked += count_words(text) if link is not None else 0
    yield from _lines_of_block(block, parts, linked)


def _lines_of_block(block: HtmlElement, parts: list[str], linked: int) -> Iterator[_PageLine]:
    text = "".join(parts)
    words = count_words(text)
    parent = block.getparent()
    if words and parent is not None and parent.tag in _HEADINGS:
        block, parent = parent, parent.getparent()
    if words and parent is not None:
        place = (str(parent.tag), parent.get("class"))
        yield from (_PageLine(line, str(block.tag), linked / words, place) for line in _whole_lines(text))


def _whole_lines(text: str) -> list[str]:
    """The lines of a block; those that were wrapped by hand, with br or in pre, are whole again."""
    lines = [line.rstrip() for line in text.split("\n")]
    if len(lines) > 1:
        lines = unwrap_lines("\n".join(lines)).split("\n")
    return [plain for line in lines if (plain := " ".join(line.split()))]


def _extract_blocks(tree: HtmlElement) -> list[tuple[str, str]]:
    # Most inputs hold no page, and do without it.
    from trafilatura import bare_extraction

    document = bare_extraction(tree, include_comments=False, include_tables=True, config=_without_rescue())
    if document is None or isinstance(document, dict) or document.body is None:
        return []
    return [(kind, line) for kind, block in _blocks_of(document.body) for line in _lines_of(block)]


def _blocks_of(top: _Element) -> Iterator[tuple[str, _Element | str]]:
    """The elements of trafilatura's tree that are one block of text each, and loose text between them."""
    if top.text and top.text.strip():
        yield "p", top.text
    for child in top:
        if child.tag in _HOLDERS and any(inner.tag in _HELD for inner in child):
            yield from _blocks_of(child)
        else:
            yield str(child.tag), child
        if child.tail and child.tail.strip():
            yield "p", child.tail


def _without_summary(blocks: list[tuple[str, str]]) -> list[str]:
    """The lines without a list, or a heading that is a sentence, before the first paragraph: those are a summary."""
    first = next((number for number, (kind, _) in enumerate(blocks) if kind == "p"), 0)
    is_followed = sum(1 for kind, line in blocks[first:] if kind == "p" and count_words(line) >= _PROSE_WORDS) >= 3
    if not is_followed:
        return [line for _, line in blocks]
    opening = [line for kind, line in blocks[:first] if kind not in {"item", "head"}]
    return opening + [line for _, line in blocks[first:]]


def _lines_of(block: _Element | str) -> Iterator[str]:
    if isinstance(block, str):
        yield " ".join(block.split())
        return
    if block.tag == "row":
        cells = [" ".join(" ".join(cell.itertext()).split()) for cell in block]
        yield " | ".join(cell for cell in cells if cell)
        return
    parts: list[str] = []
    _collect(block, parts)
    yield from _whole_lines("".join(parts))


def _collect(block: _Element, parts: list[str]) -> None:
    """Adds the block's text, with a line break at every break in it. Those of the markup are blanks, but in code."""
    for event, node in iterwalk(block, events=("start", "end")):
        if event == "start" and node.tag in {"lb", "p", "item", "head", "quote"} and node is not block:
            parts.append("\n")
        text = node.text if event == "start" else node.tail if node is not block else None
        if text:
            parts.append(text if block.tag == "code" else text.replace("\n", " "))


def _trim_edges(lines: list[str], headlines: set[str], links: set[str], data: PageData) -> Iterator[str]:
    """The lines without links that stand alone, without headline, section and byline at the top, and without
    copyright and words on the author at the end."""
    names = [name for name in data.authors if count_words(name) >= 2]
    at_top = headlines | {_key(text) for text in (data.section, *names) if text}
    last = len(lines)
    for number in range(len(lines) - 1, max(len(lines) - 1 - _END_LINES, 0), -1):
        line = lines[number]
        if _COPYRIGHT.match(line) or any(re.match(rf"{re.escape(name)}\s+\w", line) for name in names):
            last = number
    last = _before_teasers(lines, last)
    first = next((number for number, line in enumerate(lines) if count_words(line) >= _PROSE_WORDS), 0)
    has_byline = any(_is_byline(line, names) or _DAY_LINE.search(line) for line in lines[:first])
    for number, line in enumerate(lines[:last]):
        is_heading = number < _TOP_LINES and (_key(line) in at_top or _is_byline(line, names))
        # With the byline stand the author's role and the day.
        is_heading = is_heading or (has_byline and number < first and not _SENTENCE_END.search(line))
        is_link = not _SENTENCE_END.search(line) and _key(line) in links
        if not is_heading and not is_link:
            yield line


def _before_teasers(lines: list[str], last: int) -> int:
    """Where the text ends: before a run of teasers, which are cut off with dots, and the days that stand with them."""
    end, teasers = last, 0
    for line in reversed(lines[1:last]):
        is_cut_off = _CUT_OFF.search(line) is not None
        if not is_cut_off and not (_DAY_LINE.search(line) and len(line) <= _DAY_CHARS):
            break
        teasers += is_cut_off
        end -= 1
    return end if teasers >= 2 else last


def _is_byline(line: str, names: list[str]) -> bool:
    if _BYLINE.match(line) and not _SENTENCE_END.search(line) and count_words(line) <= 2 * _PROSE_WORDS:
        return True
    return any(_key(line).removeprefix("by ") == _key(name) for name in names)


def _take_stated(lines: list[str], data: PageData) -> list[str]:
    """The body that JSON-LD holds, where it is much longer than what was found: a page that scripts fill."""
    if not data.body:
        return lines
    stated = list(_stated_lines(data.body))
    return stated if _words_in(stated) > max(_LONGER * _words_in(lines), _FEWEST_WORDS) else lines


def _stated_lines(body: str) -> Iterator[str]:
    text = re.sub(r"<(?:/p|/h\d|/li|/div|br ?/?)>", "\n", body, flags=re.IGNORECASE)
    for line in text.split("\n"):
        if plain := plain_text(line):
            yield from (part for part in _GLUED_SENTENCES.split(plain) if part.strip())


# -- words ------------------------------------------------------------------------------------------------------------


def _headings(tree: HtmlElement) -> list[str]:
    return [text for heading in tree.iter("h1") if (text := " ".join(heading.text_content().split()))]


def _words_in_paragraphs(element: HtmlElement) -> int:
    """Words in paragraphs; in pages that have none, in all of the element."""
    return sum(count_words(_text_of(part)) for part in element.iter("p", "blockquote", "pre")) or (
        count_words(_text_of(element)) if element.tag == "body" else 0
    )


def _text_of(element: HtmlElement) -> str:
    return str(element.text_content()) if isinstance(element.tag, str) else ""


def count_words(text: str) -> int:
    """Words between blanks; of scripts that write none, two characters are counted as one."""
    return len(text.split()) if text.isascii() else len(text.split()) + len(_UNDIVIDED.findall(text)) // 2


def _key(text: str) -> str:
    """A line in a form in which it equals itself in other typography."""
    return " ".join(re.findall(r"\w+", text.lower()))
