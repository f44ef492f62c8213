"""How often one may try to sign in: by the address that tries, and by the name that is tried."""

import ipaddress
import threading
import time
from collections import deque

from app.errors import TooManyRequests

WITHIN_S = 300.0
FROM_AN_ADDRESS = 30
FOR_A_NAME = 10
SWEPT_AT = 10_000  # names and addresses, after which those of long ago are forgotten


class SignInLimits:
    """Counts tries in this process; what succeeds is forgiven its name, not its address."""

    def __init__(self) -> None:
        self._tries: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, address: str | None, login: str) -> None:
        """Count a try; refused when there were too many. Called before the password is looked at."""
        with self._lock:
            if address is not None:
                self._hit(FROM_AN_ADDRESS, "address", network_of(address))
            self._hit(FOR_A_NAME, "login", login)

    def forgive(self, login: str) -> None:
        """Somebody has shown to be the one who signs in by this name."""
        with self._lock:
            self._tries.pop(("login", login), None)

    def _hit(self, most: int, kind: str, name: str) -> None:
        now = time.monotonic()
        if len(self._tries) > SWEPT_AT:
            recent = {key: each for key, each in self._tries.items() if each[-1] > now - WITHIN_S}
            self._tries = recent
        tries = self._tries.setdefault((kind, name), deque(maxlen=most))
        if len(tries) == most and tries[0] > now - WITHIN_S:
            raise TooManyRequests(
                "There were too many tries to sign in. Try again in five minutes."
            )
        tries.append(now)


def network_of(address: str) -> str:
    """An address as it is counted: a household has 2^64 of the newer kind."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
