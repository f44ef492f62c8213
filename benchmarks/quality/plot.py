"""Draws micro average precision for each kind of query, one bar for each method."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.quality.metrics import Ranking

BAR, GAP, TEXT = 9, 9, 14
LEFT, LENGTH, RIGHT, TOP, BOTTOM = 170, 560, 70, 64, 34
COLOURS = ("#0b5394", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#999999")
"""Ours stands out; the others are told apart by the colour-blind as well (Okabe and Ito, 2008)."""


def draw(table: Mapping[str, Mapping[str, Ranking]], path: Path) -> None:
    """Write the picture: a block for each kind of query, whose bars are the methods in order."""
    kinds = {kind: row for kind, row in table.items() if any(r.pairs for r in row.values())}
    methods = list(next(iter(kinds.values())))
    block = BAR * len(methods) + GAP
    height = TOP + block * len(kinds) + BOTTOM
    picture = Image.new("RGB", (LEFT + LENGTH + RIGHT, height), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(TEXT)
    pen.text((12, 8), "Micro average precision by kind of query", "black", font)
    _legend(pen, methods, font)
    for tenth in range(0, 11, 2):
        x = LEFT + LENGTH * tenth / 10
        pen.line((x, TOP, x, height - BOTTOM), "#dddddd")
        pen.text((x, height - BOTTOM + 4), f"{tenth / 10:.1f}", "#444444", font, anchor="ma")
    for place, (kind, row) in enumerate(kinds.items()):
        y = TOP + GAP // 2 + place * block
        middle = y + BAR * len(methods) / 2
        pen.text((LEFT - 8, middle), kind, "black", font, anchor="rm")
        _bars(pen, [rank.micro_ap for rank in row.values()], y)
        pen.text(
            (LEFT + LENGTH + 8, middle),
            f"{row[methods[0]].micro_ap:.2f}",
            COLOURS[0],
            font,
            anchor="lm",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def _legend(pen: ImageDraw.ImageDraw, methods: list[str], font: ImageFont.ImageFont) -> None:
    x = LEFT
    for place, name in enumerate(methods):
        pen.rectangle((x, 38, x + 12, 50), _colour(place))
        pen.text((x + 17, 44), name, "black", font, anchor="lm")
        x += 17 + round(pen.textlength(name, font)) + 20


def _bars(pen: ImageDraw.ImageDraw, values: list[float], y: int) -> None:
    for place, value in enumerate(values):
        top = y + place * BAR
        # A method that finds nothing still has a stroke, so that bars can be counted.
        end = LEFT + max(1, round(LENGTH * value))
        pen.rectangle((LEFT, top, end, top + BAR - 2), _colour(place))


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]
