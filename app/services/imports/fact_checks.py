"""Fact checks of a feed: kept as what others published, with their media where it lies beside it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from app import db
from app.db.fact_checks import FactCheck
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.schemas.fields import LINK_MAX
from app.schemas.import_enums import ImportItemState
from app.schemas.imports import PATH_MAX
from app.services.imports.bounded_json import MOST_BYTES
from app.services.imports.entering import Desk
from app.services.imports.fact_check_feed import Review, reviews
from app.services.imports.listing import Listed, Unimportable
from app.services.imports.places import Place, read_inside

NOTE_MAX = 4000


def read(place: Place, *, with_media: bool) -> Iterator[Listed]:
    """Every review of a feed, counted from 1; `with_media` once for each of its files that is here."""
    number = 0
    for number, review in enumerate(reviews(read_inside(place.root, place.path, MOST_BYTES)), 1):
        check = review.columns
        if not check["url"] and not check["claim"]:
            fault = Unimportable("no_claim", "It has neither an address nor a claim.")
            yield Listed("", number, fault=fault)
            continue
        files = dict(_files(place, review)) if with_media else {}
        for path, address in (files or {"": ""}).items():
            yield Listed(path, number, {"check": check, "media": _media(check, address, path)})
    if not number:
        raise Unimportable("no_reviews", "There is no ClaimReview and no MediaReview in it.")


def keep(desk: Desk, order: Import, item: ImportItem) -> ImportItem | None:
    """Keep an item's fact check; gives the item with what is said of its file, if there is one to enter.

    The same claim at the same address is one fact check, as whoever published it has it now.
    """
    said = item.said or {}
    with desk.database.write() as session:
        if db.imports.mine(session, order.id, desk.worker_id) is None:
            return None
        row = db.import_items.one(session, item.number)
        if row is None or row.state is not ImportItemState.LISTED:
            return None
        check, new = _kept(session, said["check"])
        row.fact_check_id = check.id
        if not item.path:
            row.state = ImportItemState.ADDED if new else ImportItemState.DUPLICATE
            row.said = None
            return None
    item.said = said["media"]
    return item


def _kept(session: Session, columns: dict[str, Any]) -> tuple[FactCheck, bool]:
    same = json.dumps([columns[name] for name in ("kind", "url", "claim")])
    digest = hashlib.sha256(same.encode()).hexdigest()
    db.exclusively(session, f"fact check {digest}")
    check = db.fact_checks.by_digest(session, digest)
    new = check is None
    if check is None:
        check = FactCheck(digest=digest, **columns)
        session.add(check)
    elif any(getattr(check, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(check, name, value)
        check.updated_at = db.now()
    else:
        return check, False
    session.flush()
    db.fact_checks.link(session, check)
    return check, new


def _files(place: Place, review: Review) -> Iterator[tuple[str, str]]:
    """The files of a review's media: paths as it gives them, and names of addresses that lie here."""
    for address in review.files:
        if len(address) > PATH_MAX:
            continue
        if "://" not in address:
            if PurePosixPath(address).suffix:
                yield address, address
            continue
        try:
            name = PurePosixPath(unquote(urlsplit(address).path)).name
            here = bool(name) and (place.folder / name).is_file()
        except (OSError, ValueError):
            continue
        if here:
            yield name, address


def _media(check: dict[str, Any], address: str, path: str) -> dict[str, Any]:
    """What the record of a fact-checked file begins with."""
    if not path:
        return {}
    by = ", ".join(each for each in (check["author"], check["url"]) if each)
    whole = "://" in address and len(address) <= LINK_MAX
    source = address if whole else next(iter(check["links"]), None)
    said = {
        "title": (check["claim"] or check["url"])[:500],
        "source_url": source,
        "note": f"Fact check: {check['verdict'] or 'no verdict'} ({by})"[:NOTE_MAX],
        "tags": ["fact-check"],
    }
    return {name: value for name, value in said.items() if value}
