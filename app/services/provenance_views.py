"""What readers are shown of an item's provenance."""

from dataclasses import asdict

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.local import MANIFEST_STORE, LocalBlobs
from app.core.provenance import hints, wording
from app.core.provenance.values import Hint, Value
from app.db.provenance import VALID, ProvenanceReading
from app.errors import NotFound
from app.schemas.dating import Evidenced
from app.schemas.provenance import (
    ContainerAnswer,
    CredentialsAnswer,
    InnerPicture,
    MetadataItem,
    ProvenanceAnswer,
    SimilarCredentials,
)
from app.services import media, viewing

_NOT_BOUND = (
    "Found by similarity, not bound to this file: known material that it matches carries these. "
)


def read(session: Session, media_id: str, actor: Actor) -> ProvenanceAnswer:
    """Everything that was read of an item's file; places only for those who may see them."""
    reading = _reading(session, media_id)
    own = f"/v1/media/{media_id}"
    links = {"self": f"{own}/provenance", "media": own}
    if reading.report.get("store"):
        links["manifest_store"] = f"{own}/provenance/manifest-store"
    return ProvenanceAnswer(
        media_id=media_id,
        read_at=reading.read_at,
        reader=reading.reader,
        c2pa=_credentials(reading),
        container=_container(session, reading),
        metadata=_values(reading, actor),
        pictures=[InnerPicture.model_validate(each) for each in reading.pictures],
        failures=reading.failures,
        hints=[wording.HINTS[Hint(each)] for each in reading.hints],
        evidenced=[Evidenced.model_validate(each) for each in reading.evidenced],
        credentials_by_similarity=_similar(session, reading),
        links=links,
    )


def has_store(session: Session, media_id: str) -> bool:
    """Whether a manifest store was read from an item's file."""
    reading = db.provenance.of_media(session, media_id)
    return reading is not None and bool(reading.report.get("store"))


def manifest_store(session: Session, blobs: LocalBlobs, media_id: str) -> bytes:
    """The bytes of an item's manifest store, as they stand in its file."""
    kept = blobs.derived_path(media_id, MANIFEST_STORE)
    if not _reading(session, media_id).report.get("store") or not kept.exists():
        raise NotFound("No manifest store of this item is kept.")
    return kept.read_bytes()


def _reading(session: Session, media_id: str) -> ProvenanceReading:
    media.get(session, media_id)
    reading = db.provenance.of_media(session, media_id)
    if reading is None:
        raise NotFound("The provenance of this item has not been read yet.")
    return reading


def _credentials(reading: ProvenanceReading) -> CredentialsAnswer:
    return CredentialsAnswer.model_validate(
        {
            **reading.report,
            "state": reading.state,
            "text": wording.text(reading.state, reading.detail, reading.report),
            "detail": reading.detail,
            "lists": reading.lists,
            "ai_disclosed": reading.ai_disclosed,
        }
    )


def _container(session: Session, reading: ProvenanceReading) -> ContainerAnswer:
    values = [Value(**each) for each in reading.metadata_values]
    traces = hints.traces(values)
    alike = None
    if reading.shape_sha256 is not None:
        alike = db.provenance.of_same_shape(session, reading.shape_sha256, reading.media_id)
    return ContainerAnswer(
        encoder=next((each.value for each in traces if each.kind != "trace"), None),
        sei=next((each.value for each in values if each.kind == "trace"), None),
        times=hints.times(values),
        box_tree=reading.shape,
        box_tree_hash=reading.shape_sha256,
        same_shape_items=alike,
    )


def _values(reading: ProvenanceReading, actor: Actor) -> list[MetadataItem]:
    may_see = viewing.may_see_clear(actor)
    return [_value(Value(**each), may_see=may_see) for each in reading.metadata_values]


def _value(value: Value, *, may_see: bool) -> MetadataItem:
    withheld = value.is_sensitive and not may_see
    shown = {**asdict(value), "value": None if withheld else value.value}
    return MetadataItem(**shown, sensitive=value.is_sensitive, withheld=withheld)


def _similar(session: Session, reading: ProvenanceReading) -> list[SimilarCredentials]:
    """The credentials of known material that an unsigned file surely matches."""
    if reading.state in VALID:
        return []
    matches = db.dating.sure_matches(session, reading.media_id)
    signed = db.provenance.with_valid(session, [each.known_media_id for each in matches])
    return [
        SimilarCredentials(
            known_media_id=each.known_media_id,
            match_id=each.id,
            grade=each.grade,
            relation=each.relation,
            state=known.state,
            lists=known.lists,
            signer=wording.active(known.report).get("signer"),
            text=_NOT_BOUND + wording.text(known.state, known.detail, known.report),
        )
        for each in matches
        if (known := signed.get(each.known_media_id))
    ]
