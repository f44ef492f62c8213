"""A public review as schema.org JSON-LD: `MediaReview`, with `ClaimReview`s of closed claims.

After schema.org 30.0. The category is left out where there is none to give: of what could not be
verified, and of what was withdrawn. There is no number in a rating, because the desk has no scale.
"""

from typing import Any

from app.core.media import MediaKind
from app.pages.phrases import RATINGS, check, claim_rating
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.publications import (
    Appearance,
    Citation,
    Clip,
    Correction,
    Desk,
    PublicClaim,
    PublicReview,
)
from app.schemas.record_enums import ClaimState

Node = dict[str, Any]

CONTEXT = "https://schema.org"
_SNAPSHOTS = {
    MediaKind.VIDEO: "VideoObjectSnapshot",
    MediaKind.STILL: "ImageObjectSnapshot",
    MediaKind.AUDIO: "AudioObjectSnapshot",
}
_WITHOUT_CATEGORY = {VerificationStatus.UNVERIFIED, VerificationStatus.WITHDRAWN}


def document(review: PublicReview) -> Node:
    """The review as a JSON-LD document."""
    return {"@context": CONTEXT, **_media_review(review)}


def feed(reviews: list[PublicReview], desk: Desk, url: str) -> Node:
    """Several reviews as a JSON-LD document: a `DataFeed` of them."""
    elements = [
        {
            "@type": "DataFeedItem",
            "dateCreated": each.published_at.isoformat(),
            "dateModified": each.updated_at.isoformat(),
            "item": _media_review(each),
        }
        for each in reviews
    ]
    own = {"@context": CONTEXT, "@type": "DataFeed", "@id": url, "url": url}
    return {
        **own,
        "name": f"Reviews of {desk.name}",
        "publisher": _desk(desk),
        "dataFeedElement": elements,
    }


def _media_review(review: PublicReview) -> Node:
    withdrawn = review.status is VerificationStatus.WITHDRAWN
    codes = () if review.status in _WITHOUT_CATEGORY else review.codes
    out_of_context = AuthenticityCode.DECONTEXTUALIZED in codes
    desk = _desk(review.desk)
    closed = [each for each in review.claims if each.state is not ClaimState.OPEN]
    return _present(
        {
            "@type": "MediaReview",
            "@id": review.url,
            "url": review.url,
            "datePublished": review.published_at.isoformat(),
            "dateModified": review.updated_at.isoformat(),
            "version": review.version,
            "author": desk,
            "publisher": desk,
            "sdPublisher": desk,
            "mediaAuthenticityCategory": [f"{CONTEXT}/{code}" for code in codes],
            "originalMediaContextDescription": review.original_context if out_of_context else None,
            "originalMediaLink": None if withdrawn else review.original_link,
            "reviewRating": _rating(RATINGS[review.status], review.wording),
            "reviewBody": None if withdrawn else _body(review),
            "citation": [_citation(each) for each in review.citations],
            "correction": [_correction(each) for each in review.corrections],
            "associatedClaimReview": [
                _claim_review(review, number, each) for number, each in enumerate(closed, 1)
            ],
            "itemReviewed": _item(review),
        }
    )


def _item(review: PublicReview) -> Node:
    return _present(
        {
            "@type": "MediaReviewItem",
            "creator": _organization(review.creator),
            "description": review.description,
            "interpretedAsClaim": [_claim(each, review.desk) for each in review.claims],
            "mediaItemAppearance": [_snapshot(each) for each in review.appearances],
        }
    )


def _snapshot(file: Appearance) -> Node:
    duration = file.duration_ms if file.kind is not MediaKind.STILL else None
    source = file.digital_source
    return _present(
        {
            "@type": _SNAPSHOTS[file.kind],
            "description": file.description,
            "encodingFormat": file.content_type,
            "contentSize": f"{file.size_bytes} B",
            "duration": f"PT{duration / 1000:g}S" if duration else None,
            "width": _pixels(file.width),
            "height": _pixels(file.height),
            "sha256": file.sha256,
            "contentUrl": file.content_url,
            "archivedAt": file.archive_url,
            "uploadDate": file.uploaded_at.isoformat() if file.uploaded_at else None,
            "digitalSourceType": f"{CONTEXT}/{source}" if source else None,
            "hasPart": [_clip(each) for each in file.clips],
        }
    )


def _clip(clip: Clip) -> Node:
    return {
        "@type": "Clip",
        "startOffset": clip.start_ms / 1000,
        "endOffset": clip.end_ms / 1000,
        "description": clip.description,
    }


def _claim(claim: PublicClaim, desk: Desk) -> Node:
    return _present(
        {
            "@type": "Claim",
            "text": claim.text,
            "author": _organization(claim.made_by),
            "datePublished": claim.made_at,
            "inLanguage": claim.language,
            "firstAppearance": _work(claim.where_url, claim.archive_url),
            "claimInterpreter": _desk(desk),
        }
    )


def _claim_review(review: PublicReview, number: int, claim: PublicClaim) -> Node:
    own = f"{review.url}#claim-{number}"
    return {
        "@type": "ClaimReview",
        "@id": own,
        "url": own,
        "datePublished": review.updated_at.isoformat(),
        "author": _desk(review.desk),
        "claimReviewed": claim.text,
        "itemReviewed": _claim(claim, review.desk),
        "reviewRating": _rating(*claim_rating(claim.state)),
    }


def _body(review: PublicReview) -> str | None:
    said = [review.method_statement or "", *(f"– {check(each)}" for each in review.checks)]
    return "\n".join(line for line in said if line) or None


def _citation(citation: Citation) -> Node:
    published = {"datePublished": citation.published_at, "archivedAt": citation.archive_url}
    own = {"@type": "CreativeWork", "name": citation.name, "url": citation.url}
    return _present({**own, **published})


def _work(url: str | None, archive_url: str | None) -> Node | None:
    own = {"@type": "CreativeWork", "url": url, "archivedAt": archive_url}
    return _present(own) if url or archive_url else None


def _correction(correction: Correction) -> Node:
    at = correction.at.isoformat()
    return {"@type": "CorrectionComment", "text": correction.text, "datePublished": at}


def _rating(name: str, explanation: str) -> Node:
    return {"@type": "Rating", "alternateName": name, "ratingExplanation": explanation}


def _desk(desk: Desk) -> Node:
    return {"@type": "Organization", "name": desk.name, "url": desk.url}


def _organization(name: str | None) -> Node | None:
    return {"@type": "Organization", "name": name} if name else None


def _pixels(count: int | None) -> Node | None:
    return {"@type": "QuantitativeValue", "value": count, "unitText": "px"} if count else None


def _present(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, [], ())}
