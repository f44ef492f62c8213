"""A SQLite new enough for the job engine, put in place when this module is imported.

DBOS needs SQLite >= 3.42 (`unixepoch('subsec')`); on an older library every enqueue fails with a
NOT NULL error. Where Python was built on an older one, a wheel that carries its own takes its name.
Import this before anything that opens a database.
"""

import importlib
import sqlite3
import sys

OLDEST_USABLE = (3, 42, 0)


def _use_bundled_library() -> None:
    for name in ("pysqlite3", "sqlean"):
        try:
            bundled = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        sys.modules["sqlite3"] = bundled
        sys.modules["sqlite3.dbapi2"] = importlib.import_module(f"{name}.dbapi2")
        return
    raise RuntimeError(
        f"SQLite {sqlite3.sqlite_version} is too old (3.42 is needed): install pysqlite3 or sqlean.py"
    )


if sqlite3.sqlite_version_info < OLDEST_USABLE and "pysqlite3" not in sqlite3.__name__:
    _use_bundled_library()
