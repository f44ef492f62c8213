"""Partners: the other desks whose bundles are taken in and whose questions are answered."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Role
from app.db.partners import Partner
from app.errors import Conflict, Forbidden, NotFound, TooManyRequests, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.exchange import NewPartner
from app.schemas.hash_enums import PartnerScope
from app.services import audit

QUERIES_A_MINUTE = 30


def add(session: Session, wanted: NewPartner, actor: Actor) -> Partner:
    """Put a desk on the allow-list; neither its name nor its key may be on it."""
    from app.services import signing  # noqa: PLC0415  see `signing`

    db.in_commit_order(session)
    db.exclusively(session, "partners")
    key_id = signing.public_id(wanted.public_key.encode())
    if key_id is None:
        raise Unprocessable(
            "`public_key` must be an Ed25519 public key in PEM, as the partner's desk gives it."
        )
    if db.partners.by_name(session, wanted.name) or db.partners.by_signing_key(session, key_id):
        raise Conflict("A partner with this name or this key is in force; remove it first.")
    _check_api_key(session, wanted.api_key_id)
    made = Partner(
        name=wanted.name,
        public_key=wanted.public_key,
        signing_key_id=key_id,
        api_key_id=wanted.api_key_id,
        scopes=sorted({each.value for each in wanted.scopes}),
        created_by=actor.id,
    )
    session.add(made)
    session.flush()
    audit.written(session, actor, AuditAction.PARTNER_ADDED, made)
    return made


def remove(session: Session, partner_id: str, actor: Actor) -> None:
    """Take a desk off the list; it is no error if it is off already. Its hash lists stay."""
    db.in_commit_order(session)
    found = db.partners.find(session, partner_id)
    if found is None:
        raise NotFound("There is no such partner.")
    if found.removed_at is None:
        found.removed_at, found.removed_by = db.now(), actor.id
        session.flush()
        audit.written(session, actor, AuditAction.PARTNER_REMOVED, found)


def sender(session: Session, signing_key_id: str) -> Partner:
    """The partner whose bundles this key signs, if they are taken in."""
    found = db.partners.by_signing_key(session, signing_key_id)
    if found is None or PartnerScope.IMPORTS not in found.scopes:
        raise Forbidden(
            "No partner with the scope `imports` has the key that signs this bundle; add one first."
        )
    return found


def asking(session: Session, actor: Actor) -> Partner:
    """The partner that asks with the actor's key; refused when it asks too often."""
    found = db.partners.by_api_key(session, actor.id)
    if found is None or PartnerScope.QUERIES not in found.scopes:
        raise Forbidden(
            "No partner with the scope `queries` asks with this key; an admin of this desk adds one."
        )
    db.exclusively(session, f"questions of {found.id}")  # two may be the first of their minute
    if db.partners.count_query(session, found.id) > QUERIES_A_MINUTE:
        detail = f"A partner may ask {QUERIES_A_MINUTE} times a minute; ask again in a minute."
        raise TooManyRequests(detail)
    return found


def _check_api_key(session: Session, key_id: str | None) -> None:
    if key_id is None:
        return
    key = db.keys.find(session, key_id)
    if key is None or key.role is not Role.PARTNER:
        raise Unprocessable(
            "`api_key_id` must be the id of a key of the role 'partner'; make one first."
        )
    if db.partners.by_api_key(session, key_id):
        raise Conflict("Another partner asks with this key; make one for each.")
