"""Shoots seeded synthetic clips, stills and sounds: the same seed gives the same pictures.

Every shot is a camera panning over its own canvas of coloured shapes on a textured ground, so that
perceptual descriptors see as much as in real footage. Different seeds and shots share nothing.
"""

import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

FPS = 24
SAMPLE_RATE = 22_050
Size = tuple[int, int]
Pixels = NDArray[np.uint8]


def ffmpeg(*arguments: str | Path, stdin: bytes | None = None) -> bytes:
    """Run ffmpeg on files that the test made itself; gives what it wrote to standard output."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def film(
    path: Path,
    *,
    seconds: float = 6.0,
    seed: int = 1,
    size: Size = (320, 240),
    shots: int = 3,
    audio: bool = True,
    take: int = 0,
) -> Path:
    """A clip at 24 fps of `shots` shots of equal length, with music when `audio`.

    Another `take` is shot at the same places by a camera that moves otherwise.
    """
    width, height = size
    count = max(1, round(seconds * FPS))
    form = f"rawvideo -pix_fmt rgb24 -s {width}x{height} -r {FPS}"
    video = ["-f", *form.split(), "-i", "-"]
    music = path.with_suffix(".music.wav")
    sound: list[str] = []
    if audio:
        write_wav(music, melody(count / FPS, seed))
        sound = ["-i", str(music), "-shortest"]
    coding = [] if path.suffix not in {".mp4", ".mov", ".mkv"} else _H264
    raw = b"".join(frame.tobytes() for frame in _rushes(count, (seed, take), size, shots))
    try:
        ffmpeg(*video, *sound, *coding, path, stdin=raw)
    finally:
        music.unlink(missing_ok=True)
    return path


_H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p", "-g", "48"]


def edit(source: Path, path: Path, *options: str) -> Path:
    """`source` re-encoded with ffmpeg's output `options`, such as "-vf", "hflip"."""
    coding = _H264 if path.suffix in {".mp4", ".mov", ".mkv"} and "-c" not in options else []
    ffmpeg("-i", source, *coding, *options, path)
    return path


def rotated(source: Path, path: Path, degrees: int) -> Path:
    """The same stream with a display matrix, as phones write it."""
    ffmpeg("-display_rotation", str(degrees), "-i", source, "-c", "copy", path)
    return path


def variable_rate(source: Path, path: Path) -> Path:
    """A clip whose frames come at 24 fps in even seconds and at 3 fps in odd ones."""
    thin = "select='lt(mod(t,2),1)+not(mod(n,8))'"
    return edit(source, path, "-vf", thin, "-fps_mode", "vfr")


def black(path: Path, *, seconds: float = 3.0, size: Size = (320, 240)) -> Path:
    """A black clip without sound."""
    source = f"color=black:s={size[0]}x{size[1]}:r={FPS}:d={seconds}"
    ffmpeg("-f", "lavfi", "-i", source, *_H264, path)
    return path


def one_frame(path: Path, *, seed: int = 1, size: Size = (320, 240)) -> Path:
    """A clip of a single frame."""
    return film(path, seconds=1 / FPS, seed=seed, size=size, shots=1, audio=False)


def tune(path: Path, *, seconds: float = 10.0, seed: int = 1) -> Path:
    """A sound file; its suffix names the format."""
    source = path.with_suffix(".source.wav")
    write_wav(source, melody(seconds, seed))
    ffmpeg("-i", source, path)
    source.unlink()
    return path


def photo(path: Path, *, seed: int = 1, size: Size = (320, 240), shot: int = 0) -> Path:
    """A still from the world of `film`: the first frame of that shot of that seed and size."""
    Image.fromarray(picture(seed, size, shot)).save(path)
    return path


def picture(seed: int = 1, size: Size = (320, 240), shot: int = 0) -> Pixels:
    """The first picture of a shot: uint8 RGB (height, width, 3)."""
    width, height = size
    return canvas(seed, size, shot)[:height, :width].copy()


def canvas(seed: int, size: Size, shot: int = 0) -> Pixels:
    """What the camera of one shot pans over: half as wide and high again as its picture."""
    random = np.random.default_rng((seed, shot))
    width, height = size[0] * 3 // 2 + 1, size[1] * 3 // 2 + 1
    ground = np.zeros((height, width, 3), np.float32)
    for octave in (3, 7, 17, 41):
        cells = random.normal(0, 1, (octave, octave, 3)).astype(np.float32)
        ground += cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC) * (
            2 / octave**0.4
        )
    ground = ground * random.uniform(14, 34) + random.uniform(60, 190, 3)
    drawn = np.ascontiguousarray(np.clip(ground, 0, 255).astype(np.uint8))
    for _ in range(int(random.integers(14, 30))):
        _draw(drawn, random)
    return drawn


def _draw(drawn: Pixels, random: np.random.Generator) -> None:
    height, width = drawn.shape[:2]
    colour = tuple(int(c) for c in random.integers(0, 256, 3))
    centre = (int(random.integers(0, width)), int(random.integers(0, height)))
    reach = int(random.integers(max(2, height // 24), max(3, height // 5)))
    match int(random.integers(0, 4)):
        case 0:
            cv2.circle(drawn, centre, reach, colour, -1, cv2.LINE_AA)
        case 1:
            corner = (centre[0] + reach, centre[1] + int(reach * random.uniform(0.4, 1.6)))
            cv2.rectangle(drawn, centre, corner, colour, -1)
        case 2:
            points = random.integers(-reach, reach + 1, (5, 2)) + np.array(centre)
            cv2.fillPoly(drawn, [points.astype(np.int32)], colour, cv2.LINE_AA)
        case _:
            word = "".join(random.choice(list("ABCDEFGHKLMNPRSTUVXYZ2345"), 4))
            font = cv2.FONT_HERSHEY_DUPLEX
            cv2.putText(drawn, word, centre, font, reach / 22, colour, 2, cv2.LINE_AA)


def _rushes(count: int, filmed: tuple[int, int], size: Size, shots: int) -> Iterator[Pixels]:
    (seed, take), (width, height) = filmed, size
    bounds = [count * shot // shots for shot in range(shots + 1)]
    for shot in range(shots):
        length = bounds[shot + 1] - bounds[shot]
        ground = canvas(seed, size, shot)
        spare = np.array([ground.shape[1] - width, ground.shape[0] - height])
        pan = np.random.default_rng((seed, shot, 1 + take)).uniform(0.4, 1.0, 2) * spare
        for frame in range(length):
            way = pan * frame / max(1, length)
            # Another take comes from the opposite corner, up and down as it goes.
            other = spare - way * np.array([1.0, np.sin(take + 9 * frame / max(1, length)) ** 2])
            x, y = (other if take else way).astype(int)
            yield np.ascontiguousarray(ground[y : y + height, x : x + width])


def melody(seconds: float, seed: int) -> NDArray[np.int16]:
    """Seeded music: a chord with harmonics and a drum every 400 ms, mono at SAMPLE_RATE."""
    random = np.random.default_rng((seed, 77))
    total, step = int(seconds * SAMPLE_RATE), SAMPLE_RATE * 2 // 5
    notes = []
    for _ in range(total // step + 1):
        time = np.arange(step) / SAMPLE_RATE
        pitches = 110 * 2 ** (random.integers(0, 36, 3) / 12)
        chord = sum(np.sin(2 * np.pi * f * h * time) / h for f in pitches for h in (1, 2, 3, 5))
        drum = random.normal(0, 1, step) * np.exp(-time * 40)
        notes.append(chord * np.exp(-time * 2) + drum)
    sound = np.concatenate(notes)[:total]
    return np.asarray(sound / max(1e-9, np.abs(sound).max()) * 26_000, np.int16)


def write_wav(path: Path, samples: NDArray[np.int16]) -> Path:
    """16-bit mono at SAMPLE_RATE."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(samples.tobytes())
    return path
