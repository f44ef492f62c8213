"""How pages show pictures and clips that take care: what `viewing` admits their reader to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from app.access import Actor
from app.schemas.privacy_enums import SensitivityFlag
from app.services import viewing


@dataclass(frozen=True, slots=True)
class Showing:
    """How what has some flags, of one item or of two together, may be shown to a reader, now."""

    flagged: bool
    clear: bool
    grey: bool
    may_unblur: bool
    may_see: bool

    @classmethod
    def of(cls, flags: Collection[SensitivityFlag], actor: Actor, *, clear: bool) -> Self:
        """Blurred where anything is flagged, unless `clear` was asked for by who may."""
        may_unblur = viewing.may_see_clear(actor)
        return cls(
            flagged=bool(flags),
            clear=not flags or (clear and may_unblur),
            grey=not viewing.GREY.isdisjoint(flags),
            may_unblur=may_unblur,
            may_see=not flags or viewing.may_see_blurred(actor),
        )

    @property
    def picture_query(self) -> str:
        """What is added to the address of a picture."""
        return "?blurred=false" if self.flagged and self.clear else ""
