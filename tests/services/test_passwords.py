import time

import pytest

from app.errors import Unprocessable
from app.services import passwords


def cpu_s(kept: str | None) -> float:
    start = time.process_time()
    assert not passwords.matches(kept, "wrong")
    return time.process_time() - start


def test_nobodys_password_takes_as_long_as_anybodys() -> None:
    kept = passwords.hashed("three plain words")
    known = min(cpu_s(kept) for _ in range(5))
    unknown = min(cpu_s(None) for _ in range(5))
    assert unknown == pytest.approx(known, rel=0.5)


def test_a_password_is_the_same_on_every_keyboard() -> None:
    kept = passwords.hashed("Caf\u00e9 an der Ecke")
    assert passwords.matches(kept, "Cafe\u0301 an der Ecke")
    assert not passwords.matches(kept, "Cafe an der Ecke")
    assert not passwords.matches(None, "")
    assert not passwords.matches("no hash", "x")


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "anna1234 anna", "aaaaaaaaaaaaaa", "abababababab"]
)
def test_what_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Unprocessable):
        passwords.check(password, "anna")
