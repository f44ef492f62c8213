"""A report's record: the verdict, what was found out, and who did what when."""

from collections.abc import Iterable
from typing import Any

from app.core.media import MediaKind
from app.pages import phrases
from app.pages.paper import Block, Section, Table, Texts
from app.pages.phrases import instant, words
from app.schemas.finding_enums import Pillar
from app.schemas.findings import FindingItem
from app.schemas.publications import PublicationAnswer
from app.schemas.verifications import HistoryItem, VerificationRecord
from app.services.report.texts import each_of, facts, lines, plain

_CODES = (
    "to",
    "from",
    "pillar",
    "verdict",
    "decision",
    "relation",
    "stance",
    "independence",
    "state",
)
_MORE = ("reason_code", "reason", "revision", "authority", "approved_by", "added", "removed")


def verdict(record: VerificationRecord, publication: PublicationAnswer) -> Section:
    """What people concluded, on which terms, and what is public of it."""
    rows = [
        ("Status", phrases.RATINGS[record.status]),
        ("What may be said", record.public_wording),
        (
            "What was done to it",
            each_of(phrases.CODES[code] for code in record.authenticity_codes or ()),
        ),
        ("What it really shows", record.original_context),
        ("What would settle it", each_of(record.missing or ())),
        ("Why", words(record.reason_code) if record.reason_code else None),
        ("Correction", record.correction_text),
        ("Approved by", words(record.approved_by) if record.approved_by else None),
        ("Contradicting sources", record.conflict_note or ("yes" if record.has_conflict else None)),
        ("Rights", _rights(record)),
        ("In hand of", record.assignee),
        ("Due", instant(record.due_at) if record.due_at else None),
        (
            "Published",
            f"{words(publication.state)}, revision {publication.version}\n{publication.url}"
            if publication.url
            else "never",
        ),
        ("Record", f"version {record.version} of {instant(record.updated_at)}"),
    ]
    blocks: list[Block] = [facts(rows)]
    if record.attention:
        open_reasons = ", ".join(words(reason) for reason in record.attention)
        blocks.insert(0, Texts((f"Somebody has to look: {open_reasons}.",), "care"))
    if record.proposal is not None:
        said = f"{phrases.RATINGS[record.proposal.to]} is proposed by {record.proposal.by.name}"
        blocks.insert(0, Texts((f"{said} and waits for another editor.",), "care"))
    return Section("Verdict", tuple(blocks))


def findings(kind: MediaKind, found: Iterable[FindingItem]) -> Section:
    """What was found out of an item of `kind`, pillar by pillar, also those nobody looked into."""
    by_pillar = {each.pillar: each for each in found}
    rows = tuple(_finding(kind, pillar, by_pillar.get(pillar)) for pillar in Pillar)
    return Section("Findings", (Table(("Question", "Outcome", "What was found"), rows, (4, 2, 9)),))


def history(entries: list[HistoryItem], left_out: int) -> Section:
    """Who did what and when; `left_out` earlier entries are not shown."""
    rows = tuple(
        (
            str(each.version),
            instant(each.at),
            f"{each.actor.name}\n({each.actor.role})",
            lines(_happened(each), each.note),
        )
        for each in entries
    )
    blocks: list[Block] = [Table(("", "When", "Who", "What"), rows, (1, 4, 4, 9))]
    if left_out:
        blocks.insert(0, Texts((f"{left_out} earlier entries are left out here.",)))
    return Section("History", tuple(blocks))


def _finding(kind: MediaKind, pillar: Pillar, found: FindingItem | None) -> tuple[str, str, str]:
    question = phrases.PILLARS[pillar]
    if found is None:
        return question, "not assessed", "–"
    value = "\n".join(f"{words(name)}: {plain(held)}" for name, held in found.value.items() if held)
    how = ", ".join(words(method) for method in found.method)
    rests = each_of(_proof(kind, proof) for proof in found.evidence)
    told = lines(
        value,
        f"Source says: {found.said_by_source}" if found.said_by_source else None,
        f"How: {how}" if how else None,
        f"Rests on: {rests}" if rests else None,
        f"Limits: {found.limits}" if found.limits else None,
        f"{found.by.name}, {instant(found.at)}",
    )
    return question, phrases.VERDICTS[found.verdict], told


def _proof(kind: MediaKind, proof: dict[str, Any]) -> str:
    named = f"{words(proof['kind'])} {proof.get('ref') or ''}".strip()
    spans = [
        phrases.stretch(each["start_ms"], each["end_ms"], kind) for each in proof["time_ranges"]
    ]
    return f"{named} ({', '.join(spans)})" if spans else named


def _rights(record: VerificationRecord) -> str:
    return lines(words(record.rights), record.rights_terms)


def _happened(entry: HistoryItem) -> str:
    said = entry.details
    moved = f"{words(said['from'])} → {words(said['to'])}" if {"from", "to"} <= said.keys() else ""
    rest = [
        name
        for name in (*_CODES, *_MORE)
        if said.get(name) and not (moved and name in {"from", "to"})
    ]
    told = [moved, *(f"{words(name)}: {plain(said[name])}" for name in rest)]
    what = "; ".join(part for part in told if part)
    action = words(entry.action).capitalize()
    return f"{action}: {what}" if what else action
