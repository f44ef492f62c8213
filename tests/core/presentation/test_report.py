from pathlib import Path

import pytest

from app.core.fingerprints.fingerprinting import Fingerprinted
from app.core.fingerprints.pictures import NO_PICTURES
from app.core.matches import Match, Modality, Segment, Span
from app.core.matching.two_files import Comparison, ReadFile
from app.core.media import MediaInfo, MediaKind
from app.core.policy import Grade, Relation
from app.core.presentation.report import words
from tests.core.made_fingerprints import make_fingerprint


def read_file(name: str, kind: MediaKind, duration_ms: int) -> ReadFile:
    info = MediaInfo(kind, "", duration_ms, 320, 180, has_audio=False)
    return ReadFile(Path(name), Fingerprinted(info, make_fingerprint(1), NO_PICTURES))


STILL = read_file("still.png", MediaKind.STILL, 0)
CLIP = read_file("clip.mp4", MediaKind.VIDEO, 10_000)
HOLDS = read_file("holds.mp4", MediaKind.VIDEO, 3_000)


@pytest.mark.parametrize(
    ("query", "known", "query_ms", "said"),
    [
        (STILL, CLIP, 0, ["still", "0:00.0"]),
        (CLIP, STILL, 0, ["0:00.0", "still"]),
        (HOLDS, CLIP, 3_000, ["0:00.0 – 0:03.0", "0:00.0"]),
    ],
)
def test_the_very_beginning_of_a_clip_is_told_as_a_time(
    query: ReadFile, known: ReadFile, query_ms: int, said: list[str]
) -> None:
    segment = Segment(Span(0, query_ms), Span(0, 0), Modality.VISUAL, 1.0, 0.9, ())
    match = Match(0, Relation.STILL_OF, Grade.CERTAIN, 0.97, 1.0, 0.0, (segment,), ())
    assert words(Comparison(query, known, match))[-1].split("  ")[:2] == said
