"""The story's synthetic footage: drawn figures and tones in place of what was filmed."""

from dataclasses import dataclass
from pathlib import Path

from tests.filming import edit, ffmpeg, film, tune
from tests.signing import AI, Authority, flipped


@dataclass(frozen=True)
class Footage:
    """Clips by the names that the story gives them."""

    holiday: Path
    """U3: another file, sent by mistake."""
    handout: Path
    """U1: the release as a messenger passed it on: small, without metadata."""
    source: Path
    """A1: the same 20 s as the press office has them."""
    disguised: Path
    """U4: A1 without some of its middle, faces and a wall blacked out, under other music."""
    viral: Path
    """U6: what turns out to be old."""


def shoot(folder: Path) -> Footage:
    """Make every clip of the story."""
    source = film(folder / "source.mp4", seconds=20, seed=11, size=(640, 360), shots=4)
    music = tune(folder / "music.wav", seconds=15, seed=12)
    small = ("-vf", "scale=426:240", "-crf", "32", "-map_metadata", "-1")
    covered = "drawbox=60:40:90:90:black:fill,drawbox=430:180:150:120:black:fill"
    cut = "select='not(between(t,8,13))',setpts=N/FRAME_RATE/TB"
    silent = edit(source, folder / "silent.mp4", "-an", "-vf", f"{cut},{covered}")
    disguised = folder / "disguised.mp4"
    ffmpeg("-i", silent, "-i", music, "-c:v", "copy", "-shortest", disguised)
    return Footage(
        holiday=film(folder / "holiday.mp4", seconds=4, seed=31),
        handout=edit(source, folder / "handout.mp4", *small),
        source=source,
        disguised=disguised,
        viral=film(folder / "viral.mp4", seconds=5, seed=41),
    )


@dataclass(frozen=True)
class Copies:
    """Clips of the alerts' story: one release in five versions, and old footage that comes back."""

    handout: Path
    """U1: the release as a messenger passed it on."""
    source: Path
    """A1: the same 20 s as the press office has them."""
    disguised: Path
    """U4: without some of its middle, faces and a wall blacked out, under other music."""
    channel: Path
    """U5: 15 s of it, mirrored, upright, with a logo and a ticker, slightly faster."""
    room: Path
    """B1: the same room, filmed another time."""
    old: Path
    """O1: from 2023."""
    viral: Path
    """U6: some of it, as if it were new."""


def shoot_copies(folder: Path) -> Copies:
    """Make every clip of the alerts' story."""
    first = shoot(folder)
    drawn = "drawbox=120:20:60:30:yellow:fill,drawbox=0:320:202:24:red:fill"
    upright = f"hflip,crop=ih*9/16:ih,{drawn},setpts=PTS/1.05"
    part = ("-ss", "2", "-t", "15.75", "-vf", upright, "-af", "atempo=1.05")
    old = film(folder / "old.mp4", seconds=10, seed=61, shots=3)
    size = (640, 360)
    return Copies(
        handout=first.handout,
        source=first.source,
        disguised=first.disguised,
        channel=edit(first.source, folder / "channel.mp4", *part),
        room=film(
            folder / "room.mp4", seconds=12, seed=11, size=size, shots=4, audio=False, take=1
        ),
        old=old,
        viral=edit(old, folder / "new.mp4", "-ss", "2", "-t", "7", "-vf", "scale=240:-2"),
    )


@dataclass(frozen=True)
class SignedFootage:
    """Clips for the desk's own duties, and somebody who signs some of them."""

    authority: Authority
    plain: Path
    held: Path
    wrong: Path

    def sign_all(self, remote: str) -> dict[str, Path]:
        """One clip with the credentials of a camera, changed afterwards, of an AI, kept elsewhere."""
        kind, folder = "video/mp4", self.plain.parent
        camera = self.authority.sign(self.plain, folder / "camera.mp4", kind)
        return {
            "camera": camera,
            "flipped": flipped(camera, folder / "flipped.mp4", at=camera.stat().st_size // 2),
            "ai": self.authority.sign(self.plain, folder / "ai.mp4", kind, source_type=AI),
            "remote": self.authority.sign(self.plain, folder / "remote.mp4", kind, remote=remote),
        }


def shoot_signed(folder: Path) -> SignedFootage:
    """Make the clips; each of the signed ones is short."""
    return SignedFootage(
        authority=Authority.new("Lab"),
        plain=film(folder / "plain.mp4", seconds=2, seed=51, shots=1, audio=False),
        held=film(folder / "held.mp4", seconds=3, seed=52, shots=1),
        wrong=film(folder / "wrong.mp4", seconds=3, seed=53, shots=1),
    )
