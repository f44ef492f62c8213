"""Tells the figures of a run: a small table on the terminal, JSON in a file where one is named."""

import json
from collections.abc import Mapping
from pathlib import Path


def tell(figures: Mapping[str, object], file: Path | None) -> None:
    """Print names and values one below the other, and write them where asked."""
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<{width}}  {_value(value)}")
    write(figures, file)


def write(figures: object, file: Path | None) -> None:
    """Write JSON where asked."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
