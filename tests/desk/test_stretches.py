import pytest

from app.desk import stretches
from app.errors import Unprocessable
from app.schemas.fields import TimeRange


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ""),
        ("5", "0:05"),
        ("0:05 - 0:12.5,1:30", "0:05–0:12.5, 1:30"),
        ("1:02:03.004 — 1:02:04;\n90", "1:02:03.004–1:02:04, 1:30"),
        ("61:00-3661", "1:01:00–1:01:01"),
    ],
)
def test_what_is_typed_is_written_in_one_way(typed: str, written: str) -> None:
    read = stretches.read(typed)
    assert stretches.written(read) == written
    assert stretches.read(written) == read


def test_no_millisecond_is_lost() -> None:
    given = [TimeRange(start_ms=1, end_ms=59_999), TimeRange(start_ms=3_600_000, end_ms=3_600_010)]
    assert stretches.read(stretches.written(given)) == given


@pytest.mark.parametrize("typed", ["soon", "1:2:3:4", "0:05–", "-5", "0:09–0:05", "1e3"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Unprocessable):
        stretches.read(typed)
