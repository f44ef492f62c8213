"""`provenance audit`: its words and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.bootstrap import Parts, bootstrap
from app.settings import Settings
from tests import desks


def provenance(settings: Settings, *arguments: str) -> tuple[int, str]:
    environment = os.environ | {"PROVENANCE_DATA_DIR": str(settings.data_dir), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.fixture
def desk(tmp_path: Path) -> Parts:
    settings = Settings(data_dir=tmp_path / "data", database_url="", upload_reserve_bytes=0)
    assert provenance(settings, "migrate")[0] == 0
    return bootstrap(settings)


@pytest.mark.long
def test_it_says_what_is_wrong_and_ends_with_code_1(desk: Parts) -> None:
    item = desks.arrive(desk, b"content")
    code, said = provenance(desk.settings, "audit", "seal")
    assert (code, Path(said.strip()).name) == (0, "00000001.json")
    code, said = provenance(desk.settings, "audit", "verify")
    assert code == 0, said
    assert "Sealed through entry 4; checkpoints: 1; keys: " in said
    assert said.endswith("Everything is as it was recorded.\n")
    assert provenance(desk.settings, "audit", "fixity") == (
        0,
        "1 files read, 0 not as they arrived.\n",
    )

    with desk.database.write() as session:
        session.execute(sa.text("UPDATE notes SET text = 'from another chat'"))
        digest = session.scalar(sa.text("SELECT sha256 FROM media"))
    desk.blobs.delete(str(digest))
    code, said = provenance(desk.settings, "audit", "verify")
    assert code == 1
    assert "of the chain recorded it: text altered" in said
    code, said = provenance(desk.settings, "audit", "verify", "--json")
    assert (code, json.loads(said[said.index("{") :])["ok"]) == (1, False)
    code, said = provenance(desk.settings, "audit", "fixity")
    assert code == 1
    assert f"WRONG: media/{item}: missing" in said
    desk.jobs.close()
    desk.database.close()
