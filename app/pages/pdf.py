"""PDF from values: set by Typst in a confined child that has no network and gives its memory back."""

import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.core.decoding.child import confined
from app.core.errors import Unreadable
from app.core.media import DecodeLimits
from app.errors import Busy
from app.pages.paper import Paper

LIMITS = DecodeLimits(cpu_s=30, wall_s=60, memory_bytes=2 * 1024**3)

_CHILD = str(Path(__file__).with_name("typesetting.py"))
_TEMPLATE = Path(__file__).with_name("templates") / "report.typ"

MOST_WAITING = 8
# Many pages asked for at once take neither all processors nor memory each, nor all threads to wait.
_press, _queue = threading.Semaphore(1), threading.Semaphore(MOST_WAITING)


class NotTypeset(Exception):
    """The page could not be set within its limits."""


def report(paper: Paper) -> bytes:
    """The page as a tagged PDF; NotTypeset if that takes more than its limits allow, Busy if many wait."""
    with _turn(), tempfile.TemporaryDirectory(prefix="paper-") as folder:
        said = _laid_out(asdict(paper), Path(folder))
        template = shutil.copyfile(_TEMPLATE, Path(folder, "page.typ"))
        Path(folder, "paper.json").write_text(json.dumps(said, ensure_ascii=False, default=str))
        command = [sys.executable, "-I", _CHILD, folder, str(int(paper.made_at.timestamp()))]
        try:
            with confined(command, template, LIMITS) as child:
                made = child.stdout.read()
                ended = child.finish()
        except Unreadable as error:
            raise NotTypeset(str(error)) from error
    if ended.code or not made.startswith(b"%PDF"):
        raise NotTypeset(ended.log[-2000:])
    return made


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise Busy("Many reports are being made at the moment. Ask again in a minute.")
    try:
        with _press:
            yield
    finally:
        _queue.release()


def _laid_out(value: Any, folder: Path) -> Any:
    """`value` for JSON: a picture becomes a file in `folder`, and its name."""
    if isinstance(value, bytes):
        name = f"picture-{len(list(folder.iterdir()))}.jpg"
        (folder / name).write_bytes(value)
        return name
    if isinstance(value, dict):
        return {key: _laid_out(each, folder) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_laid_out(each, folder) for each in value]
    return value
