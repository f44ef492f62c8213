"""In the child: validate a file's Content Credentials with the C2PA SDK, once for each trust list.

Nothing is fetched: no remote manifest, no revocation list, no identity document. An identity
(CAWG) that only its issuer's server could confirm is not checked, and does not count as invalid.
"""

import base64
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

import c2pa

from app.core.provenance import embedded, manifest_store
from app.core.provenance.validation import Pass, Passes, one_pass, outcome

_OFFLINE = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}
_NO_HOSTS: dict[str, Any] = {"allowed_network_hosts": []}
_JSON_BYTES = 16 * 1024**2

embedded.prepare()
_READ_HERE = frozenset(c2pa.Reader.get_supported_mime_types())


def read(file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
    """What is found: `state` of a file without readable credentials, or what `outcome` gives.

    `options`: `content_type`, and `lists` of `name`, `kind` and `pem`.
    """
    sdk = {"sdk": c2pa.sdk_version(), "binding": c2pa.__version__}
    content_type = options["content_type"]
    if content_type not in _READ_HERE:
        return {**sdk, "state": "unsupported"}
    try:
        return {**sdk, **_validated(file, content_type, options["lists"])}
    except c2pa.C2paError as error:
        kind, _, detail = str(error).partition(": ")
        if kind == "Remote":
            return {**sdk, "state": "remote_only", "detail": detail.rpartition(" ")[2]}
        return {**sdk, "state": "error", "detail": str(error)}


def _validated(
    file: BinaryIO, content_type: str, lists: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    reader = _reader(file, content_type, _NO_HOSTS, "")
    if reader is None:
        return {"state": "none"}
    with reader:
        said = reader.json()
        plain = one_pass(reader)
        store = json.loads(said)
        pictures = _pictures(reader, store)
    core, identities = _NO_HOSTS, "checked"
    if plain.lacks_only_network:
        core, identities = {**_NO_HOSTS, "decode_identity_assertions": False}, "not_checked"
        plain = _pass(file, content_type, core, "")
    passes = _passes(lambda pem: _pass(file, content_type, core, pem), plain, lists)
    raw = manifest_store.extract(file)
    return {
        **outcome(passes, store),
        "identities": identities,
        "store": base64.b64encode(raw).decode() if raw else None,
        "json": said if len(said) <= _JSON_BYTES else None,
        "pictures": pictures,
    }


def _passes(
    validated: Callable[[str], Pass], plain: Pass, lists: Sequence[Mapping[str, str]]
) -> Passes:
    """One pass for each list of signers, with the time stamp authorities: they tell when it was."""
    stamping = "\n".join(each["pem"] for each in lists if each["kind"] == "tsa")
    signing = {each["name"]: each["pem"] for each in lists if each["kind"] != "tsa"}
    stamps = validated(stamping) if stamping else plain
    if stamps.state == "Invalid" or not signing:
        return Passes(plain, stamps, {}, stamps)
    # An authority of both would make its signers trusted by every list.
    beside = "" if stamps.trusts_somebody else stamping
    by_list = {name: validated(f"{pem}\n{beside}") for name, pem in signing.items()}
    if len(signing) == 1 and beside == stamping:
        return Passes(plain, stamps, by_list, *by_list.values())
    return Passes(plain, stamps, by_list, validated("\n".join([*signing.values(), stamping])))


def _reader(
    file: BinaryIO, content_type: str, core: Mapping[str, Any], pem: str
) -> c2pa.Reader | None:
    trust = {"trust": {"trust_anchors": pem}} if pem else {}
    context = c2pa.Context.from_dict({**_OFFLINE, "core": dict(core), **trust})
    file.seek(0)
    found: c2pa.Reader | None = c2pa.Reader.try_create(content_type, file, context=context)
    return found


def _pass(file: BinaryIO, content_type: str, core: Mapping[str, Any], pem: str) -> Pass:
    reader = _reader(file, content_type, core, pem)
    if reader is None:
        raise ValueError("the credentials were there a moment ago")
    with reader:
        return one_pass(reader)


def _pictures(reader: c2pa.Reader, store: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The picture that the signer put in beside the content; what cannot be drawn is left out."""
    active = store["manifests"].get(store.get("active_manifest"), {})
    identifier = (active.get("thumbnail") or {}).get("identifier")
    if not identifier:
        return []
    target = io.BytesIO()
    try:
        reader.resource_to_stream(identifier, target)
    except c2pa.C2paError:
        return []
    drawn = embedded.drawn(target.getvalue(), "c2pa claim thumbnail")
    return [drawn] if drawn else []
