"""A report's sources: what is claimed, what others say of it, and how the item came in."""

from app.pages import phrases
from app.pages.paper import Block, Section, Table, Texts
from app.pages.phrases import instant, words
from app.schemas.claims import ClaimItem
from app.schemas.corroborations import CorroborationItem
from app.schemas.media import ReceiptAnswer
from app.schemas.record_enums import About
from app.services.protection import PROTECTED
from app.services.report.texts import lines


def claims(made: list[ClaimItem], said: list[CorroborationItem]) -> Section:
    """What is claimed, what sources say of it and of the media, and what that comes to."""
    if not made and not said:
        return Section("Claims and sources", (Texts(("Nothing is recorded.",)),))
    numbers = {each.id: number for number, each in enumerate(made, 1)}
    rows = tuple(
        (str(numbers[each.id]), lines(each.text, _by(each)), _outcome(each)) for each in made
    )
    heard = tuple(_corroboration(each, numbers) for each in said)
    blocks: list[Block] = []
    if rows:
        blocks.append(Table(("", "Claim", "Outcome"), rows, (1, 10, 4)))
    if heard:
        blocks.append(Table(("Source", "Of", "What it says", "Standing"), heard, (4, 3, 7, 4)))
    note = "That a claim is supported says nothing about whether this file shows it."
    return Section("Claims and sources", (*blocks, Texts((note,))))


def arrivals(receipts: list[ReceiptAnswer], left_out: int) -> Section:
    """When and from where the item came; `left_out` later arrivals are not shown."""
    rows = tuple(
        (
            instant(each.received_at),
            each.filename,
            lines(each.source_name, words(each.source_kind), each.source_url),
            lines(each.claimed_place, instant(each.claimed_at) if each.claimed_at else None),
        )
        for each in receipts
    )
    table = Table(("Arrived", "As", "From", "Said to be of"), rows, (4, 4, 5, 4))
    more = (Texts((f"{left_out} later arrivals are left out here.",)),) if left_out else ()
    return Section("Arrivals", (table, *more))


def _corroboration(said: CorroborationItem, numbers: dict[str, int]) -> tuple[str, str, str, str]:
    number = numbers.get(said.target_id)
    about = f"claim {number}" if said.about is About.CLAIM and number else "the file"
    via = f"via {said.quoted_via}" if said.quoted_via else None
    source = lines(said.source.name or PROTECTED, words(said.source.kind), via)
    told = lines(words(said.stance), said.statement, said.said_at, said.link)
    retracted = "taken back later" if said.retracted_by else None
    standing = lines(words(said.independence), words(said.basis), retracted)
    return source, about, told, standing


def _outcome(claim: ClaimItem) -> str:
    rests = f"rests on: {words(claim.rests_on)}" if claim.rests_on else None
    return lines(phrases.claim_rating(claim.state)[0], rests)


def _by(claim: ClaimItem) -> str:
    parts = (claim.made_by, claim.made_at, claim.where_url)
    return ", ".join(part for part in parts if part)
