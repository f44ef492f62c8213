"""Confirms a run by the frames of the very moments, read from the known item's own file."""

from dataclasses import dataclass, replace

from app.core import policy
from app.core.fingerprints.reel import Stretch
from app.core.geometry.blocks import lay, within
from app.core.geometry.examination import Examined
from app.core.geometry.proof import prove
from app.core.geometry.side import Side, Sides
from app.core.geometry.sights import see
from app.core.reels.between import Line
from app.core.reels.course import Course
from app.core.reels.films import Overlay, pixels_of
from app.core.reels.framing import cut_by_bars, cut_by_neighbour
from app.core.reels.growing import Growing
from app.core.reels.hidden import hidden_region, laid_box
from app.core.reels.rereading import Reread, reread
from app.core.sight.laying import Laid, end_of, laid_best, lay_along, narrowed, sureness
from app.core.temporal.runs import placed
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen
from app.core.weighing.strength import agreement_of, inliers_of

WORTH_READING = 0.01
"""Confidence from which the file is read: before a moving camera the reels alone may say as little."""
EXACT = 0.95
"""Motion from which the films lie over each other as exactly as can be told."""
MORE = 0.1
"""By how much the reels must run better together to be believed instead."""
BEFORE_MS = 100
"""Half a step of the reel: a run may begin or end so far from its first or last picture."""
DISSOLVE_MS, DISSOLVE_LEAST_MS = 600, 350
"""What a soft transition spoils at an end of a run: most of those in the news last a second at most."""
DISSOLVED = 0.3
"""Motion from which so little is spoilt that the rest may prove it; other takes mostly have less."""
NORMAL_SPEED = 0.02
"""How far from 1 a speed may be; at one speed or another a part of another take soon fits."""
SHOWN = 3
"""Pairs of the very moments, for people to look at."""


@dataclass(frozen=True, slots=True, eq=False)
class _Over:
    """A run laid over the known frames: how, along which line, and by which films."""

    laid: Laid
    overlay: Overlay
    line: Line
    films: tuple[Stretch, Stretch]

    @property
    def query_ms(self) -> tuple[int, int]:
        """The stretch of the query that was judged."""
        times_ms = self.films[0].times_ms
        return int(times_ms[0]), int(times_ms[-1])


def confirmed(laid: Laid, sides: Sides) -> Laid:
    """Lay the run again over the known item's own frames; as it was where they cannot be read."""
    way, overlay = laid.seen.strength.course, laid.overlay
    file = sides[1].sights.original
    if way is None or overlay is None or file is None or laid.seen.confidence < WORTH_READING:
        return laid
    again = reread(file, way.line, laid.seen.run.query_ms, sides[0].reel)
    if again is None:
        return laid
    before = laid.seen.run
    over = _over(laid, again.films, way, overlay, sides)
    while over and narrowed(over.laid.seen.run, before):
        before = over.laid.seen.run
        over = _over(over.laid, again.within(before.query_ms), way, over.overlay, sides)
    if over is None:
        return laid
    over = _without_dissolves(over, again, way, sides)
    sure, overlay = _grown(over.laid, again, sides, over.overlay), over.overlay
    pairs = _pairs(sure.seen, again.read_of(over.query_ms), again, sides[0], overlay)
    strong = replace(sure.seen.strength, agreement=agreement_of(pairs), inliers=inliers_of(pairs))
    seen = replace(sure.seen, pairs=pairs, strength=strong, confidence=confidence(strong))
    return Laid(seen, _bared(over.films, over.line, overlay, sides[0]))


def _bared(films: tuple[Stretch, Stretch], line: Line, overlay: Overlay, query: Side) -> Overlay:
    """Say what the query hides; bars that lie on the picture hide nothing of what is left of it."""
    inside = laid_box(query.fingerprint.content.shares, mirrored=overlay.mirrored)
    hiding = overlay.without(hidden_region(films, line, overlay))
    cut = cut_by_bars(hiding, inside)
    return hiding if cut is hiding else cut.without(hidden_region(films, line, cut))


def _over(
    laid: Laid,
    films: tuple[Stretch, Stretch],
    way: Course,
    overlay: Overlay,
    sides: Sides,
) -> _Over | None:
    found = _course(way, films, overlay)
    if found is None:
        return None
    better, closer = found
    return _Over(lay_along(laid.seen, sides, better, closer), better, closer.line, films)


def _without_dissolves(over: _Over, again: Reread, way: Course, sides: Sides) -> _Over:
    """Judge an unsure run by what is inside of it: it may come out of something else, or go over into it."""
    start_ms, end_ms = over.laid.seen.run.query_ms
    aside_ms = min(DISSOLVE_MS, (end_ms - start_ms) // 4)
    sure = policy.grade(over.laid.seen.confidence) is policy.Grade.CERTAIN
    told = over.laid.motion >= DISSOLVED and abs(over.line[0] - 1) <= NORMAL_SPEED
    if sure or not told or aside_ms < DISSOLVE_LEAST_MS:
        return over
    tried = [over]
    for first, last in ((aside_ms, 0), (0, aside_ms), (aside_ms, aside_ms)):
        films = again.within((start_ms + first, end_ms - last))
        inside = _over(over.laid, films, way, over.overlay, sides)
        if inside and abs(inside.line[0] - 1) <= NORMAL_SPEED:
            tried.append(inside)
    return max(tried, key=lambda each: sureness(each.laid))


def _grown(sure: Laid, again: Reread, sides: Sides, overlay: Overlay) -> Laid:
    """Let the run go on as far as the known item's own frames agree."""
    query, known = sides
    run, file = sure.seen.run, known.sights.original
    if file is None:
        return sure
    visible = sure.overlay or overlay
    growing = Growing(query.reel, file, run.line, visible)
    start_ms, end_ms = growing.grown(run.query_ms, again)
    if (start_ms, end_ms) == run.query_ms:
        return sure
    run = placed(run, known.timeline, run.line, (start_ms, end_of(end_ms, run.line, sides)))
    strong = replace(sure.seen.strength, length_ms=run.length_ms)
    return Laid(replace(sure.seen, run=run, strength=strong), sure.overlay)


def _course(
    way: Course, films: tuple[Stretch, Stretch], overlay: Overlay
) -> tuple[Overlay, Course] | None:
    """Lay two films over each other, and once more without what is hidden."""
    better, closer = laid_best(way.line, films, overlay, EXACT)
    if closer is None:
        return None
    bared = cut_by_neighbour(better.without(hidden_region(films, closer.line, better)))
    better, rest = laid_best(closer.line, films, bared, EXACT)
    closer = rest or closer
    # Where the reels happened to be sampled at the same moments, they say more.
    best = way if way.motion > closer.motion + MORE else closer
    # Only the reel says how well moments further away agree.
    return better, replace(best, beside=max(closer.beside, way.beside))


def _pairs(
    seen: Seen,
    parts: list[tuple[float, float]],
    again: Reread,
    query: Side,
    overlay: Overlay,
) -> list[Examined]:
    """Give pairs of the very moments: of the strongest examined before, and from each part."""
    strongest = sorted(seen.pairs, key=lambda pair: -pair.strength)
    wanted = [float(pair.query_ms) for pair in strongest if _within(parts, pair.query_ms)]
    wanted += [(start + end) / 2 for start, end in parts]
    places = dict.fromkeys(query.sights.nearest(each, 1)[0] for each in wanted)
    inside = [each for each in places if _within(parts, query.sights.time_ms(each))][:SHOWN]
    pairs = [_pair(place, query, again, seen, overlay) for place in sorted(inside)]
    return pairs or seen.pairs


def _within(parts: list[tuple[float, float]], time_ms: int) -> bool:
    return any(start - BEFORE_MS <= time_ms <= end + BEFORE_MS for start, end in parts)


def _pair(place: int, side: Side, again: Reread, seen: Seen, overlay: Overlay) -> Examined:
    """Examine one picture of the query with the frame of its moment."""
    query = side.sights.at(place, mirrored=overlay.mirrored)
    time_ms = side.sights.time_ms(place)
    known_ms, pixels = again.nearest(seen.run.speed * time_ms + seen.run.offset_ms)
    known = see(pixels)
    hint = pixels_of(overlay.shares, query.pixels.shape, known.pixels.shape)
    fit = prove(query, known, mirrored=overlay.mirrored, hint=hint)
    if fit:
        laid = lay(query.grey, known.grey.shape, fit.matrix)
        fit = replace(fit, blocks=within(fit.blocks, laid, overlay.part))
    like = min(seen.pairs, key=lambda pair: abs(pair.query_ms - time_ms)).similarity
    return Examined(query, known, time_ms, known_ms, like, fit)
