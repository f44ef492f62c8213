"""The audit chain for people: search it, verify it, and see its checkpoints and the files' readings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.bootstrap import Parts
from app.db.audit_reading import AuditFilter
from app.desk.signed_in import Auditor
from app.desk.templating import render
from app.door.requests import PartsDep
from app.errors import Unprocessable
from app.schemas.audit import AuditAction, FixityOutcome
from app.schemas.audit_answers import AuditReport, CheckpointItem
from app.services import auditing, integrity

router = APIRouter(prefix="/audit")

ROWS = 50
CHECKPOINTS_SHOWN = 5
READINGS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in the chain, as it was typed."""

    media: str
    actor: str
    action: str
    since: str
    until: str
    cursor: str | None

    @property
    def wanted(self) -> AuditFilter:
        """The filter that the chain is asked with; days are days in UTC."""
        return AuditFilter(
            media_id=self.media or None,
            actor_id=self.actor or None,
            action=self.action or None,
            since=_day(self.since),
            until=_after(_day(self.until)),
        )

    def after(self, cursor: str) -> str:
        """The address of the page behind a cursor."""
        typed = {"media": self.media, "actor": self.actor, "action": self.action}
        days = {"since": self.since, "until": self.until}
        given = {name: value for name, value in {**typed, **days}.items() if value}
        return f"/desk/audit?{urlencode({**given, 'cursor': cursor})}"


def _search(
    *,
    media: Annotated[str, Query(max_length=64)] = "",
    actor: Annotated[str, Query(max_length=200)] = "",
    action: Annotated[str, Query(max_length=80)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Search:
    return Search(media.strip(), actor.strip(), action.strip(), since, until, cursor)


@router.get("")
def show_chain(
    request: Request,
    parts: PartsDep,
    actor: Auditor,
    search: Annotated[Search, Depends(_search)],
) -> Response:
    """What was done, newest first."""
    return _page(request, parts, actor, search)


@router.post("/verify")
def verify(request: Request, parts: PartsDep, actor: Auditor) -> Response:
    """Verify everything that is recorded, and say what is wrong if anything is."""
    report = integrity.verify(parts.database, parts.trusted)
    return _page(request, parts, actor, _search(), report)


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    search: Search,
    report: AuditReport | None = None,
) -> Response:
    with parts.database.read() as session:
        found = auditing.listed(session, search.wanted, actor, ROWS, search.cursor)
        checkpoints, altered = _checkpoints(session, parts)
        names = db.actors.names(session, {each.actor.id for each in found.items})
        damaged = {
            outcome: auditing.readings(session, outcome, READINGS_SHOWN, None)
            for outcome in FixityOutcome
            if outcome is not FixityOutcome.INTACT
        }
    values: dict[str, Any] = {
        "entries": found.items,
        "names": names,
        "following": search.after(found.next) if found.next else None,
        "search": search,
        "checkpoints": checkpoints,
        "altered": altered,
        "damaged": {outcome: some for outcome, some in damaged.items() if some.items},
        "report": report,
        "actions": sorted(AuditAction),
    }
    return render(request, "audit.html", **values)


def _checkpoints(session: Session, parts: Parts) -> tuple[list[CheckpointItem], str | None]:
    """The newest checkpoints; where they cannot be shown, why."""
    try:
        found = auditing.checkpoints(session, parts.trusted.folder, CHECKPOINTS_SHOWN, None)
    except Unprocessable as error:
        return [], error.detail
    return found.items, None


def _after(day: datetime | None) -> datetime | None:
    """The day after, if there is one: the last of all days has none."""
    return day + timedelta(days=1) if day and day.date() < date.max else None


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC) if text else None
    except ValueError:
        return None
