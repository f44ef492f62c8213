"""API keys: made, shown once, revoked."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db, services
from app.access import SCOPES_OF_ROLE, Role
from app.desk import ways
from app.desk.refusals import Refusal, tried
from app.desk.signed_in import AccessAdmin
from app.desk.templating import render
from app.door.requests import PartsDep, Reading, Writing
from app.schemas.keys import NewKeyRequest
from app.services.keys import NewKey

router = APIRouter(prefix="/keys")
HERE = "/desk/keys"
AT_ONCE = 100


class KeyForm(BaseModel):
    """What was filled in; looked at where a refusal can be shown in place."""

    name: str = ""
    role: str = ""
    scope: list[str] = []
    until: str = ""

    def wanted(self) -> NewKeyRequest:
        """The key that this asks for: all scopes of its role if none was chosen."""
        given = {
            "name": self.name,
            "role": self.role,
            "scopes": self.scope or None,
            "expires_at": f"{self.until}T23:59:59Z" if self.until else None,
        }
        return NewKeyRequest.model_validate(given)


@router.get("")
def show(
    request: Request, session: Reading, _actor: AccessAdmin, cursor: str | None = None
) -> Response:
    """All keys, newest first, and the form for another one."""
    return _page(request, session, cursor=cursor)


@router.post("")
def make(
    request: Request,
    parts: PartsDep,
    actor: AccessAdmin,
    form: Annotated[KeyForm, Form()],
) -> Response:
    """Make a key; this answer alone shows its secret."""
    done = tried(parts.database, lambda session: services.keys.grant(session, actor, form.wanted()))
    with parts.database.read() as session:
        if isinstance(done, Refusal):
            return _page(request, session, typed=form, refusal=done)
        return _page(request, session, made=done)


@router.post("/{key_id}/revoke")
def revoke(key_id: str, session: Writing, actor: AccessAdmin) -> Response:
    """End a key at once."""
    services.keys.revoke(session, key_id, actor)
    return ways.see(HERE)


def _page(
    request: Request,
    session: Session,
    *,
    cursor: str | None = None,
    made: NewKey | None = None,
    typed: KeyForm | None = None,
    refusal: Refusal | None = None,
) -> Response:
    found = db.keys.page(session, AT_ONCE, cursor)
    makers = db.actors.names(session, {key.created_by for key in found.items})
    return render(
        request,
        "keys.html",
        status=refusal.status if refusal else 200,
        keys=found.items,
        next=found.next,
        makers=makers,
        at=db.now(),
        made=made,
        typed=typed or KeyForm(role=Role.SERVICE),
        refusal=refusal,
        roles=SCOPES_OF_ROLE,
    )
