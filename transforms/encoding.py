"""Bytes to text: byte order mark, then UTF-8, then the declaration, then a guess.

Comes in: raw bytes and what the file or its container declares of them. Goes out: `Decoded`, or UndecodableError.

UTF-8 comes before the declaration because pages declare what their template says, while bytes that form sequences of
UTF-8 by chance do not occur. A guess looks at how each character would stand among its neighbours: English news has few
characters beyond ASCII, quotation marks, dashes, pounds and accents, too few for the statistics of charset-normalizer,
which is asked for everything else.
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache

from charset_normalizer import from_bytes

GUESSED = "encoding_guessed"
DECLARED = "encoding_declared"
REPLACED = "bytes_replaced"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "gzip data",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
}
# Escape stays: it switches the alphabets of ISO-2022.
_CONTROLS = bytes([*range(1, 9), 14, 15, *range(16, 27), *range(28, 32), 127])
_MOST_CONTROLS = 0.05
_FEWEST_NULS = 0.02
_HEAD = 64 << 10

# The names of markup and headers, in the terms of the Encoding Standard: a declared ISO-8859-1 is Windows-1252, and
# each older Asian set is its superset. By Python's name of the codec.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_2",
}
_CODECS = {
    "utf-8", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp437", "cp850",
    "cp852", "cp866", "cp874", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u", "mac-roman",
    "mac-cyrillic", "gb18030", "hz", "big5hkscs", "cp932", "euc_jp", "cp949", "johab", "iso2022_jp_2", "iso2022_kr",
}  # fmt: skip
# Labels of the Encoding Standard that Python does not know by that name.
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "koi": "koi8-r",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
    **{f"x-cp{page}": f"cp{page}" for page in range(1250, 1259)},
}
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b(J", "iso2022_jp_2"))

# What is tried where nothing is declared: the encodings of English texts, in this order where they read equally well;
_WESTERN = ("cp1252", "mac-roman", "cp437", "cp850")
# and all that charset-normalizer is asked for.
_LATIN = ("cp1252", "mac_roman", "cp850", "cp1250", "iso8859_2", "cp1254", "cp1257")
_OTHER = (
    "cp1251", "koi8_r", "cp866", "cp1253", "iso8859_7", "cp1255", "cp1256", "iso8859_6", "cp874", "gb18030",
    "big5hkscs", "cp932", "euc_jp", "cp949",
)  # fmt: skip
_SAMPLE = 16 << 10
# A text is read in an encoding when at most this share of its characters stand where they do not belong.
_MOST_MISPLACED = 0.1
# Of the letters of western languages hardly any text has more beyond ASCII: French and Portuguese have 4 to 6 in 100.
_MOST_ACCENTED = 0.25
_ENGLISH_WORD = re.compile(rb"\b(?:the|and|of|that|with|said|for|was)\b", re.IGNORECASE)
_ENGLISH_SHARE = 0.04
_STRANGE_BYTE = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
# Letters of another script rarely stand beside Latin ones, Chinese ones sometimes.
_MOST_TOUCHING = 0.3
_MANY = 20
_FEWEST_SEQUENCES = 3
_FEW_STRANGE = 0.05
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
# Points of coherence by which another Latin encoding has to be better than a western one.
_CLEARLY_BETTER = 3.0


class UndecodableError(ValueError):
    """The bytes are text in no encoding that can be told. The message is one line."""


@dataclass(slots=True, frozen=True)
class Decoded:
    """Text without its byte order mark, the encoding it was read in (Python's name), and what was repaired."""

    text: str
    encoding: str
    repairs: tuple[str, ...] = ()


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """RAW as text. `declared` is the encoding that markup or a header names; it gives way where it does not fit.

    Raises UndecodableError where the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode_marked(raw[len(mark) :], encoding)
    if b"\0" in raw[:_HEAD] and (wide := _find_wide(raw)):
        return _decode_wide(raw, wide)
    if reason := why_binary(raw):
        raise UndecodableError(reason)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_eight_bit(raw, _find_codec(declared))
    return (_decode_escaped(raw, declared) if "\x1b" in text or "~{" in text else None) or Decoded(text, "utf-8")


def why_binary(head: bytes) -> str | None:
    """Why the bytes, or the first of them, are no text: 'binary data: a PDF document'. None where they may be text."""
    if head.startswith(tuple(mark for mark, encoding in _MARKS if encoding != "utf-8")):
        return None
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return f"binary data: {kind}"
    head = head[:_HEAD]
    if b"\0" in head:
        if not head.strip(b"\0"):
            return "binary data: nothing but NUL bytes"
        if _find_wide(head):
            return None
        # Padding is some NULs in a row; numbers have them everywhere.
        if len(re.findall(rb"\0+", head)) > _MOST_CONTROLS * len(head):
            return "binary data: full of NUL bytes"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(head):
        return f"binary data: {controls / len(head):.0%} of it are control characters"
    return None


# -- by mark, by pattern ----------------------------------------------------------------------------------------------


def _decode_marked(raw: bytes, encoding: str) -> Decoded:
    if encoding != "utf-8":
        return _decode_wide(raw, encoding)
    if reason := why_binary(raw):
        raise UndecodableError(reason)
    try:
        return Decoded(raw.decode("utf-8"), encoding)
    except UnicodeDecodeError:
        return _mend_utf8(raw)


def _decode_wide(raw: bytes, encoding: str) -> Decoded:
    text = raw.decode(encoding, "replace").removeprefix("\ufeff")
    replaced = text.count("\ufffd")
    strange = replaced + sum(1 for char in text[:_HEAD] if char < " " and char not in "\t\n\r\f\0")
    if strange > _MOST_CONTROLS * len(text) + 1:
        raise UndecodableError(f"binary data: not {encoding.upper()}, as its first bytes say")
    return Decoded(text, encoding, (REPLACED,) if replaced else ())


def _find_wide(raw: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: blanks, digits and Latin letters have NULs at every second byte, or at three."""
    head = raw[: _HEAD & ~3]
    head = head[: len(head) & ~3]
    if head.count(0) < _FEWEST_NULS * len(head):
        return None
    # In UTF-32 two bytes of four are NUL in nearly all texts
    blank = [head[at::4].count(0) + head[at + 1 :: 4].count(0) > 0.49 * len(head) for at in (0, 2)]
    widths = ("utf-32-be", "utf-32-le") if any(blank) else ("utf-16-le", "utf-16-be")
    plain = {encoding: _count_plain(head, encoding) for encoding in widths}
    best = max(plain, key=plain.__getitem__)
    return best if plain[best] > 1.5 * min(plain.values()) and _reads_as_text(head, best) else None


def _count_plain(head: bytes, encoding: str) -> int:
    """How many printing characters of ASCII the bytes have in the encoding."""
    return len(head.decode(encoding, "ignore").encode("ascii", "ignore").translate(None, _CONTROLS + b"\0"))


def _reads_as_text(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, "replace")
    printing = sum(1 for char in text if char.isprintable() or char in "\t\n\r\f")
    words = sum(1 for char in text if char.isalpha() or char == " ")
    return printing >= 0.97 * len(text) and words >= 0.6 * len(text)


def _decode_escaped(raw: bytes, declared: str | None) -> Decoded | None:
    """Seven-bit encodings: ISO-2022 by its escapes, HZ where it is declared."""
    found = next((name for escape, name in _ESCAPES if escape in raw), None)
    if found is None and _find_codec(declared) == "hz":
        found = "hz"
    if found is None:
        return None
    try:
        return Decoded(raw.decode(found), found, (DECLARED if found == _find_codec(declared) else GUESSED,))
    except UnicodeDecodeError:
        return None


# -- nearly UTF-8 -----------------------------------------------------------------------------------------------------

_ESCAPED_BYTES = re.compile("[\udc80-\udcff]+")
# The first byte of an accented letter or a pound sign, the first or both first of a quotation mark or a dash
_FRAGMENT = re.compile("[\udcc2\udcc3]|\udce2\udc80?")


def _is_nearly_utf8(raw: bytes, sample: bytes) -> bool:
    """Whether most bytes beyond ASCII form sequences of UTF-8, which those of no other encoding do."""
    text = raw.decode("utf-8", "surrogateescape")
    runs = _ESCAPED_BYTES.findall(text)
    bad = sum(map(len, runs))
    good = len(text) - bad - len(text.encode("ascii", "ignore"))
    if good >= bad and good > _FEWEST_SEQUENCES:
        return True
    # 'CAFÉ”' of Windows-1252 is a sequence by chance; 'Â5bn' is what is left of '£5bn' in UTF-8
    misplaced = min(_count_misplaced(_read_table(sample, encoding))[0] for encoding in _WESTERN)
    if not misplaced:
        return False
    is_evident = all(map(_FRAGMENT.fullmatch, runs)) or (good > 0 and _is_english(raw))
    return good >= bad or (is_evident and _mend(text).count("\ufffd") <= misplaced)


def _mend(escaped: str) -> str:
    """Bytes that were no UTF-8 as Windows-1252 where they stand as its characters do, else as U+FFFD."""

    def mend(match: re.Match[str]) -> str:
        bad = _read_table(match[0].encode("utf-8", "surrogateescape"), "cp1252")
        before = escaped[match.start() - 1 : match.start()]
        after = escaped[match.end() : match.end() + 2]
        return "\ufffd" if len(bad) > 2 or _count_misplaced(bad, before, after)[0] else bad

    return _ESCAPED_BYTES.sub(mend, escaped)


def _mend_utf8(raw: bytes) -> Decoded:
    return Decoded(_mend(raw.decode("utf-8", "surrogateescape")), "utf-8", (REPLACED,))


def _decode_surrogates(raw: bytes) -> str | None:
    """CESU-8, as some databases write it: characters beyond the first plane as two surrogates of three bytes each."""
    try:
        return raw.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return None


# -- by declaration ---------------------------------------------------------------------------------------------------


def _find_codec(label: str | None) -> str | None:
    """Python's name of the codec for a label of markup or a header. None for what is no encoding of texts."""
    name = (label or "").strip().lower()
    if name in _LABELS:
        return _LABELS[name]
    try:
        found = codecs.lookup(name.replace(" ", "")).name
    except (LookupError, ValueError):
        return None
    found = _SUPERSETS.get(found, found)
    return found if found in _CODECS else None


def _decode_eight_bit(raw: bytes, declared: str | None) -> Decoded:
    """Bytes that are not UTF-8."""
    if paired := _decode_surrogates(raw):
        return Decoded(paired, "utf-8", (GUESSED,))
    sample = _sample(raw)
    if _is_nearly_utf8(raw, sample):
        return _mend_utf8(raw)
    if declared == "cp1252":
        # What servers declare that know nothing of the page
        bad, count = _count_misplaced(_read_table(sample, declared))
        if bad <= 2 * _MOST_MISPLACED * count and _is_hardly_accented(_read_table(sample, declared)):
            return Decoded(_read_table(raw, declared), declared, (DECLARED,))
    elif declared and declared != "utf-8":
        decoded = _decode_tolerantly(raw, declared, DECLARED)
        if decoded and _touches_latin(decoded.text) <= _MOST_TOUCHING:
            return decoded
    guessed = _guess(raw, sample) or (declared if declared in _WESTERN else None)
    decoded = _decode_tolerantly(raw, guessed, DECLARED if guessed == declared else GUESSED) if guessed else None
    if decoded is None:
        first = _STRANGE_BYTE.search(raw)
        where = f": byte 0x{first[0][0]:02x} at {first.start():,}" if first else ""
        raise UndecodableError(f"not UTF-8, and text in no encoding that can be told{where}")
    return decoded


def _decode_tolerantly(raw: bytes, encoding: str, repair: str) -> Decoded | None:
    """The text where at most one character of a hundred beyond ASCII does not fit."""
    if encoding in _WESTERN:
        return Decoded(_read_table(raw, encoding), encoding, (repair,))
    try:
        return Decoded(raw.decode(encoding), encoding, (repair,))
    except UnicodeDecodeError:
        text = raw.decode(encoding, "replace")
    replaced = text.count("\ufffd")
    strange = len(text) - len(text.encode("ascii", "ignore"))
    # The last character of a page that was cut may be half
    if replaced > 0.01 * strange + (strange >= _MANY):
        return None
    return Decoded(text, encoding, (repair, REPLACED))


def _read_table(raw: bytes, encoding: str) -> str:
    """The bytes in an encoding of one byte a character; what is undefined in it is a control character."""
    return codecs.charmap_decode(raw, "strict", _table(encoding))[0]


@cache
def _table(encoding: str) -> str:
    return "".join(bytes([code]).decode(encoding, "ignore") or chr(code) for code in range(256))


# -- by guess ---------------------------------------------------------------------------------------------------------


def _sample(raw: bytes) -> bytes:
    """The first lines that have bytes beyond ASCII; of a giant line what is around the first of them."""
    lines, size, end = list[bytes](), 0, 0
    while size < _SAMPLE and (found := _STRANGE_BYTE.search(raw, end)):
        at = found.start()
        start = max(raw.rfind(b"\n", 0, at) + 1, at - _SAMPLE // 8)
        end = raw.find(b"\n", at, start + _SAMPLE)
        end = end if end >= 0 else min(start + _SAMPLE, len(raw))
        lines.append(raw[start:end])
        size += end - start
    return b"\n".join(lines)


def _guess(raw: bytes, sample: bytes) -> str | None:
    """The encoding in which the bytes make the best text, None where they make none in any."""
    texts = {encoding: _read_table(sample, encoding) for encoding in _WESTERN}
    misplaced = {encoding: _count_misplaced(text)[0] for encoding, text in texts.items()}
    western = min(_WESTERN, key=misplaced.__getitem__)
    count = sum(1 for byte in sample if byte > 0x7F)
    fits = misplaced[western] <= _MOST_MISPLACED * count and _is_hardly_accented(texts[western])
    if fits and _is_english(raw):
        return western
    other, coherence, western_coherence = _ask_charset_normalizer(sample, western)
    if fits and (other not in _LATIN or coherence < western_coherence + _CLEARLY_BETTER):
        return western
    if other == "cp1250" and not _C1.search(sample):
        # Czech and Polish in Windows-1250 have letters there, in ISO-8859-2 never; Hungarian is the same in both
        return "iso8859-2"
    if other:
        return codecs.lookup(other).name
    # A few strange bytes in an English text, such as line noise
    few = count < _FEW_STRANGE * len(raw) and misplaced[western] <= 0.5 * count
    return western if few or _is_english(raw) else None


def _ask_charset_normalizer(sample: bytes, western: str) -> tuple[str | None, float, float]:
    """Its first encoding whose characters stand where they belong; how coherent that is, and how the western one."""
    matches = list(from_bytes(sample, cp_isolation=[*_LATIN, *_OTHER]))
    coherence = {name: match.percent_coherence for match in matches for name in match.could_be_from_charset}
    for match in matches:
        text = str(match)
        bad, count = _count_misplaced(text)
        if match.encoding in _OTHER:
            fits = _touches_latin(text) <= _MOST_TOUCHING
        else:
            fits = bad <= _MOST_MISPLACED * count and _is_hardly_accented(text)
        if fits:
            return match.encoding, match.percent_coherence, coherence.get(western.replace("-", "_"), 0.0)
    return None, 0.0, 0.0


def _touches_latin(text: str) -> float:
    """The share of characters beyond ASCII that stand beside an ASCII letter though they are not Latin."""
    other = [at for at, char in enumerate(text[:_SAMPLE]) if char > "\u02ff" and char.isalpha()]
    touching = sum(1 for at in other if _ASCII_LETTER.search(text[max(at - 1, 0) : at + 2]))
    return touching / len(other) if other else 0.0


def _is_english(raw: bytes) -> bool:
    head = raw[:_HEAD]
    return len(_ENGLISH_WORD.findall(head)) > _ENGLISH_SHARE * len(head.split())


def _is_hardly_accented(text: str) -> bool:
    strange = sum(map(str.isalpha, _BEYOND_ASCII.findall(text)))
    return strange <= _MOST_ACCENTED * len(_LETTER.findall(text)) + 3


# -- characters among their neighbours --------------------------------------------------------------------------------

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ANYWHERE = frozenset("–—…\xa0•·")
_QUOTES = frozenset("“”«»‹›†‡")
_BEFORE_OPENING = frozenset(" \t\n\r\xa0([{-–—/\"'“‘«„")
_MONEY = frozenset("£€¥¢")
_RAISED = frozenset("²³¹°ºª½¼¾®™")
_WORDS_OF_ONE_LETTER = frozenset("àáâèéêìíòóùúôÀÁÉÈ")
_BLANK = frozenset(" \t\n\r\xa0")
_BARS = frozenset("─═│║█▓▒░▄▀")


def _count_misplaced(text: str, before: str = "", after: str = "") -> tuple[int, int]:
    """How many characters beyond ASCII stand where no text has them, and how many there are."""
    padded = f"{before or ' '}{text}{after or ' '}"
    places = [match.start() for match in _BEYOND_ASCII.finditer(padded, 1, len(text) + 1)]
    bad = sum(1 for at in places if not _stands_well(padded[at - 1], padded[at], padded[at + 1 : at + 3]))
    return bad, len(places)


def _stands_well(before: str, char: str, behind: str) -> bool:
    """Whether a text may have the character there: '“' beside a word, '£' not behind a small letter."""
    after = behind[0]
    if char in _ANYWHERE:
        return True
    if char in "’‘":
        return before not in _BLANK or after.isalnum()
    if char in "„‚¡¿":
        return not before.isalnum() and after not in _BLANK
    if char in _QUOTES:
        return not (before.isalnum() and after.isalnum())
    if char in _MONEY:
        return not before.islower() or after.isdigit()
    if char in _RAISED:
        return (before.isalnum() or (before in _BLANK and char in "½¼¾")) and (
            not after.isalpha() or (char == "°" and after in "CFNSEW")
        )
    if char in "´`\xad":
        return before.isalpha() and after.isalpha()
    if char in "©±×§¶":
        return not before.isalpha() and not after.islower()
    if "\u2500" <= char <= "\u25ff":
        is_alone = before in _BLANK and after in _BLANK and (char in _BARS or char > "\u259f")
        return is_alone or any(beside == char or beside in _BARS for beside in (before, after))
    return _is_latin(char) and _stands_as_letter(before, char, behind)


def _is_latin(char: str) -> bool:
    return char.isalpha() and ("\xc0" <= char < "\u0180" or char in "ȘșȚțﬁﬂ")


def _stands_as_letter(before: str, char: str, behind: str) -> bool:
    after = behind[0]
    if not before.isalpha() and not after.isalpha():
        return char in _WORDS_OF_ONE_LETTER and before in _BLANK and after in _BLANK
    if char.isupper():
        # Not 'donÕt', 'ISILÕs', 'ÑMike' or 'ÄÄÄÄ'
        in_name = (before.isupper() and after.islower()) or (after.isupper() and behind[1:].islower())
        return not before.islower() and not in_name and not before == char == after
    if char == "ÿ":
        return after.isalpha()
    # 'Été', 'façade', 'à la'; not '3é', nor 'ìIt'
    return before.isalpha() or (before in _BEFORE_OPENING | {"’"} and not after.isupper())
