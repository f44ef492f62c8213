from typing import get_args

import pytest

from app.core import wording
from app.core.media import MediaKind
from app.core.naming.transforms import Transform, TransformKind
from app.core.policy import Relation


@pytest.mark.parametrize(
    ("time_ms", "said"),
    [(0, "0:00.0"), (6_649, "0:06.6"), (59_960, "1:00.0"), (3_723_400, "1:02:03.4")],
)
def test_times_read_as_on_a_player(time_ms: int, said: str) -> None:
    assert wording.clock(time_ms) == said


@pytest.mark.parametrize(
    ("span", "kind", "said"),
    [
        ((0, 0), MediaKind.STILL, "still"),
        ((0, 0), MediaKind.VIDEO, "0:00.0"),
        ((4_000, 4_000), MediaKind.VIDEO, "0:04.0"),
        ((0, 6_000), MediaKind.AUDIO, "0:00.0 – 0:06.0"),
    ],
)
def test_only_an_item_that_is_a_still_is_told_to_be_one(
    span: tuple[int, int], kind: MediaKind, said: str
) -> None:
    assert wording.stretch(*span, kind) == said


def test_a_share_is_all_or_nothing_only_where_it_is() -> None:
    shares = (0.0, 0.001, 0.404, 0.998, 1.0)
    assert [wording.percent(share) for share in shares] == ["0 %", "1 %", "40 %", "99 %", "100 %"]


def test_what_was_done_is_said_in_words_and_the_speed_once() -> None:
    done = [
        Transform("mirror"),
        Transform("rotation", degrees=-6.0),
        Transform("crop", box=(0.1, 0.1, 0.8, 0.75)),
        Transform("speed", factor=1.05),
    ]
    assert (
        wording.changes(done, 1.05)
        == "mirrored, turned by -6°, cropped to 80 % × 75 %, played at 1.05×"
    )
    assert wording.changes([Transform("reencode")]) == "encoded anew, nothing else"
    assert wording.changes([Transform("reencode")], 0.5) == "played at 0.50×"
    assert wording.changes([Transform("filmed_screen")]) == "filmed screen"
    logos = [Transform("overlay", box=(x, 0.1, 0.1, 0.1)) for x in (0.1, 0.8)]
    assert wording.changes(logos) == "something laid over a part of it"


def test_of_the_same_sound_it_is_not_said_that_there_are_pictures() -> None:
    assert wording.relation(Relation.SAME_SOUND) == "the same sound, no pictures shared"


def test_every_change_that_the_matcher_names_has_its_words() -> None:
    for kind in get_args(TransformKind.__value__):
        said = wording.changes([Transform(kind, factor=1.5)], 1.5 if kind == "speed" else 1.0)
        assert said
        assert "_" not in said
        assert said != kind.replace("_", " ")


def test_every_relation_has_its_words() -> None:
    assert len({wording.relation(each) for each in Relation}) == len(Relation)
