"""Addresses that may be shown to the public: on the web, and not inside somebody's house."""

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

_INSIDE = (".local", ".internal", ".localhost", ".lan", ".home", ".test", ".invalid")


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
