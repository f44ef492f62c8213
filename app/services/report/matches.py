"""A report's matches: what is known of the footage, which seconds, and the pictures that prove it."""

from collections.abc import Mapping

from app.core import wording
from app.core.media import MediaKind
from app.pages import phrases
from app.pages.paper import Block, Picture, Pictures, Section, Strip, Table, Texts
from app.pages.phrases import instant, words
from app.schemas.enums import Shelf
from app.schemas.matches import MatchItem, MatchPage, Span
from app.schemas.media import MediaAnswer
from app.schemas.related import RelatedVerdict
from app.schemas.searches import Searched
from app.services.report.texts import lines


def matches(
    item: MediaAnswer, found: MatchPage, sheets: Mapping[str, bytes], *, more: bool
) -> Section:
    """Every match with its stretches, and its contact sheet where `sheets` has one by its id."""
    blocks: list[Block] = [Texts((_searched(found.searched),))]
    if found.explained and found.items:
        label = "Known material in this item, by all matches that nobody rejected"
        share = wording.percent(found.explained.share)
        blocks.append(_strip(label, found.explained.spans, item, share))
    for match in found.items:
        blocks += _match(match, sheets.get(match.id))
    if more:
        blocks.append(Texts(("Further, weaker matches are left out here.",)))
    return Section("Matches", tuple(blocks))


def related(kind: MediaKind, verdicts: list[RelatedVerdict]) -> Section:
    """What was said of items with the footage of this one, of `kind`; it says nothing of this one."""
    rows = tuple(
        (
            each.title,
            phrases.RATINGS[each.status],
            lines(wording.relation(each.relation), "via another item" if each.through else None),
            "\n".join(
                f"{phrases.stretch(part.own.start_ms, part.own.end_ms, kind)} ↔ "
                f"{phrases.stretch(part.other.start_ms, part.other.end_ms, each.kind)}"
                for part in each.segments
            ),
        )
        for each in verdicts
    )
    table = Table(("Item", "Its verdict", "How it is related", "Here ↔ there"), rows, (5, 3, 4, 5))
    note = "A verdict on one file is never taken over by another."
    return Section("Related verdicts", (table, Texts((note,))))


def _match(match: MatchItem, sheet: bytes | None) -> list[Block]:
    known, decided = match.known, match.review
    judged = "not reviewed by a person"
    if decided.decision is not None:
        at = f", {instant(decided.at)}" if decided.at else ""
        judged = f"{words(decided.decision)} by {decided.by}{at}"
    covered = f"{wording.percent(match.coverage.query)} of this item"
    other = "known item" if match.against is Shelf.KNOWN else "other upload"
    there = f"{wording.percent(match.coverage.known)} of the {other}"
    said = lines(
        f"{known.title} – {wording.relation(match.relation)}, {match.grade} ({judged})",
        f"{covered}, {there}; that is from {known.source_name or 'no named source'}"
        f", itself {phrases.RATINGS[known.verification_status].lower()}",
    )
    rows = tuple(
        (
            phrases.stretch(each.query.start_ms, each.query.end_ms, match.query.kind),
            phrases.stretch(each.known.start_ms, each.known.end_ms, known.kind),
            wording.modality(each.modality),
            wording.changes(each.transforms, each.speed),
        )
        for each in match.segments
    )
    blocks: list[Block] = [
        Texts((said,)),
        Table(
            ("Here", f"In the {other}", "By", "What was done to it"),
            rows,
            (3, 3, 2, 7),
        ),
    ]
    if sheet:
        shown = f"Contact sheet: this item beside {known.title}"
        blocks.append(Pictures((Picture(sheet, "Both timelines and the aligned pairs", shown),), 1))
    return blocks


def _searched(searched: Searched | None) -> str:
    if searched is None:
        return "This item has not been searched for yet."
    known = "item" if searched.known_items == 1 else "items"
    among = f"{searched.known_items} known {known}"
    if searched.uploads:
        among += f" and {searched.uploads} other upload{'s' if searched.uploads > 1 else ''}"
    against = f"Searched against {among}, {instant(searched.searched_at)}."
    return f"{against} No match means none in this archive, not that the footage is original."


def _strip(label: str, spans: list[Span], item: MediaAnswer, share: str) -> Strip:
    length_ms = item.duration_ms
    if not length_ms:
        return Strip(label, ((0.0, 1.0),) if spans else (), share)
    stretches = tuple((each.start_ms / length_ms, each.end_ms / length_ms) for each in spans)
    inside = tuple((min(start, 1.0), min(end, 1.0)) for start, end in stretches)
    told = ", ".join(phrases.stretch(each.start_ms, each.end_ms, item.kind) for each in spans)
    return Strip(label, inside, f"{share}: {told}" if told else share)
