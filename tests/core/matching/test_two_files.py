from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core.matches import Modality, Span
from app.core.matching.two_files import ReadFile, compare
from app.core.policy import Grade, Relation
from app.core.presentation.report import contact_sheet, words
from tests.filming import black, film, photo, tune


def made(folder: Path, name: str) -> Path:
    path = folder / name
    match name:
        case "black.mp4":
            return black(path, seconds=2)
        case "film.mp4":
            return film(path, seconds=4, seed=1)
        case "photo.jpg":
            return photo(path, seed=1)
        case "sound.wav":
            return tune(path, seconds=3, seed=1)
    cv2.imwrite(str(path), np.full((1, 1, 3), 90, np.uint8))
    return path


@pytest.mark.parametrize(
    ("name", "modality", "length_ms"),
    [
        ("black.mp4", Modality.VISUAL, 2_000),
        ("film.mp4", Modality.BOTH, 4_000),
        ("photo.jpg", Modality.VISUAL, 0),
        ("dot.png", Modality.VISUAL, 0),
        ("sound.wav", Modality.AUDIO, 3_000),
    ],
)
def test_equal_bytes_are_the_same_file_whatever_they_show(
    name: str, modality: Modality, length_ms: int, tmp_path: Path
) -> None:
    query = made(tmp_path, name)
    known = query.with_stem("copy")
    known.write_bytes(query.read_bytes())
    comparison = compare(ReadFile.of(query), ReadFile.of(known))
    match = comparison.match
    assert match is not None
    assert comparison.found
    assert (match.relation, match.grade, match.confidence) == (Relation.EXACT, Grade.CERTAIN, 1.0)
    assert (match.coverage_query, match.coverage_known) == (1.0, 1.0)
    (segment,) = match.segments
    assert segment.query == segment.known == Span(0, comparison.query.read.info.duration_ms)
    assert segment.query.length_ms == pytest.approx(length_ms, abs=100)
    assert (segment.modality, segment.speed) == (modality, 1.0)
    assert all(each.query_ms == each.known_ms for each in match.evidence)
    assert bool(match.evidence) is (modality is not Modality.AUDIO)
    assert len(contact_sheet(comparison, match)) > 5_000
    assert "exact: the same file" in "\n".join(words(comparison))
