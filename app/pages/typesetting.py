"""Child program that sets a page: a folder with a Typst template in, a PDF on standard output.

Run confined as `python -I typesetting.py FOLDER TIMESTAMP`. The template is FOLDER's `page.typ` and
reads what is in FOLDER, nothing outside of it; TIMESTAMP says when the page was made. Fonts are the
packaged Noto fonts alone, so that a page looks the same on every machine, in whatever script its
names are.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import manimgx_fonts
import manimgx_fonts_cjk
import typst

# To be kept, and tagged for screen readers: ISO 19005-2 and ISO 14289-1.
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]

INSTEAD = "\N{REPLACEMENT CHARACTER}"
_REFUSED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)+)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def typeset(folder: Path, made_at: int) -> bytes:
    """The page as PDF; what no font has, or no file that is kept may hold, is a mark in its place."""
    paper = json.loads((folder / "paper.json").read_text(encoding="utf-8"))
    while True:
        try:
            return _set(folder, paper, made_at)
        except typst.TypstError as error:
            readable = _without(paper, _refused(error.diagnostic))
            if readable == paper:
                raise
            paper = readable


def _set(folder: Path, paper: Any, made_at: int) -> bytes:
    fonts = [Path(str(package.__file__)).parent for package in (manimgx_fonts, manimgx_fonts_cjk)]
    return typst.compile(
        folder / "page.typ",
        root=folder,
        format="pdf",
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper)},
        pdf_standards=STANDARDS,
        timestamp=made_at,
    )


def _refused(diagnostic: str) -> set[str]:
    """The letters that a page cannot be kept with."""
    found = _REFUSED.findall(diagnostic)
    return {_ESCAPED.sub(lambda code: chr(int(code[1], 16)), each) for each in found}


def _without(value: Any, letters: set[str]) -> Any:
    """A part of a paper with a mark in place of some letters."""
    if isinstance(value, dict):
        return {name: _without(each, letters) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(each, letters) for each in value]
    if isinstance(value, str):
        for each in letters:
            value = value.replace(each, INSTEAD)
    return value


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(Path(sys.argv[1]), int(sys.argv[2])))
