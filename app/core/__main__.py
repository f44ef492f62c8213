"""`python -m app.core A B` compares two files; it needs neither web nor database."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from app.core.presentation.command import DEFAULT_SHEET, Exit, run


def main() -> Exit:
    """Read the arguments and compare."""
    parser = ArgumentParser(
        prog="python -m app.core",
        description="Say what the first file shares with the second, and draw it.",
        epilog="Exit code: 0 found, 1 nothing found or a lead only, 2 a file cannot be used.",
    )
    parser.add_argument("query", type=Path, help="the clip, still or sound that is asked about")
    parser.add_argument("known", type=Path, help="what is searched for in it")
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_SHEET, help="contact sheet (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of words")
    asked = parser.parse_args()
    return run(asked.query, asked.known, asked.out, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
