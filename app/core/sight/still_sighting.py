"""A still and a video that resembles it: laid over each other at the very moment, read from the file."""

from dataclasses import replace

from app.core import policy
from app.core.fingerprints.borders import border_profile, content_box
from app.core.geometry.adjusting import adjusted
from app.core.geometry.blocks import compare
from app.core.geometry.closeup import look_closer
from app.core.geometry.examination import HOPELESS_INLIERS, Examined, best_of
from app.core.geometry.proof import Fit
from app.core.geometry.side import Side, Sides
from app.core.geometry.sights import Sight, bare, flipped
from app.core.geometry.straightening import straightened
from app.core.policy import Grade
from app.core.reels.films import (
    AS_IT_IS,
    WHOLE,
    BoxShares,
    Shares,
    box_on_box,
    pixels_of,
    shares_of,
)
from app.core.sight.motion import moves_alike
from app.core.temporal.runs import Run
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen
from app.core.weighing.strength import strength

WITNESSES_KEPT = 3
NEAR_BEST = 0.9
"""Frames that agree with a still less than this share of what the likest does are of other moments."""
PLAIN_ALIKE = 0.6
"""Pictures less alike than this, which have no key points in common, are hardly of one moment."""
STRAIGHTENED_TIMES = 2
ALL_OVER = 0.85
MOVING_LEAST, MOVING_ALIKE = 5, 0.75
"""Agreement from which a straightened still is believed; blocks of a clip that must move, and how alike."""
ASIDE = 0.03
"""Share of the picture by which a frame may lie aside: the very moment may be between two frames."""


def look_at_still(seen: Seen, sides: Sides) -> Seen:
    """Give what the very moment says.

    Of plain pictures, only where frame lies on frame; so do those whose few key points are blurred.
    """
    if not seen.pairs:
        return seen
    pairs, placed = seen.pairs, best_of(seen.pairs).inliers >= HOPELESS_INLIERS
    if placed:
        seen = _straight(_looked_at(seen, sides), sides)
    if policy.alerts(seen.confidence) or not (placed or seen.strength.similarity >= PLAIN_ALIKE):
        return seen
    for pair in _frame_on_frame(pairs, sides):
        looked = _looked_at(replace(seen, pairs=[pair]), sides)
        if _framed_alike(looked.pairs[0]) and looked.confidence > seen.confidence:
            seen = looked
    return seen


def _straight(looked: Seen, sides: Sides) -> Seen:
    """Look at an unsure still again as it would be straight: it may be a photograph of a screen.

    The moment found so tells more exactly by how much it is slanted.
    """
    best = looked
    for _ in range(STRAIGHTENED_TIMES):
        if not sides[0].still or policy.grade(best.confidence) is Grade.CERTAIN:
            break
        straight = [each for each in map(straightened, looked.pairs) if each is not None]
        if not straight:
            break
        looked = _looked_at(replace(looked, pairs=straight), sides)
        if _agrees_all_over(looked, sides) and looked.confidence > best.confidence:
            best = looked
    return best


def _agrees_all_over(seen: Seen, sides: Sides) -> bool:
    """Say whether a straightened still surely shows the very moment: walls are flat in any take."""
    moving = seen.strength.moving
    moves = moving.asked >= MOVING_LEAST and moving.agreeing >= MOVING_ALIKE
    return seen.strength.agreement >= ALL_OVER and (moves or sides[1].still)


def _looked_at(seen: Seen, sides: Sides) -> Seen:
    query, known = sides
    surest = sorted(seen.pairs, key=lambda pair: pair.strength, reverse=True)[:WITNESSES_KEPT]
    looked = look_closer(seen.run, surest, (query.sights, known.sights))
    pairs = [adjusted(pair) for pair in looked]
    # Of a clip that was not held still, other moments than the still's are no evidence against it.
    floor = NEAR_BEST * max(pair.agreement for pair in pairs)
    pairs = [pair for pair in pairs if pair.agreement >= floor]
    strong = strength(seen.run, (query.fingerprint, known.fingerprint), pairs)
    video = known if query.still else query
    moving = moves_alike(pairs, video.sights, of_query=video is query)
    strong = replace(strong, moving=moving)
    run = _around(seen.run, best_of(pairs).known_ms, known) if query.still else seen.run
    return replace(seen, run=run, pairs=pairs, strength=strong, confidence=confidence(strong))


def _around(run: Run, moment_ms: int, known: Side) -> Run:
    """Give a still's run around its moment, as long as it was; a still has none."""
    if known.still:
        return run
    first_ms, last_ms = run.known_ms
    half_ms = (last_ms - first_ms) // 2
    reach = max(0, moment_ms - half_ms), min(known.timeline.duration_ms, moment_ms + half_ms)
    return replace(run, offset_ms=float(moment_ms), known_ms=reach)


def _frame_on_frame(pairs: list[Examined], sides: Sides) -> list[Examined]:
    """Give the likest pair with one whole picture laid over the other, and without their bars.

    One plain thing lies on itself in any two takes, once it is moved there; in the same place of the
    frame, to a pixel, hardly.
    """
    likest = max(pairs, key=lambda pair: pair.similarity)
    sights = sides[0].sights
    query = sights.at(sights.nearest(likest.query_ms, 1)[0])
    turned = query, bare(flipped(query.pixels))
    mine, theirs = [_inside_bars(each) for each in turned], _inside_bars(likest.known)
    ways = [[AS_IT_IS, AS_IT_IS]]
    if {*mine, theirs} != {WHOLE}:
        ways.append([box_on_box(box, theirs) for box in mine])
    laid = (
        [_laid(likest, sight, shares, mirrored=sight is not query) for sight, shares in each]
        for each in (zip(turned, way, strict=True) for way in ways)
    )
    return [max(each, key=lambda pair: pair.likeness) for each in laid]


def _framed_alike(pair: Examined) -> bool:
    """Say whether one picture lies upright in the other, from one rim to the opposite one."""
    if pair.fit is None:
        return False
    shapes = pair.query.grey.shape, pair.known.grey.shape
    shares = shares_of(pair.fit.matrix, *shapes)
    turned = max(abs(shares[0, 1]), abs(shares[1, 0]))
    starts, ends = shares[:, 2], shares[:, 2] + shares.diagonal()
    inside = (starts >= -ASIDE) & (ends <= 1 + ASIDE)
    around = (starts <= ASIDE) & (ends >= 1 - ASIDE)
    return bool(turned <= ASIDE and (inside | around).all() and (inside & around).any())


def _inside_bars(sight: Sight) -> BoxShares:
    return content_box([border_profile(sight.pixels)]).shares


def _laid(pair: Examined, query: Sight, shares: Shares, *, mirrored: bool) -> Examined:
    """Lay the pair's query, given as it is turned, in one way."""
    matrix = pixels_of(shares, query.grey.shape, pair.known.grey.shape)
    blocks = compare(query.grey, pair.known.grey, matrix)
    return replace(pair, query=query, fit=Fit(matrix, mirrored, inliers=0, blocks=blocks))
