"""A custody export is checked without the desk: by the commands that its own README gives."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts
from app.main import create_app
from app.services import sealing, stamping
from tests import desks
from tests.timestamping import TimestampAuthority, timestamping

CONTENT = b"content 0" * 99


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimestampAuthority]:
    with timestamping(tmp_path / "tsa") as running:
        yield running


@pytest.fixture
def stamping_desk(parts: Parts, authority: TimestampAuthority) -> Parts:
    """A desk that has its checkpoints time-stamped."""
    key_file, folder = parts.settings.signing_key_file, parts.sealer.folder
    return replace(
        parts,
        sealer=sealing.Sealer(parts.database, folder, key_file, timestamps=True),
        trusted=replace(parts.trusted, tsa_roots=authority.roots.read_bytes()),
    )


@pytest.fixture
def auditor(stamping_desk: Parts, make_key: Callable[[Role], str]) -> TestClient:
    headers = {"Authorization": f"Bearer {make_key(Role.AUDITOR)}"}
    return TestClient(create_app(stamping_desk), headers=headers)


def stamp(desk: Parts, authority: TimestampAuthority) -> None:
    asked = stamping.Authority(authority.url, desk.trusted.tsa_roots, allow_private=True)
    stamping.Stamper(desk.database, desk.sealer.folder, asked).round()


def unpacked(auditor: TestClient, media_id: str, folder: Path, **asked: str) -> Path:
    answer = auditor.get(f"/v1/media/{media_id}/custody.zip", params=asked)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def lines(folder: Path, name: str) -> list[str]:
    return (folder / "audit" / name).read_text().splitlines()


def commands(folder: Path) -> list[str]:
    """The commands of the README: its indented blocks, in order."""
    readme = (folder / "README.txt").read_text()
    how = readme[readme.index("HOW TO CHECK IT") :]
    blocks = re.findall(r"(?:^    .*\n)+", how, flags=re.MULTILINE)
    return ["\n".join(line[4:] for line in block.splitlines()) for block in blocks]


ORDER = ("files", "signature", "seals", "chain", "entries", "program", "stamps")
"""What each command looks at."""


def run(folder: Path, *looked_at: str) -> list[tuple[int, str]]:
    """The exit code and what was printed of those commands, or of all."""
    # Without time stamps there is no command for them.
    named = dict(zip(ORDER, commands(folder), strict=False))
    done = [
        subprocess.run(
            ["bash", "-c", named[name]], cwd=folder, capture_output=True, text=True, check=False
        )
        for name in looked_at or named
    ]
    return [(each.returncode, each.stdout + each.stderr) for each in done]


def test_the_readmes_own_commands_find_everything_as_it_was(
    stamping_desk: Parts,
    auditor: TestClient,
    make_key: Callable[[Role], str],
    authority: TimestampAuthority,
    tmp_path: Path,
) -> None:
    item = desks.live(stamping_desk)[0]
    stamp(stamping_desk, authority)
    refused = auditor.get(f"/v1/media/{item}/custody.zip", params={"original": "true"})
    assert refused.json()["scope"] == "media:sensitive"
    auditor.headers["Authorization"] = f"Bearer {make_key(Role.ADMIN)}"
    folder = unpacked(auditor, item, tmp_path / "export", original="true")
    files, signature, seals, chain, entries, program, stamps = run(folder)
    assert run(folder, "files") == [files] == [(0, "")], "checking it leaves no trace"
    assert signature == (0, "Signature Verified Successfully\n")
    assert seals == (0, "Signature Verified Successfully\n" * 3)
    assert chain == (0, "The chain holds.\n")
    assert entries == (0, "")
    assert program[0] == 0, program[1]
    assert stamps[1].count("Verification: OK") == 2
    assert "Status: Granted." in stamps[1]
    assert (folder / "original" / "clip.mp4").read_bytes() == CONTENT
    saw, took = (folder / "audit/access.txt").read_text().splitlines()
    assert "media.viewed" in saw
    assert '"flags":["pow"],"what":"file"' in saw
    assert "custody.exported" in took


def test_it_holds_the_record_the_entries_and_who_took_it(
    stamping_desk: Parts, auditor: TestClient, tmp_path: Path
) -> None:
    item = desks.live(stamping_desk)[0]
    folder = unpacked(auditor, item, tmp_path / "export")
    assert json.loads((folder / "item.json").read_text())["id"] == item
    assert json.loads((folder / "record.json").read_text())["status"] == "unverified"
    assert len(json.loads((folder / "findings.json").read_text())) == 2
    history = json.loads((folder / "history.json").read_text())
    contents = [json.loads(each) for each in lines(folder, "contents.ndjson")]
    assert {each["media_id"] for each in contents} == {item}
    recorded = {each["subject_id"] for each in contents if each["subject"] == "history"}
    assert len(recorded) == len(history)
    assert "custody.exported" in (folder / "audit/access.txt").read_text()
    assert "test auditor" in (folder / "audit/access.txt").read_text()
    # The note that was erased is not in it, and neither is the file, whose digest is.
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"The name on the card" not in everything
    digest, name = (folder / "original.sha256").read_text().split()
    assert (digest, name) == (
        json.loads((folder / "item.json").read_text())["sha256"],
        "original/clip.mp4",
    )


@pytest.fixture
def exported(
    stamping_desk: Parts, auditor: TestClient, authority: TimestampAuthority, tmp_path: Path
) -> Path:
    item = desks.live(stamping_desk)[0]
    stamp(stamping_desk, authority)
    return unpacked(auditor, item, tmp_path / "export")


ALTERED = {
    "item.json": "files",
    "audit/chain.txt": "chain",
    "audit/contents.ndjson": "entries",
    "audit/payloads.txt": "entries",
    "checkpoints/00000001.json": "seals",
    "checkpoints/00000002.tsr": "stamps",
    "SHA256SUMS": "signature",
}


def test_each_altered_file_of_an_export_is_found_by_the_readmes_commands(exported: Path) -> None:
    for name, found_by in ALTERED.items():
        data = (exported / name).read_bytes()
        place = len(data) // 2
        (exported / name).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        (code, said), program = run(exported, found_by, "program")
        (exported / name).write_bytes(data)
        assert code != 0 or "WRONG" in said, name
        assert program[0] == 1, name
        assert "WRONG" in program[1], name


@pytest.mark.parametrize("name", ["hashlib.py", "check/__pycache__/chain.pyc", "__pycache__.mp4"])
def test_a_file_that_was_added_to_an_export_is_found_before_any_of_it_is_run(
    exported: Path, name: str
) -> None:
    """Python would run the first two in place of what the desk signed."""
    (exported / name).parent.mkdir(exist_ok=True)
    (exported / name).write_text("raise SystemExit(0)")
    [(_, said)] = run(exported, "files")
    assert said == f"WRONG: {name} was added\n"


def test_the_program_finds_a_file_that_was_added_whatever_it_is_called(exported: Path) -> None:
    (exported / "original__pycache__.mp4").write_bytes(b"another")
    [(code, said)] = run(exported, "program")
    assert (code, said) == (1, "WRONG: original__pycache__.mp4 was added\n")


def test_entries_of_others_show_nothing_but_digests(
    stamping_desk: Parts, auditor: TestClient, tmp_path: Path
) -> None:
    first, second, _ = desks.live(stamping_desk)
    folder = unpacked(auditor, second, tmp_path / "export")
    assert all(re.fullmatch("[0-9a-f]{64}", line) for line in lines(folder, "chain.txt"))
    there = "".join(path.read_text() for path in (folder / "audit").iterdir())
    assert first not in there.replace(second, "")


def test_it_takes_the_scope_an_item_and_its_file(
    stamping_desk: Parts, auditor: TestClient, make_key: Callable[[Role], str]
) -> None:
    item = desks.arrive(stamping_desk, b"content")
    editor = {"Authorization": f"Bearer {make_key(Role.EDITOR)}"}
    path = f"/v1/media/{item}/custody.zip"
    assert auditor.get(path, headers=editor).status_code == 403
    assert auditor.get("/v1/media/none/custody.zip").status_code == 404
    stamping_desk.blobs.delete(hashlib.sha256(b"content").hexdigest())
    assert auditor.get(path, params={"original": "true"}).status_code == 404
    assert auditor.get(path).status_code == 200


def test_an_item_that_came_after_a_restore_is_exported_from_checkpoints_that_fit(
    stamping_desk: Parts, auditor: TestClient, tmp_path: Path
) -> None:
    known = desks.live(stamping_desk)[0]
    desks.seal_ahead(stamping_desk, 100)
    desks.note(stamping_desk, known, "The disk was full.")
    stamping_desk.sealer.seal()
    media_id = desks.arrive(stamping_desk, CONTENT + b"!")
    folder = unpacked(auditor, media_id, tmp_path / "export")
    kept = sorted(path.stem for path in (folder / "checkpoints").glob("*.json"))
    assert kept == ["00000004", "00000005"]
    printed = "".join(text for _, text in run(folder))
    assert "The chain holds." in printed
    assert "WRONG" not in printed


def test_an_altered_checkpoint_keeps_no_item_from_being_exported(
    stamping_desk: Parts, auditor: TestClient, tmp_path: Path
) -> None:
    known = desks.live(stamping_desk)[0]
    desks.damage(stamping_desk, stamping_desk.sealer.folder.numbers()[-1])
    folder = unpacked(auditor, known, tmp_path / "export")
    printed = "".join(text for _, text in run(folder))
    assert "The chain holds." in printed
    wrong = [line for line in printed.splitlines() if "WRONG" in line]
    assert wrong == ["WRONG: checkpoint 3 does not follow the one before it"]


def test_a_forged_checkpoint_is_in_no_export(
    stamping_desk: Parts, auditor: TestClient, tmp_path: Path
) -> None:
    known = desks.live(stamping_desk)[0]
    folder = stamping_desk.sealer.folder
    last = folder.read(folder.numbers()[-1])
    assert last is not None
    forged = replace(sealing.decode(last.body), number=last.number + 1)
    folder.add(forged.number, forged.encode(), b"unsigned")
    export = unpacked(auditor, known, tmp_path / "export")
    kept = sorted(int(path.stem) for path in (export / "checkpoints").glob("*.json"))
    assert forged.number not in kept
    assert kept[-1] == forged.number + 1
    printed = "".join(text for _, text in run(export))
    wrong = [line for line in printed.splitlines() if "WRONG" in line]
    assert wrong == [f"WRONG: checkpoint {kept[-1]} does not follow the one before it"]
