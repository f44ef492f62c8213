"""A report's reading of what the file says of its own origin; hints, never findings."""

from app.pages.paper import Block, Section, Table, Texts
from app.pages.phrases import instant, words
from app.schemas.dating import Evidenced
from app.schemas.provenance import Manifest, ProvenanceAnswer
from app.services.report.texts import each_of, facts, lines

WITHHELD = "withheld"
_VALUES_MOST = 30


def origin(read: ProvenanceAnswer | None, earliest: Evidenced | None) -> Section:
    """Content Credentials, how the file was written, its metadata, and what hints that gives."""
    title = "What the file says of itself"
    if read is None:
        return Section(title, (Texts(("The file has not been read for this yet.",)),))
    c2pa, written = read.c2pa, read.container
    ai = "yes" if c2pa.ai_disclosed else None
    rows = [
        ("Content Credentials", lines(c2pa.text, c2pa.detail)),
        ("On trust lists", ", ".join(c2pa.lists)),
        ("Signed by", _signer(c2pa.manifests[0]) if c2pa.manifests else None),
        ("AI disclosed", ai),
        ("Similar footage", each_of(each.text for each in read.credentials_by_similarity)),
        ("Written by", lines(written.encoder, written.sei)),
        ("Times in the container", words(written.times)),
        ("Hints", each_of(read.hints)),
        ("Earliest evidence", _dated(earliest) if earliest else None),
        ("Could not be read by", ", ".join(sorted(read.failures))),
        ("Read", f"{instant(read.read_at)}, by reader {read.reader}"),
    ]
    blocks: list[Block] = [facts(rows)]
    values = tuple(
        (each.name, WITHHELD if each.withheld else each.value or "–", each.origin)
        for each in read.metadata[:_VALUES_MOST]
    )
    if values:
        blocks.append(Table(("Metadata", "Value", "Where"), values, (3, 5, 4)))
    if len(read.metadata) > _VALUES_MOST:
        left = len(read.metadata) - _VALUES_MOST
        blocks.append(Texts((f"{left} further values are left out here.",)))
    note = "Anybody can write metadata and take it out. Hints find nothing; people do."
    return Section(title, (*blocks, Texts((note,))))


def _signer(active: Manifest) -> str:
    who = ", ".join(part for part in (active.signer.name, active.signer.organisation) if part)
    at = f"{active.time.at} (time stamp: {words(active.time.state)})" if active.time.at else None
    return lines(who or "somebody without a name", at, active.claim_generator)


def _dated(evidence: Evidenced) -> str:
    kind = f"{words(evidence.kind)}, {words(evidence.strength)} evidence"
    return f"{instant(evidence.at)} ({kind})"
