"""Passwords: what is accepted as one, and their Argon2id hashes."""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Unprocessable

SHORTEST, LONGEST = 12, 200
TELLING = 4  # fewer letters of a name are in many words

# OWASP's parameters of least memory: the web process has little, and uploads to carry.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.Semaphore(2)


@cache
def _nobodys() -> str:
    """A hash to compare with where there is no person, so that both take as long."""
    return _hasher.hash("")


def check(password: str, login: str) -> None:
    """Refuse what is too short, too long, or made of the name that its owner signs in by."""
    if not SHORTEST <= len(password) <= LONGEST:
        detail = (
            f"A password has {SHORTEST} to {LONGEST} characters; several words are easy to keep."
        )
        raise Unprocessable(detail)
    holds_name = len(login) >= TELLING and login in password.casefold()
    if holds_name or len(set(password)) < TELLING:
        raise Unprocessable("This password is too easy to guess.")


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _at_once:
        return _hasher.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none."""
    with _at_once:
        # Made for the first try whosever it is: it must not tell names that are known from others.
        nobodys = _nobodys()
        try:
            is_right = _hasher.verify(kept or nobodys, _plain(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return is_right and kept is not None


def _plain(password: str) -> str:
    # Keyboards differ in how they write the same letter.
    return unicodedata.normalize("NFKC", password)
