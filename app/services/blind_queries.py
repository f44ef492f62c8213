"""A partner asks whether there is anything like this: answered in buckets, without keeping what."""

from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.db.partners import Partner
from app.schemas.exchange import Bucket, NewQuery, QueryAnswer
from app.schemas.hash_enums import Opinion, PartnerScope
from app.schemas.lookups import LookupAnswer
from app.services.export_lines import OPINION_OF

FEW = 5


def question(asked: NewQuery) -> dict[str, Any]:
    """What the workers are asked."""
    return {"kind": "many", **asked.model_dump(mode="json")}


def answer(session: Session, partner: Partner, asked: NewQuery, found: LookupAnswer) -> QueryAnswer:
    """What the partner is told: of unflagged items how many, by opinion; ids where it may know."""
    flagged = db.sensitivity.flags_of(session, {each.known_media_id for each in found.items})
    told = [each for each in found.items if not flagged.get(each.known_media_id)]
    opinions = Counter(
        OPINION_OF.get(each.known.verification_status, Opinion.SEEN) for each in told
    )
    may_know = PartnerScope.IDS in partner.scopes
    return QueryAnswer(
        asked=len(asked.pdq) + len(asked.sha256) + len(asked.md5),
        found=bucket(len(told)),
        opinions={opinion: bucket(count) for opinion, count in sorted(opinions.items())},
        ids=sorted(each.known_media_id for each in told) if may_know else None,
    )


def bucket(count: int) -> Bucket:
    """A number, coarsely."""
    if count <= 1:
        return Bucket.ONE if count else Bucket.NONE
    return Bucket.FEW if count <= FEW else Bucket.MANY
