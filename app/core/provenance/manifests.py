"""In the child: from the SDK's JSON to what the desk shows of manifests and their validation."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

AI_SOURCES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "algorithmicMedia",
        "compositeSynthetic",
        "trainedAlgorithmicData",
    }
)
"""Digital source types that disclose synthesis (IPTC NewsCodes; C2PA 2.2 for data)."""

_KINDS = ("success", "informational", "failure")
_TRUSTED, _UNTRUSTED = "signingCredential.trusted", "signingCredential.untrusted"
_UNASKED = "cawg.ica.did_unavailable"
_MOST = 200
"""Manifests, actions and ingredients that are shown; the kept manifest store has all."""


class _Reader(Protocol):
    def get_validation_state(self) -> str | None: ...

    def get_validation_results(self) -> dict[str, Any] | None: ...


def one_pass(reader: _Reader) -> dict[str, Any]:
    """The SDK's state, and its codes by manifest and kind; "" stands for the active manifest."""
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
    return {"state": reader.get_validation_state(), "codes": found}


def fails_for_want_of_network(one: Mapping[str, Any]) -> bool:
    """Whether the SDK says Invalid only because an identity's issuer was not asked."""
    failures = {code for kinds in one["codes"].values() for code in kinds["failure"]}
    return one["state"] == "Invalid" and _UNASKED in failures and failures <= {_UNASKED, _UNTRUSTED}


def outcome(
    passes: Mapping[str, Mapping[str, Any]], store: Mapping[str, Any], kinds: Mapping[str, str]
) -> dict[str, Any]:
    """The stored state, the lists that trust the active manifest's signer, and the manifests."""
    plain = passes[""]
    active = store.get("active_manifest") or ""
    signers = {name: each for name, each in passes.items() if name and kinds[name] != "tsa"}
    vouched = _vouched(store)
    labels = sorted(store["manifests"], key=lambda label: (label != active, label))[:_MOST]
    shown = [_manifest(label, store["manifests"][label]) for label in labels]
    for each in shown:
        label = "" if each["label"] == active else each["label"]
        each["codes"] = plain["codes"].get(label, {})
        each["trusted_by"] = sorted(n for n, one in signers.items() if _trusts(one, label, vouched))
        each["time"]["state"] = _time_state(label, passes, kinds)
    lists: list[str] = next((each["trusted_by"] for each in shown if each["label"] == active), [])
    # The SDK passes over an ingredient that its signer knew to be untrusted; a desk must not.
    ingredients = all(each["trusted_by"] for each in shown)
    whole = "Trusted" in {plain.get("together"), *(each["state"] for each in signers.values())}
    if plain["state"] == "Invalid":
        state = "invalid"
    elif lists:
        state = "trusted" if whole and ingredients else "valid_mixed"
    else:
        state = "valid_untrusted"
    return {
        "state": state,
        "lists": [] if state == "invalid" else lists,
        "active": active,
        "manifests": shown,
        "ai_disclosed": any(_discloses(each) for each in store["manifests"].values()),
    }


def _vouched(store: Mapping[str, Any]) -> set[str]:
    """The ingredients' manifests that whoever used them found trusted; a pass says what differs."""
    return {
        each["active_manifest"]
        for manifest in store["manifests"].values()
        for each in manifest.get("ingredients") or []
        if each.get("active_manifest") and _TRUSTED in _recorded(each)
    }


def _recorded(ingredient: Mapping[str, Any]) -> set[str]:
    results = (ingredient.get("validation_results") or {}).get("activeManifest") or {}
    return {each.get("code") for each in results.get("success") or []}


def _label(url: str) -> str:
    """The manifest that a JUMBF address is in: `self#jumbf=/c2pa/LABEL/…`."""
    parts = url.partition("jumbf=/")[2].split("/")
    return parts[1] if len(parts) > 1 else ""


def _trusts(one: Mapping[str, Any], label: str, vouched: Collection[str]) -> bool:
    codes = one["codes"].get(label, {})
    unchanged = label in vouched and _UNTRUSTED not in codes.get("failure", ())
    return unchanged or _TRUSTED in codes.get("success", ())


def _time_state(
    label: str, passes: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, str]
) -> str:
    """`none`, `invalid`, `validated` by an authority, or `trusted`: on an imported list.

    The SDK calls time stamps of older manifests trusted without any list; that is not taken over.
    """
    plain = passes[""]["codes"].get(label, {})
    said = {code for kind in _KINDS for code in plain.get(kind, ()) if code.startswith("timeStamp")}
    if "timeStamp.trusted" not in said and any(
        "timeStamp.trusted" in one["codes"].get(label, {}).get("success", ())
        for name, one in passes.items()
        if kinds.get(name) == "tsa"
    ):
        return "trusted"
    if "timeStamp.validated" in said:
        return "validated"
    return "invalid" if said else "none"


def _manifest(label: str, said: Mapping[str, Any]) -> dict[str, Any]:
    signature = said.get("signature_info") or {}
    return {
        "label": label,
        "title": _text(said.get("title")),
        "format": _text(said.get("format")),
        "claim_generator": _generator(said),
        "signer": {
            "organisation": _text(signature.get("issuer")),
            "name": _text(signature.get("common_name")),
            "serial": _text(signature.get("cert_serial_number")),
            "algorithm": _text(signature.get("alg")),
        },
        "time": {"at": _text(signature.get("time"))},
        "actions": [_action(each) for each in actions(said)][:_MOST],
        "ingredients": [_ingredient(each) for each in said.get("ingredients") or []][:_MOST],
        "assertions": [str(each.get("label")) for each in said.get("assertions") or []][:_MOST],
    }


def actions(said: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Every action that a manifest claims."""
    for assertion in said.get("assertions") or []:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for each in (assertion.get("data") or {}).get("actions") or []:
                if isinstance(each, dict):
                    yield each


def _action(said: Mapping[str, Any]) -> dict[str, Any]:
    agent = said.get("softwareAgent")
    return {
        "action": _text(said.get("action")),
        "when": _text(said.get("when")),
        "software": _text(agent.get("name") if isinstance(agent, dict) else agent),
        "digital_source_type": _text(said.get("digitalSourceType")),
        "description": _text(said.get("description")),
    }


def _ingredient(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _text(said.get("title")),
        "format": _text(said.get("format")),
        "relationship": _text(said.get("relationship")),
        "manifest": _text(said.get("active_manifest")),
    }


def _generator(said: Mapping[str, Any]) -> str | None:
    infos = said.get("claim_generator_info") or []
    named = [
        " ".join(filter(None, (str(each.get("name", "")), str(each.get("version") or ""))))
        for each in infos
        if isinstance(each, dict)
    ]
    return _text(", ".join(named) or said.get("claim_generator"))


def _discloses(said: Mapping[str, Any]) -> bool:
    types = (str(each.get("digitalSourceType") or "") for each in actions(said))
    return any(each.rpartition("/")[2] in AI_SOURCES for each in types)


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:1000]
