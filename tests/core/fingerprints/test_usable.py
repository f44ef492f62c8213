import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.usable import carries_vote, sound_votes
from app.core.media import MediaKind

type Pixels = NDArray[np.uint8]
RANDOM = np.random.default_rng(5)


def scene(brightness: float = 1.0) -> Pixels:
    """Something with structure at every size, as real scenes have."""
    total = np.zeros((288, 512, 3))
    for size in (4, 8, 16, 32, 64, 128):
        rough = RANDOM.normal(size=(size * 9 // 16 + 1, size, 3)) / size**0.5
        total += cv2.resize(rough, (512, 288), interpolation=cv2.INTER_CUBIC)
    total = (total - total.min()) / (total.max() - total.min())
    return (total * 255 * brightness).astype(np.uint8)


def noisy(picture: NDArray[np.float64], sigma: float) -> Pixels:
    return np.clip(picture + RANDOM.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def gradient(*, down: bool) -> NDArray[np.float64]:
    ramp = np.linspace(30, 220, 288)[:, None] if down else np.linspace(30, 220, 512)[None, :]
    return np.repeat(np.broadcast_to(ramp, (288, 512))[..., None], 3, axis=2)


def title() -> Pixels:
    card = np.full((288, 512, 3), 20, np.uint8)
    cv2.putText(card, "CHAPTER ONE", (120, 150), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255,) * 3, 2)
    return card


def bars() -> Pixels:
    colours = np.array([[192] * 3, [192, 192, 0], [0, 192, 192], [0, 192, 0]], np.uint8)
    return np.repeat(np.repeat(colours[None], 128, axis=1), 288, axis=0)


JUNK = {
    "black": np.zeros((288, 512, 3), np.uint8),
    "noisy black": noisy(np.zeros((288, 512, 3)), 8),
    "flat": np.full((288, 512, 3), (180, 40, 90), np.uint8),
    "gradient across": noisy(gradient(down=False), 2),
    "gradient down": noisy(gradient(down=True), 2),
}
CARDS = {"title": title(), "bars": bars()}


@pytest.mark.parametrize("kind", [MediaKind.VIDEO, MediaKind.STILL])
@pytest.mark.parametrize("name", JUNK)
def test_what_looks_like_many_others_carries_no_vote(name: str, kind: MediaKind) -> None:
    assert not carries_vote(JUNK[name], kind)


@pytest.mark.parametrize("name", CARDS)
def test_cards_count_as_stills_only(name: str) -> None:
    assert not carries_vote(CARDS[name], MediaKind.VIDEO)
    assert carries_vote(CARDS[name], MediaKind.STILL)


@pytest.mark.parametrize("brightness", [1.0, 0.3, 0.1])
def test_a_scene_carries_a_vote_however_dark(brightness: float) -> None:
    assert carries_vote(scene(brightness), MediaKind.VIDEO)


def plain_scene() -> Pixels:
    """Two things before a wall that is lit from a side."""
    across, down = np.linspace(0, 1, 512)[None, :, None], np.linspace(0, 1, 288)[:, None, None]
    picture = np.repeat(150 + 40 * across - 30 * down, 3, axis=2)
    picture[110:, 60:120] = scene()[110:, 60:120]
    picture[130:, 340:390] = scene()[130:, 340:390]
    return picture.astype(np.uint8)


@pytest.mark.parametrize("name", ["below and above", "beside", "around"])
@pytest.mark.parametrize("colour", [0, 255, 60])
def test_bars_around_a_plain_scene_do_not_take_its_vote(name: str, colour: int) -> None:
    ways = {
        "below and above": (310, 310, 0, 0),
        "beside": (0, 0, 400, 300),
        "around": (90, 90, 110, 110),
    }
    barred = cv2.copyMakeBorder(
        plain_scene(), *ways[name], cv2.BORDER_CONSTANT, value=(colour, colour, colour)
    )
    assert carries_vote(np.asarray(barred, np.uint8), MediaKind.VIDEO)


def test_a_thing_before_a_bare_wall_is_no_card() -> None:
    wall = gradient(down=False) * 0.15 + gradient(down=True) * 0.2 + 90
    thing = scene()[:144, :160]
    thing[:36], thing[-36:] = 10, 245
    wall[120:264, 230:390] = thing
    assert carries_vote(noisy(cv2.GaussianBlur(wall, (0, 0), 0.8), 1), MediaKind.VIDEO)


def test_a_title_is_a_card_in_bars_too() -> None:
    barred = cv2.copyMakeBorder(title(), 200, 200, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    assert not carries_vote(np.asarray(barred, np.uint8), MediaKind.VIDEO)


def test_silence_and_steady_tones_carry_no_vote() -> None:
    lively = RANDOM.integers(0, 2**32, 60, np.uint32)
    silence = np.full(60, 627964279, np.uint32)
    votes = sound_votes(np.concatenate([lively, silence, lively]))
    assert votes[:50].all()
    assert not votes[72:108].any()
    assert votes[130:].all()
    assert len(sound_votes(lively[:0])) == 0
    assert sound_votes(lively[:5]).all()
    assert not sound_votes(silence[:5]).any()
