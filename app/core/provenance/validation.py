"""In the child: what several passes of the C2PA SDK over one file come to, manifest by manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.core.provenance import manifests

_KINDS = ("success", "informational", "failure")
_TRUSTED, _UNTRUSTED = "signingCredential.trusted", "signingCredential.untrusted"
_STAMPED = "timeStamp.trusted"
_UNASKED = "cawg.ica.did_unavailable"


class _Reader(Protocol):
    def get_validation_state(self) -> str | None: ...

    def get_validation_results(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Pass:
    """The SDK's state, and its codes by manifest and kind; "" stands for the active manifest."""

    state: str
    codes: Mapping[str, Mapping[str, list[str]]]

    def of(self, label: str, kind: str) -> list[str]:
        """The codes of one manifest and kind."""
        return self.codes.get(label, {}).get(kind, [])

    @property
    def trusts_somebody(self) -> bool:
        """Whether any signer descends from what this pass was given."""
        return any(_TRUSTED in kinds["success"] for kinds in self.codes.values())

    @property
    def lacks_only_network(self) -> bool:
        """Whether it is Invalid only because an identity's issuer was not asked."""
        failures = {code for kinds in self.codes.values() for code in kinds["failure"]}
        unasked = _UNASKED in failures and failures <= {_UNASKED, _UNTRUSTED}
        return self.state == "Invalid" and unasked


@dataclass(frozen=True, slots=True)
class Passes:
    """`plain` knows no list, `stamps` those of time stamp authorities, `lists` one of signers each.

    `together` knows all of them. Whoever is on no list of signers is not trusted, whatever the SDK
    says: it takes authorities of time stamps for authorities of signers.
    """

    plain: Pass
    stamps: Pass
    lists: Mapping[str, Pass]
    together: Pass


def one_pass(reader: _Reader) -> Pass:
    """What the SDK says in one pass; of an ingredient only what its user had not recorded."""
    results = reader.get_validation_results() or {}
    found: dict[str, dict[str, list[str]]] = {}
    active = results.get("activeManifest") or {}
    deltas = [each["validationDeltas"] for each in results.get("ingredientDeltas") or []]
    for group, is_active in [(active, True), *((delta, False) for delta in deltas)]:
        for kind in _KINDS:
            for each in group.get(kind) or []:
                label = "" if is_active else _label(each.get("url") or "")
                codes = found.setdefault(label, {name: [] for name in _KINDS})[kind]
                if each["code"] not in codes:
                    codes.append(each["code"])
    return Pass(reader.get_validation_state() or "", found)


def outcome(passes: Passes, store: Mapping[str, Any]) -> dict[str, Any]:
    """The stored state, the lists that trust the active manifest's signer, and the manifests."""
    active = store.get("active_manifest") or ""
    vouched = _vouched(store)
    shown = manifests.shown(store)
    for each in shown:
        label = "" if each["label"] == active else each["label"]
        each["codes"] = passes.stamps.codes.get(label, {})
        each["trusted_by"] = sorted(
            name
            for name, one in passes.lists.items()
            if _trusts(one, label, vouched=label in vouched)
        )
        each["time"]["state"] = _time_state(label, passes)
    lists: list[str] = next((each["trusted_by"] for each in shown if each["label"] == active), [])
    state = _state(passes, lists, whole=all(each["trusted_by"] for each in shown))
    return {
        "state": state,
        "lists": [] if state == "invalid" else lists,
        "active": active,
        "manifests": shown,
        "ai_disclosed": manifests.discloses_synthesis(store),
    }


def _state(passes: Passes, lists: list[str], *, whole: bool) -> str:
    """Whether it is `whole`, every manifest's signer being on a list, is for us to say.

    The SDK passes over an ingredient that its user knew to be untrusted; a desk must not.
    """
    if passes.stamps.state == "Invalid":
        return "invalid"
    if not lists:
        return "valid_untrusted"
    return "trusted" if whole and passes.together.state == "Trusted" else "valid_mixed"


def _vouched(store: Mapping[str, Any]) -> set[str]:
    """The ingredients' manifests that their users recorded as trusted; a pass says what differs."""
    return {
        each["active_manifest"]
        for manifest in store["manifests"].values()
        for each in manifest.get("ingredients") or []
        if each.get("active_manifest")
        and _TRUSTED in _recorded(each, "success")
        and _UNTRUSTED not in _recorded(each, "failure")
    }


def _recorded(ingredient: Mapping[str, Any], kind: str) -> set[str]:
    results = (ingredient.get("validation_results") or {}).get("activeManifest") or {}
    return {each.get("code") for each in results.get(kind) or []}


def _label(url: str) -> str:
    """The manifest that a JUMBF address is in: `self#jumbf=/c2pa/LABEL/…`."""
    parts = url.partition("jumbf=/")[2].split("/")
    return parts[1] if len(parts) > 1 else ""


def _trusts(one: Pass, label: str, *, vouched: bool) -> bool:
    unchanged = vouched and _UNTRUSTED not in one.of(label, "failure")
    return unchanged or _TRUSTED in one.of(label, "success")


def _time_state(label: str, passes: Passes) -> str:
    """`none`, `invalid`, `validated` by an authority, or `trusted`: one on an imported list.

    The SDK calls time stamps of older manifests trusted without any list; that is not taken over.
    """
    plain = {code for kind in _KINDS for code in passes.plain.of(label, kind)}
    if _STAMPED not in plain and _STAMPED in passes.stamps.of(label, "success"):
        return "trusted"
    if "timeStamp.validated" in plain:
        return "validated"
    return "invalid" if any(code.startswith("timeStamp") for code in plain) else "none"
