"""Character references of HTML and XML, such as '&eacute;' and '&#8217;'."""

import html
import re

# Python refuses to read numbers of thousands of digits; no character has one of more than seven.
_MANY_ZEROS = re.compile(r"&#([xX]?)0{7,}(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#(?:[1-9]\d{7,}|[xX][1-9a-fA-F][0-9a-fA-F]{6,});?")


def unescape(text: str) -> str:
    """TEXT with all references read, as a browser would; U+FFFD for numbers that no character has. Raises nothing."""
    if "&" not in text:
        return text
    return html.unescape(_NO_CHARACTER.sub("\ufffd", _MANY_ZEROS.sub(r"&#\1", text)))
