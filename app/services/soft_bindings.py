"""From a picture's hash, or a file without its credentials, to the C2PA manifest that it may have had.

Only manifests of items whose credentials are valid are given: of an invalid one nobody knows that
it ever belonged to the pictures that it came with.
"""

import base64
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.local import LocalBlobs
from app.core.media import MediaKind
from app.core.policy import Relation
from app.db.matches import ALERTING
from app.errors import NotFound, UnreadableBinding
from app.schemas.lookups import LookupAnswer, LookupMatch
from app.schemas.soft_bindings import ResolvedManifest
from app.services import provenance_views, viewing

_KINDS = {
    "org.provenance-desk.pdq.1": ("pdq", 32),
    "org.provenance-desk.phash.1": ("phash", 8),
}
"""By the name of an algorithm: what lookups call it, and how many bytes a value has."""
ALGORITHMS = tuple(_KINDS)


def question(algorithm: str, value: str) -> dict[str, Any]:
    """What the workers are asked about a soft binding: the items that may resolve, and no others."""
    check(algorithm)
    kind, size_bytes = _KINDS[algorithm]
    try:
        bits = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise UnreadableBinding(f"The value is no base64: {error}.") from error
    if len(bits) != size_bytes:
        raise UnreadableBinding(f"A value of {algorithm} has {size_bytes} bytes, in base64.")
    return {"kind": kind, "hash": bits.hex(), "signed": True}


def check(algorithm: str) -> None:
    """Refuse an algorithm that the desk does not compute."""
    if algorithm not in _KINDS:
        raise UnreadableBinding("The desk does not compute this algorithm.", known=ALGORITHMS)


def by_binding(session: Session, actor: Actor, found: LookupAnswer) -> list[ResolvedManifest]:
    """The manifests of the items that have a picture like the one of a hash."""
    return _resolved(session, actor, found.items)


def by_content(session: Session, actor: Actor, found: LookupAnswer) -> list[ResolvedManifest]:
    """The manifests of the items that a file is surely made of.

    The sound of a signed video may run under any pictures, and then says nothing of them.
    """
    sure = [each for each in found.items if each.grade in ALERTING and not _is_only_its_sound(each)]
    return _resolved(session, actor, sure)


def manifest_store(
    database: db.Database, blobs: LocalBlobs, actor: Actor, manifest_id: str
) -> bytes:
    """The bytes of the whole manifest store that has this active manifest.

    It can hold a picture: of a sensitive item this is the same as reading its file.
    """
    with database.read() as session:
        holders = db.provenance.with_manifest(session, manifest_id)
        if not holders:
            raise NotFound("No manifest of this id is kept.")
        flagged = db.sensitivity.flags_of(session, holders)
        media_id = min(holders, key=lambda each: bool(flagged.get(each)))
        store = provenance_views.manifest_store(session, blobs, media_id)
    viewing.file(database, actor, media_id, is_continued=False)
    return store


def _is_only_its_sound(found: LookupMatch) -> bool:
    return found.relation is Relation.SAME_SOUND and found.known.kind is not MediaKind.AUDIO


def _resolved(session: Session, actor: Actor, found: list[LookupMatch]) -> list[ResolvedManifest]:
    ids = {each.known_media_id for each in found}
    if not viewing.may_see_clear(actor):
        ids -= db.sensitivity.flags_of(session, ids).keys()
    signed = db.provenance.with_valid(session, ids)
    scores: dict[str, int] = {}
    for each in found:
        reading = signed.get(each.known_media_id)
        if reading is not None and reading.manifest_id and reading.report.get("store"):
            score = round(each.confidence * 100)
            scores[reading.manifest_id] = max(score, scores.get(reading.manifest_id, 0))
    best = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return [ResolvedManifest(manifest_id=name, similarity_score=score) for name, score in best]
