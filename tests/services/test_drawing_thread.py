"""Whoever waits for a picture does not wait for ever, whatever the drawing thread hangs on."""

import threading

import pytest

from app.errors import Busy
from app.services import drawing_thread


def test_who_waits_behind_a_picture_that_hangs_is_told_to_ask_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing_thread, "PATIENCE_S", 0.05)
    let_go = threading.Event()
    try:
        for work in (let_go.wait, len):
            with pytest.raises(Busy, match="Ask again"):
                drawing_thread.drawn(work, *([] if work is not len else [b"x"]))
    finally:
        let_go.set()
    monkeypatch.undo()
    assert drawing_thread.drawn(len, b"xy") == 2


def test_a_failure_of_the_work_itself_stays_what_it_is() -> None:
    def fail() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        drawing_thread.drawn(fail)
