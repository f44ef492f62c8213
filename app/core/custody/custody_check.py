"""Check an unpacked custody export: `python3 -B -m check FOLDER`. Standard library alone.

Exports carry this file as `check/__main__.py` beside `chain.py`. Signatures and time stamps are
openssl's business; the export's README says how.
"""

import hashlib
import json
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

# Relative: in an export these two files are a package of their own.
from .chain import FIRST_PREVIOUS, canonical, chained

CHAIN = "audit/chain.txt"
CONTENTS = "audit/contents.ndjson"
PAYLOADS = "audit/payloads.txt"
SUMS = "SHA256SUMS"
_READ_BYTES = 1024 * 1024
_OWN_TRACES = "check/__pycache__/"
"""What Python writes beside this file when it is run without `-B`."""


def faults(folder: Path) -> Iterator[str]:
    """What in an unpacked export is not as the desk wrote it, in words."""
    try:
        altered = list(_files(folder))
        yield from altered or _read(folder)
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError) as error:
        yield f"it is no export as a desk writes it: {type(error).__name__}: {error}"


def _read(folder: Path) -> Iterator[str]:
    checkpoints = [
        json.loads(path.read_bytes()) for path in sorted((folder / "checkpoints").glob("*.json"))
    ]
    digests = _lines(folder / CHAIN)
    first_seq = yield from _chain(folder, checkpoints, digests)
    contents = _lines(folder / CONTENTS)
    yield from _contents(contents, digests, first_seq)
    yield from _payloads(_lines(folder / PAYLOADS), contents)


def _files(folder: Path) -> Iterator[str]:
    named = set()
    for line in _lines(folder / SUMS):
        digest, _, name = line.partition("  ")
        named.add(name)
        if not (folder / name).is_file():
            yield f"{name} is missing"
        elif _sha256(folder / name) != digest:
            yield f"{name} was altered"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(there - named - {SUMS, f"{SUMS}.sig"}):
        if not name.startswith(_OWN_TRACES):
            yield f"{name} was added"


def _chain(
    folder: Path, checkpoints: list[dict[str, Any]], digests: list[str]
) -> Generator[str, None, int]:
    """Yields faults and returns the number of the entry that the first digest is of."""
    last_seq: int = checkpoints[-1]["seq"]
    seq = first = last_seq - len(digests)
    heads = {each["seq"]: each["head"] for each in checkpoints}
    head = heads.get(seq) if seq else FIRST_PREVIOUS
    if head is None:
        yield f"{CHAIN} does not begin at a checkpoint: lines are missing or were added"
        return first + 1
    expected = None
    for each in checkpoints:
        if expected not in (None, (each["number"], each["previous"])):
            yield f"checkpoint {each['number']} does not follow the one before it"
        expected = each["number"] + 1, hashlib.sha256(canonical(each).encode()).hexdigest()
    for digest in digests:
        seq, head = seq + 1, chained(head, digest)
        if heads.get(seq, head) != head:
            yield f"{CHAIN} does not lead to the checkpoint at entry {seq}"
            break
    return first + 1


def _contents(contents: list[str], digests: list[str], first_seq: int) -> Iterator[str]:
    for line in contents:
        place = json.loads(line)["seq"] - first_seq
        if not 0 <= place < len(digests) or digests[place] != _digest(line):
            yield f"entry {place + first_seq} is not in the chain as it is shown"


def _payloads(payloads: list[str], contents: list[str]) -> Iterator[str]:
    known = {json.loads(line)["payload_digest"] for line in contents}
    for number, line in enumerate(payloads, start=1):
        if _digest(line) not in known:
            yield f"{PAYLOADS}, line {number}: no entry has this payload"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_READ_BYTES):
            digest.update(data)
    return digest.hexdigest()


def main() -> int:
    """Print what is wrong in the folder that is named, or that this file stands in."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = list(faults(folder))
    for fault in found:
        sys.stdout.write(f"WRONG: {fault}\n")
    if not found:
        sys.stdout.write("Files, chain, entries and payloads are as the desk wrote them.\n")
        sys.stdout.write("Now check the signatures and time stamps with openssl: README.txt.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
