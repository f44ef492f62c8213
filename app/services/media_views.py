"""Items as they are shown: their rows and what stands beside them, as answers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.media import Media, Receipt
from app.db.media_lists import Facets
from app.schemas.media import (
    Failure,
    FingerprintAnswer,
    FingerprintFrame,
    MediaAnswer,
    ReceiptAnswer,
    RecordHead,
)
from app.schemas.sensitivity import Sensitivity

PARTS = (
    "fact-checks",
    "file",
    "fingerprint",
    "matches",
    "provenance",
    "receipts",
    "retention",
    "sensitivity",
    "stills",
    "verification",
    "versions",
)


def show(session: Session, media: Media, *, duplicate: bool = False) -> MediaAnswer:
    """Give one item as it is answered."""
    facets = db.media_lists.facets(session, [media.id])
    return _answer(media, facets.get(media.id, Facets()), duplicate=duplicate)


def show_all(session: Session, items: Sequence[Media]) -> list[MediaAnswer]:
    """Give several items as they are answered, with the same few queries however many they are."""
    facets = db.media_lists.facets(session, [media.id for media in items])
    return [_answer(media, facets.get(media.id, Facets()), duplicate=False) for media in items]


def show_receipt(receipt: Receipt, actor: Actor) -> ReceiptAnswer:
    """Give one arrival; who sent it, and on which terms, only to its bringer and to verifiers."""
    answer = ReceiptAnswer.model_validate(receipt)
    if receipt.received_by == actor.id or Scope.RECORD_WRITE in actor.scopes:
        return answer
    return answer.model_copy(update={"sender": None, "consent_terms": None})


def describe_fingerprint(media_id: str, encoded: bytes) -> FingerprintAnswer:
    """Give what a stored fingerprint holds, frame by frame."""
    # NumPy costs a web process that never answers this a fifth of its memory.
    from app.core.fingerprints import fingerprint as codec  # noqa: PLC0415

    fingerprint = codec.decode(encoded)
    frames = [
        FingerprintFrame(
            timestamp_ms=int(fingerprint.timestamps_ms[row]),
            shot=int(fingerprint.shots[row]),
            votes=bool(fingerprint.votes[row]),
            pdq=fingerprint.pdq[row].tobytes().hex(),
            pdq_quality=int(fingerprint.pdq_quality[row]),
            phash=fingerprint.phash[row].tobytes().hex(),
        )
        for row in range(fingerprint.frames)
    ]
    return FingerprintAnswer(
        media_id=media_id,
        algorithm=fingerprint.algorithm,
        kind=fingerprint.kind,
        duration_ms=fingerprint.duration_ms,
        width=fingerprint.width,
        height=fingerprint.height,
        described=fingerprint.described,
        frames=frames,
        sound_items=len(fingerprint.sound),
        size_bytes=len(encoded),
    )


def _reports(own: str) -> dict[str, str]:
    return {"report": f"{own}/report.html", "report_pdf": f"{own}/report.pdf"}


def _answer(media: Media, facets: Facets, *, duplicate: bool) -> MediaAnswer:
    own = f"/v1/media/{media.id}"
    marked = facets.marked
    return MediaAnswer(
        id=media.id,
        kind=media.kind,
        state=media.state,
        sha256=media.sha256,
        size_bytes=media.size_bytes,
        filename=media.filename,
        content_type=media.content_type,
        title=media.title,
        duration_ms=media.duration_ms,
        width=media.width,
        height=media.height,
        collections=facets.collections,
        tags=facets.tags,
        receipts=facets.receipts,
        received_at=media.received_at,
        duplicate=duplicate,
        failure=Failure.model_validate(media.failure) if media.failure else None,
        verification=RecordHead(status=facets.status, version=facets.version),
        stage=media.stage,
        progress=media.progress,
        previewed_at=media.previewed_at,
        sensitivity=Sensitivity.of(marked.flags, reviewed=marked.reviewed),
        purged_before=media.purged_before,
        links={
            "self": own,
            **{part.replace("-", "_"): f"{own}/{part}" for part in PARTS},
            **_reports(own),
        },
    )
