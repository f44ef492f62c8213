"""Answer lookups of files, in a worker: matched like an upload, and nothing of it kept."""

from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app import db
from app.blobs.local import LocalBlobs
from app.core.errors import Unreadable
from app.core.exchange.listed_hashes import HashKind
from app.db.lookups import LookupState
from app.schemas.lookups import LookupAnswer, LookupSearched
from app.schemas.matches import Coverage, Evidence, Segment
from app.services import looking_up
from app.services.heavy import Bench, Hit, Looked
from app.services.looking_up import Candidate, Tables
from app.services.resemblance import Asked, alike, unpacked


def run(tables: Tables, bench: Bench, blobs: LocalBlobs, lookup_id: str) -> None:
    """Answer one lookup of a file, if it is not forgotten or answered."""
    question = looking_up.waiting(tables.database, lookup_id)
    if question is None:
        return
    try:
        looked = bench.look_up(lookup_id)
    except Unreadable as error:
        refusal = {"code": error.code, "detail": str(error)}
        _end(tables.database, blobs, lookup_id, (LookupState.FAILED, refusal))
        return
    answer = _answer(tables, looked, question["sha256"])
    done = (LookupState.DONE, answer.model_dump(mode="json"))
    _end(tables.database, blobs, lookup_id, done)


def give_up(database: db.Database, blobs: LocalBlobs, lookup_id: str) -> None:
    """End a lookup that cannot be answered."""
    looking_up.give_up(database, lookup_id)
    blobs.drop_passing(lookup_id)


def _end(
    database: db.Database,
    blobs: LocalBlobs,
    lookup_id: str,
    ended: tuple[LookupState, dict[str, Any]],
) -> None:
    with database.write() as session:
        db.lookups.end(session, lookup_id, *ended)
    blobs.drop_passing(lookup_id)


def _answer(tables: Tables, looked: Looked, sha256: str) -> LookupAnswer:
    times_ms = tuple(np.frombuffer(looked.times_ms, "<i8").tolist())
    asked = Asked((bytes.fromhex(sha256),), unpacked(looked.pdq), times_ms)
    until = tables.listed.catch_up()
    listed = alike(tables.database, tables.listed, asked)
    with tables.database.read() as session:
        searched = LookupSearched(
            known_items=looked.found.known_items,
            uploads=looked.found.uploads,
            hashed_items=db.item_hashes.count(session),
            listed_until=until,
        )
        return LookupAnswer(
            items=looking_up.shown(session, _candidates(session, looked, sha256)),
            signals=looking_up.shown_signals(session, listed),
            searched=searched,
        )


def _candidates(session: Session, looked: Looked, sha256: str) -> list[Candidate]:
    """What was found and is still there; the same bytes also before they are searchable."""
    there = db.media.by_ids(session, {hit.known_media_id for hit in looked.found.hits})
    algorithm = looked.found.algorithm
    found = [_candidate(hit, algorithm) for hit in looked.found.hits if hit.known_media_id in there]
    equal = looking_up.equal(session, HashKind.SHA256, bytes.fromhex(sha256))
    found += [looking_up.same(each.id, HashKind.SHA256) for each in equal if each.id not in there]
    return found


def _candidate(hit: Hit, algorithm: str) -> Candidate:
    match = hit.match
    return Candidate(
        media_id=hit.known_media_id,
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        algorithm=algorithm,
        coverage=Coverage(query=match.coverage_query, known=match.coverage_known),
        evidence=tuple(Evidence.model_validate(each) for each in match.evidence),
        segments=tuple(Segment.model_validate(each) for each in match.segments),
        notes=match.notes,
    )
