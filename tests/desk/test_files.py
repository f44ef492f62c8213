import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from app.desk.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "app" / "desk"
TEMPLATES = sorted((DESK / "templates").glob("*.html"))


@pytest.mark.parametrize("folder", [DESK / "static" / "vendor", ROOT / "tests" / "desk" / "vendor"])
def test_what_is_taken_from_others_is_listed_and_unchanged(folder: Path) -> None:
    listed = tomllib.loads((folder / "VENDORED.toml").read_text())
    found = {path.name for path in folder.iterdir()} - {"VENDORED.toml"}
    assert set(listed) == found
    for name, said in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == said["sha256"]
        assert said["version"] in name
        assert set(said) == {"package", "version", "licence", "sha256"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_style_or_an_address_elsewhere(template: Path) -> None:
    text = template.read_text()
    assert re.findall(r'<script(?![^>]*(?:\bsrc=|type="application/json"))', text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text) == []
    assert re.findall(r'(?:src|href)="https?:', text) == []


def test_every_text_is_used_somewhere() -> None:
    used = "".join(path.read_text() for path in [*TEMPLATES, *DESK.glob("*.py")])
    scripts = [path for path in (DESK / "static").rglob("*.js") if path.parent.name != "vendor"]
    told = "".join(path.read_text() for path in scripts)
    pages = {name: group for name, group in catalogue().items() if name not in LOOKED_UP}
    unused = [
        f"{page}.{name}"
        for page, group in pages.items()
        for name in group
        if not re.search(rf"\b{page}\.{name}\b|[\"']{name}[\"']", used)
        and not re.search(rf"\.{name}\b", told)
    ]
    assert unused == []


LOOKED_UP = {"codes", "public_wording"}
"""Texts that are found by a code of the wire."""
