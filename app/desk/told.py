"""What stands in a finding, a verdict or a proposal, in words."""

from collections.abc import Mapping
from typing import Any

from app.desk.words import coded

_GROUPS = {
    "is_original": "originality",
    "relation": "source_kind",
    "contacted": "yes_no",
    "basis": "date_basis",
    "interest": "interest",
    "edited_by_source": "yes_no",
    "authenticity_codes": "authenticity",
    "reason_code": "reason",
    "flag": "flag",
}


def told(value: Any, name: str) -> str:
    """The value of the field of this name, its codes in words."""
    if isinstance(value, Mapping):
        return ", ".join(told(each, field) for field, each in value.items() if each)
    if isinstance(value, list):
        return ", ".join(told(each, name) for each in value)
    if isinstance(value, bool):
        return coded("yes" if value else "no", "yes_no")
    group = _GROUPS.get(name)
    return coded(value, group) if group else str(value)
