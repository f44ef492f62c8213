"""Noticing a clock that was set back."""

from datetime import datetime, timedelta

from app import db
from app.services.set_back import Watch


def test_only_a_clock_that_is_set_back_is_told() -> None:
    shown: list[datetime] = [db.now()]
    watch = Watch(lambda: shown[-1])
    assert watch.was_set_back()
    told = []
    for minutes in (0, 60 * 24, -60, 0, 1):
        shown.append(shown[-1] + timedelta(minutes=minutes))
        told.append(watch.was_set_back())
    assert told == [False, False, True, False, False]
