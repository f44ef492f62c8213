"""How well sound is found: edited excerpts of real sound, found and placed, and false alerts.

    python -m benchmarks.sound --media FOLDER --json build/sound.json

FOLDER holds clips and sound files of any kind; those with six seconds of lively sound take part.
Excerpts are cut and edited with a fixed seed and searched in the sound of all files. Every second
source is for fitting constants (`--split fit`); the table is of the others.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from app.core.decoding.probe import probe
from app.core.errors import CoreError
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.fingerprints.fingerprinting import Fingerprinted
from app.core.fingerprints.pictures import Pictures
from app.core.fingerprints.sound import SOUND_STEP_MS, STEPS_HEARD, sound_fingerprint
from app.core.fingerprints.usable import sound_votes
from app.core.matches import Match
from app.core.matching.library import MemoryLibrary
from app.core.matching.matcher import match
from app.core.media import DecodeLimits, MediaKind
from app.core.policy import Grade
from app.core.sound.soundtrack import changed_sound
from app.core.temporal.runs import Run
from benchmarks.figures import write

LIMITS = DecodeLimits()
LENGTHS_S = (4.2, 6.0, 10.0)
PLACED_MS = 500
LEAST_VOTES = 28
LEAST_LONG = 2
AROUND_S = 7.0
SPLITS = ("fit", "test")
AAC = ("-c:a", "aac", "-b:a", "96k")
EDITS: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "aac 32k": ("anull", 1.0, ("-c:a", "aac", "-b:a", "32k")),
    "mp3 32k": ("anull", 1.0, ("-c:a", "libmp3lame", "-b:a", "32k")),
    "opus 16k": ("anull", 1.0, ("-c:a", "libopus", "-b:a", "16k", "-ac", "1")),
    "volume -18 dB": ("volume=-18dB", 1.0, AAC),
    "stereo": ("aformat=channel_layouts=stereo", 1.0, AAC),
    "mild EQ": ("bass=g=5,treble=g=-5", 1.0, AAC),
    "strong EQ": ("bass=g=8,treble=g=-8", 1.0, AAC),
    "telephone": ("highpass=f=300,lowpass=f=3400", 1.0, ("-c:a", "libopus", "-b:a", "24k")),
    "atempo 0.9": ("atempo=0.9", 0.9, AAC),
    "atempo 0.97": ("atempo=0.97", 0.97, AAC),
    "atempo 1.05": ("atempo=1.05", 1.05, AAC),
    "atempo 1.1": ("atempo=1.1", 1.1, AAC),
    "resampled 1.01": ("aresample=44100,asetrate=44541", 1.01, AAC),
    "resampled 1.05": ("aresample=44100,asetrate=46305", 1.05, AAC),
    "noise -12 dB": ("NOISE", 1.0, AAC),
    "speech -6 dB": ("SPEECH", 1.0, AAC),
    "inside other sound": ("INSIDE", 1.0, AAC),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One query: which edit of which source; found and placed, and how many others alerted."""

    edit: str
    length_s: float
    source: str
    split: str
    found: bool
    placed: bool
    confidence: float
    false_alerts: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that takes part."""

    path: Path
    made: Fingerprinted
    split: str

    @property
    def length_s(self) -> float:
        """How long it sounds."""
        return (len(self.made.fingerprint.sound) + STEPS_HEARD) * SOUND_STEP_MS / 1000


def heard(path: Path) -> Fingerprinted:
    """Fingerprint the sound of a file and nothing else."""
    info = probe(path, LIMITS)
    sound = sound_fingerprint(path, info, LIMITS)
    made = Fingerprint(
        algorithm="sound",
        kind=MediaKind.AUDIO,
        duration_ms=round((len(sound) + STEPS_HEARD) * SOUND_STEP_MS),
        width=0,
        height=0,
        timestamps_ms=np.zeros(0, np.int64),
        shots=np.zeros(0, np.int32),
        votes=np.zeros(0, np.bool_),
        pdq=np.zeros((0, 32), np.uint8),
        pdq_quality=np.zeros(0, np.uint8),
        phash=np.zeros((0, 8), np.uint8),
        descriptors=np.zeros((0, DIMENSION), np.float16),
        view_names=(),
        view_ids=np.zeros((0, 0), np.int16),
        view_descriptors=np.zeros((0, 0, DIMENSION), np.int8),
        view_boxes=np.zeros((0, 4), np.float32),
        sound=sound,
        sound_votes=sound_votes(sound),
    )
    return Fingerprinted(info, made, Pictures((), ()))


def sources(media: Path) -> list[Source]:
    """Give the files of a folder that have enough sound."""
    found: list[Source] = []
    for path in sorted(each for each in media.rglob("*") if each.is_file()):
        try:
            made = heard(path)
        except CoreError:
            continue
        if made.fingerprint.sound_votes.sum() >= LEAST_VOTES:
            found.append(Source(path, made, SPLITS[len(found) % 2]))
    return found


def edited(mine: Source, other: Source, cut: tuple[float, float], edit: str, out: Path) -> Path:
    """Write the edited excerpt."""
    start, length = cut
    steps, _, coding = EDITS[edit]
    inputs = ["-ss", f"{start:.3f}", "-t", f"{length}", "-i", mine.path]
    level = "dynaudnorm=f=500:g=31,aformat=sample_rates=44100:channel_layouts=mono"
    if steps == "NOISE":
        graph = f"anoisesrc=a=0.12:s=1:r=44100[n];[0:a:0]{level}[v];[v][n]amix=2:duration=first:normalize=0"
    elif steps == "SPEECH":
        inputs += ["-t", f"{length}", "-i", other.path]
        graph = f"[0:a:0]{level},volume=-6dB[v];[1:a:0]{level}[n];[v][n]amix=2:duration=first:normalize=0"
    elif steps == "INSIDE":
        after = ["-ss", f"{AROUND_S}", "-t", f"{AROUND_S}", "-i", other.path]
        inputs = ["-t", f"{AROUND_S}", "-i", other.path, *inputs, *after]
        graph = ";".join(f"[{n}:a:0]{level}[p{n}]" for n in range(3))
        graph += ";[p0][p1][p2]concat=n=3:v=0:a=1"
    else:
        graph = f"[0:a:0]{steps},aresample=44100"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, inputs)]
    subprocess.run([*command, "-filter_complex", graph, *coding, str(out)], check=True)
    return out


def queries(all_sources: Sequence[Source], seed: int, folder: Path) -> Iterator[Row]:
    """Search every edited excerpt in everything."""
    library = MemoryLibrary([each.made for each in all_sources])
    chance = random.Random(seed)
    for number, mine in enumerate(all_sources):
        others = [
            each for each in all_sources if each is not mine and each.length_s > 2 * AROUND_S + 1
        ]
        for edit in EDITS:
            for length in LENGTHS_S:
                other = chance.choice(others)
                start = chance.uniform(0.2, max(0.3, mine.length_s - length - 0.2))
                if mine.length_s < length + 0.5:
                    continue
                path = edited(mine, other, (start, length), edit, folder / "query.mka")
                found = [each for each in match(heard(path), library) if alerts(each)]
                own = next((each for each in found if each.number == number), None)
                allowed = {number} | (
                    {all_sources.index(other)} if EDITS[edit][0] in {"INSIDE", "SPEECH"} else set()
                )
                yield Row(
                    edit,
                    length,
                    mine.path.name,
                    mine.split,
                    own is not None,
                    own is not None and placed(own, edit, start),
                    own.confidence if own else 0.0,
                    sum(each.number not in allowed for each in found),
                )


def alerts(found: Match) -> bool:
    """Say whether a match would alert."""
    return found.grade is not Grade.LEAD


def placed(found: Match, edit: str, start_s: float) -> bool:
    """Say whether a found stretch lies where the excerpt was cut."""
    steps, speed, _ = EDITS[edit]
    before = AROUND_S if steps == "INSIDE" else 0.0
    return any(
        abs(each.known.start_ms / 1000 - start_s - speed * (each.query.start_ms / 1000 - before))
        <= PLACED_MS / 1000
        for each in found.segments
    )


def renamed(all_sources: Sequence[Source]) -> dict[str, list[int]]:
    """Count how often another sound is named as one, and how often the same sound is."""
    counts = {"another sound": [0, 0], "the same sound": [0, 0]}
    for mine in all_sources:
        for other in all_sources:
            length = min(mine.made.fingerprint.duration_ms, other.made.fingerprint.duration_ms)
            none, one = np.zeros(0, np.int64), np.zeros(1)
            run = Run(none, none, one, 1.0, 0.0, (0, length), (0, length))
            named = changed_sound(run, mine.made.fingerprint, other.made.fingerprint)
            counted = counts["the same sound" if mine is other else "another sound"]
            counted[0] += bool(named)
            counted[1] += 1
    return counts


def show(rows: Sequence[Row]) -> None:
    """Print, for each edit and length: how many are found and placed, of how many."""
    print(f"{'edit':20}" + "".join(f"{length:>18} s" for length in LENGTHS_S))
    for edit in EDITS:
        cells = []
        for length in LENGTHS_S:
            own = [row for row in rows if (row.edit, row.length_s) == (edit, length)]
            found, right = sum(row.found for row in own), sum(row.placed for row in own)
            cells.append(f"{found:>9}/{right}/{len(own)}".rjust(20))
        print(f"{edit:20}" + "".join(cells))
    print(f"found / placed within {PLACED_MS / 1000:g} s / queries")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when unrelated sound alerts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=SPLITS, default="test")
    chosen = parser.parse_args(arguments)
    all_sources = sources(chosen.media)
    # Each excerpt is put into, or under, the sound of another.
    if sum(each.length_s > 2 * AROUND_S + 1 for each in all_sources) < LEAST_LONG:
        parser.error(
            f"{chosen.media} has too few files with a quarter of a minute of lively sound."
        )
    with tempfile.TemporaryDirectory() as folder:
        rows = list(queries(all_sources, chosen.seed, Path(folder)))
    show([row for row in rows if row.split == chosen.split])
    named = renamed(all_sources)
    false = sum(row.false_alerts for row in rows)
    print(f"{len(all_sources)} sources, {len(rows)} queries, {false} false alerts")
    for what, (told, asked) in named.items():
        print(f"named as replaced or removed, {what}: {told} of {asked}")
    if chosen.json:
        result = {"rows": [asdict(row) for row in rows], "false_alerts": false, "named": named}
        write(result, chosen.json)
    return int(false > 0)


if __name__ == "__main__":
    sys.exit(main())
