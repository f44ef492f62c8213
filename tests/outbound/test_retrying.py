"""When a failed delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from app.outbound.retrying import SCHEDULE_S, next_attempt

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("Fri, 01 May 2026 12:10:00 GMT", 600),
        ("999999999", 86_400),
        ("-5", 0),
        ("soon", 0),
        ("9" * 400, 86_400),
        ("Fri, 01 May 2026 12:10:00 +99999999999999999999", 0),
        ("Fri, 99999999999999999999 May 2026 12:10:00 GMT", 0),
        ("Fri, 01 May 2020 12:10:00 GMT", 0),
        (None, 0),
    ],
)
def test_a_receiver_says_when_to_try_again(asked: str | None, seconds: int) -> None:
    assert next_attempt(1, asked, NOW, (0, 0)) == NOW + timedelta(seconds=seconds)


def test_retry_after_never_hastens_the_schedule() -> None:
    again = next_attempt(3, "1", NOW, SCHEDULE_S)
    assert again is not None
    assert again >= NOW + timedelta(seconds=1800)


def test_the_schedule_ends() -> None:
    assert next_attempt(len(SCHEDULE_S), "60", NOW, SCHEDULE_S) is None
