"""How likely a stretch that sounds alike is the same recording; `app.core.policy` has the grades.

Measured on speech of one speaker, music with loops, and the sound of real clips; not yet calibrated on
sources held apart. `benchmarks/sound.py` measures anew on any folder.
"""

import math

CHANCE = 0.5
STEP_SPREAD = 0.21
"""Standard deviation of one step's share of wrong bits between unrelated speech, music and street
sound; neighbouring bits agree or differ together, so it is larger than the 0.09 of 32 coin tosses."""
PROBABLE = 5.0
"""Standard deviations from chance: the best of 250,000 unrelated alignments reached 4.1."""
SLOPE = 2.2


def sound_confidence(steps: int, errors: float, elsewhere: float) -> float:
    """Give how likely a stretch is the same sound.

    `steps` different ones have this share of wrong bits here, and that share where they are laid
    elsewhere: the difference in standard deviations of unrelated sound decides.
    """
    apart = (min(elsewhere, CHANCE) - errors) * math.sqrt(steps) / STEP_SPREAD
    return 1.0 / (1.0 + math.exp(min(50.0, SLOPE * (PROBABLE - apart))))
