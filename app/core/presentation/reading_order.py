"""Puts a line of text in the order in which it is drawn from the left: Hebrew and Arabic run from the right.

The Unicode Bidirectional Algorithm (UAX #9) for one line, by what its letters are: marks that tell
directions are not asked.
"""

import unicodedata
from itertools import groupby
from operator import itemgetter

_LETTERS = {"L": "L", "R": "R", "AL": "R", "EN": "N", "AN": "N"}
_STRONG = {"L", "R", "AL"}
_SIGNS = {"ES", "CS", "ET"}
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def line_of(text: str) -> str:
    """Give a text as one line: letters and their accents joined, without what is no letter to be seen."""
    seen = (each for each in unicodedata.normalize("NFC", text) if not _is_format(each))
    return " ".join("".join(seen).split())


def drawn_order(text: str) -> str:
    """Give the letters of a line in the order in which they stand, from the left."""
    units = _units(text)
    kinds = [unicodedata.bidirectional(unit[0]) for unit in units]
    strong = [_LETTERS[kind] for kind in kinds if kind in _STRONG]
    if "R" not in strong:
        return text
    levels = _levels(_ways(kinds, strong[0]), strong[0])
    placed = [
        unit.translate(_MIRRORED) if level % 2 else unit
        for unit, level in zip(units, levels, strict=True)
    ]
    order = list(range(len(units)))
    for level in range(max(levels), 0, -1):
        order = _turned(order, [levels[at] >= level for at in order])
    return "".join(placed[at] for at in order)


def _turned(order: list[int], deep: list[bool]) -> list[int]:
    """Turn around each stretch of what lies deep."""
    turned: list[int] = []
    for is_deep, run in groupby(zip(deep, order, strict=True), itemgetter(0)):
        places = [at for _, at in run]
        turned += places[::-1] if is_deep else places
    return turned


def _is_format(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf"


def _units(text: str) -> list[str]:
    """Part a text in letters, each with the marks that stand on it."""
    units: list[str] = []
    for each in text:
        if units and unicodedata.bidirectional(each) == "NSM":
            units[-1] += each
        else:
            units.append(each)
    return units


def _ways(kinds: list[str], base: str) -> list[str]:
    """Say which way each letter runs: L, R, N of a number, or nothing of its own ('')."""
    ways = [_LETTERS.get(each, "") for each in kinds]
    for at, kind in enumerate(kinds):
        beside = [ways[near] for near in (at - 1, at + 1) if 0 <= near < len(ways)]
        # A sign within a number, as of a time or a date, or a unit beside one, belongs to it.
        if kind in _SIGNS and beside.count("N") >= (1 if kind == "ET" else 2):
            ways[at] = "N"
    strong = base
    for at, way in enumerate(ways):
        strong = way if way in _STRONG else strong
        if way == "N" and strong == "L":
            ways[at] = "L"
    return ways


def _levels(ways: list[str], base: str) -> list[int]:
    """Give the depth of each letter; what has no way of its own goes with both neighbours, or the line."""
    depth = {"L": 0 if base == "L" else 2, "R": 1, "N": 2}
    levels: list[int] = []
    for at, way in enumerate(ways):
        if way:
            levels.append(depth[way])
            continue
        before = next((each for each in reversed(ways[:at]) if each), base)
        after = next((each for each in ways[at:] if each), base)
        both = {"R" if each == "N" else each for each in (before, after)}
        levels.append(depth[both.pop() if len(both) == 1 else base])
    return levels
