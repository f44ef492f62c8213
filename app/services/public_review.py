"""What a record would say in public: only what may leave the house, taken from what it holds.

Never a note, a still, a coordinate, a score, an uploader, or what a protected source said or where.
Names come along only as those of who released, claimed or reported something.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app import db
from app.db.claims import Claim
from app.db.corroborations import Corroboration
from app.db.findings import Finding
from app.db.verifications import Verification
from app.schemas.addresses import is_public, places
from app.schemas.enums import AuthenticityCode, SourceKind, VerificationStatus
from app.schemas.finding_enums import FindingVerdict, Pillar, ProofKind
from app.schemas.publications import (
    Check,
    Citation,
    Correction,
    Desk,
    PublicationChoices,
    PublicClaim,
    PublicReview,
)
from app.schemas.record_enums import ClaimState, InformantKind, Stance
from app.services import protection, public_files

_SURE = (FindingVerdict.CONFIRMED, FindingVerdict.PROBABLE)
_TRACED = (*_SURE, FindingVerdict.CONTRADICTED)
_LOOKED_INTO = (*_SURE, FindingVerdict.UNCLEAR, FindingVerdict.CONTRADICTED)
# Who releases footage by trade; others may be private people.
_BY_TRADE = (SourceKind.HANDOUT, SourceKind.AGENCY, SourceKind.OWN)
# How somebody found out is free text; only a word of the trade leaves the house.
_METHOD = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where and as what a review stands: its address, publisher, revision and corrections."""

    url: str
    desk: Desk
    version: int
    published_at: datetime
    updated_at: datetime
    corrections: tuple[Correction, ...] = ()


def compiled(
    session: Session, record: Verification, choices: PublicationChoices, standing: Standing
) -> PublicReview:
    """The review of a record as it is now, with what an editor chose."""
    item = db.media.by_ids(session, [record.media_id])[record.media_id]
    findings = db.findings.current(session, record.media_id)
    said = db.corroborations.of_media(session, record.media_id)
    hidden = protection.spoken_at(said)
    shown_codes = codes(record, choices)
    return PublicReview(
        url=standing.url,
        desk=standing.desk,
        version=standing.version,
        published_at=standing.published_at,
        updated_at=standing.updated_at,
        status=record.status,
        wording=record.public_wording or "",
        codes=shown_codes,
        original_context=context(record, choices),
        original_link=choices.original_link or _earliest(findings, hidden),
        method_statement=choices.method_statement,
        checks=_checks(findings),
        description=choices.description,
        creator=choices.creator or _releaser(findings),
        appearances=public_files.appearances(session, item, choices, shown_codes),
        claims=_claims(db.claims.of_media(session, record.media_id), choices, hidden),
        citations=_citations(said, findings.values(), hidden),
        corrections=standing.corrections,
    )


def codes(record: Verification, choices: PublicationChoices) -> tuple[AuthenticityCode, ...]:
    """The codes to publish: those chosen, else those of the verdict; none while unverified."""
    if record.status is VerificationStatus.UNVERIFIED:
        return ()
    given = record.authenticity_codes or [] if choices.codes is None else choices.codes
    return tuple(dict.fromkeys(AuthenticityCode(code) for code in given))


def context(record: Verification, choices: PublicationChoices) -> str | None:
    """What the footage really shows, as chosen, else as in the verdict; only where codes ask for it."""
    is_elsewhere = AuthenticityCode.DECONTEXTUALIZED in codes(record, choices)
    return choices.original_context or record.original_context if is_elsewhere else None


def _shown(link: str | None, hidden: frozenset[str]) -> str | None:
    return link if link and is_public(link) and hidden.isdisjoint(places(link)) else None


def _earliest(findings: Mapping[Pillar, Finding], hidden: frozenset[str]) -> str | None:
    origin = findings.get(Pillar.PROVENANCE)
    # That a file is not the original is known as a rule because another one is.
    if origin is None or origin.verdict not in _TRACED:
        return None
    return _shown((origin.value.get("earliest_known") or {}).get("url"), hidden)


def _releaser(findings: Mapping[Pillar, Finding]) -> str | None:
    source = findings.get(Pillar.SOURCE)
    if source is None or source.verdict not in _SURE:
        return None
    name: str | None = source.value.get("released_by")
    return name if source.value.get("relation") in _BY_TRADE else None


def _checks(findings: Mapping[Pillar, Finding]) -> tuple[Check, ...]:
    looked = [findings[pillar] for pillar in Pillar if pillar in findings]
    return tuple(
        Check(
            pillar=each.pillar,
            verdict=each.verdict,
            methods=tuple(word for word in each.method if _METHOD.fullmatch(word)),
        )
        for each in looked
        if each.verdict in _LOOKED_INTO
    )


def _claims(
    claims: list[Claim], choices: PublicationChoices, hidden: frozenset[str]
) -> tuple[PublicClaim, ...]:
    wanted = [
        each
        for each in claims
        if (
            each.state is not ClaimState.OPEN
            if choices.claims is None
            else each.id in choices.claims
        )
    ]
    return tuple(
        PublicClaim(
            text=each.text,
            made_by=each.made_by,
            made_at=each.made_at,
            where_url=_shown(each.where_url, hidden),
            archive_url=_shown(each.archive_url, hidden),
            language=each.language,
            state=each.state,
        )
        for each in wanted
    )


def _citations(
    said: list[Corroboration], findings: Iterable[Finding], hidden: frozenset[str]
) -> tuple[Citation, ...]:
    taken_back = {each.retracts_id for each in said}
    cited: dict[str, Citation] = {}
    for each in said:
        url = _shown(each.link, hidden)
        stands = each.id not in taken_back and each.stance is not Stance.RETRACTS
        # A witness is named by whom it spoke through, or not at all.
        own = None if each.source_kind is InformantKind.WITNESS else each.source_name
        name = each.quoted_via or own
        if url and name and stands and not each.source_protected:
            archive = _shown(each.archive_url, hidden)
            cited[url] = Citation(
                name=name, url=url, published_at=each.said_at, archive_url=archive
            )
    proofs = [proof for finding in findings for proof in finding.evidence]
    for proof in proofs:
        url = _shown(proof.get("ref"), hidden) if proof["kind"] == ProofKind.URL else None
        if url and url not in cited:
            archive = _shown(proof.get("archive_url"), hidden)
            cited[url] = Citation(name=urlsplit(url).hostname or url, url=url, archive_url=archive)
    return tuple(cited.values())
