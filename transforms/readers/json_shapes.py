"""Where the records stand in a JSON value: beside each other in a list, below a wrapper, or in columns.

Comes in: a decoded JSON object. Goes out: the objects in it that are records.
"""

import re
from collections.abc import Mapping
from typing import Any

from transforms.fields import FIELD_NAMES, holds_text, take_field

WRAPPERS = ("articles", "items", "results", "docs", "documents", "records", "entries", "stories", "posts", "news",
            "hits", "rows", "data", "response", "feed", "channel", "content", "value", "list", "payload",
            "collection")  # fmt: skip
"""Names under which answers of services hold the list of their records, or the object that holds the list."""

_DEEPEST = 3
_WRAPPER_NAMES = frozenset(WRAPPERS)
_SCALAR = r'(?:"(?:[^"\\]|\\.)*+"|[-+\d.eE]++|true|false|null|\{[^{}\[\]]*+\})'
_OPENING = re.compile(
    rf'\s*\{{\s*(?:"(?:[^"\\]|\\.)*+"\s*:\s*{_SCALAR}\s*,\s*)*+"(?:{"|".join(WRAPPERS)})"\s*:\s*\[\s*[\{{\]]',
    re.IGNORECASE,
)


def begins_with_items(head: str) -> bool:
    """Whether a JSON object begins with some plain fields and then the list of its records."""
    return _OPENING.match(head) is not None


def is_wrapper(name: str) -> bool:
    """Whether a list under that name holds records."""
    return name.casefold() in _WRAPPER_NAMES


def unwrap(value: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record; those of a search index stand below `_source`."""
    inner = value.get("_source")
    if isinstance(inner, dict):
        return {"_id": value["_id"], **inner} if "_id" in value else inner
    return value


def items_of(value: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """The records that the object wraps; None where it is a record itself."""
    if depth > _DEEPEST or holds_text(value):
        return None
    named = sorted((key for key in value if is_wrapper(key)), key=lambda key: WRAPPERS.index(key.casefold()))
    for key in named:
        inner = value[key]
        if isinstance(inner, list) and (not inner or isinstance(inner[0], dict)):
            return inner
        if isinstance(inner, dict):
            below = [inner] if holds_text(inner) else items_of(inner, depth + 1)
            if below is not None:
                return below
    return _unnamed_items(value) if depth == 0 else None


def holds_items(value: Mapping[str, Any]) -> bool:
    """Whether the object is a wrapper around records."""
    return items_of(value) is not None


def _unnamed_items(value: Mapping[str, Any]) -> list[Any] | None:
    lists: list[list[Any]] = [inner for inner in value.values() if _holds_articles(inner)]
    if lists and take_field(value, "title") is None:
        return max(lists, key=len)
    if len(value) > 1 and all(isinstance(inner, dict) for inner in value.values()):
        if all(holds_text(inner) for inner in value.values()):
            # Records by their ids, or by the numbers of their rows, which say nothing.
            has_ids = not all(key.isdigit() for key in value)
            return [{"id": key, **inner} if has_ids else inner for key, inner in value.items()]
        return _rows_of_columns(value)
    columns, rows = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(rows, list) and all(isinstance(name, str) for name in columns):
        return [dict(zip(columns, row, strict=False)) if isinstance(row, list) else row for row in rows]
    return None


def _rows_of_columns(value: Mapping[str, Any]) -> list[Any] | None:
    """{"title": {"0": ..., "1": ...}, "text": {"0": ..., "1": ...}}, as data frames are written."""
    texts = take_field({name: inner for name, inner in value.items() if name in _TEXT_NAMES}, "text")
    if not isinstance(texts, dict) or not texts or any(not isinstance(text, str | None) for text in texts.values()):
        return None
    return [{name: inner.get(key) for name, inner in value.items()} for key in texts]


def _holds_articles(inner: Any) -> bool:
    return isinstance(inner, list) and bool(inner) and isinstance(inner[0], dict) and holds_text(inner[0])


_TEXT_NAMES = frozenset(FIELD_NAMES["text"])
