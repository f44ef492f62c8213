"""Addresses: how they read, where they lead, and which may be shown to the public."""

import ipaddress
import posixpath
import re
from contextlib import suppress
from urllib.parse import unquote, urlsplit

_INSIDE = (".local", ".internal", ".localhost", ".lan", ".home", ".test", ".invalid")
_ENCODED_NAME = re.compile(r"\bxn--([a-z0-9-]{1,59})(?![a-z0-9-])", re.ASCII | re.IGNORECASE)
_NAMED_WITHIN = re.compile(r"(?<=.)https?:/+[^\s/].*", re.IGNORECASE)
_SAME_SITE = re.compile(r"^(www|m|mobile)\.")


def is_public(url: str) -> bool:
    """Whether `url` is an http address with a public host, by its looks; nothing is resolved."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        return False
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        return False
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_global
    return "." in host and not host.endswith(_INSIDE)


def public_address(url: str) -> str:
    """`url` as it is; ValueError unless it may be shown to the public."""
    if not is_public(url):
        raise ValueError("must be an http or https address that the public can open")
    return url


def decoded(text: str) -> str:
    """`text` with what is percent-encoded in it, and the names of hosts, as people read them."""
    return _ENCODED_NAME.sub(_as_it_reads, unquote(text))


def places(url: str) -> frozenset[str]:
    """Where `url` leads and which other addresses it names, as an archive's or a redirect's does.

    What shows the same is one place: scheme, case, `www.`, query and fragment tell none apart.
    """
    return frozenset(map(_place, (url, *_NAMED_WITHIN.findall(decoded(url)))))


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = _SAME_SITE.sub("", decoded(parts.hostname or "").rstrip("."))
    path = posixpath.normpath("/" + decoded(parts.path).strip("/")).rstrip("/")
    return f"{host}{path}".casefold()


def _as_it_reads(found: re.Match[str]) -> str:
    try:
        return found[1].lower().encode().decode("punycode")
    except UnicodeError:
        return found[0]
