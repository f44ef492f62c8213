"""Reads a file's Content Credentials (C2PA), offline, and names what they are worth."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.errors import Unreadable
from app.core.media import DecodeLimits
from app.core.provenance.asking import ask, shortened
from app.core.provenance.values import Credentials, CredentialState, Picture, TrustList

_PATIENCE_S = 600
_NOT_IN_REPORT = {"state", "detail", "ai_disclosed", "store", "json", "pictures"}


def read_credentials(
    path: Path, content_type: str, lists: Sequence[TrustList], limits: DecodeLimits
) -> Credentials:
    """What the credentials of a file are worth under these trust lists.

    Never raises for what a file does to its reader: a crash, a hang and a refusal of the SDK are
    the state `error`, because nothing is known then, and that is not `none`.
    """
    given = [{"name": each.name, "kind": each.kind, "pem": each.pem} for each in lists]
    options = {"content_type": content_type, "lists": given}
    used = [{"name": each.name, "kind": each.kind, "sha256": each.sha256} for each in lists]
    try:
        found = ask("credential_reading", path, options, shortened(limits, _PATIENCE_S))
        return _credentials({**found, "trust_lists": used})
    except Unreadable as error:
        return Credentials(CredentialState.ERROR, str(error), report={"trust_lists": used})


def _credentials(found: Mapping[str, Any]) -> Credentials:
    store = base64.b64decode(found["store"]) if found.get("store") else None
    said = found.get("json")
    report = {name: value for name, value in found.items() if name not in _NOT_IN_REPORT}
    return Credentials(
        state=CredentialState(found["state"]),
        detail=found.get("detail"),
        lists=tuple(found.get("lists", ())),
        ai_disclosed=found.get("ai_disclosed"),
        report={**report, **_measured(store)},
        store=store,
        manifest_json=said.encode() if said else None,
        pictures=pictures_of(found.get("pictures", ())),
    )


def _measured(store: bytes | None) -> dict[str, Any]:
    if store is None:
        return {}
    return {"store": {"size_bytes": len(store), "sha256": hashlib.sha256(store).hexdigest()}}


def pictures_of(found: Sequence[Mapping[str, Any]]) -> tuple[Picture, ...]:
    """Embedded pictures as a child sent them."""
    return tuple(
        Picture(each["origin"], each["width"], each["height"], base64.b64decode(each["rgb"]))
        for each in found
    )
