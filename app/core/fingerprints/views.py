"""The query views of a frame: which parts of it are described, and how they lie in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Its four numbers in order."""
        return self.x, self.y, self.width, self.height


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
        """What `Fingerprint.view_names` holds: `whole`, `trimmed+mirrored` or `whole+90`."""
        turned = [str(self.rotation)] if self.rotation else []
        return "+".join([self.part, *(["mirrored"] if self.mirrored else []), *turned])

    @classmethod
    def of(cls, name: str, box: Box) -> Self:
        """Give the view that a name and a box stand for."""
        part, *changes = name.split("+")
        rotation = sum(int(change) for change in changes if change.isdigit())
        return cls(part, box, "mirrored" in changes, rotation)

    def apply[T: np.generic](self, pixels: NDArray[T]) -> NDArray[T]:
        """Cut this view, a pixel at least, out of a frame, in colours or of one channel."""
        height, width = pixels.shape[:2]
        left = min(width - 1, round(self.box.x * width))
        top = min(height - 1, round(self.box.y * height))
        right = max(left + 1, round((self.box.x + self.box.width) * width))
        bottom = max(top + 1, round((self.box.y + self.box.height) * height))
        cut = pixels[top:bottom, left:right]
        if self.mirrored:
            cut = cut[:, ::-1]
        return np.ascontiguousarray(np.rot90(cut, self.rotation // 90))


TRIMMED = "trimmed"
"""What the view of a frame without its bars is called."""
LAID_IN = "inset-"
"""How names of views begin that show what seems laid into the picture."""
VIEWS_IN_ALL = 180
"""Views described of one item before its views take turns: a second of work."""
VIEWS_LEAST = 3
TURNS_LEAST = 2
CROP = 0.6
QUARTER = 0.5
CORNERS = {
    "top-left": (0.0, 0.0),
    "top-right": (1.0, 0.0),
    "bottom-left": (0.0, 1.0),
    "bottom-right": (1.0, 1.0),
    "centre": (0.5, 0.5),
}
HALVES = {
    "left": Box(0.0, 0.0, 0.5, 1.0),
    "right": Box(0.5, 0.0, 0.5, 1.0),
    "upper": Box(0.0, 0.0, 1.0, 0.5),
    "lower": Box(0.0, 0.5, 1.0, 0.5),
}
SIDES = {
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "middle-left": (0.0, 0.5),
    "middle-right": (1.0, 0.5),
}


def moving_views(content: Box, insets: Sequence[Box] = ()) -> tuple[View, ...]:
    """Give the views of a video's frames; `content` is the frame without its borders.

    The set measured at µAP 0.994 on edited photos (whole, trimmed, four 60 % crops), with halves for
    stacked and side-by-side screens, the centre for large frames around, quarter turns, and what
    seems laid into the picture. The first is the whole frame. Mirrored views say nothing new: SSCD
    learnt to take mirrored pictures for the same, and their vectors lie at a cosine of 0.94 (median).
    """
    upright = _upright(content)
    laid_in = [View(f"{LAID_IN}{n}", box) for n, box in enumerate(insets)]
    crops = [View(name, _crop(content, CROP, at)) for name, at in CORNERS.items()]
    halves = [View(name, _within(content, half)) for name, half in HALVES.items()]
    turned = [replace(upright[-1], rotation=rotation) for rotation in (90, 180, 270)]
    return (*upright, *laid_in, *crops, *halves, *turned)


def still_views(content: Box, insets: Sequence[Box] = ()) -> tuple[View, ...]:
    """Give the views of a still: those of a video, all turned ones, and a grid of half-size crops.

    There is one frame only, so looking closer costs little: screenshots show the picture small.
    """
    turned = [View(view.part, view.box, *form) for view in _upright(content) for form in FORMS]
    grid = [
        View(f"{name}-half", _crop(content, QUARTER, at)) for name, at in (CORNERS | SIDES).items()
    ]
    return tuple(dict.fromkeys((*moving_views(content, insets), *turned, *grid)))


def turns(frames: int, views: Sequence[View]) -> NDArray[np.int16]:
    """Say which views of each frame are described: places in `views`, as (frames, views a frame).

    All of them in a short item. In a longer one the first views are always described and the others
    take turns, so that every way to look comes round every few seconds at a bounded cost.
    """
    always = sum(view.name in {"whole", TRIMMED} for view in views)
    room = max(VIEWS_LEAST, VIEWS_IN_ALL // max(1, frames))
    others = len(views) - always
    each = others if always + others <= room else max(TURNS_LEAST, min(others, room - always))
    fixed = np.tile(np.arange(always), (frames, 1))
    turned = always + (np.arange(frames)[:, None] * each + np.arange(each)) % max(1, others)
    return np.concatenate([fixed, turned], axis=1).astype(np.int16)


def _upright(content: Box) -> list[View]:
    """Give the whole frame, and the frame without its borders where it has any."""
    whole = View("whole", WHOLE)
    return [whole] if content == WHOLE else [whole, View(TRIMMED, content)]


def _within(outer: Box, inner: Box) -> Box:
    """Give the box that `inner` is, seen from the frame, when it is a share of `outer`."""
    return Box(
        outer.x + inner.x * outer.width,
        outer.y + inner.y * outer.height,
        inner.width * outer.width,
        inner.height * outer.height,
    )


def _crop(content: Box, side: float, at: tuple[float, float]) -> Box:
    """Give a crop of the content, pushed to one side, corner or the middle."""
    return _within(content, Box((1 - side) * at[0], (1 - side) * at[1], side, side))
