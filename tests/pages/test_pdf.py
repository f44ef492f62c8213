import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from app.core.media import DecodeLimits
from app.errors import Busy
from app.pages import pdf
from app.pages.paper import Paper
from tests.pages.papers import HOSTILE, NAMES, paper
from tests.receiver import wait_until


def words(made: bytes) -> str:
    """The text of a PDF as a reader copies it, without spaces: scripts order these as they like."""
    document = pypdfium2.PdfDocument(made)
    pages = (page.get_textpage().get_text_bounded() for page in document)
    return "".join("".join(pages).replace("\u200b", "").split())


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf.report(paper())


def test_it_says_what_the_paper_says(made: bytes) -> None:
    said = words(made)
    for text in ("Partly verified", "ab" * 32, "Known material in this item", "kim on 12 January"):
        assert "".join(text.split()) in said
    assert "".join(HOSTILE.split()) in said


def test_names_are_set_in_their_own_scripts(made: bytes) -> None:
    said = words(made)
    assert all(letter in said for name in NAMES for letter in "".join(name.split()))
    fonts = {name for name in (b"NotoSansArabic", b"NotoSansCJK") if name in made}
    assert fonts == {b"NotoSansArabic", b"NotoSansCJK"}


def test_letters_that_no_font_has_are_marked_and_hinder_nothing() -> None:
    strange = "Lhasa \u0f56\u0f7c\u0f51, \ue000 apple, \U00013000, \0, \x1b[0m"
    made = pdf.report(replace(paper(), title=strange, wording=strange))
    said = words(made)
    assert "Lhasa\ufffd\ufffd\ufffd,\ufffdapple,\ufffd,\ufffd,\ufffd[0m" in said
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made


def test_it_can_be_kept_and_read_aloud(made: bytes) -> None:
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    document = pypdfium2.PdfDocument(made)
    assert document.get_metadata_value("Title").startswith("Clip of")
    assert len(document) > 1


def test_the_same_paper_is_the_same_file(made: bytes) -> None:
    assert pdf.report(paper()) == made


@pytest.fixture
def calls() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and who called there."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            try:
                while True:
                    server.accept()
                    heard.append("a call")
            except OSError:
                return

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.png", heard
        server.shutdown(socket.SHUT_RDWR)


def test_it_calls_nobody_and_reads_no_file(calls: tuple[str, list[str]]) -> None:
    address, heard = calls
    markup = f'#image("{address}") #import "@preview/cetz:0.1.0" <img src="{address}">'
    said = words(pdf.report(replace(paper(), wording=markup)))
    assert "".join(markup.split()) in said
    assert heard == []


@pytest.mark.parametrize("template", ['#read("/etc/passwd")', '#import "@preview/cetz:0.1.0"'])
def test_a_template_reaches_nothing_outside(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "page.typ"
    own.write_text(f'#set document(title: "x")\n{template}')
    monkeypatch.setattr(pdf, "_TEMPLATE", own)
    with pytest.raises(pdf.NotTypeset):
        pdf.report(paper())


def test_too_much_is_a_named_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMITS", DecodeLimits(wall_s=0, memory_bytes=1 << 31))
    with pytest.raises(pdf.NotTypeset):
        pdf.report(paper())


def test_many_that_wait_keep_no_further_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a thread of the web process, of which there are forty."""
    monkeypatch.setattr(pdf, "LIMITS", DecodeLimits(wall_s=0, memory_bytes=1 << 31))
    with ThreadPoolExecutor(pdf.MOST_WAITING) as others:
        with pdf._press:
            waiting = [others.submit(pdf.report, paper()) for _ in range(pdf.MOST_WAITING)]
            wait_until(lambda: pdf._queue._value == 0)
            with pytest.raises(Busy):
                pdf.report(paper())
        assert all(isinstance(each.exception(), pdf.NotTypeset) for each in waiting)
    with pytest.raises(pdf.NotTypeset):
        pdf.report(paper())


def test_nothing_but_the_title_is_needed() -> None:
    empty = Paper("Report", "x", "Unverified", "plain", None, (), "Made.", paper().made_at)
    assert "Unverified" in words(pdf.report(empty))
