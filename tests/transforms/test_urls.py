"""Addresses in the one form that tells articles apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.urls import canonical_url


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("HTTPS://News.Example/A/b", "https://news.example/A/b"),
        ("http://news.example", "http://news.example/"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "http://news.example/a"),
        ("https://news.example:80/a", "https://news.example:80/a"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=z", "https://news.example/a"),
        ("https://news.example/a?CMP=rss&xtor=7&at_medium=x", "https://news.example/a"),
        ("https://news.example/a?id=7&utm_campaign=x&page=", "https://news.example/a?id=7&page="),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://news.example/a?q=%20x&r=a+b", "https://news.example/a?q=+x&r=a+b"),
        ("https://news.example/a?q=caf%e9", "https://news.example/a?q=caf%E9"),
        ("https://news.example/a;jsessionid=0AB?PHPSESSID=1&x=2", "https://news.example/a?x=2"),
        ("  https://news.example/a  ", "https://news.example/a"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://user:word@news.example/a", "https://news.example/a"),
        ("https://news.example/caf%c3%a9", "https://news.example/caf%C3%A9"),
        ("https://news.example/café", "https://news.example/caf%C3%A9"),
        ("https://news.example/%61%2Fb%20c", "https://news.example/a%2Fb%20c"),
        ("https://news.example/a b", "https://news.example/a%20b"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://news.example//wiki/Bridge,_the", "https://news.example//wiki/Bridge,_the"),
        ("//news.example/a", "https://news.example/a"),
        ("www.news.example/a", "https://www.news.example/a"),
        ("https://news.example/a/amp", "https://news.example/a/amp"),
        ("https://news.example/a?outputType=amp", "https://news.example/a?outputType=amp"),
        ("https://news.example:port/a", None),
        ("https://[broken/a", None),
        ("https://a b.example/", None),
        ("ftp://news.example/a", None),
        ("mailto:ann@news.example", None),
        ("javascript:void(0)", None),
        ("news.example/a", None),
        ("https:///a", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_loses_what_does_not_tell_articles_apart(value: str | None, expected: str | None) -> None:
    assert canonical_url(value) == expected
    assert canonical_url(expected) == expected


@given(st.text(max_size=40), st.sampled_from(["", "https://a.example/", "https://a.example/?", "https://", "www."]))
def test_no_text_raises_and_an_address_once_made_stays(text: str, start: str) -> None:
    made = canonical_url(start + text)
    assert canonical_url(made) == made
    assert made is None or made.isascii()
