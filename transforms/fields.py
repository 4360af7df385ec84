"""The fields of a record, under whatever names feeds give them, by the columns of an article.

Comes in: a dict as a reader found it, and the user's `FieldMap`. Goes out: the value for a column, and what has none.

Names are told apart without case, blanks, '_' and '-': 'Date Published' is `date_published`, and `publishedAt` is
`published_at`. A name with a dot is a field in a field; 'source.name' as the header of a table is the same.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from transforms.errors import FieldMapError
from transforms.markup import is_markup, text_of_markup

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "doc_id", "document_id", "story_id", "news_id", "post_id", "record_id", "uuid", "uid",
           "guid", "_id", "gkgrecordid"),
    "url": ("url", "link", "canonical_url", "article_url", "article_link", "news_url", "news_link", "page_url",
            "web_url", "permalink", "document_identifier", "v2_document_identifier", "requested_url", "href",
            "source_url", "guid", "uri"),
    "title": ("title", "headline", "article_title", "news_title", "story_title", "page_title", "web_title",
              "fields.headline", "heading"),
    "text": ("text", "body", "content", "maintext", "article_text", "article_body", "full_text", "body_text",
             "content_text", "article_content", "main_text", "plain_text", "article", "story", "story_text",
             "news_text", "news_content", "document", "paragraphs", "raw_text", "content_html", "body_html",
             "fields.body_text", "fields.body", "news", "cleaned_text", "clean_text", "transcript"),
    "published_at": ("published_at", "date_published", "date_publish", "publish_date", "published_date",
                     "publication_date", "published", "pub_date", "publishing_date", "publish_time", "published_time",
                     "web_publication_date", "posted_at", "date_posted", "first_published", "date_gmt", "date",
                     "datetime", "article_date", "news_date", "date_created", "issued", "time"),
    "authors": ("authors", "author", "byline", "author_name", "writer", "creator", "journalist", "reporter",
                "fields.byline"),
    "publisher": ("publisher", "publication", "outlet", "source_name", "news_source", "newspaper",
                  "source_common_name", "v2_source_common_name", "source", "site_name", "site", "website", "media_name",
                  "domain", "source_domain"),
    "section": ("section", "section_name", "article_section", "category", "news_category", "categories", "topic",
                "desk", "news_desk", "rubric"),
    "language": ("language", "lang", "language_code"),
}  # fmt: skip
"""Column (and 'id') to the names under which records carry it; the first that is not empty counts.

Left out on purpose: `timestamp`, `created_at`, `crawl_date` and `date_download`, which say when a record was fetched or
stored at least as often as when its article appeared. They stay in `metadata`, and `--map published_at=timestamp` takes
one.
"""

TEASER_NAMES = ("lead_paragraph", "short_description", "abstract", "description", "summary", "snippet", "excerpt")
"""Names under which a record carries a part of its text. They count only where it has no field for the whole, and none
under an unknown name that is longer: some data sets have nothing else."""

_INNER_NAMES = ("rendered", "main", "original", "name", "title", "text", "value", "$oid", "$date", "#text", "$t")
"""Where a field holds fields, the one that is meant, such as {"rendered": "<p>..."} or {"id": "x", "name": "The X"}."""

_SEPARATORS = re.compile(r"[\s_-]+")
_INDEX_NAME = re.compile(r"(?:Unnamed: \d+|__index_level_\d+__|)")
_ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)
# The address of a site as a whole would be the identity of all its articles.
_PAGE_ADDRESS = re.compile(r"\s*https?://[^/\s?#]+(?:/+[^/\s]|\?)", re.IGNORECASE)
_LONE_ADDRESS = re.compile(r"\s*https?://\S+\s*", re.IGNORECASE)
_NAMES_TOLD = 12

FieldPath = tuple[str, ...]


@dataclass(slots=True, frozen=True)
class FieldMap:
    """Columns to the fields that the user names for them; several fields are joined in that order."""

    columns: tuple[tuple[str, tuple[str, ...]], ...]

    def names_of(self, column: str) -> tuple[str, ...]:
        """The fields for a column; none where the usual names hold."""
        return next((names for mapped, names in self.columns if mapped == column), ())


@dataclass(slots=True, frozen=True)
class _Taken:
    """A column's value and the fields that it was taken from."""

    value: Any
    paths: tuple[FieldPath, ...]


def parse_field_map(options: Sequence[str]) -> FieldMap:
    """What `--map` says: 'title=headline,text=lead+body'. Raises FieldMapError where it cannot be understood."""
    columns: dict[str, tuple[str, ...]] = {}
    for part in (part.strip() for option in options for part in option.split(",")):
        if not part:
            continue
        column, equals, spelled = (piece.strip() for piece in part.partition("="))
        names = tuple(name.strip() for name in spelled.split("+"))
        if not equals or not all(names):
            raise FieldMapError(f"--map {part}: write COLUMN=FIELD, as in text=story, or COLUMN=FIELD+FIELD")
        if column not in FIELD_NAMES:
            raise FieldMapError(f"--map {part}: '{column}' is no column: name one of {', '.join(FIELD_NAMES)}")
        if column in columns:
            raise FieldMapError(f"--map {part}: {column} is mapped twice: join fields by '+', as in text=lead+body")
        columns[column] = names
    return FieldMap(tuple(columns.items()))


def take_field(fields: Mapping[str, Any], column: str, field_map: FieldMap | None = None) -> Any:
    """The record's value for that column under any of its names; None where it has none or an empty one.

    A text is a string, or a list of strings that are paragraphs (so is markup); it is '' where there is a field for it
    and nothing in it.
    """
    taken = _take(fields, column, field_map)
    if column == "text":
        return _plain(taken.value) if taken else _unusable_text(fields, field_map)
    if taken and column == "title" and isinstance(taken.value, str) and is_markup(taken.value):
        return text_of_markup(taken.value).replace("\n", " ")
    return taken.value if taken else None


def take_text(fields: Mapping[str, Any], column: str, field_map: FieldMap | None = None) -> str | None:
    """The same as one line of text."""
    value = take_field(fields, column, field_map)
    if value is None or isinstance(value, Mapping | list):
        return None
    return " ".join(encodable(str(value)).split()) or None


def column_of(name: str) -> str | None:
    """The column that a field of that name is taken for; None where it is no usual name."""
    return _columns_by_name().get(_normalised(name))


def holds_text(fields: Mapping[str, Any]) -> bool:
    """Whether a field of a usual name holds the whole text of an article."""
    for top, inner in _places(tuple(fields), None)["text"]:
        value, _ = _enter(*_follow(fields[top], inner))
        if not _is_empty(value) and _is_text(value):
            return True
    return False


def encodable(text: str) -> str:
    """The text without what cannot be stored: halves of surrogate pairs, which JSON can spell, and NULs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def other_fields(fields: Mapping[str, Any], extra: Mapping[str, Any], field_map: FieldMap | None = None) -> str | None:
    """What has no column of its own, as JSON; None where there is nothing.

    Fields that a column was taken from are left out, others of the same meaning are kept. So is an id beside a URL,
    which is the identity then.
    """
    rest = {name: value for name, value in fields.items() if not _is_empty(value) and not _INDEX_NAME.fullmatch(name)}
    has_url = _take(fields, "url", field_map) is not None
    for column in FIELD_NAMES:
        if column == "id" and has_url:
            continue
        taken = _take(fields, column, field_map)
        if taken and not (column == "section" and isinstance(taken.value, list) and len(taken.value) > 1):
            for path in taken.paths:
                _drop(rest, path)
    rest |= extra
    return encodable(json.dumps(rest, ensure_ascii=False, default=str)).replace("\\u0000", "") if rest else None


def describe_unmapped(fields: Mapping[str, Any]) -> str:
    """Says of a record without text which fields it has, and how to name the one that may hold it."""
    names = [name for name in fields if not _INDEX_NAME.fullmatch(name)]
    longest = max(
        (name for name in _unknown(tuple(names)) if isinstance(fields[name], str) and not _ADDRESS.match(fields[name])),
        key=lambda name: len(fields[name]),
        default=None,
    )
    if not names:
        return "no field holds the text: the record has no fields"
    if longest is None:
        return f"no field holds the text: the record has {_listed(names)}; pass --map text=FIELD with the one that does"
    shown = names[:_NAMES_TOLD]
    if longest not in shown:
        shown[-1:] = [longest]
    told = _listed([f"{name} (longest)" if name == longest else name for name in shown], len(names) - len(shown))
    return f"no field holds the text: the record has {told}; pass --map text={_one_line(longest)}"


def _unusable_text(fields: Mapping[str, Any], field_map: FieldMap | None) -> Any:
    """What stands where the text should: a number, fields, '' for nothing; None where no field is meant for text."""
    mapped = _find_places(field_map.names_of("text"), tuple(fields)) if field_map else ()
    places = (*mapped, *_places(tuple(fields), field_map)["text"])
    values = [_follow(fields[top], inner)[0] for top, inner in places]
    return next((v for v in values if not _is_empty(v) and not isinstance(v, str)), "" if places else None)


def _listed(names: Sequence[str], more: int = 0) -> str:
    more = more or max(0, len(names) - _NAMES_TOLD)
    told = ", ".join(_one_line(name) for name in names[:_NAMES_TOLD])
    return f"{told} and {more:,} more" if more else told


def _one_line(name: str) -> str:
    return " ".join(encodable(name).split())[:60]


def _take(fields: Mapping[str, Any], column: str, field_map: FieldMap | None) -> _Taken | None:
    mapped = _take_mapped(fields, column, field_map) if field_map else None
    if mapped:
        return mapped
    is_usable = _USABLE.get(column, _is_scalar)
    for top, inner in _places(tuple(fields), field_map)[column]:
        value, path = _enter(*_follow(fields[top], inner))
        if not _is_empty(value) and is_usable(value):
            return _Taken(value, ((top, *path),))
    return _take_teaser(fields, field_map) if column == "text" else None


def _take_mapped(fields: Mapping[str, Any], column: str, field_map: FieldMap) -> _Taken | None:
    found: list[_Taken] = []
    for name in field_map.names_of(column):
        for top, inner in _find_places((name,), tuple(fields)):
            value, path = _enter(*_follow(fields[top], inner))
            if not _is_empty(value):
                found.append(_Taken(value, ((top, *path),)))
                break
    if len(found) < 2:
        return found[0] if found else None
    values = [taken.value for taken in found]
    paths = tuple(path for taken in found for path in taken.paths)
    if column == "text":
        return _Taken("\n\n".join(_joined(_plain(value), "\n\n") for value in values), paths)
    if column == "authors":
        return _Taken([part for value in values for part in (value if isinstance(value, list) else [value])], paths)
    return _Taken(" ".join(_joined(value, " ") for value in values), paths)


def _joined(value: Any, separator: str) -> str:
    return separator.join(map(str, value)) if isinstance(value, list) else str(value)


def _take_teaser(fields: Mapping[str, Any], field_map: FieldMap | None) -> _Taken | None:
    keys = tuple(fields)
    if _places(keys, field_map)["text"] or (field_map and field_map.names_of("text")):
        return None
    longest = max((len(fields[key]) for key in _unknown(keys) if isinstance(fields[key], str)), default=0)
    for top, _ in _find_places(TEASER_NAMES, keys):
        value, path = _enter(fields[top], ())
        if isinstance(value, str) and value.strip() and len(value) >= longest:
            return _Taken(value, ((top, *path),))
    return None


@lru_cache(4096)
def _places(keys: tuple[str, ...], field_map: FieldMap | None) -> dict[str, tuple[tuple[str, FieldPath], ...]]:
    """By column where its value may stand in records with these keys: the key, and the names to follow in its value.

    Fields that the user mapped to one column are no longer looked at for another.
    """
    named = {top for _, names in field_map.columns for top, _ in _find_places(names, keys)} if field_map else set[str]()
    return {
        column: tuple(place for place in _find_places(names, keys) if place[0] not in named)
        for column, names in FIELD_NAMES.items()
    }


@cache
def _columns_by_name() -> dict[str, str]:
    """Column by every usual name, also by those of fields in fields that were made flat."""
    columns: dict[str, str] = {}
    for column, names in (("text", TEASER_NAMES), *FIELD_NAMES.items()):
        for name in names:
            flat = [] if "." in name else [f"{name}.{part}" for part in _INNER_NAMES]
            for spelled in (name, name.partition(".")[0], *flat):
                columns.setdefault(_normalised(spelled), column)
    return columns


@lru_cache(4096)
def _unknown(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that are no name of any column."""
    known = {top for names in (*FIELD_NAMES.values(), TEASER_NAMES) for top, _ in _find_places(names, keys)}
    return tuple(key for key in keys if key not in known)


@lru_cache(8192)
def _find_places(names: tuple[str, ...], keys: tuple[str, ...]) -> tuple[tuple[str, FieldPath], ...]:
    spelled: dict[str, str] = {}
    key: str | None
    for key in keys:
        spelled.setdefault(_normalised(key), key)
    exact = set(keys)
    places: dict[tuple[str, FieldPath], None] = {}
    for name in names:
        first, dot, rest = name.partition(".")
        if (key := name if name in exact else spelled.get(_normalised(name))) is not None:
            places[key, ()] = None
        elif not dot:
            # Headers such as 'source.name' and 'title.rendered': a field in a field that was made flat.
            flat = (spelled.get(_normalised(f"{name}.{part}")) for part in _INNER_NAMES)
            if (key := next(filter(None, flat), None)) is not None:
                places[key, ()] = None
        elif (key := first if first in exact else spelled.get(_normalised(first))) is not None:
            places[key, tuple(rest.split("."))] = None
    return tuple(places)


@lru_cache(16384)
def _normalised(name: str) -> str:
    return _SEPARATORS.sub("", name).casefold()


def _follow(value: Any, names: FieldPath) -> tuple[Any, FieldPath]:
    """What stands below a value under these names, and the keys that lead to it; None where nothing does."""
    path: list[str] = []
    for name in names:
        if not isinstance(value, Mapping):
            return None, ()
        key = name if name in value else next((k for k in value if _normalised(k) == _normalised(name)), None)
        if key is None:
            return None, ()
        value = value[key]
        path.append(key)
    return value, tuple(path)


def _enter(value: Any, path: FieldPath) -> tuple[Any, FieldPath]:
    """The value itself, or the one that is meant where it holds fields."""
    if isinstance(value, Mapping):
        for name in _INNER_NAMES:
            if not _is_empty(value.get(name)) and not isinstance(value[name], Mapping):
                return value[name], (*path, name)
    return value, path


def _drop(rest: dict[str, Any], path: FieldPath) -> None:
    """Takes the value at the path out of copies of what holds it, and what is empty then."""
    top, *inner = path
    if not inner:
        rest.pop(top, None)
        return
    if isinstance(rest.get(top), Mapping):
        rest[top] = dict(rest[top])
        _drop(rest[top], tuple(inner))
        if not any(not _is_empty(value) for value in rest[top].values()):
            del rest[top]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        if not is_markup(value):
            return value
        return text_of_markup(value).split("\n")
    if isinstance(value, list) and any(is_markup(part) for part in value if isinstance(part, str)):
        return [line for part in value if isinstance(part, str) for line in text_of_markup(part).split("\n")]
    return value


def _is_empty(value: Any) -> bool:
    # 0 and False are values.
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list) and (not isinstance(value, str) or not value.isspace())


def _is_text(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value) and any(not part.isspace() for part in value if part)
    return isinstance(value, str) and not value.isspace() and not _LONE_ADDRESS.fullmatch(value)


def _is_id(value: Any) -> bool:
    return not isinstance(value, bool) and _is_scalar(value)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and _PAGE_ADDRESS.match(value) is not None


def _names_someone(value: Any) -> bool:
    # WordPress has the number of the author, data frames NaN.
    return isinstance(value, Mapping) or _holds_words(value)


def _holds_words(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(part, str | Mapping) for part in value)
    return isinstance(value, str) and not value.isspace()


_USABLE: dict[str, Callable[[Any], bool]] = {
    "id": _is_id,
    "url": _is_address,
    "text": _is_text,
    "authors": _names_someone,
    "section": _holds_words,
}
"""By column what a value must be to count."""
