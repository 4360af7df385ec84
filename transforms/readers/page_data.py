"""What a web page says of itself in a form made for machines: JSON-LD, meta elements, microdata, links.

Comes in: the parsed page. Goes out: `PageData`, whose methods answer for headline, authors, dates and so on as the page
states them; None or an empty list where it does not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.html import HtmlElement

from transforms.references import unescape


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_JSON_CHARS = 4 << 20
_MOST_NODES = 5_000
_MOST_KEYWORDS = 50
_MOST_CONTENTS = 200
# What stands in these is another thing than the page's article.
_OTHER_THINGS = _words(
    "itemListElement hasPart liveBlogUpdate relatedLink citation isPartOf comment review video image about mentions "
    "associatedMedia breadcrumb potentialAction subjectOf isBasedOn significantLink"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_COMMENT_MARKS = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_JSON_STRING = r'"((?:[^"\\]|\\.)*)"'
_JSON_PAIR = re.compile(rf'"(headline|datePublished|dateModified|articleSection|name)"\s*:\s*{_JSON_STRING}')
_JSON_AUTHOR = re.compile(rf'"author"\s*:\s*(?:\[\s*)?(?:\{{[^{{}}]*?"name"\s*:\s*)?{_JSON_STRING}')
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|^Report)$")
_NO_ARTICLE_TYPE = frozenset({"JobPosting"})
_TAG = re.compile(r"<[^<>]*>")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)$")
_ADDRESS = re.compile(r"(?:https?:)?//|www\.|@\w+$", re.IGNORECASE)

# Names of meta elements without marks, as in 'article:published_time', 'article_published_time' or 'pub-date'.
_PUBLISHED = _words(
    "articlepublishedtime ogarticlepublishedtime articlepublished datepublished rnewsdatepublished publishedtime "
    "ogpublishedtime articlepostdate articledateoriginal originalpublicationdate parselypubdate "
    "cxenseparserecspublishtime cxenseparsepublishtime sailthrudate dctermsissued dcdateissued dcissued pubdate "
    "publishdate publicationdate publisheddate datepublication publishedat published btpubdate citationpublicationdate "
    "citationdate weiboarticlecreateat firstpublished dctermsdate dcdate date articledate dctermscreated "
    "dcdatecreated dccreated datecreated articlecreated creationdate created displaydate"
)
_MODIFIED = _words(
    "articlemodifiedtime ogarticlemodifiedtime ogupdatedtime datemodified dctermsmodified dcdatemodified "
    "lastmodified lastmod articleupdated revised"
)
_AUTHOR = _words(
    "author authors articleauthor articleauthorname ogarticleauthor byl byline parselyauthor sailthruauthor "
    "dccreator dctermscreator citationauthor creator"
)
_SECTION = _words(
    "articlesection ogarticlesection ogsection section parselysection sailthrusection cxenseparserecssection "
    "dcsection pagesection category prismsection"
)
_TITLE = _words("ogtitle twittertitle parselytitle sailthrutitle dctitle dctermstitle citationtitle headline title")
_PUBLISHER = _words("ogsitename applicationname dcpublisher dctermspublisher citationjournaltitle publisher")
_DESCRIPTION = _words("ogdescription description twitterdescription dcdescription dctermsdescription")
_KEYWORDS = ("newskeywords", "keywords", "parselytags", "sailthrutags", "dcsubject")
_LANGUAGE = ("contentlanguage", "inlanguage", "dclanguage", "dctermslanguage", "language", "oglanguage")


@dataclass(slots=True)
class PageData:
    """A page's data. `metas` holds contents by name in small letters without marks: 'articlepublishedtime'.

    `article` is the JSON-LD node of the article, empty where there is none; `nodes` are all nodes, `by_id` the fullest
    node of each identifier.
    """

    tree: HtmlElement
    url: str | None
    metas: dict[str, list[str]] = field(default_factory=dict)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    article: dict[str, Any] = field(default_factory=dict)

    def first_meta(self, names: Iterable[str]) -> str | None:
        """The first content there is under one of the names."""
        return next((content for name in names for content in self.metas.get(name, ())), None)

    @property
    def headlines(self) -> list[str]:
        """The headline as the page states it, the likeliest first."""
        article = [self.article.get(key) for key in ("headline", "name", "alternativeHeadline")]
        stated = [*article, *(content for name in _TITLE for content in self.metas.get(name, ()))]
        return list(dict.fromkeys(text for value in stated if (text := plain_text(value))))

    @property
    def stated_headline(self) -> str | None:
        """The article's headline in JSON-LD or microdata, where it is whole."""
        headline = plain_text(self.article.get("headline")) or plain_text(self._itemprop("headline"))
        return headline if headline and not _ELLIPSIS.search(headline) else None

    @property
    def authors(self) -> list[str]:
        """The names of the authors as the page has them."""
        stated = list(self._names(self.article.get("author") or self.article.get("creator")))
        if not stated:
            stated = [text for name in _AUTHOR for text in self.metas.get(name, ()) if not _ADDRESS.search(text)]
            # 'author' and 'byline' say the same: one of them is enough.
            stated = stated[:1] if len({name for name in _AUTHOR if name in self.metas}) > 1 else stated
        if not stated:
            stated = list(self._visible_authors())
        return list(dict.fromkeys(text for value in stated if (text := plain_text(value)) and len(text) <= 200))

    @property
    def published(self) -> Iterator[str]:
        """What the page states as its time of publication, the surest first."""
        yield from self._times("datePublished", _PUBLISHED[:8])
        if marked := self._itemprop("datePublished"):
            yield marked
        yield from self._times("uploadDate", _PUBLISHED[8:])
        yield from self._times("dateCreated", ())
        yield from self._visible_times()

    @property
    def modified(self) -> str | None:
        """What the page states as the time of its last change."""
        return next(self._times("dateModified", _MODIFIED), None)

    @property
    def publisher(self) -> str | None:
        """The name of the outlet."""
        stated = next(self._names(self.article.get("publisher")), None) or self.first_meta(_PUBLISHER[:1])
        sites = (node for node in self.nodes if "WebSite" in types_of(node))
        stated = stated or next((name for site in sites for name in self._names(site)), None)
        return plain_text(stated or self.first_meta(_PUBLISHER[1:]))

    @property
    def section(self) -> str | None:
        """The section; of several the first."""
        stated = self.article.get("articleSection")
        first = stated[0] if isinstance(stated, list) and stated else stated
        return plain_text(first) or plain_text(self.first_meta(_SECTION))

    @property
    def language(self) -> str | None:
        """The language that the article, else the page is said to be in."""
        stated = self.article.get("inLanguage")
        named = stated.get("alternateName") or stated.get("name") if isinstance(stated, dict) else stated
        root = self.tree.get("lang") or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        return plain_text(named) or plain_text(root) or plain_text(self.first_meta(_LANGUAGE))

    @property
    def description(self) -> str | None:
        """The summary."""
        return plain_text(self.article.get("description")) or plain_text(self.first_meta(_DESCRIPTION))

    @property
    def keywords(self) -> list[str]:
        """Keywords and tags."""
        stated = self.article.get("keywords") or self.metas.get("articletag") or self.first_meta(_KEYWORDS)
        parts = stated if isinstance(stated, list) else str(stated or "").split(",")
        return list(dict.fromkeys(text for part in parts if (text := plain_text(part))))[:_MOST_KEYWORDS]

    @property
    def image(self) -> str | None:
        """The address of the main picture."""
        return self.first_meta(("ogimage", "ogimageurl", "twitterimage"))

    @property
    def page_type(self) -> str | None:
        """The kind of page: the type of its article, else that of Open Graph."""
        return next(iter(types_of(self.article)), None) or self.first_meta(("ogtype",))

    @property
    def has_article(self) -> bool:
        """Whether the page says that it is an article."""
        is_dated = any(name in self.metas for name in _PUBLISHED[:2])
        return bool(self.article) or is_dated or (self.first_meta(("ogtype",)) or "").lower().endswith("article")

    @property
    def body(self) -> str | None:
        """The text of the article, where JSON-LD holds it."""
        stated = self.article.get("articleBody")
        return stated if isinstance(stated, str) and stated.strip() else None

    @property
    def addresses(self) -> Iterator[str]:
        """The page's address as it states it: canonical link, Open Graph, JSON-LD."""
        for link in self.tree.iterfind(".//link[@rel]"):
            if "canonical" in str(link.get("rel")).lower().split() and link.get("href"):
                yield str(link.get("href"))
        yield from self.metas.get("ogurl", ())
        yield from _addresses_of(self.article)

    def _names(self, value: Any) -> Iterator[str]:
        """The names of persons or organizations, given as text, node, reference to a node, or list of these."""
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                full = item if item.get("name") else self.by_id.get(str(item.get("@id")), {})
                name = full.get("name")
                yield from (part for part in (name if isinstance(name, list) else [name]) if isinstance(part, str))
            elif isinstance(item, str) and not _ADDRESS.search(item):
                yield item

    def _times(self, key: str, names: Iterable[str]) -> Iterator[str]:
        stated = self.article.get(key)
        if isinstance(stated, str | int | float) and str(stated).strip():
            yield str(stated)
        for name in names:
            yield from self.metas.get(name, ())

    def _itemprop(self, name: str) -> str | None:
        for element in self.tree.iterfind(f".//*[@itemprop='{name}']"):
            value = element.get("content") or element.get("datetime") or element.text_content()
            if isinstance(value, str) and value.strip():
                return value.strip()
        return None

    def _visible_authors(self) -> Iterator[str]:
        for path in (".//*[@itemprop='author']", ".//a[@rel='author']"):
            for element in self.tree.iterfind(path):
                named = element.find(".//*[@itemprop='name']")
                source = element if named is None else named
                if text := " ".join((source.get("content") or source.text_content()).split()):
                    yield text

    def _visible_times(self) -> Iterator[str]:
        """Times in the text that are marked up, but for those of changes and of other articles."""
        for element in self.tree.iterfind(".//time[@datetime]"):
            about = f"{element.get('class')} {element.get('itemprop')}".lower()
            around = {parent.tag for parent in element.iterancestors()}
            if not re.search(r"modif|updat", about) and not around & {"aside", "footer", "nav", "li"}:
                yield str(element.get("datetime"))


def read_page_data(tree: HtmlElement, url: str | None = None) -> PageData:
    """The data of a parsed page. `url` is where it was fetched from, if that is known."""
    data = PageData(tree, url, _read_metas(tree))
    salvaged: dict[str, Any] = {}
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" in str(script.get("type")).lower() and script.text and len(script.text) <= _JSON_CHARS:
            value = _parse_json(script.text)
            if value is None:
                salvaged = salvaged or _salvage_json(script.text)
            data.nodes.extend(_walk_nodes(value, _MOST_NODES - len(data.nodes)))
    for node in data.nodes:
        identifier = node.get("@id")
        if isinstance(identifier, str) and len(node) > len(data.by_id.get(identifier, {})):
            data.by_id[identifier] = node
    data.article = _find_article(data) or salvaged
    return data


def types_of(node: Mapping[str, Any]) -> list[str]:
    """The types of a JSON-LD node, without the address of the vocabulary."""
    stated = node.get("@type")
    values = stated if isinstance(stated, list) else [stated]
    return [re.split(r"[/#:]", value)[-1] for value in values if isinstance(value, str) and value]


def plain_text(value: Any) -> str | None:
    """A string of a page's data without markup and references, on one line; None for what is no text."""
    if not isinstance(value, str):
        return None
    text = unescape(value) if "&" in value else value
    # Escaped twice, as 'Tom &amp;amp; Jerry' is.
    text = unescape(text) if "&" in text and ";" in text else text
    return " ".join((_TAG.sub(" ", text) if "<" in text else text).split()) or None


def parse_time(value: str) -> str | None:
    """A time as pages write it, as ISO 8601, in UTC where it has a zone; None for other spellings."""
    text = " ".join(value.split())
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        # A day; whether there is one in the calendar is for the caller to say.
        return text
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    # As JavaScript writes it: 'Fri Apr 28 2023 18:23:00 GMT+0000 (Coordinated Universal Time)'
    script = re.fullmatch(r"\w{3} (\w{3}) (\d\d) (\d{4}) ([\d:]{8}) GMT([+-]\d{4})(?: \(.*\))?", text)
    if script:
        text = f"{script[2]} {script[1]} {script[3]} {script[4]} {script[5]}"
    # Python wants two digits of everything, and a fraction of three or six.
    text = re.sub(r"(?<=\d)\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text)
    text = re.sub(r"\.(\d{1,9})(?=Z|[+-]|$)", lambda match: f".{match[1][:6]:0<6}", text)
    text = re.sub(r"(?<=T)24:", "00:", text)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            return moment.isoformat() if moment.tzinfo is None else moment.astimezone(UTC).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def page_address(data: PageData) -> str | None:
    """The page's canonical address where that is of the site the page came from, else the address it came from.

    A canonical link to the front page, as careless templates have it, is passed over where another address is stated.
    """
    base = data.url or next((text for text in data.addresses if text.startswith(("http://", "https://"))), None)
    stated = [address for text in data.addresses if (address := _absolute(base, text))]
    if data.url:
        site = _site_of(data.url)
        stated = [address for address in stated if _site_of(address) == site]
        stated += [address] if (address := _absolute(None, data.url)) else []
    return next((address for address in stated if not _is_front(address)), stated[0] if stated else None)


def _absolute(base: str | None, text: str) -> str | None:
    try:
        address = urljoin(base or "", text.strip())
    except ValueError:
        return None
    parts = _split(address)
    return address if parts.scheme in {"http", "https"} and "." in (parts.hostname or "") else None


def _split(address: str) -> SplitResult:
    """The parts of an address; empty ones where it is none, as with a host in a single square bracket."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _site_of(address: str) -> str:
    """The host without 'www.', 'm.' and 'amp.', which serve the same articles."""
    return re.sub(r"^(?:(?:www\d?|m|mobile|amp)\.)+", "", (_split(address).hostname or "").lower())


def _is_front(address: str) -> bool:
    parts = _split(address)
    return parts.path in {"", "/"} and not parts.query


def _read_metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = meta.get(attribute)
            if name and content:
                contents = metas.setdefault(_NOT_IN_NAMES.sub("", name.lower()), [])
                if len(contents) < _MOST_CONTENTS and content not in contents:
                    contents.append(content)
    return metas


def _parse_json(text: str) -> Any:
    """The value of a script; None where it is no JSON even after the usual slips are mended."""
    text = _COMMENT_MARKS.sub("", text).strip().rstrip(";").lstrip("\ufeff")
    for mended in (text, _TRAILING_COMMA.sub("", text), unescape(_TRAILING_COMMA.sub("", text))):
        try:
            return json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _salvage_json(text: str) -> dict[str, Any]:
    """The article's fields out of JSON that is broken; empty where it does not look like an article's."""
    found: dict[str, Any] = {}
    for match in _JSON_PAIR.finditer(text):
        found.setdefault(match[1], _unescape_json(match[2]))
    if author := _JSON_AUTHOR.search(text):
        found["author"] = _unescape_json(author[1])
    found.pop("name", None)
    return found if "headline" in found and "datePublished" in found else {}


def _unescape_json(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _walk_nodes(value: Any, most: int) -> Iterator[dict[str, Any]]:
    """The nodes of JSON-LD from the outside to the inside, without those that stand for other things."""
    queue = [value]
    while queue and most > 0:
        item = queue.pop(0)
        if isinstance(item, list):
            queue[:0] = item[:most]
        elif isinstance(item, dict):
            most -= 1
            yield item
            queue.extend(inner for key, inner in item.items() if key not in _OTHER_THINGS and inner is not None)


def _find_article(data: PageData) -> dict[str, Any]:
    """The node of the page's article; empty where there is none, or several of which none is known to be the one."""
    articles = [node for node in data.nodes if _is_article(node)]
    whole = [node for node in articles if node.get("headline") or node.get("datePublished")]
    if len({plain_text(node.get("headline") or node.get("name")) for node in whole}) <= 1:
        return whole[0] if whole else {}
    pages = {_path_of(text) for text in (data.url, *data.metas.get("ogurl", ()), *_canonical(data.tree)) if text}
    own = [node for node in whole if any(_path_of(text) in pages for text in _addresses_of(node))]
    has_type = (data.first_meta(("ogtype",)) or "").lower() == "article"
    return own[0] if own else whole[0] if has_type else {}


def _is_article(node: Mapping[str, Any]) -> bool:
    return any(_ARTICLE_TYPE.search(name) and name not in _NO_ARTICLE_TYPE for name in types_of(node))


def _canonical(tree: HtmlElement) -> Iterator[str]:
    for link in tree.iterfind(".//link[@rel='canonical']"):
        yield str(link.get("href") or "")


def _addresses_of(node: Mapping[str, Any]) -> Iterator[str]:
    page = node.get("mainEntityOfPage")
    for value in (node.get("url"), page.get("@id") if isinstance(page, dict) else page, node.get("@id")):
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            yield value


def _path_of(address: str) -> str:
    return _split(address).path.rstrip("/")
