"""Match a file that is not kept with everything there is."""

from app import db
from app.core.fingerprints.fingerprinting import Fingerprinted
from app.core.matching.matcher import compare
from app.schemas.enums import Shelf
from app.services import item_hashes, moments
from app.services.catalogue import Catalogue, Files
from app.services.heavy import Found, Hit, Looked
from app.services.index_client import IndexClient

MAX_MS = 600_000
"""How long such a file may play: its answer has to come before it is forgotten."""
_NO_ITEM = ""


def matched(made: Fingerprinted, database: db.Database, files: Files, index: IndexClient) -> Looked:
    """What a fingerprinted file shares with known material, then with uploads."""
    searched: dict[Shelf, Catalogue] = {}
    hits: list[Hit] = []
    common = None
    for shelf in Shelf:
        there = {hit.known_media_id for hit in hits}  # and may be on the other shelf by now
        catalogue = Catalogue(database, files, index.of(shelf), _NO_ITEM, there)
        searched[shelf] = catalogue
        compared = compare(made, catalogue, common)
        common = compared.common
        for match in compared.matches:
            known_id = catalogue.media_id(match.number)
            hits.append(Hit(known_id, moments.without_pictures(match), shelf))
    known, uploads = searched[Shelf.KNOWN], searched[Shelf.UPLOAD]
    mine = made.fingerprint
    telling = item_hashes.usable(mine)
    return Looked(
        found=Found(
            hits=tuple(hits),
            algorithm=mine.algorithm,
            known_items=known.items,
            not_comparable=known.not_comparable,
            as_of_seq=known.as_of_seq,
            uploads=uploads.items,
            uploads_not_comparable=uploads.not_comparable,
        ),
        times_ms=mine.timestamps_ms[telling].astype("<i8").tobytes(),
        pdq=mine.pdq[telling].tobytes(),
    )
