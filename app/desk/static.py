"""Scripts, styles and pictures of the pages, under addresses that change with their content.

One hash over all files is part of each address, so that modules find each other by relative paths.
"""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.errors import NotFound

FOLDER = Path(__file__).with_name("static")
YEAR_S = 365 * 24 * 3600
HASH_CHARS = 16

router = APIRouter()


@cache
def files() -> dict[str, Path]:
    """The files there are, by their names in addresses."""
    found = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): path for path in found}


@cache
def version() -> str:
    """What changes when any file does."""
    hashed = hashlib.sha256()
    for name, path in files().items():
        hashed.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return hashed.hexdigest()[:HASH_CHARS]


def address(name: str) -> str:
    """Where a file is; a name that is none is a mistake in a template."""
    if name not in files():
        raise LookupError(f"There is no file '{name}' in {FOLDER}.")
    return f"/desk/static/{version()}/{name}"


@router.get("/static/{wanted}/{name:path}")
def read_file(wanted: str, name: str) -> FileResponse:
    """Give a file, to be kept for a year if its address is the present one."""
    path = files().get(name)
    if path is None:
        raise NotFound("There is no such file.")
    kept = f"public, max-age={YEAR_S}, immutable" if wanted == version() else "no-cache"
    return FileResponse(path, headers={"Cache-Control": kept})
