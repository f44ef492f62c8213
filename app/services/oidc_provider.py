"""What an identity provider publishes of itself: its endpoints and its keys, read when needed."""

import ipaddress
import json
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog

from app import outbound
from app.errors import Busy

TIMEOUT_S = 10.0
KEPT_S = 3600.0
RENEWED_AT_MOST_EVERY_S = 60.0
MOST_ASKING = 8
# Anybody can come back with a code, and waits for the provider in a thread of the web process.
_asking = threading.Semaphore(MOST_ASKING)

log = structlog.get_logger(__name__)


class PublishedProvider:
    """Reads the discovery document and the keys over TLS, and keeps them for an hour."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    @property
    def takes_basic(self) -> bool:
        """Whether the desk may show its secret in a header, which is the usual way."""
        methods = self._document().get("token_endpoint_auth_methods_supported")
        return not methods or "client_secret_basic" in methods

    def endpoint(self, name: str) -> str:
        """The address that the document gives for `name`."""
        found = self._document().get(name)
        if not isinstance(found, str):
            raise _unusable(f"the discovery document has no {name}")
        return _checked(found)

    def offered(self, name: str) -> str | None:
        """The address that the document gives for `name`; None where it gives none."""
        found = self._document().get(name)
        return _checked(found) if isinstance(found, str) else None

    def keys(self) -> dict[str, Any]:
        """The keys that ID tokens are signed with."""
        return self._read(self.endpoint("jwks_uri"))

    def renew_keys(self) -> bool:
        """Forget the kept keys, so that they are read anew; False if they are less than a minute old."""
        address = self.endpoint("jwks_uri")
        with self._lock:
            kept = self._kept.get(address)
            is_old = kept is not None and kept[0] < time.monotonic() - RENEWED_AT_MOST_EVERY_S
            if is_old:
                del self._kept[address]
        return is_old

    def redeem(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        """What the token endpoint gives for a code; nothing if it refuses."""
        return _object(_asked(self.endpoint("token_endpoint"), headers, body))

    def _document(self) -> dict[str, Any]:
        base = _checked(self._issuer).rstrip("/")
        found = self._read(f"{base}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise _unusable("the discovery document is another issuer's")
        return found

    def _read(self, address: str) -> dict[str, Any]:
        with self._lock:
            kept = self._kept.get(address)
        if kept is not None and kept[0] > time.monotonic() - KEPT_S:
            return kept[1]
        found = _object(_asked(address, {"Accept": "application/json"}, None))
        if found is None:
            raise _unusable(f"{address} gives no JSON object")
        with self._lock:
            self._kept[address] = (time.monotonic(), found)
        return found


def _asked(address: str, headers: Mapping[str, str], body: bytes | None) -> outbound.Whole:
    if not _asking.acquire(blocking=False):
        raise _unusable(f"it has not answered {MOST_ASKING} that ask it already")
    try:
        return outbound.ask(address, headers, body, timeout_s=TIMEOUT_S, allow_private=True)
    except (outbound.SendFailed, outbound.AddressRefused) as error:
        raise _unusable(str(error)) from error
    finally:
        _asking.release()


def _object(answer: outbound.Whole) -> dict[str, Any] | None:
    try:
        found = json.loads(answer.body) if answer.status_code == 200 else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _checked(address: str) -> str:
    """The address, if nobody between here and there can read or change what is said."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise _unusable(f"{address} is not https")
    return address


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(reason: str) -> Busy:
    log.error("oidc.unusable", reason=reason)
    return Busy("The identity provider cannot be asked at the moment. Try again later.")
