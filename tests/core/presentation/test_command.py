"""Two files compared by the command, as somebody without the service runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from tests.alone import MODULE, ROOT, run_alone
from tests.filming import edit, film, photo, tune


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A known clip, a mirrored cut-out of 3 s of it, another clip, and a still."""
    made = tmp_path_factory.mktemp("compared")
    known = film(made / "known.mp4", seconds=6, seed=11, shots=3, audio=False)
    edit(known, made / "new.mp4", "-ss", "2", "-t", "3", "-vf", "hflip,crop=iw*0.75:ih*0.8")
    film(made / "other.mp4", seconds=3, seed=99, audio=False)
    photo(made / "still.jpg", seed=12)
    return made


def test_it_says_what_is_shared_and_draws_it(folder: Path) -> None:
    done = run_alone(MODULE, "new.mp4", "known.mp4", "--out", "drawn.jpg", folder=folder)
    assert done.returncode == 0, done.stderr
    for said in ("excerpt", "100 % of the query", "mirrored", "cropped", "drawn.jpg"):
        assert said in done.stdout
    sheet = cv2.imread(str(folder / "drawn.jpg"))
    assert sheet is not None
    assert sheet.shape[0] > 700


def test_as_json_every_number_is_there(folder: Path) -> None:
    done = run_alone(MODULE, "new.mp4", "known.mp4", "--json", folder=folder)
    told = json.loads(done.stdout)
    assert told["query"]["kind"] == "video"
    assert told["query"]["duration_ms"] == pytest.approx(3_000, abs=100)
    match = told["match"]
    assert match["grade"] in {"certain", "probable"}
    assert match["coverage"]["query"] > 0.9
    assert match["segments"][0]["known"]["start_ms"] == pytest.approx(2_000, abs=700)
    evidence = match["evidence"][0]
    assert evidence["mirrored"]
    wide, _, left, _, high, top = evidence["placement"]
    assert (wide, high) == pytest.approx((0.75, 0.8), abs=0.01)
    assert (left, top) == pytest.approx((0.125, 0.1), abs=0.01)
    assert told["sheet"] == "sheet.jpg"
    assert (folder / "sheet.jpg").stat().st_size > 10_000


def test_the_same_bytes_are_exact(folder: Path) -> None:
    done = run_alone(MODULE, "still.jpg", "still.jpg", "--json", folder=folder)
    assert json.loads(done.stdout)["match"]["relation"] == "exact"


def test_nothing_shared_is_code_1_and_no_picture(folder: Path) -> None:
    out = folder / "nothing.jpg"
    done = run_alone(MODULE, "other.mp4", "known.mp4", "--out", out, folder=folder)
    assert done.returncode == 1, done.stderr
    assert out.exists() is ("Contact sheet" in done.stdout)


def test_the_same_sound_is_drawn_without_pictures(tmp_path: Path) -> None:
    whole = tune(tmp_path / "whole.wav", seconds=20, seed=4)
    edit(whole, tmp_path / "part.wav", "-ss", "4", "-t", "14")
    done = run_alone(MODULE, "part.wav", "whole.wav", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sound" in done.stdout
    assert (tmp_path / "sheet.jpg").is_file()


@pytest.mark.parametrize("unreadable", ["missing.mp4", "page.mp4", "."])
def test_a_file_that_cannot_be_read_is_named_with_the_reason(folder: Path, unreadable: str) -> None:
    (folder / "page.mp4").write_text("<html>not a film</html>")
    done = run_alone(MODULE, "still.jpg", unreadable, folder=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{unreadable}: ")
    assert "Traceback" not in done.stderr


def test_a_sheet_that_cannot_be_written_is_said_beside_what_was_found(folder: Path) -> None:
    asked = (MODULE, "still.jpg", "still.jpg", "--out", "no/such/sheet.jpg")
    done = run_alone(*asked, folder=folder)
    assert (done.returncode, done.stderr[:17]) == (2, "no/such/sheet.jpg")
    assert "relation  exact" in done.stdout
    assert "Contact sheet" not in done.stdout
    plain = json.loads(run_alone(*asked, "--json", folder=folder).stdout)
    assert (plain["match"]["relation"], plain["sheet"]) == ("exact", None)


def test_a_sheet_replaces_neither_file(folder: Path, tmp_path: Path) -> None:
    for name in ("sheet.jpg", "other.jpg"):
        (tmp_path / name).write_bytes((folder / "still.jpg").read_bytes())
    for sides in (("sheet.jpg", "other.jpg"), ("other.jpg", "sheet.jpg")):
        done = run_alone(MODULE, *sides, folder=tmp_path)
        assert (done.returncode, done.stderr[:11]) == (2, "sheet.jpg: ")
    assert (tmp_path / "sheet.jpg").read_bytes() == (folder / "still.jpg").read_bytes()


def test_a_name_that_is_no_text_is_told_and_drawn(folder: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff\xfe.jpg")
    odd.write_bytes((folder / "still.jpg").read_bytes())
    for form in ([], ["--json"]):
        done = run_alone(MODULE, odd, folder / "still.jpg", *form, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "??.jpg" in done.stdout


def test_the_desk_has_the_same_command(folder: Path) -> None:
    command = [sys.executable, "-m", "app", "compare", folder / "still.jpg", folder / "still.jpg"]
    out = folder / "by-desk.jpg"
    done = subprocess.run(
        [*command, "--out", out], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "relation  exact" in done.stdout
    assert out.stat().st_size > 10_000
    missing = subprocess.run(
        [*command[:-2], "missing.mp4", "still.jpg"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (missing.returncode, missing.stderr) == (2, "missing.mp4: No such file or directory\n")
