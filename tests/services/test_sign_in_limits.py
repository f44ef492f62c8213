from collections.abc import Iterable

import pytest

from app.errors import TooManyRequests
from app.services.sign_in_limits import FOR_A_NAME, FROM_AN_ADDRESS, FROM_THERE, SignInLimits


def looked_at(limits: SignInLimits, tries: Iterable[tuple[str | None, str]]) -> int:
    """How many of these wrong passwords are looked at."""
    seen = 0
    for address, login in tries:
        try:
            limits.count(address, login)
        except TooManyRequests:
            continue
        seen += 1
    return seen


def test_guessing_from_one_place_keeps_out_nobody_elsewhere() -> None:
    limits = SignInLimits()
    assert looked_at(limits, [("203.0.113.1", "anna")] * 500) == FROM_THERE
    assert looked_at(limits, [("203.0.113.2", "anna")]) == 1


def test_guessing_from_many_places_ends_too() -> None:
    limits = SignInLimits()
    tries = [(f"203.0.113.{each % 200}", "anna") for each in range(400)]
    assert looked_at(limits, tries) == FOR_A_NAME
    assert looked_at(limits, [("203.0.113.1", "boris")]) == 1


def test_who_signs_in_counts_against_nobody() -> None:
    limits = SignInLimits()
    for number in range(3 * FOR_A_NAME):
        for login in ("anna", f"person {number}"):
            limits.count("203.0.113.1", login)
            limits.forgive("203.0.113.1", login)
    tries = [("203.0.113.1", f"name {number}") for number in range(100)]
    assert looked_at(limits, tries) == FROM_AN_ADDRESS


def test_who_signs_in_takes_back_no_others_tries() -> None:
    limits = SignInLimits()
    address = "203.0.113.1"
    wrong = [(address, f"name {number}") for number in range(FROM_AN_ADDRESS - 1)]
    assert looked_at(limits, wrong) == FROM_AN_ADDRESS - 1
    limits.count(address, "anna")
    limits.forgive(address, "anna")
    assert looked_at(limits, [(address, "x"), (address, "y")]) == 1


def test_the_addresses_of_a_household_are_one() -> None:
    limits = SignInLimits()
    tries = [(f"2001:db8::{each:x}", "anna") for each in range(20)]
    assert looked_at(limits, tries) == FROM_THERE


@pytest.mark.parametrize("address", [None, "testclient"])
def test_a_success_forgives_typing_errors(address: str | None) -> None:
    limits = SignInLimits()
    for _ in range(3):
        assert looked_at(limits, [(address, "anna")] * (FROM_THERE - 1)) == FROM_THERE - 1
        limits.count(address, "anna")
        limits.forgive(address, "anna")
