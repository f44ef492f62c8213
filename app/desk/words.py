"""The desk's texts: one catalogue a language, so that a translation is one file more."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("catalogues")
_FROM_THE_RIGHT = {"R", "AL", "RLE", "RLO", "RLI"}


@cache
def catalogue(language: str = "en") -> dict[str, Any]:
    """Every text by page and name; templates fail on one that is not there."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text())


def filled(text: str, /, **values: object) -> str:
    """A text with its gaps filled; what is written from right to left moves nothing beside it."""
    given = {
        name: isolated(each) if isinstance(each, str) else each for name, each in values.items()
    }
    return text.format(**given)


def isolated(text: str) -> str:
    """`text` between the marks that keep its direction to itself, if it has any of its own."""
    if any(unicodedata.bidirectional(letter) in _FROM_THE_RIGHT for letter in text):
        return f"\u2068{text}\u2069"
    return text


def coded(code: str, group: str) -> str:
    """What a code of the wire is called in words; one without words is shown as it is."""
    named: str = catalogue()["codes"].get(group, {}).get(code, code.replace("_", " "))
    return named


def requirement(text: str) -> str:
    """What a change still takes, without the names that it and its values have on the wire."""
    name, _, said = text.partition(": ")
    words = said.replace("_", " ")
    return f"{coded(name, 'requirement').capitalize()}: {words}" if said else text
