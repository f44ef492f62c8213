"""What the metadata suggests.

A hint is no verdict: much of this is strong against "straight from the camera", and none of it says
"fake".
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.core.provenance.values import (
    Credentials,
    CredentialState,
    EmbeddedPicture,
    Hint,
    Metadata,
    Value,
    ValueKind,
)

# Libraries and programs that write files anew; no camera names them.
ENCODERS = re.compile(
    r"\b(Lavf|Lavc|x26[45]\b|libvpx|libx26|HandBrake|mkvmerge|MEncoder|GPAC|vp09? encoder|SVT-AV1|"
    r"Premiere|Final Cut|DaVinci|After Effects|CapCut|iMovie|Photoshop|GIMP|Lightroom|Snapseed)",
    re.IGNORECASE,
)


def hints(
    credentials: Credentials, metadata: Metadata, pictures: Sequence[EmbeddedPicture]
) -> tuple[Hint, ...]:
    """All that apply, each once."""
    return tuple(_found(credentials, metadata, pictures))


def traces(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values in which a program that writes files anew names itself."""
    named = (ValueKind.TRACE, ValueKind.SOFTWARE, ValueKind.HISTORY)
    return tuple(each for each in values if each.kind in named and ENCODERS.search(each.value))


def times(values: Iterable[Value]) -> str:
    """Whether the movie header says when it was made: `present`, `wiped`, or `unknown` without one."""
    headers = [
        each for each in values if each.origin == "moov/mvhd" and each.name == "creation_time"
    ]
    if not headers:
        return "unknown"
    return "wiped" if all(each.at is None for each in headers) else "present"


def _found(
    credentials: Credentials, metadata: Metadata, pictures: Sequence[EmbeddedPicture]
) -> Iterator[Hint]:
    kinds = {each.kind for each in metadata.values}
    if traces(metadata.values):
        yield Hint.NOT_CAMERA_ORIGINAL
    if times(metadata.values) == "wiped":
        yield Hint.TIMES_WIPED
    if any(each.differs for each in pictures):
        yield Hint.THUMBNAIL_DIFFERS
    if ValueKind.HISTORY in kinds:
        yield Hint.EDITING_HISTORY
    if ValueKind.PLACE in kinds:
        yield Hint.HAS_PLACE
    # What invalid credentials say is to be disregarded.
    if credentials.ai_disclosed and credentials.state is not CredentialState.INVALID:
        yield Hint.AI_DISCLOSED
