"""Real files with and without credentials, and hostile ones: each gets a named state, in time."""

import csv
import time
from pathlib import Path

import pytest

from app.core.decoding.ffmpeg import container_of
from app.core.errors import NotMedia
from app.core.media import DecodeLimits
from app.core.provenance.credentials import read_credentials
from app.core.provenance.reading import read_provenance
from app.core.provenance.values import CredentialState, TrustList, TrustListKind

pytestmark = pytest.mark.media

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)
_INVALID = {CredentialState.INVALID}
EXPECTED = {
    "no-manifest": {CredentialState.NONE},
    "remote-manifest (offline)": {CredentialState.REMOTE_ONLY},
    "valid-but-untrusted": {CredentialState.VALID_UNTRUSTED},
    "valid (trusted with test roots)": {CredentialState.VALID_UNTRUSTED},
    "unreadable/corrupt manifest": {CredentialState.ERROR},
    "unreadable:prerelease/unsupported version": {CredentialState.ERROR},
    # An identity that only a server could confirm is not checked (docs/provenance.md).
    "identity-assertion-problem": {CredentialState.VALID_UNTRUSTED},
    "bad-signature": _INVALID,
    "broken-provenance": _INVALID,
    "expired-certificate": _INVALID,
    "invalid-certificate": _INVALID,
    "tampered": _INVALID,
    "valid-but-bad-ingredient": _INVALID,
}


def rows(folder: Path) -> list[dict[str, str]]:
    if not (folder / "c2pa.csv").is_file():
        pytest.skip("the folder of real media has no files with credentials")
    with (folder / "c2pa.csv").open() as file:
        return list(csv.DictReader(file))


def content_type(path: Path, said: str) -> str:
    try:
        return container_of(path).content_type
    except NotMedia:
        return said  # refused at the door, but its credentials can be read


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])
def test_every_real_file_gets_the_state_that_is_expected(real_media: Path, step: int) -> None:
    wrong = {}
    for row in rows(real_media)[::step]:
        path = real_media / "c2pa" / row["file"]
        found = read_credentials(path, content_type(path, row["mime"]), (), LIMITS)
        expected = set(EXPECTED[row["verdict"]])
        if "signingCredential.expired" in row["active_failures"]:
            expected = _INVALID
        if found.state is CredentialState.REMOTE_ONLY and found.detail:
            # No manifest in the file, but the address of one (docs/provenance.md).
            expected |= {found.state} if row["verdict"] == "no-manifest" else set()
        if found.state not in expected:
            wrong[row["file"]] = (row["verdict"], found.state, found.detail)
    assert wrong == {}


def test_every_file_of_the_test_roots_is_trusted_by_their_list(real_media: Path) -> None:
    found = sorted((real_media / "c2pa" / "trust").glob("*root*.pem"))
    if not found:
        pytest.skip("the folder of real media has no test roots")
    roots = TrustList("test roots", TrustListKind.LOCAL, "0" * 64, found[0].read_text())
    trusted = [row for row in rows(real_media) if row["c2pa_rs_state_with_test_roots"] == "Trusted"]
    assert trusted
    for row in trusted:
        path = real_media / "c2pa" / row["file"]
        credentials = read_credentials(path, row["mime"], [roots], LIMITS)
        assert (credentials.state, credentials.lists) == (CredentialState.TRUSTED, ("test roots",))


@pytest.mark.parametrize("step", [48, pytest.param(12, marks=pytest.mark.long)])
def test_hostile_files_get_a_named_state_in_time(real_media: Path, step: int) -> None:
    hostile = sorted((real_media / "hostile").glob("*"))
    if not hostile:
        pytest.skip("the folder of real media has no hostile files")
    # Not every one: the same kinds of attack come in dozens.
    for path in hostile[::step]:
        began = time.monotonic()
        try:
            found = read_provenance(path, limits=LIMITS)
        except NotMedia:
            continue
        assert found.credentials.state in CredentialState
        assert time.monotonic() - began < 45, path.name
