"""The files that a public review speaks of: the item itself, and copies that a person confirmed.

An edited copy is not among them, because a verdict on one file says nothing of another.
"""

from sqlalchemy.orm import Session

from app import db
from app.core import wording
from app.core.policy import Relation
from app.db.matches import StoredMatch
from app.db.media import Media
from app.schemas.enums import AuthenticityCode
from app.schemas.matches import Segment
from app.schemas.publication_enums import DigitalSource
from app.schemas.publications import Appearance, Clip, PublicationChoices

_COPIES = (Relation.EXACT, Relation.TRANSCODE)
_EDITED = {
    AuthenticityCode.DECONTEXTUALIZED,
    AuthenticityCode.EDITED_OR_CROPPED,
    AuthenticityCode.TRANSFORMED,
}
# Of the terms of IPTC that credentials use, those that name a synthetic source.
_BY_AI = {
    "trainedAlgorithmicMedia": DigitalSource.TRAINED_ALGORITHMIC,
    "compositeWithTrainedAlgorithmicMedia": DigitalSource.COMPOSITE_WITH_TRAINED,
    "algorithmicMedia": DigitalSource.ALGORITHMIC,
    "compositeSynthetic": DigitalSource.COMPOSITE_SYNTHETIC,
}
_MOST_CLIPS = 50
_MOST_COPIES = 50


def appearances(
    session: Session,
    item: Media,
    choices: PublicationChoices,
    codes: tuple[AuthenticityCode, ...],
) -> tuple[Appearance, ...]:
    """The item, with its stretches of earlier footage where `codes` say so, then its copies."""
    confirmed = db.matches.confirmed(session, item.id)
    is_edited = bool(_EDITED & set(codes))
    own = _appearance(item, "The file that was checked", publish_hash=choices.publish_hash)
    checked = own.model_copy(
        update={
            "content_url": choices.content_url,
            "archive_url": choices.archive_url,
            "uploaded_at": choices.uploaded_at,
            "digital_source": choices.source_discloses or _disclosed(session, item.id),
            "clips": _clips(item.id, confirmed) if is_edited else (),
        }
    )
    return (checked, *_copies(session, item.id, confirmed, publish_hash=choices.publish_hash))


def _disclosed(session: Session, media_id: str) -> DigitalSource | None:
    """That AI made it, where its own credentials say so and are unchanged since they were signed."""
    read = db.provenance.of_media(session, media_id)
    if read is None or not read.ai_disclosed or read.state not in db.provenance.VALID:
        return None
    actions = (
        each for manifest in read.report.get("manifests", []) for each in manifest["actions"]
    )
    kinds = ((each["digital_source_type"] or "").rsplit("/", 1)[-1] for each in actions)
    return next((_BY_AI[kind] for kind in kinds if kind in _BY_AI), None)


def _copies(
    session: Session, media_id: str, confirmed: list[StoredMatch], *, publish_hash: bool
) -> list[Appearance]:
    ids = [
        match.known_media_id if match.query_media_id == media_id else match.query_media_id
        for match in confirmed
        if match.relation in _COPIES
    ]
    found = db.media.by_ids(session, ids)
    others = [found[each] for each in dict.fromkeys(ids) if each in found][:_MOST_COPIES]
    return [_appearance(each, "A confirmed copy", publish_hash=publish_hash) for each in others]


def _appearance(item: Media, description: str, *, publish_hash: bool) -> Appearance:
    return Appearance(
        kind=item.kind,
        content_type=item.content_type,
        size_bytes=item.size_bytes,
        duration_ms=item.duration_ms,
        width=item.width,
        height=item.height,
        sha256=item.sha256 if publish_hash else None,
        description=description,
    )


def _clips(media_id: str, confirmed: list[StoredMatch]) -> tuple[Clip, ...]:
    segments = [
        Segment.model_validate(each)
        for match in confirmed
        if match.query_media_id == media_id
        for each in match.segments
    ]
    clips = [
        Clip(start_ms=each.query.start_ms, end_ms=each.query.end_ms, description=_found(each))
        for each in segments
        if each.query.end_ms > each.query.start_ms
    ]
    return tuple(sorted(clips, key=lambda clip: (clip.start_ms, clip.end_ms))[:_MOST_CLIPS])


def _found(segment: Segment) -> str:
    done = wording.changes(segment.transforms, segment.speed)
    found = f"Also in other footage ({wording.modality(segment.modality)})"
    return f"{found}: {done}" if done else found
