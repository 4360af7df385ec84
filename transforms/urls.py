"""The address of an article in the one form that tells articles apart.

Comes in: an address as a record has it. Goes out: the canonical one, or None for what is no address of the web.

Kept as they are: doubled slashes, the order of parameters, the difference of http and https and of `www.`, and
addresses of AMP pages (`/amp`, `amp.`). Sites differ in what these mean, and one article under two addresses is found
again by its text, while two articles under one address would replace each other.
"""

import re
from functools import cache
from urllib.parse import SplitResult, quote_plus, unquote_plus, unquote_to_bytes, urlsplit, urlunsplit

from transforms.lexicon import read_seed

_DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986: what never needs an escape, and what may stand in a path as it is.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_MARKS = frozenset(b"!$&'()*+,;=:@/")
_ESCAPE = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_BARE_HOST = re.compile(r"www\.[\w-]+(?:\.[\w-]+)+(?=[/?#:]|$)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)


def canonical_url(value: str | None) -> str | None:
    """The address without fragment, tracking parameters and session, with scheme and host in small letters.

    Hosts outside ASCII are in Punycode, escapes in capitals and only where they are needed. `www.news.example/a` and
    `//news.example/a` are taken as https. None for what is no address of http or https.
    """
    if not value:
        return None
    try:
        parts = urlsplit(_with_scheme(value.strip()))
        scheme = parts.scheme.lower()
        host = _host_of(parts)
        if scheme not in _DEFAULT_PORTS or not host:
            return None
        port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS[scheme] else ""
    except ValueError:
        return None
    path = _normalise_escapes(_PATH_SESSION.sub("", parts.path)) or "/"
    return urlunsplit((scheme, f"{host}{port}", path, _normalise_query(parts.query), ""))


def host_of(url: str | None) -> str | None:
    """The host of an address in small letters, without its port; None where there is none."""
    try:
        return (urlsplit(url).hostname or None) if url else None
    except ValueError:
        return None


def _with_scheme(address: str) -> str:
    if address.startswith("//"):
        return f"https:{address}"
    return f"https://{address}" if not _SCHEME.match(address) and _BARE_HOST.match(address) else address


def _host_of(parts: SplitResult) -> str | None:
    """The host in ASCII. Raises ValueError (UnicodeError is one) where it can be none."""
    host = parts.hostname
    if not host or ":" in host:
        return f"[{host}]" if host else None
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    return host.rstrip(".") if _HOST.match(host) else None


def _normalise_escapes(path: str) -> str:
    """Escapes that are not needed taken off, the others in capitals; characters that need one get it."""
    return "".join(
        _escape(unquote_to_bytes(part), _UNRESERVED) if no % 2 else _escape(part.encode("utf-8", "surrogatepass"))
        for no, part in enumerate(_ESCAPE.split(path))
    )


def _normalise_query(query: str) -> str:
    """The parameters in their order without those of tracking; by bytes, since not all escapes are UTF-8."""
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return "&".join(
        f"{_requote(name)}={_requote(value)}" for name, value in pairs if not _is_tracking(unquote_plus(name))
    )


def _requote(text: str) -> str:
    return quote_plus(unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogatepass")))


def _escape(raw: bytes, plain: frozenset[int] = _UNRESERVED | _PATH_MARKS) -> str:
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in raw)


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of parameters that say where a reader came from, and beginnings of such names."""
    names = [row["parameter"] for row in read_seed("tracking_parameters")]
    prefixes = tuple(name[:-1] for name in names if name.endswith("*"))
    return frozenset(name for name in names if not name.endswith("*")), prefixes


def _is_tracking(name: str) -> bool:
    names, prefixes = _tracking()
    lowered = name.lower()
    return lowered in names or lowered.startswith(prefixes)
