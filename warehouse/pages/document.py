"""Writes a page: a template filled in, with style and script inside it, as one file that needs no other.

Comes in: the name of a template and its values. Goes out: an HTML file. Every value is escaped by the template engine;
data for scripts stands as JSON in which '<' is escaped; the page's own policy (CSP) lets only our style and script run,
by their hashes, and lets nothing be fetched.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from warehouse.errors import PageNotWrittenError
from warehouse.pages.charts import shorten

_FOLDER = Path(str(files("warehouse"))) / "pages"
LONGEST_NAME = 80
"""Characters of a name that a page shows."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def write_page(target: Path, template: str, script_data: Any = None, **values: Any) -> Path:
    """Fills in the template, writes it to the file in one step and answers its path.

    `script_data` is what the page's script reads: plain lists, dicts, texts and numbers. Raises PageNotWrittenError.
    """
    page = render_page(template, script_data, **values)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(page, encoding="utf-8", newline="\n")
        unfinished.replace(target)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise PageNotWrittenError(target, error.strerror or str(error)) from error
    return target


def render_page(template: str, script_data: Any = None, **values: Any) -> str:
    """The page as text."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    return _ENVIRONMENT.get_template(template).render(
        style=Markup(style), script=Markup(script), policy=policy, script_data=_script_json(script_data or {}), **values
    )


def show_date(day: date | None) -> str:
    """A day as people write it: 3 Mar 2026; empty for None."""
    return f"{day.day} {day:%b %Y}" if day else ""


def show_moment(moment: datetime | None) -> str:
    """A moment in UTC to the minute."""
    return f"{show_date(moment)}, {moment:%H:%M} UTC" if moment else ""


def show_number(number: float | None) -> str:
    """A number with its thousands set apart; a fraction with one digit; empty for None."""
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"


def show_share(part: float, whole: float) -> str:
    """A share in percent; a dash where there is nothing to share."""
    return f"{100 * part / whole:.0f}%" if whole else "–"


def one_line(text: str | None) -> str:
    """The text in one line and without control characters; empty for None."""
    return " ".join(_CONTROLS.sub("", text or "").split())


def short_name(text: str | None) -> str:
    """The name in one line and no longer than LONGEST_NAME, so that a page stays small whatever stands in the rows."""
    return shorten(one_line(text), LONGEST_NAME)


def without_controls(text: str) -> str:
    """The text with a mark of replacement for each control character: offsets into it stay right."""
    return _CONTROLS.sub("\ufffd", text)


def web_address(url: str | None) -> str | None:
    """The url where it is one of the web, which a link may lead to; None for anything else, such as javascript:."""
    if url is None or _CONTROLS.search(url):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in {"http", "https"} and parts.netloc else None


def _script_json(data: Mapping[str, Any]) -> Markup:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _asset(name: str) -> str:
    return (_FOLDER / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    date=show_date, moment=show_moment, number=show_number, line=one_line, name=short_name, address=web_address
)
