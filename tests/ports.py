"""Ports for servers that tests start, never given twice, however many test processes run at once."""

import socket

# Below what the kernel hands out by itself, from 32768 on.
FIRST, LAST = 20_000, 32_000

_claims: list[socket.socket] = []


def free_port() -> int:
    """A loopback port that nobody listens on and no other test process is given until this one ends."""
    for port in range(FIRST, LAST):
        claim = socket.socket(socket.AF_UNIX)
        try:
            # A name without a file, of which the kernel lets one process be the owner.
            claim.bind(f"\0provenance-tests-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise AssertionError(f"No port from {FIRST} to {LAST} is free.")
