"""ffmpeg filter graphs of what people do to footage; each draws its numbers from a generator.

A graph takes [a], the excerpt, and where it needs one [b], other footage, and gives [v].
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.quality.encoding import EVEN, Redraw
from benchmarks.quality.lettering import letters

COLOURS = frozenset(["colour", "greyscale"])
WORDS = ("BREAKING", "LIVE", "watch till the end", "eyewitness", "this happened today", "shocking")


@dataclass(frozen=True, slots=True)
class Made:
    """A graph with its numbers, and what a good answer says was done: what it must say, and may.

    `turns_colours`: its change of colour is one of the colours there are; where there are hardly any,
    nothing of it is to be seen. `redraw` edits each picture that the graph gives.
    """

    graph: str
    names: frozenset[str]
    may: frozenset[str] = frozenset()
    speed: float = 1.0
    reversed: bool = False
    options: tuple[str, ...] = ("-crf", "27")
    turns_colours: bool = False
    redraw: Redraw | None = None

    def asked(self, *, coloured: bool) -> tuple[frozenset[str], frozenset[str]]:
        """Give what must and what may be said of footage that is `coloured` or hardly is."""
        unseen = COLOURS & self.names if self.turns_colours and not coloured else frozenset()
        return self.names - unseen, self.may | unseen


type Maker = Callable[[random.Random], Made]


def chain(filters: str, *names: str, may: Sequence[str] = (), **more: Any) -> Made:
    """Give an edit that is one chain of filters."""
    return Made(f"[a]{filters},{EVEN}[v]", frozenset(names), frozenset(may), **more)


def reencode(r: random.Random) -> Made:
    """Compress hard."""
    return chain("null", options=("-crf", str(r.randint(30, 38))))


def rescale(r: random.Random) -> Made:
    """Make small, and a little soft."""
    return chain(f"scale={r.randrange(200, 360, 2)}:-2,gblur={r.uniform(0.1, 0.8):.2f}")


def crop(r: random.Random) -> Made:
    """Cut out any box that keeps at least 35 % of the area."""
    area = r.uniform(0.35, 0.8)
    width = r.uniform(max(area, 0.5), min(1.0, area / 0.5))
    height = area / width
    x, y = r.uniform(0, 1 - width), r.uniform(0, 1 - height)
    return chain(f"crop=iw*{width:.3f}:ih*{height:.3f}:iw*{x:.3f}:ih*{y:.3f}", "crop")


def tall(r: random.Random) -> Made:
    """Cut to an upright phone screen."""
    return chain(f"crop=min(iw\\,ih*9/16):ih:(iw-ow)*{r.uniform(0.2, 0.8):.2f}:0", "crop")


def followed(r: random.Random) -> Made:
    """Cut to an upright phone screen that follows what goes on."""
    turns = f"sin(t*{2 * math.pi / r.uniform(10, 24):.2f}+{r.uniform(0, 6.3):.2f})"
    across = f"(iw-ow)*(0.5+{r.uniform(0.15, 0.4):.2f}*{turns})"
    return chain(f"crop=min(iw\\,ih*9/16):ih:'{across}':0", "crop")


def slow_zoom(r: random.Random) -> Made:
    """Come slowly nearer to one place, or draw back from it."""
    nearer, x, y = r.uniform(0.0012, 0.003), r.uniform(0.2, 0.8), r.uniform(0.2, 0.8)
    closeness = f"1+{nearer:.4f}*on" if r.random() < 0.5 else f"max(1\\,1.7-{nearer:.4f}*on)"
    place = f"x='(iw-iw/zoom)*{x:.2f}':y='(ih-ih/zoom)*{y:.2f}'"
    return chain(
        f"scale=1280:720,setsar=1,fps=25,zoompan=z='{closeness}':{place}:d=1:s=640x360:fps=25,setsar=1",
        may=["crop", "stretch"],
    )


def pad(r: random.Random) -> Made:
    """Put flat bars of any colour around."""
    colour = f"0x{r.randrange(0x1000000):06x}" if r.random() < 0.5 else "black"
    if r.random() < 0.5:
        return chain(f"pad=iw:ih*{r.uniform(1.2, 1.9):.2f}:0:(oh-ih)/2:{colour}", "borders")
    return chain(f"pad=iw*{r.uniform(1.2, 1.8):.2f}:ih:(ow-iw)/2:0:{colour}", "borders")


def blurred_bars(r: random.Random) -> Made:
    """Fill an upright screen with a blurred copy behind."""
    return Made(
        f"[a]split[x][y];[x]scale=540:960,setsar=1,gblur={r.uniform(14, 30):.0f}[bg];"
        "[y]scale=540:-2,scale=540:'min(ih,880)'[fg];[bg][fg]overlay=0:(H-h)/2[v]",
        frozenset(["borders"]),
        frozenset(["crop", "stretch"]),
    )


def mirror(r: random.Random) -> Made:
    """Swap left and right."""
    return chain("hflip", "mirror")


def quarter_turn(r: random.Random) -> Made:
    """Turn by 90, 180 or 270 degrees."""
    turned = r.choice(["transpose=1", "transpose=2", "hflip,vflip"])
    return chain(turned, "rotation")


def tilt(r: random.Random) -> Made:
    """Turn by up to 15 degrees, with the corners black or cut away."""
    degrees = r.choice([-1, 1]) * r.uniform(4, 15)
    turned = f"rotate={math.radians(degrees):.4f}:fillcolor=black"
    if r.random() < 0.5:
        return chain(turned, "rotation", may=["borders", "crop"])
    return chain(f"{turned},crop=iw*0.7:ih*0.7", "rotation", "crop")


def colour(r: random.Random) -> Made:
    """Change colours as filters of apps do."""
    how = r.choice(
        [
            f"hue=h={r.choice([-1, 1]) * r.randint(25, 70)}:s={r.uniform(0.8, 1.6):.2f}",
            f"colorbalance=rs={r.uniform(0.3, 0.6):.2f}:bs=-{r.uniform(0.3, 0.6):.2f}",
            "colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131",
            f"eq=saturation={r.uniform(1.8, 2.8):.2f}:contrast={r.uniform(1.1, 1.5):.2f}",
        ]
    )
    return chain(how, "colour", turns_colours=how.startswith(("hue", "eq")))


def brightness(r: random.Random) -> Made:
    """Change light and contrast."""
    gamma = r.choice([r.uniform(0.55, 0.75), r.uniform(1.4, 1.9)])
    return chain(f"eq=gamma={gamma:.2f}:contrast={r.uniform(0.7, 1.4):.2f}", may=["colour"])


def grey(r: random.Random) -> Made:
    """Take the colours away."""
    return chain("hue=s=0", "greyscale", turns_colours=True)


def words(r: random.Random) -> str:
    """Give the drawing of a caption on a box."""
    y = r.choice([0.06, 0.7, 0.78])
    box = f"x=iw*0.12:y=ih*{y}:w=iw*0.76:h=ih*0.15:color=black@{r.uniform(0.7, 1):.2f}:t=fill"
    text = letters(
        f"text='{r.choice(WORDS)}':fontcolor=white:fontsize=h*0.08:x=(w-tw)/2:y=h*{y + 0.035:.3f}"
    )
    return f"drawbox={box},{text}"


def caption(r: random.Random) -> Made:
    """Write a caption on a box."""
    return chain(words(r), "overlay")


def band(r: random.Random) -> str:
    """Give the drawing of a ticker that runs."""
    shade = r.choice(["navy", "darkred", "black", "white"])
    ink = "black" if shade == "white" else "white"
    text = " +++ ".join(r.sample(WORDS, 4))
    written = letters(
        f"text='{text}':fontcolor={ink}:fontsize=h*0.06:x=w-mod(t*80\\,tw+w):y=h*0.885"
    )
    return f"drawbox=x=0:y=ih*0.86:w=iw:h=ih*0.11:color={shade}:t=fill,{written}"


def ticker(r: random.Random) -> Made:
    """Run a ticker along the lower edge."""
    return chain(band(r), "overlay")


def sign(r: random.Random) -> str:
    """Give the drawing of a logo in a corner."""
    width, height = r.uniform(0.14, 0.25), r.uniform(0.08, 0.16)
    x, y = r.choice([0.03, 0.97 - width]), r.choice([0.04, 0.96 - height])
    shade = r.choice(["red", "white", "blue", "orange"])
    box = f"x=iw*{x:.3f}:y=ih*{y:.3f}:w=iw*{width:.3f}:h=ih*{height:.3f}:color={shade}:t=fill"
    text = letters(
        f"text='TV{r.randint(1, 9)}':fontcolor=black:fontsize=h*{height * 0.7:.3f}:"
        f"x=w*{x + 0.02:.3f}:y=h*{y + 0.02:.3f}"
    )
    return f"drawbox={box},{text}"


def logo(r: random.Random) -> Made:
    """Put a logo into a corner."""
    return chain(sign(r), "overlay")


def emoji(r: random.Random) -> Made:
    """Stick round faces on the picture."""
    discs = []
    for _ in range(r.randint(1, 3)):
        x, y, size = r.uniform(0.15, 0.85), r.uniform(0.15, 0.85), r.uniform(0.07, 0.12)
        inside = f"lt(hypot(X-W*{x:.3f}\\,Y-H*{y:.3f})\\,W*{size:.3f})"
        apart, above = f"abs(X-W*{x:.3f})-W*{size * 0.4:.3f}", f"Y-H*{y:.3f}+W*{size * 0.2:.3f}"
        eyes = f"lt(hypot({apart}\\,{above})\\,W*{size * 0.15:.3f})"
        discs.append((inside, eyes))

    def plane(p: str, face: int, eye: int) -> str:
        value = f"{p}(X\\,Y)"
        for inside, eyes in discs:
            value = f"if({eyes}\\,{eye}\\,if({inside}\\,{face}\\,{value}))"
        return value

    return chain(
        f"format=gbrp,geq=r='{plane('r', 250, 30)}':g='{plane('g', 205, 20)}':b='{plane('b', 40, 20)}'",
        "overlay",
    )


def hidden(r: random.Random) -> Made:
    """Blur or black out a region, as faces and plates are."""
    width, height = r.uniform(0.18, 0.35), r.uniform(0.2, 0.4)
    x, y = r.uniform(0.05, 0.95 - width), r.uniform(0.05, 0.95 - height)
    box = f"iw*{width:.3f}:ih*{height:.3f}:iw*{x:.3f}:ih*{y:.3f}"
    if r.random() < 0.5:
        place = f"x=iw*{x:.3f}:y=ih*{y:.3f}:w=iw*{width:.3f}:h=ih*{height:.3f}"
        return chain(f"drawbox={place}:color=black:t=fill", "overlay")
    return Made(
        f"[a]{EVEN},split[x][y];[y]crop={box},gblur=18[soft];"
        f"[x][soft]overlay=W*{x:.3f}:H*{y:.3f}[v]",
        frozenset(["overlay"]),
    )


def noise(r: random.Random) -> Made:
    """Add noise, as of a bad line."""
    return chain(f"noise=alls={r.randint(18, 40)}:allf=t")


def low_rate(r: random.Random) -> Made:
    """Keep a few frames a second."""
    return chain(f"fps={r.randint(4, 10)}")


def speed(r: random.Random) -> Made:
    """Play slower or faster."""
    factor = r.choice([r.uniform(0.5, 0.9), r.uniform(1.12, 2.0)])
    return chain(f"setpts=PTS/{factor:.3f}", "speed", speed=round(factor, 3))


def slight_speed(r: random.Random) -> Made:
    """Play a few per cent faster, as to escape filters."""
    factor = r.uniform(1.04, 1.1)
    return chain(f"setpts=PTS/{factor:.3f}", "speed", speed=round(factor, 3))


def backwards(r: random.Random) -> Made:
    """Play backwards."""
    return chain("reverse", "reversed", reversed=True)


def filmed(r: random.Random) -> Made:
    """Film it off a screen: slanted, soft, lit unevenly, with a rim around."""
    j = [r.uniform(0.0, 0.08) for _ in range(8)]
    corners = (
        f"x0=W*-{j[0]:.3f}:y0=H*-{j[1]:.3f}:x1=W*{1 + j[2]:.3f}:y1=H*-{j[3]:.3f}:"
        f"x2=W*-{j[4]:.3f}:y2=H*{1 + j[5]:.3f}:x3=W*{1 + j[6]:.3f}:y3=H*{1 + j[7]:.3f}"
    )
    return chain(
        f"pad=iw*1.12:ih*1.12:(ow-iw)/2:(oh-ih)/2:0x1a1a1e,perspective={corners}:sense=destination,"
        f"gblur=0.9,eq=gamma={r.uniform(0.8, 1.25):.2f}:contrast=0.85:saturation=0.8,vignette=PI/5,"
        "noise=alls=9:allf=t",
        may=["crop", "borders", "stretch", "rotation", "colour", "overlay", "picture_in_picture"],
    )


def inset(r: random.Random) -> Made:
    """Show it in a corner of other footage."""
    width = r.uniform(0.22, 0.5)
    x, y = r.uniform(0.03, 0.97 - width), r.uniform(0.04, 0.9)
    return Made(
        f"[b]scale=1024:576,setsar=1[bg];[a]scale={int(1024 * width) // 2 * 2}:-2[fg];"
        f"[bg][fg]overlay=W*{x:.3f}:(H-h)*{y:.3f}:shortest=1[v]",
        frozenset(["picture_in_picture"]),
        frozenset(["crop", "stretch"]),
    )


def beside(r: random.Random) -> Made:
    """Show it beside other footage."""
    order = r.choice(["[x][y]", "[y][x]"])
    return Made(
        "[a]scale=-2:480,crop='min(iw,640)':480,setsar=1[x];[b]scale=640:480,setsar=1[y];"
        f"{order}hstack=shortest=1[v]",
        frozenset(["picture_in_picture"]),
        frozenset(["crop", "stretch"]),
    )


def stacked(r: random.Random) -> Made:
    """Show it above or below other footage."""
    order = r.choice(["[x][y]", "[y][x]"])
    return Made(
        "[a]scale=540:-2,crop=540:'min(ih,480)',setsar=1[x];[b]scale=540:400,setsar=1[y];"
        f"{order}vstack=shortest=1[v]",
        frozenset(["picture_in_picture"]),
        frozenset(["crop", "stretch"]),
    )


def three_panes(r: random.Random) -> Made:
    """Show it as one of three pictures above each other."""
    place = r.randrange(3)
    panes = "".join("[x]" if n == place else f"[y{n}]" for n in range(3))
    others = "".join(f"[y{n}]" for n in range(3) if n != place)
    cut = "scale=480:288:force_original_aspect_ratio=increase,crop=480:288,setsar=1"
    return Made(
        f"[a]{cut}[x];[b]{cut},split{others};{panes}vstack=inputs=3:shortest=1[v]",
        frozenset(["picture_in_picture"]),
        frozenset(["crop", "stretch"]),
    )


def duet(r: random.Random) -> Made:
    """Show the upright middle of it beside that of other footage, as phones do."""
    upright = "scale=-2:640,crop='min(iw,360)':640,setsar=1"
    order = r.choice(["[x][y]", "[y][x]"])
    return Made(
        f"[a]{upright}[x];[b]{upright}[y];{order}hstack=shortest=1[v]",
        frozenset(["picture_in_picture", "crop"]),
        frozenset(["stretch"]),
    )


def from_the_hand(r: random.Random) -> Made:
    """Film it with a hand that shakes."""
    room = r.uniform(0.02, 0.05)
    waves = [r.uniform(2.0, 9.0) for _ in range(4)]
    across = f"1+0.6*sin(t*{waves[0]:.2f})+0.4*sin(t*{waves[1]:.2f}+1)"
    down = f"1+0.6*cos(t*{waves[2]:.2f})+0.4*sin(t*{waves[3]:.2f})"
    size = f"iw*{1 - 2 * room:.3f}:ih*{1 - 2 * room:.3f}"
    return chain(f"crop={size}:'(iw-ow)/2*({across})':'(ih-oh)/2*({down})'", may=["crop"])


def model_case(r: random.Random) -> Made:
    """Mirror, cut upright, put a logo and a ticker on, and play a little faster."""
    factor = r.uniform(1.03, 1.08)
    return chain(
        f"hflip,crop=min(iw\\,ih*9/16):ih:(iw-ow)*{r.uniform(0.3, 0.7):.2f}:0,{sign(r)},{band(r)},"
        f"setpts=PTS/{factor:.3f}",
        *("mirror", "crop", "overlay", "speed"),
        speed=round(factor, 3),
    )


def repost(r: random.Random) -> Made:
    """Crop, caption, change the light and compress: the usual re-post."""
    keep = r.uniform(0.7, 0.9)
    return chain(
        f"crop=iw*{keep:.2f}:ih*{keep:.2f}:(iw-ow)*{r.random():.2f}:(ih-oh)*{r.random():.2f},{words(r)},"
        f"eq=gamma={r.uniform(0.8, 1.25):.2f},scale=480:-2",
        *("crop", "overlay"),
        may=["colour"],
        options=("-crf", "32"),
    )


def reaction(r: random.Random) -> Made:
    """Mirror it, make it grey, and show it above other footage."""
    return Made(
        "[a]hflip,hue=s=0,scale=540:-2,crop=540:'min(ih,400)',setsar=1[x];"
        "[b]scale=540:420,setsar=1[y];[x][y]vstack=shortest=1[v]",
        frozenset(["picture_in_picture", "mirror", "greyscale"]),
        frozenset(["crop", "stretch"]),
        turns_colours=True,
    )


def disguised(r: random.Random) -> Made:
    """Tilt, crop, mirror, recolour and speed up at once."""
    factor = r.uniform(1.1, 1.3)
    degrees = r.choice([-1, 1]) * r.uniform(3, 7)
    return chain(
        f"hflip,rotate={math.radians(degrees):.4f},crop=iw*0.8:ih*0.8,hue=h=30,setpts=PTS/{factor:.3f}",
        *("mirror", "rotation", "crop", "colour", "speed"),
        speed=round(factor, 3),
        turns_colours=True,
    )


EDITS: dict[str, Maker] = {
    "re-encode": reencode,
    "small": rescale,
    "crop": crop,
    "9:16": tall,
    "followed": followed,
    "slow zoom": slow_zoom,
    "pad": pad,
    "blurred bars": blurred_bars,
    "mirror": mirror,
    "quarter turn": quarter_turn,
    "tilt": tilt,
    "colour": colour,
    "light": brightness,
    "grey": grey,
    "caption": caption,
    "ticker": ticker,
    "logo": logo,
    "emoji": emoji,
    "blur or black": hidden,
    "noise": noise,
    "low rate": low_rate,
    "speed": speed,
    "slight speed": slight_speed,
    "backwards": backwards,
    "filmed screen": filmed,
    "picture in picture": inset,
    "side by side": beside,
    "stacked": stacked,
    "three panes": three_panes,
    "duet": duet,
    "from the hand": from_the_hand,
    "model case": model_case,
    "re-post": repost,
    "reaction": reaction,
    "disguised": disguised,
}
"""Edits of one excerpt; what joins several is in `queries`."""
