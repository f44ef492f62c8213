"""Machines find; people conclude: who may not write to a record at all."""

from app.access import Actor, Scope
from app.errors import Forbidden

_CONCLUDING = {Scope.MEDIA_WRITE, Scope.RECORD_WRITE, Scope.RECORD_APPROVE}


def refuse_machines(actor: Actor) -> None:
    """Refuse the system and service keys, whatever their scopes."""
    if actor.is_machine:
        raise Forbidden("Machines find; people conclude. Use the key of a person.")


def refuse_bystanders(actor: Actor) -> None:
    """Refuse machines, and keys that can change no record at all."""
    refuse_machines(actor)
    if not actor.scopes & _CONCLUDING:
        raise Forbidden("Your role changes no record.", scope=Scope.RECORD_WRITE)
