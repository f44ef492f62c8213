"""Which addresses may be sent to: a URL is read once, resolved once, and every result is checked.

The caller connects to what was checked here and to nothing else, so a name that changes its
answer between check and connection (DNS rebinding) gains nothing. The refused ranges are Microsoft
AntiSSRF's `IPAddressRanges.recommended_latest`, made from the IANA special-purpose registries.
"""

import ipaddress
import socket
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Private = bool | tuple[Network, ...]
"""The private addresses that may be sent to: all, none, or those in some networks."""

URL_MAX_CHARS = 2048
DEFAULT_PORTS = {"https": 443, "http": 80}
# The package lacks IPv4 addresses spelt as IPv4-compatible and as IPv4-translated ones.
IPV4_WITHIN_IPV6 = ("::/96", "::ffff:0:0:0/96")


def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# Cloud metadata over IPv6, among the addresses of private networks: AWS, Google, Oracle.
METADATA = _networks(("fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128"))


@cache
def _refused() -> tuple[Network, ...]:
    # The package brings an HTTP client along, five megabytes for a process that sends nothing.
    from AntiSSRF import IPAddressRanges  # noqa: PLC0415

    return _networks((*IPAddressRanges.recommended_latest, *IPV4_WITHIN_IPV6))


@cache
def _private() -> tuple[Network, ...]:
    """A desk's own network. Link-local addresses (most cloud metadata) are no receivers, ever."""
    from AntiSSRF import IPAddressRanges  # noqa: PLC0415  as above

    ranges = IPAddressRanges
    return _networks((*ranges.private_use, *ranges.loopback, *ranges.unique_local))


class AddressRefused(Exception):
    """The URL, or an address that its host stands for, may not be sent to."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a URL that a request needs."""

    secure: bool
    host: str
    port: int
    path: str


def read_url(url: str, *, allow_private: Private, plain_http: bool = False) -> Target:
    """The parts of `url`; refuses what can be refused without asking a name server."""
    if len(url) > URL_MAX_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(
            f"The URL must be at most {URL_MAX_CHARS} printable ASCII characters without spaces."
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused(f"This is not a URL: {error}.") from error
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise AddressRefused("The URL must start with https:// and name a host.")
    if parts.scheme == "http" and not (allow_private or plain_http):
        raise AddressRefused("Plain http is refused: use https.")
    if parts.username is not None or parts.fragment:
        raise AddressRefused("The URL must hold neither a user name nor a fragment.")
    _check_literal(host, allow_private=allow_private)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or DEFAULT_PORTS[parts.scheme], path)


def resolve(target: Target, *, allow_private: Private) -> list[Address]:
    """The addresses behind the target's host; one refused address refuses them all."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"The host name does not resolve: {error}.") from error
    addresses = [ipaddress.ip_address(str(info[4][0])) for info in found]
    for address in addresses:
        _check(address, allow_private=allow_private)
        if not target.secure and isinstance(allow_private, tuple):
            _check_plain(address, allow_private)
    return list(dict.fromkeys(addresses))


def _check_literal(host: str, *, allow_private: Private) -> None:
    literal = _literal(host)
    if literal is not None:
        _check(literal, allow_private=allow_private)
    elif not allow_private and (host == "localhost" or host.endswith(".localhost")):
        raise AddressRefused(f"The host {host} is this machine itself.")


def _literal(host: str) -> Address | None:
    """The address that `host` spells out, also as 127.1, 2130706433 or 0x7f000001."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _check(address: Address, *, allow_private: Private) -> None:
    plain = getattr(address, "ipv4_mapped", None) or address
    allowed = allow_private if isinstance(allow_private, tuple) else _private()
    local = _within(plain, _private()) and not _within(plain, METADATA)
    if allow_private and local and _within(plain, allowed):
        return
    if _within(plain, _refused()):
        raise AddressRefused(f"The address {plain} is private, local or reserved.")


def _check_plain(address: Address, allowed: tuple[Network, ...]) -> None:
    if not _within(getattr(address, "ipv4_mapped", None) or address, allowed):
        raise AddressRefused(f"Plain http is refused to {address}: use https.")


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == net.version and address in net for net in networks)
