"""Text as its source has it, without what machines did to it on the way.

Comes in: the text of an article, or one line such as a title, as a reader hands it over. Goes out: `Cleaned`:
characters repaired, wrapped lines joined (`transforms.layout`), lines at the edges dropped that are no part of the
article (`seeds/edge_lines.csv`), and the names of what was done. Cleaning a cleaned text changes nothing.
"""

import ast
import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html.entities import html5

from ftfy import fix_encoding
from ftfy.badness import is_bad

from transforms.layout import unwrap_lines
from transforms.lexicon import read_seed
from transforms.repairs import REPAIRS

# Nearly every text is clean after one pass; references inside references inside references take more.
_MOST_PASSES = 8


@dataclass(slots=True, frozen=True)
class Cleaned:
    """Cleaned text, and what was repaired, by the names of `transforms.repairs.REPAIRS`."""

    text: str
    repairs: tuple[str, ...] = ()


def clean_text(raw: str, *, is_laid_out: bool = False) -> Cleaned:
    """RAW with its characters repaired, every sentence on one line, and nothing at the edges that is not the article.

    A line break of the result ends a sentence, and is "\\n\\n" where the source has empty lines. `is_laid_out`: every
    line is a paragraph already, as where the text comes from markup; no two are joined.
    """
    done = set[str]()
    text, is_cut = raw, True
    for _ in range(_MOST_PASSES):
        repaired = _repair_characters(text, done)
        is_sound = repaired == text
        if is_sound and not is_cut:
            break
        text, is_joined, is_cut = _lay_out(repaired, done, is_laid_out)
        # What one repair brought to light, another has to see.
        if is_sound and not is_joined and not is_cut:
            break
    return Cleaned(text, tuple(name for name in REPAIRS if name in done))


def clean_line(raw: str) -> str:
    """RAW, a title or a name, as one line with the same repairs of its characters; '' where nothing is left."""
    line = raw
    for _ in range(_MOST_PASSES):
        before = line
        line = " ".join(_repair_characters(line, set()).split())
        if line == before:
            break
    return line


def _repair_characters(text: str, done: set[str]) -> str:
    """The text with what is wrong with single characters repaired; adds to `done` what was."""
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("mojibake", _repair_mojibake),
        ("references", _read_references),
        ("control_characters", _drop_unprinted),
        ("escapes", _read_escapes),
        ("long_runs", _shorten_runs),
    )
    for name, step in steps:
        repaired = step(text)
        if repaired != text:
            done.add(name)
            text = repaired
        if name == "control_characters":
            text = _plain(text)
    return text


# -- mojibake ---------------------------------------------------------------------------------------------------------

# What UTF-8 becomes when it is read as another encoding has two characters beyond ASCII in a row, or one of these.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_LEADS = frozenset("ÂÃ")
# A text about encodings shows broken words on purpose.
_ON_ENCODINGS = re.compile(r"\b(?:mojibake|unicode|utf-?8|charset|iso-8859|latin-1|windows-1252)\b", re.IGNORECASE)
_C1 = re.compile("[\x80-\x9f]")


def _repair_mojibake(text: str) -> str:
    """'cafÃ©' is 'café', where ftfy is sure of it; what was read as Latin-1 and is Windows-1252 is so again."""
    if text.isascii() or not any(len(run) > 1 or run in _LEADS or run <= "\x9f" for run in _BEYOND_ASCII.findall(text)):
        return text
    if not _ON_ENCODINGS.search(text):
        text = "\n".join(fix_encoding(line) if is_bad(line) else line for line in text.split("\n"))
    return _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)


# -- references -------------------------------------------------------------------------------------------------------

_AMPERSANDS = r"&(?:(?:amp|#0*38|#[xX]0*26);)*"
_REFERENCE = re.compile(
    rf"{_AMPERSANDS}(?:#0*(?P<decimal>\d{{1,7}})|#[xX]0*(?P<hex>[0-9a-fA-F]{{1,6}})|(?P<name>[A-Za-z][A-Za-z0-9]{{1,31}}));"
    rf"|{_AMPERSANDS}(?P<open>nbsp|quot|apos|amp|lt|gt)(?![\w;=])"
)
# Names of two letters are rather those of companies: 'T&or;'.
_SHORT_NAMES = frozenset({"lt", "gt", "LT", "GT", "le", "ge", "ne", "pi", "mu"})
# Dumps that lost their ampersands: 'the mayor #39;s plan', ' quot;No, quot; she said'. Evidence, then all of them.
_BARE_MARKS = ("quot;", "#39;", "#146;", "#8217;")
_BARE_EVIDENCE = re.compile(r"#(?:39|146|8217);(?:s|t|re|ve|ll|d|m)\b|(?<![\w&])quot;\w|(?<=[\w.,!?]) quot;")
_BARE_APOSTROPHE = re.compile(r"(?<=\w) ?#(?:39|146|8217);(?=(?:s|t|re|ve|ll|d|m)\b)|(?<=s) #(?:39|146|8217);(?= )")
_BARE_CLOSING = re.compile(r"(?<=[\w.,!?)…]) (?:quot|#34|#148|#8221);(?=[\s.,;:!?)]|$)")
_BARE = re.compile(
    r"(?<![&#\d])#(?:34|36|38|39|145|146|147|148|150|151|160|163|8211|8212|8216|8217|8220|8221|8230|8364);"
    r"|(?<![\w&#])(?:quot|amp|lt|gt|nbsp|apos|pound|euro|mdash|ndash|hellip|[lr][sd]quo);"
)


def _read_references(text: str) -> str:
    """'&amp;' is '&', '&amp;quot;' a quotation mark; no accident such as 'AT&T;', no address as '?a=1&copy=2'."""
    if "&" in text:
        text = _REFERENCE.sub(_read_reference, text)
    if any(mark in text for mark in _BARE_MARKS) and _BARE_EVIDENCE.search(text):
        text = _BARE_CLOSING.sub('"', _BARE_APOSTROPHE.sub("'", text))
        text = _BARE.sub(lambda match: html.unescape(f"&{match[0]}"), text)
    return text


def _read_reference(match: re.Match[str]) -> str:
    if match["open"]:
        return html.unescape(f"&{match['open']};")
    if match["decimal"]:
        return html.unescape(f"&#{match['decimal']};")
    if match["hex"]:
        return html.unescape(f"&#x{match['hex']};")
    name = match["name"]
    known = html5.get(f"{name};") or html5.get(f"{name.lower()};" if name.isupper() else "")
    if known and (len(name) > 2 or name in _SHORT_NAMES):
        return known
    return f"&{name};"


# -- characters -------------------------------------------------------------------------------------------------------

_BREAK = re.compile("\r\n?|[\v\f\x1c-\x1e\u2028\u2029]")
_BLANK = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Soft hyphens, marks of direction, characters of width zero, private ones and those that are none; terminals' colours
_UNPRINTED = re.compile(
    "\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1b\x1f\x7f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ue000-\uf8ff\ufeff\ufff0-\ufffc\ufffe\uffff\U000f0000-\U0010ffff]"
)
_DIVIDED = re.compile("(?<=\\w)\xad[^\\S\n]*\r?\n[^\\S\n]*(?=\\w)")
# They join letters of Arabic and of the scripts of India, and pictures; elsewhere they do nothing.
_JOINERS = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u0dff\u0e00-\u1cff\u2190-\u2bff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U0001faff])"
    "[\u200c\u200d]+"
)
_BULLETS = re.compile("[\uf0a7\uf0b7]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_HYPHENS = re.compile("[\u2010\u2011]")
# Of what is changed, this counts as printable.
_PRINTABLE = re.compile("[\u034f\u2010\u2011\ufffc]")


def _is_plain(text: str) -> bool:
    """Whether it has no character that this part would change: the common case, told fast."""
    return text.replace("\n", "").isprintable() and (text.isascii() or not _PRINTABLE.search(text))


def _drop_unprinted(text: str) -> str:
    """Drops what prints nothing. A soft hyphen at the end of a line joins the halves of its word."""
    if _is_plain(text):
        return text
    text = _BULLETS.sub("•", text)
    if "\xad" in text:
        text = _DIVIDED.sub("", text)
    text = _UNPRINTED.sub("", text)
    return text if text.isascii() else _JOINERS.sub("", _SURROGATES.sub("\ufffd", text))


def _plain(text: str) -> str:
    """Plain line breaks, blanks and hyphens, and composed characters (NFC)."""
    if not _is_plain(text):
        text = _BLANK.sub(" ", _BREAK.sub("\n", text))
        text = _HYPHENS.sub("-", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


# -- escapes ----------------------------------------------------------------------------------------------------------

_ESCAPE_EVIDENCE = re.compile(r"(?<=[.!?\"'”’:)\]])\\n|\\r?\\n(?=\\|$)|\\u(?:20|00)[0-9a-fA-F]{2}|(?<!\\)\\\"(?=\w)")
_ESCAPE = re.compile(r"\\(?:r\\n|n|r|t|u[0-9a-fA-F]{4}|[\"'/])")
_ESCAPED = {"\\r\\n": "\n", "\\n": "\n", "\\r": "\n", "\\t": " ", '\\"': '"', "\\'": "'", "\\/": "/"}
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\")
_BYTES = re.compile(r"b(?:'[^\n]*'|\"[^\n]*\")")


def _read_escapes(text: str) -> str:
    """A backslash and 'n' is a line break, where a dump clearly wrote it for one."""
    if "\\" in text:
        if len(_ESCAPE_EVIDENCE.findall(text)) >= 2 and not _WINDOWS_PATH.search(text):
            text = _ESCAPE.sub(_read_escape, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        elif "\\x" in text[:10_000] and _BYTES.fullmatch(text.strip()):
            text = _read_bytes(text.strip())
    return text


def _read_escape(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[0]) or chr(int(match[0][2:], 16))


def _read_bytes(literal: str) -> str:
    """Bytes as Python writes them, which some dumps hold: "b'caf\\xc3\\xa9'"."""
    try:
        value = ast.literal_eval(literal)
        return value.decode("utf-8") if isinstance(value, bytes) else literal
    except (ValueError, SyntaxError):
        return literal


# -- runs -------------------------------------------------------------------------------------------------------------

# The tokenizer takes a run of marks off one by one, each time looking at all that is left: 10 seconds for 8,000.
LONGEST_RUN = 100
"""Characters that are kept of a run of marks, such as a ruled line, and of what has no blanks and is no text."""

_LONGEST_WORD = 2_000
_MARKS = re.compile(rf"(?:[^\w\s]|_){{{LONGEST_RUN + 1},}}")
_BLOB = re.compile(rf"[!-~]{{{_LONGEST_WORD + 1},}}")
# Text that lost its blanks is nearly all small letters; data and programs are not.
_TEXT_SHARE = 0.85


def _shorten_runs(text: str) -> str:
    if max(map(len, text.split()), default=0) <= LONGEST_RUN:
        return text
    text = _MARKS.sub(lambda match: match[0][:LONGEST_RUN], text)
    return _BLOB.sub(lambda match: match[0] if _is_text(match[0]) else match[0][:LONGEST_RUN], text)


def _is_text(run: str) -> bool:
    return sum(map(str.islower, run)) >= _TEXT_SHARE * len(run)


# -- lines ------------------------------------------------------------------------------------------------------------

_MANY_BREAKS = re.compile(r"\n{3,}")
_LONGEST_EDGE_LINE = 320


def _lay_out(text: str, done: set[str], is_laid_out: bool) -> tuple[str, bool, bool]:
    """The text with its lines joined and its edges cut; whether joining changed anything, whether cutting did."""
    # First the blanks: joining must see the same text again when it is handed its own result.
    text = _trim_lines(text)
    joined = text if is_laid_out else unwrap_lines(text).strip()
    if joined.count("\n") < text.count("\n"):
        done.add("lines_joined")
    cut = drop_edge_lines(joined)
    if cut != joined:
        done.add("edge_lines")
    return cut, joined != text, cut != joined


def _trim_lines(text: str) -> str:
    return _MANY_BREAKS.sub("\n\n", "\n".join(map(str.rstrip, text.split("\n")))).strip()


def drop_edge_lines(text: str) -> str:
    """TEXT without the lines at its top and bottom that `seeds/edge_lines.csv` knows; never without all of them."""
    lines = text.split("\n")
    top, bottom = 0, len(lines)
    while bottom > top and _is_edge_line(lines[bottom - 1], "bottom"):
        bottom -= 1
    while top < bottom and _is_edge_line(lines[top], "top"):
        top += 1
    kept = "\n".join(lines[top:bottom]).strip() if (top, bottom) != (0, len(lines)) else text
    return kept or text


def _is_edge_line(line: str, edge: str) -> bool:
    line = line.strip()
    return not line or (len(line) <= _LONGEST_EDGE_LINE and _edge_patterns(edge).fullmatch(line) is not None)


@cache
def _edge_patterns(edge: str) -> re.Pattern[str]:
    patterns = [row["pattern"] for row in read_seed("edge_lines") if row["edge"] in {edge, "both"}]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
