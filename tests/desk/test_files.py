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


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_paragraph_holds_what_would_end_it(template: Path) -> None:
    inside = r"<p[ >](?:(?!</p>).)*?<(?:form|ul|ol|div|table|section|details|p)[ >]"
    assert re.findall(inside, template.read_text(), re.DOTALL) == []


def test_every_text_is_used_somewhere() -> None:
    shown = "".join(path.read_text() for path in TEMPLATES)
    used = set(re.findall(r"\bw\.(\w+)\.(\w+)", shown))
    texts = [path.read_text() for path in DESK.glob("*.py")]
    named = [(set(re.findall(r'"(\w+)"', text)), text) for text in texts]
    pages = {name: group for name, group in catalogue().items() if name not in LOOKED_UP}
    unused = [
        f"{page}.{name}"
        for page, group in pages.items()
        for name in group
        if (page, name) not in used
        and not any(name in words and f'["{page}"]' in text for words, text in named)
    ]
    assert unused == []


def test_every_text_of_a_script_is_used_by_one() -> None:
    scripts = [path for path in (DESK / "static").rglob("*.js") if path.parent.name != "vendor"]
    told = "".join(path.read_text() for path in scripts)
    given = {page: group["script"] for page, group in catalogue().items() if "script" in group}
    unused = [
        f"{page}.script.{name}"
        for page, texts in given.items()
        for name in texts
        if not re.search(rf"\.{name}\b|\b{name}:|\"{name}\"", told)
    ]
    assert unused == []


LOOKED_UP = {"codes", "public_wording"}
"""Texts that are found by a code of the wire."""
