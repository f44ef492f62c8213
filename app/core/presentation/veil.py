"""Pictures that show no more than a mood: for what nobody should see without having asked.

People recognise a familiar face in 7 × 10 blurred pixels (Sinha et al., "Face Recognition by Humans:
Nineteen Results", Proc. IEEE 94, 2006, result 1). So of a whole picture fewer are left, and nothing
else: what is not there cannot be sharpened back, as it can behind a Gaussian blur.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]

CELLS: Final = 6
"""Pixels left along the longer side: at most 36 in all, half of what a face takes."""


def blurred(picture: Pixels) -> Pixels:
    """The picture, of the same size, from at most `CELLS` × `CELLS` mean colours."""
    height, width = picture.shape[:2]
    cell = max(height, width) / CELLS
    few = (max(1, round(width / cell)), max(1, round(height / cell)))
    cells = cv2.resize(picture, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def grey(picture: Pixels) -> Pixels:
    """The RGB picture without its colours: blood is what shocks first."""
    luminance = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(luminance, cv2.COLOR_GRAY2RGB), np.uint8)
