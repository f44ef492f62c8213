"""Tests, demo and pictures leave alone whatever desk this machine has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import own_desk
from tests import conftest
from tests.receiver import receiving

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = "http://127.0.0.1:1"
SCREENSHOTS = """
import signal, sys
from pathlib import Path
sys.path.insert(0, "scripts")
import screenshots
desk, _, _ = screenshots.start(Path(sys.argv[1]))
try:
    print(screenshots.add_person(Path(sys.argv[1])))
finally:
    desk.send_signal(signal.SIGINT)
    desk.wait(60)
"""


def test_a_test_run_knows_no_desk_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = {
        "DATABASE_URL",
        "PROVENANCE_PURGE_LIST",
        "PROVENANCE_TSA_URL",
        "http_proxy",
        "ALL_PROXY",
    }
    for name in theirs:
        monkeypatch.setenv(name, "/srv/desk")
    monkeypatch.setenv("PROVENANCE_TEST_ALL_HOSTILE", "yes")
    conftest.pytest_configure()
    assert theirs & os.environ.keys() == set()
    assert os.environ["PROVENANCE_TEST_ALL_HOSTILE"] == "yes"


@pytest.mark.long
def test_the_desk_of_the_pictures_writes_nothing_elsewhere(tmp_path: Path) -> None:
    elsewhere, own = tmp_path / "elsewhere", tmp_path / "own"
    elsewhere.mkdir()
    own.mkdir()
    theirs = {
        "DATABASE_URL": f"sqlite:///{elsewhere / 'provenance.db'}",
        "PROVENANCE_CHECKPOINT_DIR": str(elsewhere / "checkpoints"),
        "PROVENANCE_SIGNING_KEY": str(elsewhere / "key.pem"),
        "http_proxy": NOWHERE,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCREENSHOTS, str(own)],
        cwd=ROOT,
        env=os.environ | theirs,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("/desk/set-password/")
    assert list(elsewhere.iterdir()) == []
    assert (own / "data" / "provenance.db").exists()


def test_a_proxy_is_not_asked_for_this_machines_own_address() -> None:
    with receiving() as receiver:
        program = "import sys, own_desk; own_desk.DIRECT.open(sys.argv[1], b'', timeout=10).close()"
        done = subprocess.run(
            [sys.executable, "-c", program, receiver.url],
            cwd=ROOT / "scripts",
            env=os.environ | {"http_proxy": NOWHERE, "HTTP_PROXY": NOWHERE},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert len(receiver.received) == 1


SETTINGS = {
    "DATABASE_URL": "sqlite:///elsewhere.db",
    "PROVENANCE_DATA_DIR": "/elsewhere",
    "provenance_port": "1",
}


def test_no_setting_of_the_caller_reaches_another_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", {"KEPT": "yes"} | SETTINGS)
    assert own_desk.clean_environment() == {"KEPT": "yes"}
    own_desk.clean()
    assert os.environ == {"KEPT": "yes"}
