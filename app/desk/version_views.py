"""Versions as the item's page shows them: what each is to this item, and what it is most of."""

from dataclasses import dataclass

from app.schemas.versions import Version, VersionList


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version; `marks` are codes of what it is more than the others."""

    version: Version
    said_group: str
    marks: tuple[str, ...]


def versions(found: VersionList) -> list[VersionRow]:
    """The item itself first, then its versions; nothing if it has none."""
    if len(found.items) == 1:
        return []
    return [VersionRow(each, _group(each), _marks(found, each.media.id)) for each in found.items]


def _group(version: Version) -> str:
    is_query = version.match is not None and version.match.is_query
    return "this_to_version" if is_query else "version_to_this"


def _marks(found: VersionList, media_id: str) -> tuple[str, ...]:
    most = {
        "earliest_received": found.earliest_received,
        "longest": found.longest,
        "largest": found.largest,
    }
    return tuple(mark for mark, whose in most.items() if whose == media_id)
