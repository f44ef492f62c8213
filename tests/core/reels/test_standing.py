"""A picture that stands is found wherever it does in a clip."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.fingerprints.pictures import Pictures, write_jpeg
from app.core.geometry.proof import Fit, prove
from app.core.geometry.side import Side
from app.core.geometry.sights import Sight, Sights
from app.core.reels.standing import ALIKE, STEPS_MOST, hardly_moves, standing_stretches
from tests.core.made_fingerprints import make_fingerprint
from tests.filming import canvas

PLAYS, HELD = STEPS_MOST + 10, 5
SIZE = (240, 180)


def clip() -> Side:
    """Frames of a camera that turns to and fro, all somewhat alike, then one that is held."""
    drawn = canvas(5, SIZE)
    lefts = [20 * (place % 3) for place in range(PLAYS)] + [45] * HELD
    jpegs = [write_jpeg(drawn[: SIZE[1], left : left + SIZE[0]]) for left in lefts]
    frames = PLAYS + HELD
    turns = np.minimum(np.arange(frames), PLAYS) * np.arccos(ALIKE + 0.1)
    descriptors = np.zeros((frames, 512), np.float16)
    descriptors[:, 0], descriptors[:, 1] = np.cos(turns), np.sin(turns)
    fingerprint = replace(make_fingerprint(frames), descriptors=descriptors)
    return Side(fingerprint, Sights(Pictures(tuple(range(0, 1000 * frames, 1000)), jpegs), None))


def test_what_stands_at_the_end_of_a_long_clip_is_found() -> None:
    every = np.ones(PLAYS + HELD, np.bool_)
    assert standing_stretches(clip(), every, every) == [(PLAYS, PLAYS + HELD - 1)]


def test_an_hour_of_a_slide_costs_no_more_than_a_minute_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    side, asked = clip(), []

    def counted(query: Sight, known: Sight, *, mirrored: bool) -> Fit | None:
        asked.append(query)
        return prove(query, known, mirrored=mirrored)

    monkeypatch.setattr("app.core.reels.standing.prove", counted)
    held_ms = 1_000.0 * np.linspace(PLAYS, PLAYS + HELD - 1, 500)
    assert hardly_moves(side, held_ms)
    assert len(asked) == STEPS_MOST
    assert hardly_moves(side, held_ms[:1])
