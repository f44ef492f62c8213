"""Makes the queries: edited excerpts, joined clips, stills, and strangers, each with its truth."""

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.quality import augly
from benchmarks.quality.encoding import EVEN, STILL, VIDEO, Redraw, encode, encode_redrawn
from benchmarks.quality.files import Files
from benchmarks.quality.graphs import EDITS, Made
from benchmarks.quality.needs import TooFew, check
from benchmarks.quality.sources import Source, Sources, source_of

LEAST_BYTES = 1_000
STILL_EDITS = (
    "crop",
    "caption",
    "mirror",
    "colour",
    "tilt",
    "logo",
    "small",
    "quarter turn",
    "pad",
)

ALONE = [name for name, maker in EDITS.items() if "[b]" not in maker(random.Random(0)).graph]
"""Edits that need no other footage."""
BEGINNING = 0.45
"""Share of a begun clip that is known; as much of its end is asked for."""
JUMPS_FROM_S, JUMPS_MOST = 6.0, 6
"""How long a clip must be to have pauses cut out, and how many pieces are left at most."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Which seconds of the query show which seconds of which known item, and what was done."""

    known: str
    query_s: tuple[float, float]
    known_s: tuple[float, float]
    names: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    speed: float = 1.0
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A made file and what it shows; without truths it must match nothing."""

    path: Path
    edit: str
    truths: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a source."""

    source: Source
    start_s: float
    length_s: float

    def filters(self, number: int) -> str:
        """Give the graph that cuts input `number`."""
        trim = f"trim=start={self.start_s}:duration={self.length_s},setpts=PTS-STARTPTS"
        return f"[{number}:v]{trim},{EVEN}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to run for one query."""

    edit: str
    place: int
    cuts: tuple[Cut, ...]
    graph: str
    options: tuple[str, ...]
    suffix: str
    truths: tuple[Truth, ...]
    redraw: Redraw | None = None


type Kind = Callable[[str, int, Sources, random.Random], _Plan]


def make(
    sources: Sources, folder: Path, per_edit: int, seed: int, only: Callable[[str], bool]
) -> list[Query]:
    """Give `per_edit` queries of every kind, made where they do not exist yet; TooFew of too few sources."""
    kinds = {**dict.fromkeys(EDITS, _edited), **JOINED, **_of_augly()}
    check(filter(only, kinds), sources)
    plans = [
        kinds[name](name, place, sources, random.Random(f"{seed} {name} {place}"))
        for name in filter(only, kinds)
        for place in range(per_edit)
    ]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda plan: _made(plan, folder), plans))


def cut_of(
    source: Source, generator: random.Random, shortest_s: float = 4.0, longest_s: float = 11.0
) -> Cut:
    """Choose a stretch that does not begin or end on whole seconds."""
    room = source.duration_s - 0.15
    longest = min(longest_s, room)
    length = generator.uniform(min(shortest_s, longest), longest)
    return Cut(source, round(generator.uniform(0, room - length), 2), round(length, 2))


def _edited(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Edit one excerpt."""
    made = (EDITS | augly.edits())[name](generator)
    long = [each for each in sources.clips if each.duration_s >= 1.6 * made.speed]
    if not long:
        raise TooFew(f"No known clip is long enough for “{name}” at {made.speed:g} × its speed.")
    cut = cut_of(generator.choice(long), generator, 4.0 * max(1.0, made.speed))
    beside = cut_of(generator.choice(sources.strangers), generator)
    used = (cut, beside) if "[b]" in made.graph else (cut,)
    length = cut.length_s / made.speed
    if len(used) > 1:
        length = min(length, beside.length_s)
    known = (cut.start_s, round(cut.start_s + length * made.speed, 3))
    if made.reversed:
        known = (round(cut.start_s + cut.length_s - length, 3), cut.start_s + cut.length_s)
    truth = Truth(
        cut.source.name,
        (0.0, round(length, 3)),
        known,
        *_asked(made, cut.source),
        made.speed,
        made.reversed,
    )
    graph = ";".join(f"{each.filters(n)}[{'ab'[n]}]" for n, each in enumerate(used))
    whole = f"{graph};{made.graph}"
    return _Plan(name, place, used, whole, made.options, ".mp4", (truth,), made.redraw)


def _of_augly() -> Mapping[str, Kind]:
    """Give AugLy's kinds, where it is installed."""
    edits = dict.fromkeys(augly.edits(), _edited)
    return {**edits, "AugLy still": _still_of} if edits else {}


def _asked(made: Made, source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names that must and that may be said of an edit of this source."""
    must, may = made.asked(coloured=source.coloured)
    return tuple(sorted(must)), tuple(sorted(may))


def _excerpt(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Cut out two to four seconds."""
    cut = cut_of(generator.choice(sources.clips), generator, 2.0, 4.0)
    truth = Truth(cut.source.name, (0.0, cut.length_s), (cut.start_s, cut.start_s + cut.length_s))
    return _Plan(name, place, (cut,), f"{cut.filters(0)}[v]", ("-crf", "27"), ".mp4", (truth,))


def _joined(cuts: Sequence[Cut], known: Sequence[bool]) -> tuple[str, tuple[Truth, ...]]:
    """Give the graph that plays cuts one after the other, and where the known ones lie."""
    joined = "".join(f"[p{n}]" for n in range(len(cuts))) + f"concat=n={len(cuts)}[v]"
    truths, at = [], 0.0
    for cut, wanted in zip(cuts, known, strict=True):
        end = at + cut.length_s
        if wanted:
            span = (cut.start_s, cut.start_s + cut.length_s)
            truths.append(_part_of(cut, (at, end), span))
        at = end
    return f"{_parts(cuts)};{joined}", tuple(truths)


def _parts(cuts: Sequence[Cut]) -> str:
    """Give the graph that makes cuts alike, so that they can be joined: p0, p1 and so on."""
    return ";".join(
        f"{cut.filters(n)},scale=640:360:force_original_aspect_ratio=decrease,"
        f"pad=640:360:(ow-iw)/2:(oh-ih)/2,setsar=1,fps=25[p{n}]"
        for n, cut in enumerate(cuts)
    )


def _part_of(cut: Cut, query_s: tuple[float, float], known_s: tuple[float, float]) -> Truth:
    may = ("borders", "stretch")
    return Truth(cut.source.name, (round(query_s[0], 3), round(query_s[1], 3)), known_s, (), may)


def _embedded(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Put a known excerpt between strange footage."""
    first, last = (generator.choice(sources.strangers) for _ in range(2))
    cuts = (
        cut_of(first, generator, 4, 9),
        cut_of(generator.choice(sources.clips), generator, 2.5, 6),
        cut_of(last, generator, 4, 9),
    )
    graph, truths = _joined(cuts, (False, True, False))
    return _Plan(name, place, cuts, graph, ("-crf", "27"), ".mp4", truths)


def _montage(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Join excerpts of several known clips."""
    chosen = generator.sample(list(sources.clips), min(4, len(sources.clips)))
    cuts = [cut_of(each, generator, 2.5, 5) for each in chosen]
    graph, truths = _joined(cuts, [True] * len(cuts))
    return _Plan(name, place, tuple(cuts), graph, ("-crf", "27"), ".mp4", truths)


def _jump_cuts(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Leave out of one known clip what its makers took for pauses."""
    long = [each for each in sources.clips if each.duration_s >= JUMPS_FROM_S]
    if not long:
        raise TooFew(f"No known clip is long enough for “{name}”: {JUMPS_FROM_S:g} s.")
    source = generator.choice(long)
    at, cuts = generator.uniform(0, 1), []
    while len(cuts) < JUMPS_MOST:
        length = generator.uniform(1.5, 2.5)
        if at + length > source.duration_s - 0.15:
            break
        cuts.append(Cut(source, round(at, 2), round(length, 2)))
        at += length + generator.uniform(0.3, 1.2)
    graph, truths = _joined(cuts, [True] * len(cuts))
    return _Plan(name, place, tuple(cuts), graph, ("-crf", "27"), ".mp4", truths)


def _soft_cuts(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Join excerpts of known clips that go over into each other; each is told up to the middle of that."""
    chosen = generator.sample(list(sources.clips), min(3, len(sources.clips)))
    cuts = [cut_of(each, generator, 3, 5) for each in chosen]
    graphs, truths, before, at = [_parts(cuts)], [], "p0", 0.0
    lasts_s = [generator.uniform(0.5, 1.0) for _ in cuts[1:]]
    ends_s = [0.0, *lasts_s], [*lasts_s, 0.0]
    for n, (cut, first_s, last_s) in enumerate(zip(cuts, *ends_s, strict=True)):
        if n:
            at -= first_s
            way = f"xfade=transition={generator.choice(TRANSITIONS)}:duration={first_s:.3f}"
            after = "v" if n == len(cuts) - 1 else f"x{n}"
            graphs.append(f"[{before}][p{n}]{way}:offset={at:.3f},format=yuv420p[{after}]")
            before = after
        shown = first_s / 2, cut.length_s - last_s / 2
        known = (cut.start_s + shown[0], cut.start_s + shown[1])
        truths.append(_part_of(cut, (at + shown[0], at + shown[1]), known))
        at += cut.length_s
    return _Plan(name, place, tuple(cuts), ";".join(graphs), ("-crf", "27"), ".mp4", tuple(truths))


def _still_of(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Take an edited still out of a known clip."""
    source = generator.choice(sources.clips)
    at = source.telling(round(generator.uniform(0, source.duration_s - 0.3), 2))
    edits = {each: EDITS[each] for each in STILL_EDITS} if name in JOINED else augly.edits()
    made = edits[generator.choice(list(edits))](generator)
    cut = Cut(source, at, 0.3)
    truth = Truth(source.name, (0.0, 0.0), (at, at), *_asked(made, source))
    graph = f"{cut.filters(0)}[a];{made.graph}"
    return _Plan(name, place, (cut,), graph, STILL, ".jpg", (truth,), made.redraw)


def _edited_still(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Edit a known still."""
    source = generator.choice(sources.stills)
    made = EDITS[generator.choice(STILL_EDITS)](generator)
    truth = Truth(source.name, (0.0, 0.0), (0.0, 0.0), *_asked(made, source))
    graph = f"[0:v]{EVEN}[a];{made.graph}"
    return _Plan(name, place, (Cut(source, 0, 0),), graph, STILL, ".jpg", (truth,))


def _moved_still(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Make a clip of a known still, with a slow zoom, between strange footage."""
    source = generator.choice(sources.stills)
    before = cut_of(generator.choice(sources.strangers), generator, 3, 6)
    length = generator.uniform(3, 5)
    graph = (
        f"[0:v]{EVEN},loop=-1:1:0,setpts=N/25/TB,trim=duration={length:.2f},"
        f"zoompan=z='1.02+0.0012*on':d=1:s=640x360:fps=25,setsar=1[p1];"
        f"{before.filters(1)},scale=640:360,setsar=1,fps=25[p0];[p0][p1]concat=n=2[v]"
    )
    span = (before.length_s, round(before.length_s + length, 3))
    truth = Truth(source.name, span, (0.0, 0.0), (), ("crop", "stretch", "borders"))
    return _Plan(name, place, (Cut(source, 0, 0), before), graph, ("-crf", "27"), ".mp4", (truth,))


def _frozen(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Hold one frame of a known clip, mostly with a slow zoom, after strange footage."""
    source = generator.choice(sources.clips)
    before = cut_of(generator.choice(sources.strangers), generator, 3, 6)
    at = round(generator.uniform(0.3, source.duration_s - 0.3), 2)
    length, nearer = generator.uniform(3, 5), generator.choice((0.0, 0.001, 0.0025))
    graph = (
        f"[0:v]trim=start={at}:duration=0.3,setpts=PTS-STARTPTS,{EVEN},select='eq(n\\,0)',"
        f"loop=-1:1:0,setpts=N/25/TB,trim=duration={length:.2f},scale=1280:720,"
        f"zoompan=z='1+{nearer}*on':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s=640x360:fps=25,setsar=1[p1];"
        f"{before.filters(1)},scale=640:360,setsar=1,fps=25[p0];[p0][p1]concat=n=2[v]"
    )
    span = (before.length_s, round(before.length_s + length, 3))
    may = ("crop", "stretch", "borders")
    truth = Truth(source.name, span, (at, at), ("freeze_frame",), may, speed=0.0)
    return _Plan(
        name, place, (Cut(source, at, 0.3), before), graph, ("-crf", "27"), ".mp4", (truth,)
    )


def _filmed(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Take an excerpt of a clip around the moment of which a still is known."""
    source = generator.choice(sources.pictured)
    moment = _middle(source)
    start = round(max(0.0, moment - generator.uniform(1.5, 4)), 2)
    length = round(min(source.duration_s - 0.15 - start, generator.uniform(5, 8)), 2)
    cut, at = Cut(source, start, length), round(moment - start, 3)
    truth = Truth(_still_name(source), (at, at), (0.0, 0.0))
    return _Plan(name, place, (cut,), f"{cut.filters(0)}[v]", ("-crf", "27"), ".mp4", (truth,))


def _stranger(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Post what is not known, edited or not."""
    edit = EDITS[generator.choice(ALONE)](generator)
    cut = cut_of(sources.strangers[place % len(sources.strangers)], generator, 5, 20)
    graph = f"{cut.filters(0)}[a];{edit.graph}"
    return _Plan(name, place, (cut,), graph, edit.options, ".mp4", ())


def _strange_still(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Post a still of what is not known."""
    source = sources.strangers[place % len(sources.strangers)]
    cut = Cut(source, round(generator.uniform(0, source.duration_s - 0.3), 2), 0.3)
    return _Plan(name, place, (cut,), f"{cut.filters(0)}[v]", STILL, ".jpg", ())


def _other_moment(name: str, place: int, sources: Sources, generator: random.Random) -> _Plan:
    """Post what was filmed in one place after what is known."""
    source = sources.begun[place % len(sources.begun)]
    made = EDITS[generator.choice(ALONE)](generator)
    start = (1 - BEGINNING) * source.duration_s
    length = min(generator.uniform(3, 9), source.duration_s - start - 0.15)
    room = source.duration_s - 0.15 - length - start
    cut = Cut(source, round(start + generator.uniform(0, room), 2), round(length, 2))
    graph = f"{cut.filters(0)}[a];{made.graph}"
    return _Plan(name, place, (cut,), graph, made.options, ".mp4", ())


TRANSITIONS = (
    "fade",
    "dissolve",
    "fadeblack",
    "hblur",
    "pixelize",
    "wipeleft",
    "slideup",
    "circleopen",
)
JOINED = {
    "excerpt": _excerpt,
    "embedded": _embedded,
    "montage": _montage,
    "soft cuts": _soft_cuts,
    "jump cuts": _jump_cuts,
    "still of clip": _still_of,
    "edited still": _edited_still,
    "clip of still": _moved_still,
    "freeze frame": _frozen,
    "pictured": _filmed,
    "stranger": _stranger,
    "strange still": _strange_still,
    "other moment": _other_moment,
}


def _made(plan: _Plan, folder: Path) -> Query:
    """Run ffmpeg where the file does not exist yet."""
    described = repr((plan.graph, plan.options, [cut.source.content for cut in plan.cuts]))
    described += repr(plan.redraw) if plan.redraw else ""
    key = hashlib.sha256(described.encode()).hexdigest()[:10]
    name = plan.edit.replace(" ", "_").replace(":", "-")
    target = folder / f"{name}-{plan.place}-{key}{plan.suffix}"
    if not target.exists():
        inputs = [part for cut in plan.cuts for part in ("-i", str(cut.source.path))]
        encoder = () if plan.suffix == ".jpg" else VIDEO
        options = (*encoder, *plan.options)
        if plan.redraw:
            encode_redrawn(inputs, plan.graph, plan.redraw, options, target)
        else:
            encode(inputs, plan.graph, options, target)
        if target.stat().st_size < LEAST_BYTES:
            target.unlink()
            raise RuntimeError(f"{target.name}: nothing was cut; {plan.cuts}")
    return Query(target, plan.edit, plan.truths)


def begun(sources: Sources, folder: Path, files: Files) -> Sources:
    """Give the sources with the known beginning of each begun clip."""
    options = (*VIDEO, "-crf", "20")
    beginnings = tuple(
        _cut_out(
            Cut(clip, 0.0, round(BEGINNING * clip.duration_s, 2)),
            options,
            folder / clip.content / f"{clip.path.stem}.mp4",
            files,
        )
        for clip in sources.begun
    )
    return replace(sources, beginnings=beginnings)


def pictured(sources: Sources, folder: Path, files: Files) -> Sources:
    """Give the sources with one known still of each pictured clip, from its middle."""
    made = tuple(
        _cut_out(
            Cut(clip, _middle(clip), 0.5), STILL, folder / clip.content / _still_name(clip), files
        )
        for clip in sources.pictured
    )
    return replace(sources, stills=(*sources.stills, *made))


def _cut_out(cut: Cut, options: Sequence[str], target: Path, files: Files) -> Source:
    """Give a stretch of a source as a file of its own, made where it does not exist yet."""
    if not target.exists():
        encode(("-i", str(cut.source.path)), f"{cut.filters(0)}[v]", options, target)
    return source_of(target, files)


def _middle(clip: Source) -> float:
    return clip.telling(round(clip.duration_s / 2, 2))


def _still_name(clip: Source) -> str:
    return f"{clip.path.stem}.jpg"
