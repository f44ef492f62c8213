"""Items, records and matches written straight into a database: as uploads and jobs leave them."""

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from app import db, services
from app.access import SCOPES_OF_ROLE, Actor, Role
from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.core.provenance.values import CredentialState
from app.schemas.claims import NewClaim
from app.schemas.corroborations import NewCorroboration
from app.schemas.enums import CollectionKind, MatchFound, SourceKind, VerificationStatus
from app.schemas.findings import NewFinding
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.purging import PurgeRequest
from app.schemas.record_enums import FileOrigin, PublicationState
from app.services import collections

NEW_FINDING: TypeAdapter[Any] = TypeAdapter(NewFinding)

PURGE = PurgeRequest(authority=PurgeAuthority.DESK, reason="for a test")

_numbers = itertools.count()


def actor_of(role: Role, name: str = "") -> Actor:
    """Somebody of this role."""
    return Actor(name or role.value, name or role.value, role, SCOPES_OF_ROLE[role])


def is_searched_as_known(session: Session, number: int) -> bool:
    """Whether the search indexes have this fingerprint on the shelf of known material."""
    return db.known.last_change(session, number) is db.known.KnownChange.ADDED


def add_item(
    session: Session,
    *,
    title: str | None = None,
    tags: Sequence[str] = (),
    received_by: str = "producer",
    source_name: str | None = None,
    source_kind: SourceKind = SourceKind.UNKNOWN,
    file_origin: FileOrigin = FileOrigin.UNKNOWN,
) -> str:
    """An item with one receipt and its record; gives its id."""
    number = next(_numbers)
    item = db.media.Media(
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        kind=MediaKind.VIDEO,
        size_bytes=1,
        filename=f"{number}.mp4",
        content_type="video/mp4",
        title=title,
        search_text=db.media_lists.folded(title or ""),
    )
    session.add(item)
    session.flush()
    receipt = db.media.Receipt(
        media_id=item.id,
        received_by=received_by,
        filename=item.filename,
        source_name=source_name,
        source_kind=source_kind,
        file_origin=file_origin,
    )
    session.add(receipt)
    db.media.add_tags(session, item.id, tags)
    services.verifications.open_for(session, item.id, actor_of(Role.PRODUCER, received_by))
    return item.id


def make_known(session: Session, media_id: str) -> str:
    """Put an item into the archive, as the desk does; gives its id."""
    keeper = actor_of(Role.VERIFIER)
    archive = db.collections.by_slug(session, "archive")
    if archive is None:
        kind = CollectionKind.ARCHIVE
        archive = collections.create(session, "archive", "Archive", kind, keeper)
    collections.add(session, archive, media_id, keeper)
    return media_id


def put_at(
    session: Session,
    media_id: str,
    status: VerificationStatus,
    publication: PublicationState = PublicationState.PRIVATE,
) -> None:
    """Put a record at a status, without all that a way there takes."""
    record = services.verifications.take(session, media_id)
    record.status, record.publication = status, publication


def find_out(
    session: Session, media_id: str, pillar: str, verdict: str = "confirmed", **more: Any
) -> str:
    """A finding of a verifier; gives its id."""
    wanted = NEW_FINDING.validate_python({"pillar": pillar, "verdict": verdict, **more})
    record = services.verifications.take(session, media_id)
    return services.findings.record(session, record, wanted, actor_of(Role.VERIFIER)).id


def claim(session: Session, media_id: str, text: str = "Two soldiers were captured") -> str:
    """A claim; gives its id."""
    record = services.verifications.take(session, media_id)
    wanted = NewClaim(text=text, made_by="SBU")
    return services.claims.add(session, record, wanted, actor_of(Role.VERIFIER)).id


def hear(
    session: Session,
    media_id: str,
    claim_id: str | None = None,
    *,
    source: str = "somebody",
    stance: str = "supports",
    independence: str = "independent",
    **more: Any,
) -> str:
    """What a source says of the media or of a claim; gives its id."""
    wanted = NewCorroboration.model_validate(
        {
            "about": "claim" if claim_id else "media",
            "target_id": claim_id,
            "source": {"name": source},
            "stance": stance,
            "independence": independence,
            **more,
        }
    )
    record = services.verifications.take(session, media_id)
    return services.corroborations.add(session, record, wanted, actor_of(Role.VERIFIER)).id


def add_match(
    session: Session,
    query: str,
    known: str,
    grade: Grade = Grade.CERTAIN,
    confidence: float = 0.9,
) -> str:
    """A found match of one segment; gives its id."""
    match = found_match(query, known, grade, confidence)
    session.add(match)
    session.flush()
    return match.id


def found_match(
    query: str, known: str, grade: Grade = Grade.CERTAIN, confidence: float = 0.9
) -> db.matches.StoredMatch:
    """A match of one segment, not stored yet."""
    segment = {
        "query": {"start_ms": 0, "end_ms": 6000},
        "known": {"start_ms": 20_100, "end_ms": 26_100},
        "modality": "visual",
        "speed": 1.0,
        "score": 0.8,
        "transforms": [{"kind": "mirror"}, {"kind": "crop", "box": [0.1, 0.3, 0.6, 0.6]}],
    }
    evidence = {"query_ms": 1000, "known_ms": 21_100, "similarity": 0.81, "inliers": 143}
    return db.matches.StoredMatch(
        query_media_id=query,
        known_media_id=known,
        relation=Relation.EXCERPT,
        grade=grade,
        confidence=confidence,
        coverage_query=1.0,
        coverage_known=0.31,
        segments=[segment],
        evidence=[evidence],
        algorithm="test/1",
        engine_version="1",
        found=MatchFound.UPLOAD,
    )


def reading_of(
    media_id: str, state: CredentialState, evidenced: Sequence[dict[str, Any]] = ()
) -> db.provenance.ProvenanceReading:
    """What was read of an item's provenance, not stored yet."""
    return db.provenance.ProvenanceReading(
        media_id=media_id,
        reader="test/1",
        lists_revision=0,
        state=state,
        lists=[],
        report={},
        metadata_values=[],
        failures={},
        pictures=[],
        hints=[],
        evidenced=list(evidenced),
    )
