"""Makes edited queries of known clips with fixed seeds: what people do to footage before they post it."""

import hashlib
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-pix_fmt", "yuv420p")


@dataclass(frozen=True, slots=True)
class Source:
    """A known clip to cut from."""

    path: Path
    duration_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """Which seconds of the query show which seconds of which clip."""

    clip: str
    query_s: tuple[float, float]
    known_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class EditedQuery:
    """A made file and what it shows."""

    path: Path
    edit: str
    truths: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A filter graph over [a] (the excerpt) and [b] (an excerpt of another clip) giving [v]."""

    graph: str
    speed: float = 1.0
    shortest_s: float = 4.0
    longest_s: float = 9.0
    joined: bool = False


EVEN = "scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1"
TALL = f"crop=min(iw\\,ih*9/16):ih,{EVEN}"
LOGO = "drawbox=x=iw*0.72:y=ih*0.04:w=iw*0.22:h=ih*0.1:color=red:t=fill"
TICKER = "drawbox=x=0:y=ih*0.84:w=iw:h=ih*0.12:color=navy:t=fill,noise=alls=4"
EDITS: dict[str, Edit] = {
    "excerpt": Edit("[a]null[v]", shortest_s=2.2, longest_s=6),
    "model case": Edit(f"[a]hflip,{TALL},{LOGO},{TICKER},setpts=PTS/1.05[v]", speed=1.05),
    "crop": Edit(f"[a]crop=iw*0.65:ih*0.65:iw*0.08:ih*0.22,{EVEN}[v]"),
    "letterbox": Edit(f"[a]pad=iw:trunc(iw*9/16*1.3/2)*2+ih:0:(oh-ih)/2,{EVEN}[v]"),
    "blurred bars": Edit(
        "[a]split[x][y];[x]scale=360:640,setsar=1,gblur=20[bg];[y]scale=360:-2[fg];"
        "[bg][fg]overlay=0:(H-h)/2[v]"
    ),
    "9:16": Edit(f"[a]{TALL}[v]"),
    "mirror": Edit("[a]hflip[v]"),
    "rotation 10": Edit(f"[a]rotate=0.1745:fillcolor=black,{EVEN}[v]"),
    "speed 1.5": Edit("[a]setpts=PTS/1.5[v]", speed=1.5, shortest_s=5),
    "speed 0.7": Edit("[a]setpts=PTS/0.7[v]", speed=0.7),
    "8 fps + noise": Edit("[a]fps=8,noise=alls=28:allf=t[v]"),
    "grey + caption": Edit(
        "[a]hue=s=0,drawbox=x=iw*0.2:y=ih*0.78:w=iw*0.6:h=ih*0.14:color=black@0.8:t=fill[v]"
    ),
    "picture in picture": Edit(
        "[b]scale=640:360,setsar=1[bg];[a]scale=224:-2[fg];[bg][fg]overlay=W-w-20:20:shortest=1[v]"
    ),
    "stacked": Edit(
        "[a]scale=480:270,setsar=1[x];[b]scale=480:270,setsar=1[y];[x][y]vstack=shortest=1[v]"
    ),
    "montage": Edit(
        "[a]scale=480:270,setsar=1,fps=25[x];[b]scale=480:270,setsar=1,fps=25[y];[x][y]concat[v]",
        joined=True,
    ),
    "small + low quality": Edit("[a]scale=240:-2,gblur=1[v]"),
}


def make(
    sources: Sequence[Source], folder: Path, per_edit: int, seed: int, only: Callable[[str], bool]
) -> list[EditedQuery]:
    """Give `per_edit` queries of every edit, made where they do not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in filter(only, EDITS):
        generator = random.Random(f"{seed} {name}")
        made += [_one(name, place, sources, generator, folder) for place in range(per_edit)]
    return made


def _one(
    name: str, place: int, sources: Sequence[Source], generator: random.Random, folder: Path
) -> EditedQuery:
    edit = EDITS[name]
    first, second = generator.sample(list(sources), 2)
    a, b = _excerpt(first, edit, generator), _excerpt(second, edit, generator)
    key = hashlib.sha256(repr((edit, first.path.name, second.path.name, a, b)).encode()).hexdigest()
    target = folder / f"{name.replace(' ', '_').replace(':', '-')}-{place}-{key[:8]}.mp4"
    if not target.exists():
        _run(edit, (first, a), (second, b), target)
    length = a[1] / edit.speed
    truths = [Truth(first.path.name, (0.0, length), (a[0], a[0] + a[1]))]
    if edit.joined:
        truths.append(Truth(second.path.name, (length, length + b[1]), (b[0], b[0] + b[1])))
    elif name == "stacked":
        shared = min(a[1], b[1])
        truths = [
            Truth(first.path.name, (0.0, shared), (a[0], a[0] + shared)),
            Truth(second.path.name, (0.0, shared), (b[0], b[0] + shared)),
        ]
    elif name == "picture in picture":
        shared = min(a[1], b[1])
        truths = [
            Truth(first.path.name, (0.0, shared), (a[0], a[0] + shared)),
            Truth(second.path.name, (0.0, b[1]), (b[0], b[0] + b[1])),
        ]
    return EditedQuery(target, name, tuple(truths))


def _excerpt(source: Source, edit: Edit, generator: random.Random) -> tuple[float, float]:
    """Choose a start and a length that do not fall on whole seconds."""
    room = source.duration_s - 0.2
    longest = min(edit.longest_s, room)
    length = generator.uniform(min(edit.shortest_s, longest), longest)
    return round(generator.uniform(0, room - length), 2), round(length, 2)


def _run(
    edit: Edit,
    first: tuple[Source, tuple[float, float]],
    second: tuple[Source, tuple[float, float]],
    target: Path,
) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    for source, (start, length) in (first, second):
        command += ["-ss", str(start), "-t", str(length), "-i", str(source.path)]
    even = "[a]" + edit.graph.removeprefix("[a]") if edit.graph.startswith("[a]") else edit.graph
    inputs = f"[0:v]{EVEN}[a];" + (f"[1:v]{EVEN}[b];" if "[b]" in edit.graph else "")
    command += ["-filter_complex", inputs + even, "-map", "[v]", *X264, str(target)]
    subprocess.run(command, check=True)
