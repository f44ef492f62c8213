"""The query views of a frame: which parts of it are described, and how they lie in it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]

FORMS = tuple((mirrored, rotation) for mirrored in (False, True) for rotation in (0, 90, 180, 270))
"""The eight ways in which a picture can be mirrored and turned, as (mirrored, rotation).

`HashHits.form` is a place in this tuple.
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture; x, y, width and height as shares of the whole, 0 to 1."""

    x: float
    y: float
    width: float
    height: float


WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at a query frame: cut the box out, mirror it, then turn it.

    `rotation` is in degrees, anticlockwise as in `np.rot90`: 0, 90, 180 or 270. That a view with
    `mirrored` matches means that the query shows the known picture mirrored.
    """

    part: str
    box: Box
    mirrored: bool = False
    rotation: int = 0

    @property
    def name(self) -> str:
        """What `Fingerprint.view_names` holds: `whole`, `trimmed+mirrored`, `whole+90`, …"""
        turned = [str(self.rotation)] if self.rotation else []
        return "+".join([self.part, *(["mirrored"] if self.mirrored else []), *turned])

    @classmethod
    def of(cls, name: str, box: Box) -> Self:
        """Give the view that a name and a box stand for."""
        part, *changes = name.split("+")
        rotation = sum(int(change) for change in changes if change.isdigit())
        return cls(part, box, "mirrored" in changes, rotation)

    def apply(self, pixels: Pixels) -> Pixels:
        """Cut this view out of a frame."""
        height, width = pixels.shape[:2]
        left, top = round(self.box.x * width), round(self.box.y * height)
        right = max(left + 1, round((self.box.x + self.box.width) * width))
        bottom = max(top + 1, round((self.box.y + self.box.height) * height))
        cut = pixels[top:bottom, left:right]
        if self.mirrored:
            cut = cut[:, ::-1]
        return np.ascontiguousarray(np.rot90(cut, self.rotation // 90))
