"""Sensitivity on the wire: what an item shows that takes care, and how it is therefore shown."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.schemas.fields import Person, TimeRange
from app.schemas.privacy_enums import FlagBasis, SensitivityFlag

MAX_RANGES = 200

_SHOWN = {
    SensitivityFlag.POW: "prisoners of war",
    SensitivityFlag.DETAINEE: "people in custody",
    SensitivityFlag.WOUNDED: "wounded people",
    SensitivityFlag.DEAD: "dead people",
    SensitivityFlag.MINOR: "children",
    SensitivityFlag.SEXUAL: "sexual content",
    SensitivityFlag.GRAPHIC_VIOLENCE: "graphic violence",
    SensitivityFlag.DISTRESS: "people in distress",
    SensitivityFlag.PII_VISIBLE: "personal data",
    SensitivityFlag.VICTIM_OF_CRIME: "victims of crime",
    SensitivityFlag.SOURCE_AT_RISK: "what could endanger its source",
}


class Sensitivity(BaseModel):
    """How an item is to be shown; players obey `autoplay` and `muted`, and `warning` comes first."""

    flags: list[SensitivityFlag]
    reviewed: bool = Field(description="Whether a person looked for what takes care.")
    autoplay: bool
    muted: bool
    warning: str | None

    @classmethod
    def of(cls, flags: frozenset[SensitivityFlag], *, reviewed: bool) -> Self:
        """The way in which an item with these flags is shown."""
        shown = ", ".join(_SHOWN[flag] for flag in SensitivityFlag if flag in flags)
        return cls(
            flags=sorted(flags),
            reviewed=reviewed,
            autoplay=not flags,
            muted=bool(flags),
            warning=f"This item shows {shown}." if flags else None,
        )


class FlagAnswer(BaseModel):
    """One flag, and who or what set it."""

    flag: SensitivityFlag
    by: Person
    at: datetime
    basis: FlagBasis
    time_ranges: list[TimeRange] = Field(description="Where; none means anywhere.")


class SensitivityAnswer(Sensitivity):
    """An item's flags one by one, and who looked."""

    media_id: str
    details: list[FlagAnswer]
    reviewed_by: Person | None
    reviewed_at: datetime | None


def _once(flags: list[SensitivityFlag]) -> list[SensitivityFlag]:
    return list(dict.fromkeys(flags))


class SensitivityChange(BaseModel):
    """All flags that an item has from now on. Taking one away lifts its blur: an editor's act."""

    model_config = ConfigDict(extra="forbid")

    flags: Annotated[list[SensitivityFlag], AfterValidator(_once)]
    time_ranges: dict[SensitivityFlag, list[TimeRange]] = Field(
        default={}, description="Where in the item, by flag; a flag not named is anywhere."
    )
    reviewed: bool = Field(description="Whether you looked at the item for what takes care.")

    @model_validator(mode="after")
    def _ranges_belong_to_flags(self) -> Self:
        if self.time_ranges.keys() - set(self.flags):
            raise ValueError("time_ranges may name only flags that are set")
        if sum(map(len, self.time_ranges.values())) > MAX_RANGES:
            raise ValueError(f"at most {MAX_RANGES} ranges in all")
        return self
