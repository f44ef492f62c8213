"""How often one may try to sign in: by a name from one address, from an address, and by a name."""

import ipaddress
import threading
import time
from collections import deque

from app.errors import TooManyRequests

WITHIN_S = 300.0
FROM_THERE = 10
"""For one name from one address. `FOR_A_NAME` is far higher, or others' guesses keep its owner out."""
FROM_AN_ADDRESS = 30
FOR_A_NAME = 100
SWEPT_AT = 10_000  # names and addresses, after which those of long ago are forgotten

type _Key = tuple[str, str]


class SignInLimits:
    """Counts tries in this process until they succeed; those refused here count for nothing."""

    def __init__(self) -> None:
        self._tries: dict[_Key, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, address: str | None, login: str) -> None:
        """Count a try; refused when there were too many. Called before the password is looked at."""
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            limits = _limits(address, login)
            if any(self._is_full(key, most, now) for key, most in limits.items()):
                raise TooManyRequests(
                    "There were too many tries to sign in. Try again in five minutes."
                )
            for key, most in limits.items():
                self._tries.setdefault(key, deque(maxlen=most)).append(now)

    def forgive(self, address: str | None, login: str) -> None:
        """Somebody has shown to be the one who signs in by this name.

        Their typing errors from there are forgotten. Elsewhere only this try is taken back, or else
        whoever has a password of their own could guess on and on.
        """
        with self._lock:
            for key in _limits(address, login):
                tries = self._tries.pop(key, None)
                if tries and len(tries) > 1 and key[0] != "there":
                    tries.pop()
                    self._tries[key] = tries

    def _is_full(self, key: _Key, most: int, now: float) -> bool:
        tries = self._tries.get(key)
        return tries is not None and len(tries) == most and tries[0] > now - WITHIN_S

    def _sweep(self, now: float) -> None:
        if len(self._tries) > SWEPT_AT:
            recent = {key: each for key, each in self._tries.items() if each[-1] > now - WITHIN_S}
            self._tries = recent


def _limits(address: str | None, login: str) -> dict[_Key, int]:
    """What a try is counted under, each with how many tries there may be under it."""
    network = network_of(address) if address is not None else ""
    limits = {("there", f"{network} {login}"): FROM_THERE, ("login", login): FOR_A_NAME}
    return limits | {("address", network): FROM_AN_ADDRESS} if network else limits


def network_of(address: str) -> str:
    """The address that a try is counted under: of IPv6 its /64, since a household has all of that."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
