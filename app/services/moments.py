"""Keeps the pictures that matches were proven on, so that people are shown these and no others."""

from dataclasses import replace

from app.blobs.local import LocalBlobs
from app.core.fingerprints.pictures import write_jpeg
from app.core.matches import Match
from app.services import stills


def keep(blobs: LocalBlobs, query_id: str, known_id: str, match: Match) -> Match:
    """Keep what was compared between the sampled pictures; gives the match without its pictures."""
    seen = [(each, each.pictures) for each in match.evidence if each.pictures is not None]
    sides = (
        (query_id, {each.query_ms: pictures[0] for each, pictures in seen}),
        (known_id, {each.known_ms: pictures[1] for each, pictures in seen}),
    )
    for media_id, pictures in sides:
        for at_ms in stills.not_kept(blobs, media_id, pictures):
            stills.keep(blobs, media_id, at_ms, write_jpeg(pictures[at_ms]))
    return without_pictures(match)


def without_pictures(match: Match) -> Match:
    """The match as it travels between processes."""
    return replace(match, evidence=tuple(replace(e, pictures=None) for e in match.evidence))
