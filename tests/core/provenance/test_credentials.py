"""Every state of Content Credentials, on files signed here, read in the confined child."""

import datetime as dt
import hashlib
import io
import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import c2pa
import pytest
from PIL import Image

from app.core.media import DecodeLimits
from app.core.provenance import credential_reading, wording
from app.core.provenance.credentials import read_credentials
from app.core.provenance.values import Credentials, CredentialState, TrustList, TrustListKind
from tests.filming import edit, ffmpeg, film
from tests.signing import AI, Authority, flipped
from tests.timestamping import timestamping

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)
MP4 = "video/mp4"


@pytest.fixture(scope="module")
def lab() -> Authority:
    return Authority.new("Lab")


@pytest.fixture(scope="module")
def press() -> Authority:
    return Authority.new("Press")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=1, shots=1)


@pytest.fixture(scope="module")
def signed(clip: Path, lab: Authority) -> Path:
    return lab.sign(clip, clip.with_name("signed.mp4"), MP4)


def read(path: Path, *lists: TrustList, content_type: str = MP4) -> Credentials:
    return read_credentials(path, content_type, lists, LIMITS)


def text(found: Credentials) -> str:
    return wording.text(found.state, found.detail, found.report)


def test_a_plain_clip_has_none_which_says_nothing(clip: Path) -> None:
    found = read(clip)
    assert (found.state, found.ai_disclosed, found.store) == (CredentialState.NONE, None, None)
    assert "says nothing about authenticity" in text(found)


def test_a_signed_clip_is_unchanged_but_nobody_vouches_for_the_signer(signed: Path) -> None:
    found = read(signed)
    assert found.state is CredentialState.VALID_UNTRUSTED
    assert found.lists == ()
    assert "Lab signer (self-declared; not on a trust list)" in text(found)
    [manifest] = found.report["manifests"]
    assert manifest["signer"]["organisation"] == "Lab"
    assert manifest["actions"][0]["action"] == "c2pa.created"
    assert "signingCredential.untrusted" in manifest["codes"]["failure"]
    assert found.report["sdk"] == c2pa.sdk_version()


def test_the_answer_names_the_list_that_trusts_the_signer(
    signed: Path, lab: Authority, press: Authority
) -> None:
    found = read(signed, press.trust_list(), lab.trust_list(TrustListKind.NEWS))
    assert (found.state, found.lists) == (CredentialState.TRUSTED, ("list of Lab",))
    assert "“list of Lab”" in text(found)
    assert "not that the scene is true" in text(found)
    assert found.report["trust_lists"][1] == {
        "name": "list of Lab",
        "kind": "news",
        "sha256": "0" * 64,
    }


def test_a_list_of_time_stamp_authorities_trusts_no_signer(signed: Path, lab: Authority) -> None:
    assert read(signed, lab.trust_list(TrustListKind.TSA)).state is CredentialState.VALID_UNTRUSTED


def test_a_time_stamp_outlives_the_certificate_if_its_authority_is_on_a_list(
    clip: Path, tmp_path: Path
) -> None:
    brief = Authority.new("Brief", valid_for=dt.timedelta(seconds=3))
    with timestamping(tmp_path / "tsa") as authority:
        path = brief.sign(clip, tmp_path / "stamped.mp4", MP4, stamped_at=authority.url)
        pem = authority.roots.read_text()
    stamps = TrustList("stamps", TrustListKind.TSA, "0" * 64, pem)
    time.sleep(max(0.0, 4 - (time.time() - path.stat().st_mtime)))
    expired = read(path, brief.trust_list())
    assert expired.state is CredentialState.INVALID
    assert "certificate had expired" in text(expired)
    [manifest] = expired.report["manifests"]
    assert manifest["time"]["state"] == "validated"
    found = read(path, brief.trust_list(), stamps)
    assert (found.state, found.lists) == (CredentialState.TRUSTED, ("list of Brief",))
    [manifest] = found.report["manifests"]
    assert manifest["time"]["state"] == "trusted"
    assert read(path, stamps).state is CredentialState.VALID_UNTRUSTED
    # An authority of both kinds trusts only those whom it signed for.
    both = TrustList("both", TrustListKind.TSA, "0" * 64, pem + brief.root.decode())
    assert read(path, both).state is CredentialState.VALID_UNTRUSTED


def test_an_untrusted_ingredient_leaves_a_trusted_signer_mixed(
    signed: Path, press: Authority, lab: Authority
) -> None:
    again = press.sign(signed, signed.with_name("again.mp4"), MP4, parent=signed)
    found = read(again, press.trust_list())
    assert (found.state, found.lists) == (CredentialState.VALID_MIXED, ("list of Press",))
    assert "the signer of something it was made from is not trusted" in text(found)
    active, parent = found.report["manifests"]
    assert active["trusted_by"] == ["list of Press"]
    assert active["ingredients"][0]["manifest"] == parent["label"]
    assert parent["trusted_by"] == []
    both = read(again, press.trust_list(), lab.trust_list())
    assert (both.state, both.lists) == (CredentialState.TRUSTED, ("list of Press",))
    assert both.report["manifests"][1]["trusted_by"] == ["list of Lab"]


def test_one_flipped_bit_is_invalid_whoever_signed(signed: Path, lab: Authority) -> None:
    found = read(flipped(signed, signed.with_name("flipped.mp4")), lab.trust_list())
    assert (found.state, found.lists) == (CredentialState.INVALID, ())
    assert "changed after it was signed, or the download is incomplete" in text(found)
    assert "Disregard" in text(found)


def test_an_incomplete_download_is_not_taken_for_a_clip_without(signed: Path) -> None:
    cut = signed.with_name("cut.mp4")
    cut.write_bytes(signed.read_bytes()[: -signed.stat().st_size // 3])
    assert read(cut).state in {CredentialState.INVALID, CredentialState.ERROR}


def test_a_change_of_container_drops_them_without_a_trace(signed: Path) -> None:
    remuxed = edit(signed, signed.with_name("remuxed.mp4"), "-c", "copy")
    assert read(remuxed).state is CredentialState.NONE


def test_disclosed_synthesis_is_told_and_its_absence_is_no_camera(
    clip: Path, signed: Path, lab: Authority
) -> None:
    made = lab.sign(clip, clip.with_name("ai.mp4"), MP4, source_type=AI)
    assert read(made).ai_disclosed is True
    assert read(signed).ai_disclosed is False
    # An ingredient's disclosure counts as well.
    again = lab.sign(made, made.with_name("ai-again.mp4"), MP4, parent=made)
    assert read(again).ai_disclosed is True


@pytest.fixture
def remote(tmp_path: Path, clip: Path, lab: Authority) -> Callable[[int], Path]:
    def made(port: int) -> Path:
        url = f"http://127.0.0.1:{port}/manifest.c2pa"
        return lab.sign(clip, tmp_path / "remote.mp4", MP4, remote=url)

    return made


def test_remote_credentials_are_named_and_never_fetched(remote: Callable[[int], Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        path = remote(server.getsockname()[1])
        found = read(path)
        # Neither does the reader alone, without what the kernel takes from the child.
        with path.open("rb") as file:
            alone = credential_reading.read(file, {"content_type": MP4, "lists": []})
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert found.state is CredentialState.REMOTE_ONLY
    assert alone["state"] == "remote_only"
    assert text(found) == "The credentials are kept at 127.0.0.1 and were not fetched."


def test_a_container_that_cannot_carry_them_is_unsupported(clip: Path) -> None:
    webm = clip.with_suffix(".webm")
    ffmpeg("-i", clip, "-an", "-c:v", "libvpx", "-t", "0.2", webm)
    found = read(webm, content_type="video/webm")
    assert found.state is CredentialState.UNSUPPORTED
    assert "unknown" in text(found)


@pytest.mark.parametrize(
    "limits", [replace(LIMITS, wall_s=0), replace(LIMITS, memory_bytes=40 * 1024**2)]
)
def test_a_reader_that_is_ended_has_not_found_nothing(signed: Path, limits: DecodeLimits) -> None:
    found = read_credentials(signed, MP4, (), limits)
    assert found.state is CredentialState.ERROR
    assert found.detail


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("still.jpg", "image/jpeg"),
        ("still.png", "image/png"),
        ("still.gif", "image/gif"),
        ("still.tif", "image/tiff"),
        ("still.webp", "image/webp"),
        ("clip.mp4", MP4),
        ("clip.avi", "video/x-msvideo"),
        ("sound.mp3", "audio/mpeg"),
    ],
)
def test_the_manifest_store_is_kept_byte_for_byte(
    tmp_path: Path, clip: Path, lab: Authority, name: str, content_type: str
) -> None:
    source, target = tmp_path / f"plain-{name}", tmp_path / name
    if name.startswith("still"):
        Image.effect_noise((320, 240), 60).convert("RGB").save(source)
    else:
        ffmpeg("-i", clip, source)
    lab.sign(source, target, content_type)
    found = read(target, content_type=content_type)
    assert found.state is CredentialState.VALID_UNTRUSTED
    assert found.store is not None
    kept = {"size_bytes": len(found.store), "sha256": hashlib.sha256(found.store).hexdigest()}
    assert found.report["store"] == kept
    with c2pa.Reader("application/c2pa", io.BytesIO(found.store)) as alone:
        assert json.loads(alone.json())["active_manifest"] == found.report["active"]
