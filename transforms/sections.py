"""The section of an article: Business, World, Sport.

Comes in: what its record states, its address and its path. Goes out: the section as stated, else the common name of a
folder that is well known as one (`seeds/sections.csv`), else None.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from transforms.lexicon import read_seed

_LONGEST = 100
_NAMES = ("name", "title", "label", "term", "value", "#text")
_NOTHING = frozenset({"none", "null", "nan", "n/a", "uncategorized", "uncategorised", "undefined", "unknown"})


def find_section(stated: Any, url: str | None, path: str) -> str | None:
    """The section: of a list that is stated the first, of an address or path the first segment that names one."""
    return _stated_section(stated) or _section_of_path(_path_of(url)) or _section_of_path(path)


def _stated_section(value: Any) -> str | None:
    if isinstance(value, str):
        text = " ".join(value.replace("\0", "").split())
        if text.startswith("[") and text.endswith("]"):
            return _stated_section(_parse_list(text))
        is_section = text and text.lower() not in _NOTHING and len(text) <= _LONGEST
        return text if is_section and any(map(str.isalpha, text)) else None
    if isinstance(value, Mapping):
        return next((found for name in _NAMES if (found := _stated_section(value.get(name)))), None)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return next((found for item in value if (found := _stated_section(item))), None)
    return None


def _parse_list(text: str) -> list[Any]:
    """The items of a list in a cell, as JSON or Python write it."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return [item.strip(" '\"") for item in text[1:-1].split(",")]
    return parsed if isinstance(parsed, list) else []


def _path_of(url: str | None) -> str:
    try:
        return urlsplit(url).path if url else ""
    except ValueError:
        return ""


def _section_of_path(path: str) -> str | None:
    folders = path.split("/")[:-1]
    return next((name for folder in folders if (name := _sections().get(_folded(folder)))), None)


@cache
def _sections() -> dict[str, str]:
    return {_folded(word): row["section"] for row in read_seed("sections") for word in row["folders"].split("|")}


def _folded(folder: str) -> str:
    return re.sub(r"[\s_-]+|\.(?:zip|tar|gz|html?)!?$|!$", "", folder.lower())
