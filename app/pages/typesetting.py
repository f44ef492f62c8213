"""Child program that sets a page: a folder with a Typst template in, a PDF on standard output.

Run confined as `python -I typesetting.py FOLDER TIMESTAMP`. The template is FOLDER's `page.typ` and
reads what is in FOLDER, nothing outside of it; TIMESTAMP says when the page was made. Fonts are the
packaged Noto fonts alone, so that a page looks the same on every machine, in whatever script its
names are.
"""

import sys
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
import typst

# To be kept, and tagged for screen readers: ISO 19005-2 and ISO 14289-1.
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]


def typeset(folder: Path, made_at: int) -> bytes:
    """The page as PDF."""
    fonts = [Path(str(package.__file__)).parent for package in (manimgx_fonts, manimgx_fonts_cjk)]
    return typst.compile(
        folder / "page.typ",
        root=folder,
        format="pdf",
        font_paths=fonts,
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=made_at,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(Path(sys.argv[1]), int(sys.argv[2])))
