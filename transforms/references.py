"""Character references of HTML and XML, such as '&eacute;' and '&#8217;'."""

import html
import re

# Python refuses to read numbers of thousands of digits; no character has one of more than seven.
_MANY_ZEROS = re.compile(r"&#([xX]?)0{7,}(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#(?:[1-9]\d{7,}|[xX][1-9a-fA-F][0-9a-fA-F]{6,});?")


_NUMBER = re.compile(r"&#(?:0*(\d{1,7})|[xX]0*([0-9a-fA-F]{1,6}))(?![0-9a-fA-F]);?")


def drop_controls(markup: str) -> str:
    """MARKUP without references to what is no character of XML, such as '&#1;': libxml2 takes them into its tree of a
    page, and then refuses to move them."""
    return _NUMBER.sub(_keep_character, markup) if "&#" in markup else markup


def _keep_character(match: re.Match[str]) -> str:
    number = int(match[1]) if match[1] else int(match[2], 16)
    is_character = 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    return match[0] if is_character or number in {9, 10, 13} else ""


def unescape(text: str) -> str:
    """TEXT with all references read, as a browser would; U+FFFD for numbers that no character has. Raises nothing."""
    if "&" not in text:
        return text
    return html.unescape(_NO_CHARACTER.sub("\ufffd", _MANY_ZEROS.sub(r"&#\1", text)))
