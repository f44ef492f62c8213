"""When a failed delivery is tried again: the schedule that Standard Webhooks recommends."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Before each attempt, counted from the one before; 75 hours in all.
SCHEDULE_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Spreads what failed together, so that a receiver that comes back is not hit by all of it at once.
JITTER = 0.1
RETRY_AFTER_MAX_S = 86_400.0


def next_attempt(
    failed_attempts: int, retry_after: str | None, now: datetime, schedule_s: tuple[float, ...]
) -> datetime | None:
    """When to try again after `failed_attempts`; None when the schedule is used up."""
    if failed_attempts >= len(schedule_s):
        return None
    planned_s = schedule_s[failed_attempts] * random.uniform(1, 1 + JITTER)  # noqa: S311
    return now + timedelta(seconds=max(planned_s, _asked_for_s(retry_after, now)))


def _asked_for_s(retry_after: str | None, now: datetime) -> float:
    """The seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3), at most a day."""
    if retry_after is None:
        return 0.0
    try:
        seconds: float = int(retry_after)  # of any length: no float before it is within limits
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
        except (ValueError, OverflowError):
            return 0.0
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return float(min(max(seconds, 0), RETRY_AFTER_MAX_S))
