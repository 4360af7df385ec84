"""The outlet that published an article, by name.

Comes in: what the record states as its publisher, and its address. Goes out: the name as people know it
(`seeds/outlets.csv`, by domain), or None where nothing names one: a host alone is no publisher.
"""

import re
from functools import cache

from transforms.lexicon import read_seed
from transforms.urls import host_of

_DOMAIN = re.compile(r"(?:https?://)?(?P<host>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_NOTHING = frozenset({"none", "null", "nan", "n/a", "unknown", "undefined", "-"})


def name_publisher(stated: str | None, url: str | None) -> str | None:
    """The stated name; where a domain is stated its outlet's name, else the domain; else the outlet of the address."""
    name = " ".join((stated or "").split())
    if name and name.lower() not in _NOTHING:
        # "Nature.com" and "tagesschau.de" are domains as well as names; the seed says under which name they are known.
        domain = _DOMAIN.fullmatch(name)
        return (find_outlet(domain["host"]) or _bare_host(domain["host"])) if domain else name
    return find_outlet(host_of(url)) if url else None


def find_outlet(host: str | None) -> str | None:
    """The name of the outlet whose domain is the longest end of the host: 'news.bbc.co.uk' is BBC News."""
    labels = (host or "").lower().rstrip(".").split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((name for domain in domains if (name := _outlets().get(domain))), None)


@cache
def agency_names() -> dict[str, str]:
    """Names of news agencies as the seed spells them, by the name in small letters without its article."""
    rows = read_seed("outlets")
    return {row["name"].lower().removeprefix("the "): row["name"] for row in rows if row["kind"] == "agency"}


@cache
def outlet_names() -> frozenset[str]:
    """Names of outlets that are no agencies, in small letters without their article."""
    rows = read_seed("outlets")
    return frozenset(row["name"].lower().removeprefix("the ") for row in rows if row["kind"] != "agency")


@cache
def _outlets() -> dict[str, str]:
    return {row["domain"]: row["name"] for row in read_seed("outlets")}


def _bare_host(host: str) -> str:
    return host.lower().removeprefix("www.")
