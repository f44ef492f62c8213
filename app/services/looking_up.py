"""Answer lookups, in a worker: what hashes are like, among all items and all lists in memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app import __version__, db
from app.core.exchange.listed_hashes import HashKind
from app.core.exchange.near_hashes import MOST_BITS, Words, words
from app.core.policy import Grade, Note, Relation
from app.db.lookups import LookupState
from app.db.media import Media
from app.schemas.lookups import LookupAnswer, LookupMatch, LookupSearched, LookupSignal
from app.schemas.matches import Coverage, Engine, Evidence, Segment
from app.services import match_sides
from app.services.item_table import ItemTable, Likeness
from app.services.listed_table import ListedTable
from app.services.resemblance import Alike, Asked, alike

MOST_PHASH_BITS = 8
"""Of 64; from 10 on strangers come up in numbers among 10^6 frames."""
ITEMS_MAX = 50
PDQ_BITS, PHASH_BITS = 256, 64
NO_FRAMES: Words = np.empty((0, 4), np.uint64)


@dataclass(frozen=True, slots=True)
class Tables:
    """What hashes are looked up in."""

    database: db.Database
    items: ItemTable
    listed: ListedTable


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that was found, with how it matches; its title and the like are read later (`shown`)."""

    media_id: str
    relation: Relation
    grade: Grade
    confidence: float
    algorithm: str
    coverage: Coverage | None = None
    evidence: tuple[Evidence, ...] = ()
    segments: tuple[Segment, ...] = ()
    notes: tuple[Note, ...] = ()


def run(tables: Tables, lookup_id: str) -> None:
    """Answer one lookup, if it is not forgotten or answered."""
    question = waiting(tables.database, lookup_id)
    if question is None:
        return
    work = of_many if question["kind"] == "many" else of_hash
    answer = work(tables, question)
    with tables.database.write() as session:
        db.lookups.end(session, lookup_id, LookupState.DONE, answer.model_dump(mode="json"))


def waiting(database: db.Database, lookup_id: str) -> dict[str, Any] | None:
    """What is asked, unless it is forgotten or answered."""
    with database.read() as session:
        found = db.lookups.find(session, lookup_id)
    return found.question if found and found.state is LookupState.WAITING else None


def give_up(database: db.Database, lookup_id: str) -> None:
    """End a lookup that cannot be answered."""
    answer = {"code": "failed", "detail": "This could not be looked up; the log has the cause."}
    with database.write() as session:
        db.lookups.end(session, lookup_id, LookupState.FAILED, answer)


def of_many(tables: Tables, question: dict[str, Any]) -> LookupAnswer:
    """What several hashes are like, each item once, by the hash that it is most like."""
    asked = [(kind, each) for kind in ("sha256", "md5", "pdq") for each in question[kind]]
    found = [of_hash(tables, {"kind": kind, "hash": each}) for kind, each in asked]
    items = sorted((each for one in found for each in one.items), key=lambda each: -each.confidence)
    once = {each.known_media_id: each for each in reversed(items)}
    signals = [each for one in found for each in one.signals]
    return LookupAnswer(
        items=list(once.values()),
        signals=signals,
        searched=found[0].searched,
        complete=all(one.complete for one in found),
    )


def of_hash(tables: Tables, question: dict[str, Any]) -> LookupAnswer:
    """What one hash is like; of items only those with valid credentials if it is asked for `signed`."""
    kind, bits = question["kind"], bytes.fromhex(question["hash"])
    picture = words(np.frombuffer(bits, np.uint8)[None]) if kind in {"pdq", "phash"} else NO_FRAMES
    likenesses: list[Likeness] = []
    if kind == "pdq":
        likenesses = tables.items.near_pdq(picture, MOST_BITS)
    elif kind == "phash":
        likenesses = tables.items.near_phash(picture, MOST_PHASH_BITS)
    until = tables.listed.catch_up()
    listed = [] if kind == "phash" else alike(tables.database, tables.listed, _asked(kind, bits))
    with tables.database.read() as session:
        if question.get("signed"):
            likenesses = _signed(session, likenesses)
        found = [_near(each, kind) for each in likenesses[:ITEMS_MAX]]
        found += [same(each.id, kind) for each in equal(session, kind, bits)]
        searched = LookupSearched(hashed_items=db.item_hashes.count(session), listed_until=until)
        signals = shown_signals(session, listed)
        return LookupAnswer(
            items=shown(session, found),
            signals=signals,
            searched=searched,
            complete=len(likenesses) <= ITEMS_MAX,
        )


def _signed(session: Session, likenesses: list[Likeness]) -> list[Likeness]:
    signed = db.provenance.with_valid(session, [each.item.id for each in likenesses])
    return [each for each in likenesses if each.item.id in signed]


def _asked(kind: str, bits: bytes) -> Asked:
    if kind == "pdq":
        return Asked((), words(np.frombuffer(bits, np.uint8)[None]), (0,))
    return Asked((bits,), NO_FRAMES, ())


def equal(session: Session, kind: str, bits: bytes) -> list[Media]:
    """The items whose bytes have this hash."""
    ids: list[str] = []
    if kind == HashKind.SHA256:
        found = db.media.by_sha256(session, bits.hex())
        ids = [found.id] if found else []
    elif kind == HashKind.MD5:
        ids = db.item_hashes.by_md5(session, bits)
    return list(db.media.by_ids(session, ids).values())


def same(media_id: str, kind: str) -> Candidate:
    """An item that has the very bytes that were asked about, by their hash of this kind."""
    whole = Coverage(query=1.0, known=1.0)
    return Candidate(media_id, Relation.EXACT, Grade.CERTAIN, 1.0, kind, whole)


def _near(each: Likeness, kind: str) -> Candidate:
    similarity = round(1 - each.bits / (PDQ_BITS if kind == "pdq" else PHASH_BITS), 4)
    seen = Evidence(query_ms=0, known_ms=each.at_ms, similarity=similarity, inliers=None)
    lead = (Relation.LEAD, Grade.LEAD)
    return Candidate(each.item.id, *lead, similarity, kind, evidence=(seen,))


def shown(session: Session, found: list[Candidate]) -> list[LookupMatch]:
    """Items that were found, as they are answered with."""
    sides = match_sides.of(session, {each.media_id for each in found})
    return [
        LookupMatch(
            against="known" if sides[each.media_id].collections else "upload",
            known_media_id=each.media_id,
            relation=each.relation,
            grade=each.grade,
            confidence=each.confidence,
            coverage=each.coverage,
            segments=list(each.segments),
            evidence=list(each.evidence),
            notes=list(each.notes),
            known=sides[each.media_id],
            engine=Engine(algorithm=each.algorithm, version=__version__),
            links={"known": f"/v1/media/{each.media_id}"},
        )
        for each in found
    ]


def shown_signals(session: Session, listed: list[Alike]) -> list[LookupSignal]:
    """Listed hashes that were found, as they are answered with."""
    lists = db.hash_lists.by_ids(session, {each.listed.list_id for each in listed})
    found = []
    for each in listed:
        of_query, of_listed = each.shares or (None, None)
        hash_list = lists[each.listed.list_id]
        found.append(
            LookupSignal(
                list=hash_list.slug,
                source_name=hash_list.source_name,
                opinion=hash_list.opinion,
                kind=each.listed.kind,
                entry=each.entry,
                label=each.listed.label,
                distance=each.distance,
                query_share=of_query,
                listed_share=of_listed,
                query_ms=each.query_ms,
            )
        )
    return found
