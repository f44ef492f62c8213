"""What an export shows of an item's record to whom: a real signed picture, a real reading of it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts
from app.core.custody import custody_check
from app.services import processing
from app.services.bench import LocalBench
from tests.filming import photo
from tests.signing import Authority
from tests.uploads import png, upload

ClientAs = Callable[[Role], TestClient]
STORE, DIGEST = "manifest-store.c2pa", "manifest-store.sha256"


@pytest.fixture
def signed(
    parts: Parts, client: TestClient, bench: LocalBench, tmp_path: Path
) -> tuple[str, bytes]:
    """The path of an item with Content Credentials, and their bytes."""
    still = photo(tmp_path / "still.png", seed=11, size=(320, 240))
    file = Authority.new("Lab").sign(still, tmp_path / "signed.png", "image/png")
    own: str = upload(client, file.read_bytes(), file.name).json()["links"]["self"]
    processing.process(parts.database, bench, own.rpartition("/")[2])
    store = client.get(f"{own}/provenance/manifest-store")
    assert store.status_code == 200, store.text
    return own, store.content


def export(client: TestClient, own: str) -> dict[str, bytes]:
    answer = client.get(f"{own}/custody.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def views(parts: Parts) -> int:
    entries = "SELECT count(*) FROM audit_entries WHERE action = 'media.viewed'"
    with parts.database.read() as session:
        return session.scalar(sa.text(entries)) or 0


def test_a_flagged_items_manifest_store_is_for_who_may_see_it_and_is_a_view(
    parts: Parts, client: TestClient, client_as: ClientAs, signed: tuple[str, bytes]
) -> None:
    own, store = signed
    auditor = client_as(Role.AUDITOR)
    plain = export(auditor, own)
    assert plain[STORE] == store
    assert DIGEST not in plain

    body = {"flags": ["pow"], "reviewed": True}
    assert client.put(f"{own}/sensitivity", json=body).status_code == 200
    assert auditor.get(f"{own}/provenance/manifest-store").status_code == 403
    withheld = export(auditor, own)
    assert STORE not in withheld
    assert store not in withheld.values()
    assert withheld[DIGEST].decode() == f"{hashlib.sha256(store).hexdigest()}  {STORE}\n"
    assert "whom it was made for may not see it" in withheld["README.txt"].decode()
    assert views(parts) == 0

    shown = export(client, own)
    assert shown[STORE] == store
    assert "(manifest-store.c2pa)" in shown["README.txt"].decode()
    assert "media.viewed" in shown["audit/access.txt"].decode()
    assert views(parts) == 1


def test_who_sent_a_file_is_withheld_as_in_its_arrivals_and_stays_provable(
    client: TestClient, client_as: ClientAs, tmp_path: Path
) -> None:
    said = {"sender": "Oksana K.", "consent_terms": "No name on air"}
    own: str = upload(client_as(Role.PRODUCER), png(1), **said).json()["links"]["self"]
    upload(client_as(Role.PRODUCER), png(1), title="Again")
    auditor = client_as(Role.AUDITOR)
    arrivals = auditor.get(f"{own}/receipts").json()["items"]
    withheld = export(auditor, own)
    for name, data in withheld.items():
        file = tmp_path / "export" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        assert not any(each.encode() in data for each in said.values()), name
    assert json.loads(withheld["receipts.json"]) == arrivals
    assert list(custody_check.faults(tmp_path / "export")) == []
    asked = {"media_id": own.rpartition("/")[2], "action": "media.received"}
    again, first = auditor.get("/v1/audit", params=asked).json()["items"]
    assert (first["payload"], first["withheld"]) == (None, "sender")
    assert first["payload_digest"] in withheld["audit/contents.ndjson"].decode()
    assert again["payload"]["rows"]
    assert again["withheld"] is None

    told = export(client, own)
    assert json.loads(told["receipts.json"])[0] | said == json.loads(told["receipts.json"])[0]
    assert "Oksana K." in told["audit/payloads.txt"].decode()
    (_, full) = client.get("/v1/audit", params=asked).json()["items"]
    assert "Oksana K." in str(full["payload"])
