"""Made-up public reviews, full and bare."""

from datetime import UTC, datetime
from typing import Any

from app.core.media import MediaKind
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.finding_enums import FindingVerdict, Pillar
from app.schemas.publication_enums import DigitalSource
from app.schemas.publications import (
    Appearance,
    Check,
    Citation,
    Clip,
    Correction,
    Desk,
    PublicClaim,
    PublicReview,
)
from app.schemas.record_enums import ClaimState

DESK = Desk(name="Verification desk", url="https://desk.example")
AT = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)


def appearance(kind: MediaKind = MediaKind.VIDEO, **changes: Any) -> Appearance:
    fields: dict[str, Any] = {
        "kind": kind,
        "content_type": "video/mp4",
        "size_bytes": 1_234_567,
        "duration_ms": 64_200,
        "width": 1280,
        "height": 720,
        "description": "The file that was checked",
    }
    return Appearance(**{**fields, **changes})


def bare(**changes: Any) -> PublicReview:
    """A review with nothing that can be left out."""
    fields: dict[str, Any] = {
        "url": "https://desk.example/public/reviews/abc",
        "desk": DESK,
        "version": 1,
        "published_at": AT,
        "updated_at": AT,
        "status": VerificationStatus.UNVERIFIED,
        "wording": "could not be independently verified",
        "appearances": (appearance(),),
    }
    return PublicReview(**{**fields, **changes})


def full(**changes: Any) -> PublicReview:
    """A review with everything that one can hold."""
    fields: dict[str, Any] = {
        "version": 3,
        "status": VerificationStatus.MISLEADING,
        "wording": "Real footage, but from 2023.",
        "codes": (AuthenticityCode.DECONTEXTUALIZED, AuthenticityCode.EDITED_OR_CROPPED),
        "original_context": "An exercise in 2023.",
        "original_link": "https://video.example/2023",
        "method_statement": "We compared it with footage published in 2023.",
        "checks": (
            Check(pillar=Pillar.DATE, verdict=FindingVerdict.CONTRADICTED, methods=("shadow",)),
            Check(pillar=Pillar.SOURCE, verdict=FindingVerdict.CONFIRMED),
        ),
        "description": "Two men in a cell",
        "creator": "Press office",
        "appearances": (
            appearance(
                sha256="ab" * 32,
                content_url="https://social.example/post/1",
                archive_url="https://archive.example/1",
                uploaded_at=AT,
                digital_source=DigitalSource.TRAINED_ALGORITHMIC,
                clips=(Clip(start_ms=0, end_ms=6600, description="Shown in 2023"),),
            ),
            appearance(MediaKind.STILL, content_type="image/jpeg", duration_ms=None),
            appearance(MediaKind.AUDIO, content_type="audio/mpeg", width=None, height=None),
        ),
        "claims": (
            PublicClaim(
                text="Two soldiers were captured",
                made_by="Press office",
                made_at="2025-01-11",
                where_url="https://social.example/post/1",
                archive_url="https://archive.example/2",
                language="uk",
                state=ClaimState.SUPPORTED,
            ),
            PublicClaim(text="One had no papers", state=ClaimState.OPEN),
        ),
        "citations": (
            Citation(
                name="An agency",
                url="https://agency.example/a",
                published_at="2025-01-12",
                archive_url="https://archive.example/3",
            ),
        ),
        "corrections": (Correction(text="We first called this verified.", at=AT),),
    }
    return bare(**{**fields, **changes})
