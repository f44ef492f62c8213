"""The dates by which an item existed, as far as anything shows it, each with its strength.

Strong: the desk's own receipt, and a time stamp (RFC 3161) of an authority on an imported list.
Medium: an archive's link as its bringer gives it, a time stamp of another authority, and the word
of a signer who is on a list. Weak: the word of anybody else, and metadata, which anybody can write.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.core.provenance.values import Credentials, CredentialState, Provenance, Value, ValueKind
from app.schemas.dating import Evidenced, EvidenceKind, Strength

# Before digital cameras, a date is the default of a clock.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MOST_PARENTS = 8
_UNUSABLE = (CredentialState.INVALID, CredentialState.ERROR)


def earliest(session: Session, media_id: str) -> Evidenced | None:
    """The earliest date by which an item existed; None for an item that never arrived."""
    return earliest_of(session, [media_id]).get(media_id)


def earliest_of(session: Session, media_ids: Collection[str]) -> dict[str, Evidenced]:
    """The earliest date by which each of some items existed."""
    found = of_items(session, media_ids)
    return {media_id: min(dates, key=lambda date: date.at) for media_id, dates in found.items()}


def of_items(session: Session, media_ids: Collection[str]) -> dict[str, list[Evidenced]]:
    """Everything that dates some items; one without any is not among the keys."""
    found: dict[str, list[Evidenced]] = defaultdict(list)
    for receipt in db.dating.arrivals(session, media_ids):
        dates = found[receipt.media_id]
        if not any(each.kind is EvidenceKind.RECEIPT for each in dates):
            dates.append(_evidenced(receipt.received_at, EvidenceKind.RECEIPT, receipt.id))
        if receipt.archived_at is not None:
            dates.append(_evidenced(receipt.archived_at, EvidenceKind.ARCHIVE_LINK, receipt.id))
    for media_id, stored in db.dating.evidenced(session, media_ids).items():
        found[media_id] += map(Evidenced.model_validate, stored)
    return dict(found)


def of_file(read: Provenance, until: datetime) -> list[Evidenced]:
    """What a file itself gives evidence of, no later than it was read."""
    found = [*_signed(read.credentials), *_written(read.metadata.values)]
    return [each for each in found if _EARLIEST <= each.at <= until]


def _evidenced(
    at: datetime, kind: EvidenceKind, origin: str, strength: Strength | None = None
) -> Evidenced:
    usual = {EvidenceKind.RECEIPT: Strength.STRONG, EvidenceKind.ARCHIVE_LINK: Strength.MEDIUM}
    return Evidenced(at=at, kind=kind, origin=origin, strength=strength or usual[kind])


def _signed(credentials: Credentials) -> Iterator[Evidenced]:
    """The signing times of the active manifest, and of what it says it is another version of."""
    if credentials.state in _UNUSABLE:
        return
    manifests = {each["label"]: each for each in credentials.report.get("manifests", ())}
    label = credentials.report.get("active")
    for _ in range(_MOST_PARENTS):
        manifest = manifests.pop(label, None)
        if manifest is None:
            return
        at = _instant(manifest["time"]["at"])
        if at is not None and manifest["time"]["state"] != "invalid":
            kind, strength = _worth(manifest)
            yield _evidenced(at, kind, f"manifest {label}", strength)
        label = _parent(manifest)


def _worth(manifest: Mapping[str, Any]) -> tuple[EvidenceKind, Strength]:
    match manifest["time"]["state"]:
        case "trusted":
            return EvidenceKind.RFC3161, Strength.STRONG
        case "validated":
            return EvidenceKind.RFC3161, Strength.MEDIUM
    strength = Strength.MEDIUM if manifest["trusted_by"] else Strength.WEAK
    return EvidenceKind.C2PA_TIME, strength


def _parent(manifest: Mapping[str, Any]) -> str | None:
    parents = (
        each["manifest"]
        for each in manifest["ingredients"]
        if each["relationship"] == "parentOf" and each["manifest"]
    )
    return next(parents, None)


def _written(values: Collection[Value]) -> Iterator[Evidenced]:
    """The earliest of the times in the metadata that is not a clock's beginning."""
    times = [
        (at, each)
        for each in values
        if each.kind is ValueKind.TIME and (at := _instant(each.at)) and not _is_unset(at)
    ]
    if times:
        at, value = min(times, key=lambda found: found[0])
        origin = f"{value.origin} {value.name}"
        yield _evidenced(at, EvidenceKind.METADATA, origin, Strength.WEAK)


def _is_unset(at: datetime) -> bool:
    """Whether a clock that was never set shows this: it begins with a year, or before digital film."""
    return at < _EARLIEST or (at.month, at.day, at.hour) == (1, 1, 0)


def _instant(text: str | None) -> datetime | None:
    """A time as UTC; of one without a zone the same figures, which is hours wrong at most."""
    try:
        at = datetime.fromisoformat(text or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
