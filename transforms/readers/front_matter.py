"""Front matter: Markdown or text below a head of fields, between lines '---' (YAML) or '+++' (TOML).

The fields go along under their own names, as strings and lists of them. Of a head that is broken, the lines that can be
read count, and the rest is not taken for text. The marks of Markdown that stand in the way of a language model go.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from transforms.markup import text_of_markup
from transforms.readers.blocks import text_of_head
from transforms.readers.record import AnyRecord, BadRecord, Record
from transforms.readers.txt import decode_whole

_LONGEST_HEAD = 64 << 10
_DEEPEST = 20
_HEAD = re.compile(
    r"\s*(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<head>.*?)(?:^)(?P<end>---|\+\+\+|\.\.\.)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_ENTRY = re.compile(r"[\"']?([A-Za-z_][\w .-]{0,60}?)[\"']?\s*([:=])(?=\s|$|[\"'\[])\s*(.*)")
_KNOWN = frozenset({
    "title", "date", "author", "authors", "layout", "tags", "categories", "category", "slug", "url", "permalink",
    "description", "summary", "draft", "lang", "language", "published", "pubdate", "publishdate", "byline",
    "source", "keywords", "headline", "id",
})  # fmt: skip
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def looks_like_front_matter(head: bytes) -> bool:
    """Whether it begins with a head of fields, one of them a usual one; a text may begin with a rule of dashes too."""
    found = _find_head(text_of_head(head))
    if found is None:
        return False
    lines = [line for line in found["head"].splitlines() if line.strip() and line[0] not in " \t#-]}["]
    entries = [entry for line in lines if (entry := _ENTRY.match(line))]
    names = {entry[1].lower() for entry in entries}
    return bool(names & _KNOWN) and _ENTRY.match(lines[0]) is not None and 2 * len(entries) >= len(lines)


def read_front_matter(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The file's one record: the fields of its head, and 'text'."""
    decoded = decode_whole(stream, first_record)
    if isinstance(decoded, BadRecord):
        yield decoded
        return
    found = _find_head(decoded.text)
    fields = _parse_head(found) if found else {}
    body = decoded.text[found.end() :] if found else decoded.text
    is_html = body.lstrip().startswith("<") and "</p>" in body.lower()
    fields["text"] = text_of_markup(_SHORTCODE.sub("", body)) if is_html else strip_markdown(body)
    yield Record(first_record, fields, is_html, repairs=decoded.repairs)


def _find_head(text: str) -> re.Match[str] | None:
    found = _HEAD.match(text[:_LONGEST_HEAD])
    return found if found and (found["mark"] == "+++") == (found["end"] == "+++") else None


# -- the head ---------------------------------------------------------------------------------------------------------


def _parse_head(found: re.Match[str]) -> dict[str, Any]:
    """The fields of the head, but for 'text' and 'body', which are not there."""
    head = found["head"].replace("\r\n", "\n")
    try:
        parsed = _parse_toml(head) if found["mark"] == "+++" else _parse_yaml(head)
        fault = None if isinstance(parsed, dict) else "the head is no list of fields"
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        parsed, fault = None, " ".join(str(error).split())[:300] or "too deep"
    fields = {str(name): value for name, value in parsed.items()} if isinstance(parsed, dict) else _read_lines(head)
    fields = {name: value for name, value in fields.items() if name and not _is_nothing(value)}
    for name in [name for name in fields if name.lower() in {"text", "body", "content"}]:
        fields[f"head_{name}"] = fields.pop(name)
    return fields | _section(fields) | ({"front_matter_error": fault} if fault else {})


def _parse_toml(head: str) -> Any:
    return tomllib.loads(head)


def _parse_yaml(head: str) -> Any:
    """All values as strings: 'no' is a language, and a date is read where all dates are. Raises YAMLError.

    What repeats itself by aliases, or nests deeper than any head does, is not built: it may be larger than memory.
    """
    depth = 0
    for event in yaml.parse(head, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
            raise yaml.YAMLError("aliases, or lists in lists in lists, are not read")
    return yaml.load(head, Loader=_LOADER)


def _read_lines(head: str) -> dict[str, Any]:
    """What can be read of a broken head: 'name: value', and the items of a list below 'name:'."""
    fields: dict[str, Any] = {}
    last = ""
    for line in head.split("\n"):
        if (entry := _ENTRY.match(line)) is not None:
            last, value = entry[1].strip(), entry[3].strip()
            if value.startswith("[") and value.endswith("]"):
                fields[last] = [part for item in value[1:-1].split(",") if (part := item.strip(" \"'"))]
            else:
                fields[last] = value.strip("\"'")
        elif (item := re.match(r"\s*-\s+(.+)", line)) and last and isinstance(fields[last] or [], list):
            fields[last] = [*(fields[last] or []), item[1].strip(" \"'")]
    return fields


def _is_nothing(value: Any) -> bool:
    return (isinstance(value, str) and value in _NOTHING) or value in (None, [], {})


def _section(fields: dict[str, Any]) -> dict[str, Any]:
    """Several categories are keywords, and not the section that the article stands in."""
    name = next((name for name in fields if name.lower() == "categories"), None)
    if name is None or not isinstance(values := fields[name], list):
        return {}
    del fields[name]
    return {"section": values[0], "tags": fields.get("tags", values)} if len(values) == 1 else {"keywords": values}


# -- Markdown ---------------------------------------------------------------------------------------------------------

_SHORTCODE = re.compile(
    r"\{\{[<%](?:(?!\{\{).){0,1000}?[>%]\}\}|\{%(?:(?!\{%).){0,1000}?%\}|\{\{[^{}\n]{0,300}\}\}"
    r"|<!--(?:(?!<!--).){0,5000}?-->",
    re.DOTALL,
)
_FENCE = re.compile(r"\s{0,3}(?:`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"\s{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*(?:\{[^{}]*\})?$")
_RULE = re.compile(r"\s{0,3}(?:=+|(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DEFINITION = re.compile(r"\s{0,3}\[(?!\^)[^\]\n]{1,200}\]:\s*\S+.*$")
_QUOTE = re.compile(r"^(?:\s{0,3}>[ \t]?)+")
_TARGET = r"\((?:[^()\n]|\([^()\n]{0,300}\)){0,2000}\)"
_INLINE = (
    (re.compile(rf"!\[[^\[\]\n]{{0,1000}}\](?:{_TARGET}|\[[^\[\]\n]{{0,200}}\])"), ""),
    (re.compile(r"\[\^[^\[\]\n]{1,100}\](?:: ?)?"), ""),
    (re.compile(rf"\[([^\[\]\n]{{0,1000}})\](?:{_TARGET}|\[[^\[\]\n]{{0,200}}\])(?:\{{[^{{}}\n]{{0,200}}\}})?"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>"), ""),
    (re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s\\])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\w_\\])(_{1,3})(?=[^\s_])([^_\n]{1,2000}?)(?<=[^\s\\])\1(?![\w_])"), r"\2"),
    (re.compile(r"(?<![`\\])(`{1,2})(?!`)([^`\n]{1,1000})\1(?!`)"), r"\2"),
)


_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|-])")
# Where characters that stand behind a backslash wait; no text holds characters of this plane.
_ASIDE = 0xF0000
_BACK = {_ASIDE + code: code for code in range(0x21, 0x7F)}


def strip_markdown(text: str) -> str:
    """The text without the marks of headings, emphasis, links, quotations, code and templates, and without pictures."""
    lines: list[str] = []
    in_code = False
    for line in _SHORTCODE.sub("", text.replace("\r\n", "\n")).split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        elif in_code:
            lines.append(line)
        elif (heading := _HEADING.match(line)) is not None:
            lines += ["", _strip_inline(heading[1]), ""]
        elif _RULE.match(line):
            lines.append("")
        elif not _DEFINITION.match(line):
            lines.append(_strip_inline(_QUOTE.sub("", line)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(str.rstrip, lines))).strip("\n")


def _strip_inline(line: str) -> str:
    line = _ESCAPED.sub(lambda match: chr(_ASIDE + ord(match[1])), line)
    # Twice, for what stands in each other: a picture in a link, and ** in a heading's [text].
    for _ in range(2):
        before = line
        for pattern, replacement in _INLINE:
            line = pattern.sub(replacement, line)
        if line == before:
            break
    return line.translate(_BACK)
