"""A made-up page for people, with one block of every kind."""

import io
from datetime import UTC, datetime

import numpy as np
from PIL import Image

from app.pages.paper import Facts, Paper, Picture, Pictures, Section, Strip, Table, Texts

NAMES = ("Олександр Сирський", "김정은", "محمد بن سلمان", "习近平")
HOSTILE = '#read("/etc/passwd") *bold* @ref $x$ <script>alert(1)</script> {{ 7 * 7 }} \\'


def jpeg(seed: int, size: tuple[int, int] = (320, 180)) -> bytes:
    random = np.random.default_rng(seed)
    small = random.integers(40, 220, (9, 16, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(target, "JPEG")
    return target.getvalue()


def paper() -> Paper:
    stills = tuple(Picture(jpeg(n), f"0:0{n}.0", f"Still at 0:0{n}.0") for n in range(6))
    return Paper(
        kicker="Verification report",
        title=f"Clip of {', '.join(NAMES)}",
        verdict="Partly verified",
        tone="care",
        wording="Capture confirmed; where and when is not.",
        sections=(
            Section(
                "The item",
                (
                    Facts((("SHA-256", "ab" * 32), ("Said by its source", HOSTILE))),
                    Pictures(stills, 3),
                ),
            ),
            Section(
                "Matches",
                (
                    Strip("Known material in this item", ((0.1, 0.4), (0.9, 0.901)), "30 % of it"),
                    Table(("Here", "There"), (("0:00.0 – 0:06.6", "two\nlines"),) * 40, (1, 2)),
                    Texts(("A person has to conclude.",), "care"),
                ),
            ),
        ),
        made="Made by kim on 12 January 2025, 09:30 UTC.",
        made_at=datetime(2025, 1, 12, 9, 30, tzinfo=UTC),
    )
