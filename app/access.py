"""Who may do what: roles, scopes, and the actor behind a request or a job."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """One permission of a key; `docs/access.md` says what each lets its holder do."""

    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    MEDIA_SENSITIVE = "media:sensitive"
    KNOWN_WRITE = "known:write"
    RECORD_WRITE = "record:write"
    RECORD_APPROVE = "record:approve"
    WEBHOOKS_ADMIN = "webhooks:admin"
    KEYS_ADMIN = "keys:admin"
    AUDIT_READ = "audit:read"
    PRIVACY_ADMIN = "privacy:admin"
    IMPORTS_WRITE = "imports:write"
    TRUST_ADMIN = "trust:admin"
    EXCHANGE_QUERY = "exchange:query"


class Role(StrEnum):
    """The desk's roles; each is a set of scopes (`SCOPES_OF_ROLE`)."""

    VIEWER = "viewer"
    PRODUCER = "producer"
    VERIFIER = "verifier"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SERVICE = "service"
    PARTNER = "partner"


_PRODUCER = frozenset({Scope.MEDIA_READ, Scope.MEDIA_WRITE})
_VERIFIER = _PRODUCER | {Scope.RECORD_WRITE, Scope.KNOWN_WRITE, Scope.MEDIA_SENSITIVE}

SCOPES_OF_ROLE: dict[Role, frozenset[Scope]] = {
    Role.VIEWER: frozenset({Scope.MEDIA_READ}),
    Role.PRODUCER: _PRODUCER,
    Role.VERIFIER: _VERIFIER,
    Role.EDITOR: _VERIFIER | {Scope.RECORD_APPROVE},
    Role.ADMIN: frozenset(Scope),
    Role.AUDITOR: frozenset({Scope.MEDIA_READ, Scope.AUDIT_READ}),
    Role.SERVICE: _PRODUCER | {Scope.KNOWN_WRITE, Scope.IMPORTS_WRITE},
    Role.PARTNER: frozenset({Scope.EXCHANGE_QUERY}),
}

NOT_FOR_PEOPLE = frozenset({Role.SERVICE, Role.PARTNER})
"""The roles that keys alone have."""


def of_a_person(role: Role) -> Role:
    """`role`, unless keys alone have it: then ValueError."""
    if role in NOT_FOR_PEOPLE:
        raise ValueError(f"the role '{role}' is for keys; no person has it")
    return role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a key's holder, or the system itself. Machines are `service` keys and the system."""

    id: str
    name: str
    role: Role
    scopes: frozenset[Scope]

    @property
    def is_machine(self) -> bool:
        """Machines may find, but never conclude."""
        return self.role is Role.SERVICE

    @property
    def kind(self) -> str:
        """What events say of who acted."""
        return "machine" if self.is_machine else "person"


def at_the_machine(name: str) -> Actor:
    """Somebody, or something, with a shell on the desk's own machine: a command, the first start."""
    return Actor(id=name, name=name, role=Role.ADMIN, scopes=frozenset(Scope))


SYSTEM = Actor(id="system", name="system", role=Role.SERVICE, scopes=frozenset())
