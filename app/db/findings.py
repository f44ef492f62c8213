"""Findings: what the desk found out about an item, pillar by pillar; older ones stay."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.finding_enums import FindingVerdict, Pillar, ProofKind


class Finding(Table):
    """One finding; never changed, only superseded. Current is what no other one supersedes."""

    __tablename__ = "findings"
    __table_args__ = (sa.Index("ix_findings_of_pillar", "media_id", "pillar"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"))
    pillar: Mapped[Pillar] = mapped_column(stored_enum(Pillar))
    verdict: Mapped[FindingVerdict] = mapped_column(stored_enum(FindingVerdict))
    value: Mapped[dict[str, Any]]
    said_by_source: Mapped[str | None] = mapped_column(sa.Text)
    method: Mapped[list[str]]
    evidence: Mapped[list[dict[str, Any]]]
    limits: Mapped[str | None] = mapped_column(sa.Text)
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    supersedes_id: Mapped[str | None] = mapped_column(sa.ForeignKey("findings.id"), unique=True)


def current(session: Session, media_id: str) -> dict[Pillar, Finding]:
    """The current finding of each pillar that has one."""
    newer = aliased(Finding)
    statement = sa.select(Finding).outerjoin(newer, newer.supersedes_id == Finding.id)
    statement = statement.where(Finding.media_id == media_id, newer.id.is_(None))
    return {finding.pillar: finding for finding in session.scalars(statement)}


def page(
    session: Session, media_id: str, pillar: Pillar | None, limit: int, cursor: str | None
) -> Paged[Finding]:
    """One page of an item's findings, superseded ones included, newest first."""
    statement = sa.select(Finding).where(Finding.media_id == media_id)
    if pillar is not None:
        statement = statement.where(Finding.pillar == pillar)
    return paged(session, statement.order_by(Finding.at.desc(), Finding.id), limit, cursor)


def ids_among(
    session: Session, media_id: str, ids: SomeOf[str], *, trusting_credentials: bool
) -> set[str]:
    """Those of some ids that are findings of an item which rest on evidence themselves.

    What the file says of itself in its Content Credentials is evidence only where they are trusted.
    """
    statement = sa.select(Finding.id, Finding.evidence)
    statement = statement.where(Finding.media_id == media_id, Finding.id.in_(ids))
    return {
        finding_id
        for finding_id, evidence in session.execute(statement)
        if any(trusting_credentials or each["kind"] != ProofKind.C2PA for each in evidence)
    }


def superseders(session: Session, finding_ids: SomeOf[str]) -> dict[str, str]:
    """Which of some findings were superseded, and by which."""
    newer = sa.select(Finding.supersedes_id, Finding.id)
    found = session.execute(newer.where(Finding.supersedes_id.in_(finding_ids)))
    return {old: new for old, new in found if old}
