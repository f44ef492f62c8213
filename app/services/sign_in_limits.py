"""How often one may try to sign in: by the address that tries, and by the name that is tried."""

import ipaddress

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.errors import TooManyRequests

FROM_AN_ADDRESS = parse("30 per 5 minutes")
FOR_A_NAME = parse("10 per 5 minutes")


class SignInLimits:
    """Counts tries in this process; what succeeds is forgiven its name, not its address."""

    def __init__(self) -> None:
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def count(self, address: str | None, login: str) -> None:
        """Count a try; refused when there were too many. Called before the password is looked at."""
        if address is not None:
            self._hit(FROM_AN_ADDRESS, "address", network_of(address))
        self._hit(FOR_A_NAME, "login", login)

    def forgive(self, login: str) -> None:
        """Somebody has shown to be the one who signs in by this name."""
        self._counts.clear(FOR_A_NAME, "login", login)

    def _hit(self, limit: RateLimitItem, *names: str) -> None:
        if not self._counts.hit(limit, *names):
            raise TooManyRequests(
                "There were too many tries to sign in. Try again in five minutes."
            )


def network_of(address: str) -> str:
    """An address as it is counted: a household has 2^64 of the newer kind."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
