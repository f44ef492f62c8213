"""In the child: from the SDK's JSON of a manifest store to what the desk shows of its manifests."""

from collections.abc import Iterable, Mapping
from typing import Any

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

_MOST = 200
"""Manifests, actions and ingredients that are shown; the kept manifest store has all."""


def shown(store: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The manifests of a store, the active one first."""
    active = store.get("active_manifest")
    labels = sorted(store["manifests"], key=lambda label: (label != active, label))[:_MOST]
    return [_manifest(label, store["manifests"][label]) for label in labels]


def discloses_synthesis(store: Mapping[str, Any]) -> bool:
    """Whether an action in any manifest names a synthetic source."""
    return any(_discloses(each) for each in store["manifests"].values())


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
