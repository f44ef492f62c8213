"""Keeps of a finding's proofs what its form does not show: stretches, and archived copies."""

import re
from collections.abc import Sequence
from typing import Any

from app.desk.forms import Form

_ROW = re.compile(r"evidence\.(\d+)\.(?:kind|ref)")


def completed(form: Form, body: dict[str, Any], there: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A form's `body` in which proofs that the finding had before are whole again.

    `there` are those: the form shows of each its kind and reference only.
    """
    proofs = body.get("evidence")
    if not isinstance(proofs, list):
        return body
    left = dict(enumerate(there))
    made = []
    for row, proof in zip(_rows(form), proofs, strict=False):
        same = [number for number, each in left.items() if _shown(each) == proof]
        number = row if row in same else next(iter(same), None)
        made.append(proof if number is None else left.pop(number))
    return {**body, "evidence": made + proofs[len(made) :]}


def _rows(form: Form) -> list[int]:
    """The numbers of the rows that say something, in their order."""
    found = {
        match[1]
        for name, given in form.values.items()
        if (match := _ROW.fullmatch(name)) and any(each.strip() for each in given)
    }
    return sorted(map(int, found))


def _shown(proof: dict[str, Any]) -> dict[str, Any]:
    return {name: proof[name] for name in ("kind", "ref") if proof.get(name)}
