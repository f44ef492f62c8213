"""In the child: what an XMP packet (ISO 16684-1) says of times, tools, identities and edits."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from app.core.provenance import naming

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_SYNTAX = (_RDF, "{http://www.w3.org/XML/1998/namespace}")
_MOST = 500


def values(packet: bytes, origin: str, reader: str) -> Iterator[dict[str, Any]]:
    """The values of a packet whose names say something of the file's origin; none if it is broken."""
    start, end = packet.find(b"<"), packet.rfind(b">")
    try:
        # Expat limits the growth of entities since 2.4.1, and the process is limited besides.
        root = ET.fromstring(packet[start : end + 1])  # noqa: S314
    except ET.ParseError:
        return
    found = 0
    for description in root.iter(f"{_RDF}Description"):
        for name, text in description.attrib.items():
            yield from _one(name, text, origin, reader)
        for element in description:
            for text in _texts(element):
                yield from _one(element.tag, text, origin, reader)
                found += 1
                if found >= _MOST:
                    return


def _one(tag: str, text: str, origin: str, reader: str) -> Iterator[dict[str, Any]]:
    yield from naming.named(_local(tag), text, f"{origin} XMP", reader)


def _texts(element: ET.Element) -> Iterator[str]:
    """The element's own text; of a list each member, of a structure its fields on one line."""
    members = element.findall(f"*/{_RDF}li") or [element]
    yield from filter(None, map(_line, members))


def _line(element: ET.Element) -> str:
    parts: list[str] = []
    for each in element.iter():
        own = {name: text for name, text in each.attrib.items() if not name.startswith(_SYNTAX)}
        parts += [f"{_local(name)}={text}" for name, text in own.items()]
        text = (each.text or "").strip()
        if text:
            parts.append(text if each is element else f"{_local(each.tag)}={text}")
    return "; ".join(parts)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
