"""Checks JSON-LD against schema.org's own vocabulary: types, properties, domains, ranges, members."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_VOCABULARY = json.loads(Path(__file__).with_name("vocabulary.json").read_text())
_TYPES: dict[str, list[str]] = _VOCABULARY["types"]
_PROPERTIES: dict[str, dict[str, list[str]]] = _VOCABULARY["properties"]
_MEMBERS: dict[str, list[str]] = _VOCABULARY["enumerations"]
_SITE = "https://schema.org/"

_DATE = r"\d{4}-\d\d-\d\d"
_TIME = rf"{_DATE}T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"


def _written(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


_DATA: dict[str, Callable[[Any], bool]] = {
    "Boolean": lambda value: isinstance(value, bool),
    "Date": _written(_DATE),
    "DateTime": _written(_TIME),
    "Duration": _written(r"PT(\d+(\.\d+)?[HMS])+"),
    "Number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Text": lambda value: isinstance(value, str) and bool(value.strip()),
    "URL": _written(r"https?://[^\s]+"),
}


def ancestors(name: str) -> set[str]:
    """A type and all that it is a kind of."""
    return {name}.union(*(ancestors(parent) for parent in _TYPES.get(name, [])))


def faults(document: dict[str, Any]) -> list[str]:
    """Everything in a document that the vocabulary does not know or does not allow there."""
    rest = {name: value for name, value in document.items() if name != "@context"}
    wrong = [] if document.get("@context") == "https://schema.org" else ["@context"]
    return wrong + _faults_of(rest, "")


def _faults_of(node: dict[str, Any], where: str) -> list[str]:
    kind = node.get("@type")
    if kind not in _TYPES:
        return [f"{where}: no type {kind}"]
    found = []
    for name, value in node.items():
        if name == "@type":
            continue
        here = f"{where}/{kind}.{name}"
        if name == "@id":
            found += [] if _DATA["URL"](value) else [f"{here}: no address"]
        elif name not in _PROPERTIES:
            found.append(f"{here}: no such property")
        elif not ancestors(kind) & set(_PROPERTIES[name]["domain"]):
            found.append(f"{here}: not a property of this type")
        else:
            values = value if isinstance(value, list) else [value]
            found += [] if values else [f"{here}: empty"]
            for each in values:
                found += _faults_of_value(each, _PROPERTIES[name]["range"], here)
    return found


def _faults_of_value(value: Any, expected: list[str], where: str) -> list[str]:
    if isinstance(value, dict):
        if not ancestors(str(value.get("@type"))) & set(expected):
            return [f"{where}: a {value.get('@type')} is none of {expected}"]
        return _faults_of(value, where)
    for kind in expected:
        if kind in _MEMBERS and isinstance(value, str):
            if value.removeprefix(_SITE) in _MEMBERS[kind] and value.startswith(_SITE):
                return []
        elif kind in _DATA and _DATA[kind](value):
            return []
    return [f"{where}: {value!r} is none of {expected}"]
