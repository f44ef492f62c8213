"""Runs the library in a process of its own in which the service's packages cannot be imported."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE = {
    "alembic",
    "dbos",
    "fastapi",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "sqlalchemy",
    "starlette",
    "structlog",
    "typer",
    "uvicorn",
}
_BLOCK = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {SERVICE}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
"""
MODULE = """
import runpy
runpy.run_module("app.core", run_name="__main__", alter_sys=True)
"""
"""`python -m app.core`."""


def run_alone(
    program: str, *arguments: str | Path, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; its output is UTF-8."""
    return subprocess.run(
        [sys.executable, "-c", _BLOCK + program, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
