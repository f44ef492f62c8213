"""What one upload's steps are held against: a bare decode, and one that leaves out what ours does."""

from pathlib import Path

from app.core.decoding import decode
from benchmarks.pipeline import LEFT_OUT, ONE_THREAD, bare_decode


def test_the_decodes_beside_ours_have_one_thread_and_what_it_leaves_out() -> None:
    assert decode.SPARING == LEFT_OUT
    command = bare_decode(Path("a.mp4"), *LEFT_OUT)
    told = command[: command.index("-i")]
    assert {*ONE_THREAD, *LEFT_OUT} <= set(told)
    assert not {*LEFT_OUT} & set(bare_decode(Path("a.mp4")))
