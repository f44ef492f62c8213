"""How a report writes things down: lines, lists, codes and values as plain text."""

from collections.abc import Iterable
from typing import Any

from app.pages.paper import Facts
from app.pages.phrases import words


def facts(rows: Iterable[tuple[str, str | None]]) -> Facts:
    """Labels and values, without those that have none."""
    return Facts(tuple((label, value) for label, value in rows if value))


def lines(*parts: str | None) -> str:
    """What there is of some texts, one under the other."""
    return "\n".join(part for part in parts if part)


def each_of(texts: Iterable[str]) -> str:
    """Texts as a list."""
    return "\n".join(f"– {text}" for text in texts)


def plain(value: Any) -> str:
    """A stored value in words."""
    if isinstance(value, dict):
        held = (f"{words(name)} {plain(each)}" for name, each in value.items() if each)
        return ", ".join(held)
    if isinstance(value, list):
        return ", ".join(plain(each) for each in value)
    return (
        words(value) if isinstance(value, str) and value.replace("_", "").isalpha() else str(value)
    )
