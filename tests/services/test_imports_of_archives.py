"""The output folder of auto-archiver: what its records say comes along with the files."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import Parts
from tests.services.importing import counts, imported, make_collection, order, stills

URL = "https://social.example/p/1?a=1&b=2"
PAGE = """<html><body><h2>Archived media for <span class="copy">{url}</span> - <a>open</a></h2>
<p><b>title:</b> '<span class="copy">A &amp; B</span>'</p>
<table class="content"><tr><th>about</th></tr><tr><td>
 <ul><li><b>key:</b> <span class="copy">./local_archive/post/000.png</span></li>
  <li><b>type:</b> <span class="copy">image/png</span></li>
  <div><b class="collapsible">thumbnails (1):</b><div class="collapsible-content">
   <ul><li><b>key:</b> <span class="copy">./local_archive/post/001.png</span></li></ul>
  </div></div></ul></td></tr><tr><td>
 <ul><li><b>key:</b> <span class="copy">./local_archive/post/002.png</span></li>
  <li><b>id:</b> <span class="copy">screenshot</span></li></ul></td></tr></table>
<table class="metadata"><tr><th>key</th><th>value</th></tr>
 <tr><td>_processed_at</td><td><span class="copy">2024-01-02 03:04:05+00:00</span></td></tr>
 <tr><td>wayback</td><td><span class="copy"><a>https://web.example/2024/x</a></span></td></tr>
</table></body></html>"""


@pytest.fixture
def folder(parts: Parts, tmp_path: Path) -> Path:
    make_collection(parts)
    made = tmp_path / "local_archive"
    stills(made / "post", range(4))
    return made


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def receipt_of(client: TestClient, name: str) -> Any:
    items = client.get("/v1/media", params={"q": name}).json()["items"]
    (item,) = (each for each in items if each["filename"] == name)
    return client.get(f"/v1/media/{item['id']}/receipts").json()["items"][0]


def test_control_characters_of_a_page_are_left_out(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    page = PAGE.format(url=URL.replace("&", "&amp;")).replace("A &amp; B", "A \x0b&amp;\x08 B")
    (folder / "post" / "page.html").write_text(page)
    assert counts(imported(parts, order(parts, "auto_archiver", folder)))[0] == 1
    assert receipt_of(client, "000.png")["title"] == "A & B"


def test_a_page_names_its_files(parts: Parts, client: TestClient, folder: Path) -> None:
    (folder / "post" / "page.html").write_text(PAGE.format(url=URL.replace("&", "&amp;")))
    (folder / "other.html").write_text("<h2>Somebody's page</h2>")
    (folder / "no-page.html").write_text("<![foo[")
    answer = imported(parts, order(parts, "auto_archiver", folder))
    assert counts(answer) == (1, 0, 5, 0)
    assert {each.path: each.code for each in answer.errors} == {
        "no-page.html": "unknown_layout",
        "other.html": "unknown_layout",
        "post/001.png": "derived",
        "post/002.png": "derived",
        "post/003.png": "no_record",
    }
    receipt = receipt_of(client, "000.png")
    assert (receipt["source_url"], receipt["title"]) == (URL, "A & B")
    assert receipt["archived_at"].startswith("2024-01-02T03:04:05")
    assert receipt["archive_url"] == "https://web.example/2024/x"
    assert counts(imported(parts, order(parts, "auto_archiver", folder))) == (0, 0, 6, 0)


def test_a_json_record_is_known_by_its_hashes(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    first, second, third, _ = sorted((folder / "post").iterdir())
    named = second.rename(second.with_name(f"{sha256(second)[:24]}.png"))
    sha3 = hashlib.sha3_512(third.read_bytes()).hexdigest()
    result = {
        "status": "x: success",
        "metadata": {"url": URL, "title": "T", "timestamp": "2023-12-31 10:00:00"},
        "media": [
            {"filename": "/tmp/a", "_key": None, "urls": [], "properties": {"hash": hashed}}
            for hashed in (
                f"SHA-256:{sha256(first)}",
                f"SHA-256:{sha256(named)}",
                f"SHA3-512:{sha3}",
            )
        ],
    }
    (folder / "post" / "x1.json").write_text(json.dumps(result))
    (folder / "info.json").write_text(json.dumps({"formats": []}))
    answer = imported(parts, order(parts, "auto_archiver", folder))
    assert counts(answer) == (3, 0, 2, 0)
    assert {each.code for each in answer.errors} == {"unknown_layout", "no_record"}
    for name in ("000.png", named.name, "002.png"):
        assert receipt_of(client, name)["source_url"] == URL


def test_a_table_of_results_is_read_without_running_it(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    metadata = (
        f"{{'url': {URL!r}, 'title': 'Ünï', '_processed_at': datetime.datetime(2024, 1, 2, 3, 4,"
        " tzinfo=datetime.timezone.utc)}"
    )
    media = repr([{"filename": "/tmp/a", "_key": "./local_archive/post/000.png", "urls": []}])
    with (folder / "db.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["status", "metadata", "media"])
        table.writerow(["success", "{'url': nan}", "[]"])
        table.writerow(["success", "{" * 300, "[]"])
        table.writerow(["success", "{(1, 2): 3}", "[]"])
        table.writerow(["success", metadata, media])
    with (folder / "evil.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["status", "metadata", "media"])
        marker = folder / "was-run"
        table.writerow(["success", f"__import__('pathlib').Path({str(marker)!r}).touch()", "[]"])
    (folder / "plain.csv").write_text("a,b\n1,2\n")
    answer = imported(parts, order(parts, "auto_archiver", folder))
    assert counts(answer) == (1, 0, 5, 0)
    assert not marker.exists()
    unknown = {each.path for each in answer.errors if each.code == "unknown_layout"}
    assert unknown == {"evil.csv", "plain.csv"}
    receipt = receipt_of(client, "000.png")
    assert (receipt["title"], receipt["archived_at"][:16]) == ("Ünï", "2024-01-02T03:04")


def test_records_that_would_take_much_memory_are_not_read(parts: Parts, folder: Path) -> None:
    (folder / "many.json").write_text("[" + "{}," * 1_000_000 + "{}]")
    (folder / "page.html").write_text(PAGE.format(url=URL) + "<a " + "a " * 1024**2 + ">")
    media = repr([{"key": "post/000.png", "note": "x" * 600_000}])
    with (folder / "db.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["status", "metadata", "media"])
        table.writerow(["success", repr({"url": URL}), media])
        table.writerow(["success", repr({"url": URL}), repr([{"key": "post/001.png"}])])
    answer = imported(parts, order(parts, "auto_archiver", folder))
    assert {each.path: each.code for each in answer.errors} == {
        "many.json": "too_large",
        "page.html": "too_large",
        "post/000.png": "no_record",
        "post/002.png": "no_record",
        "post/003.png": "no_record",
    }
    assert answer.added == 1
