"""What each kind of query is made of, and a plain word where a folder has too little of it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.quality.sources import SHORTEST_S, Sources

EDITED = {"clips": 1, "strangers": 1}
NEEDS = {
    "excerpt": {"clips": 1},
    "embedded": {"clips": 1, "strangers": 1},
    "montage": {"clips": 1},
    "soft cuts": {"clips": 2},
    "jump cuts": {"clips": 1},
    "still of clip": {"clips": 1},
    "edited still": {"stills": 1},
    "clip of still": {"stills": 1, "strangers": 1},
    "freeze frame": {"clips": 1, "strangers": 1},
    "pictured": {"pictured": 1},
    "stranger": {"strangers": 1},
    "strange still": {"strangers": 1},
    "other moment": {"begun": 1},
}
"""How many sources of which use; every other kind is an edit of one clip, some beside a stranger."""
CALLED = {
    "clips": f"known clips of {SHORTEST_S} s or more",
    "strangers": "clips that are not known",
    "stills": "known stills",
    "pictured": "clips of which a still is known",
    "begun": "clips of which only the beginning is known",
}

NAMED = 3


class AlikeNames(ValueError):
    """Two known items are called alike: an answer could not say which of them it found."""


def told_apart(known: Iterable[Path]) -> None:
    """Raise AlikeNames where two known items have one name."""
    name, times = Counter(path.name for path in known).most_common(1)[0]
    if times > 1:
        raise AlikeNames(f"{times} known items are called {name}. Give each a name of its own.")


class TooFew(ValueError):
    """A half of the sources is too small for the queries that are asked for."""


def check(kinds: Iterable[str], sources: Sources) -> None:
    """Raise TooFew where queries of these kinds cannot be made of these sources."""
    lacks: dict[str, list[str]] = {}
    for kind in kinds:
        for use, least in NEEDS.get(kind, EDITED).items():
            if len(getattr(sources, use)) < least:
                lacks.setdefault(use, []).append(kind)
    if lacks:
        told = "; ".join(
            f"{CALLED[use]}: {len(getattr(sources, use))}, too few for {_some(kinds)}"
            for use, kinds in lacks.items()
        )
        raise TooFew(
            f"This half is too small ({told}). Twenty clips, some of 7 s, are enough for both."
        )


def _some(kinds: list[str]) -> str:
    rest = f" and {len(kinds) - NAMED} more" if len(kinds) > NAMED else ""
    return ", ".join(kinds[:NAMED]) + rest
