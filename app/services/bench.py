"""The heavy work itself, done where it is called: in a child process, or in a test."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app import db
from app.blobs.local import MANIFEST_JSON, MANIFEST_STORE, PICTURES, LocalBlobs
from app.core.decoding.original import Original
from app.core.errors import TooLarge
from app.core.fingerprints.describe import Describers, algorithm_of
from app.core.fingerprints.fingerprint import Fingerprint, decode, encode
from app.core.fingerprints.fingerprinting import Fingerprinted, Progress, fingerprint_file
from app.core.fingerprints.glimpse import glimpse
from app.core.fingerprints.pictures import Pictures
from app.core.matches import Match
from app.core.matching.matcher import Compared, compare
from app.core.matching.preview import early_matches
from app.core.media import DecodeLimits
from app.core.provenance.reading import NO_FRAMES, read_provenance
from app.core.provenance.values import Provenance, TrustList
from app.db.matches import ALERTING
from app.db.rechecks import LogSpan
from app.schemas.enums import Shelf
from app.services import leftovers, moments, passing
from app.services.catalogue import Catalogue, Files
from app.services.heavy import BenchUnavailable, Found, Hit, Looked, Made
from app.services.index_client import IndexClient
from app.services.recent import Recent


@dataclass(frozen=True, slots=True)
class Query:
    """A fingerprinted item as the matcher takes it."""

    fingerprint: Fingerprint
    pictures: Pictures
    original: Original | None


@dataclass(frozen=True, slots=True)
class LocalBench:
    """Models, loaded once, and the places that the work reads from and writes to."""

    database: db.Database
    blobs: LocalBlobs
    index: IndexClient
    describers: Describers | None
    limits: DecodeLimits
    work_folder: Path
    recent: Recent = field(default_factory=Recent)

    @property
    def algorithm(self) -> str:
        """What fingerprints made here are made by."""
        return algorithm_of(self.describers)

    def preview(self, media_id: str, sha256: str) -> Found:
        """Look at the key frames of an item's file, and search all known material for them."""
        seen = glimpse(self._file(sha256), self.describers, self.limits)
        files = Files(self.blobs, self.limits)
        catalogue = Catalogue(self.database, files, self.index, without=media_id)
        return self._found(media_id, early_matches(seen, catalogue), catalogue)

    def fingerprint(self, media_id: str, sha256: str, on_progress: Callable[[float], None]) -> Made:
        """Read the item's file, keep its pictures, and leave its fingerprint in the work folder."""
        new = uuid.uuid4().hex
        kept, encoded = (self.work_folder / f"{new}.{what}" for what in ("zip", "fingerprint"))
        made = self._fingerprinted(self._file(sha256), self.limits, kept, on_progress)
        self.blobs.adopt_derived(media_id, PICTURES, kept)
        encoded.write_bytes(encode(made.fingerprint))
        return Made(
            info=made.info,
            algorithm=made.fingerprint.algorithm,
            frames=made.fingerprint.frames,
            voting_frames=int(made.fingerprint.votes.sum()),
            has_sound=bool(made.fingerprint.sound_votes.any()),
            encoded=encoded,
            sound_unknown=made.sound_unknown,
        )

    def read_provenance(
        self, media_id: str, sha256: str, lists: tuple[TrustList, ...]
    ) -> Provenance:
        """Read what the item's file says of its origin; its manifest store is kept on the way."""
        with self.database.read() as session:
            stored = db.fingerprints.of_media(session, media_id)
            frames = decode(stored.encoded).pdq if stored else NO_FRAMES
        found = read_provenance(self._file(sha256), lists, self.limits, frames)
        credentials = found.credentials
        if credentials.store is not None:
            self.blobs.put_derived(media_id, MANIFEST_STORE, credentials.store)
        if credentials.manifest_json is not None:
            self.blobs.put_derived(media_id, MANIFEST_JSON, credentials.manifest_json)
        kept = replace(credentials, store=None, manifest_json=None)
        return replace(found, credentials=kept)

    def match(self, media_id: str) -> Found:
        """Search all known material for what the fingerprinted item shares with it.

        An upload is searched for among the other uploads, too, as far as it is not linked with them.
        What is found there changes nothing in what is found in known material.
        """
        found, query, compared = self._match_known(media_id)
        with self.database.read() as session:
            if db.shelves.of(session, media_id) is not Shelf.UPLOAD:
                return found
            linked = db.matches.linked_with(session, media_id)
        linked |= {hit.known_media_id for hit in found.hits}
        files, index = Files(self.blobs, self.limits), self.index.of(Shelf.UPLOAD)
        uploads = Catalogue(self.database, files, index, media_id, linked)
        among = compare(query, uploads, compared.common).matches
        hits = (replace(self._hit(media_id, uploads, each), against=Shelf.UPLOAD) for each in among)
        return replace(
            found,
            hits=(*found.hits, *hits),
            uploads=uploads.items,
            uploads_not_comparable=uploads.not_comparable,
        )

    def _match_known(self, media_id: str) -> tuple[Found, Query, Compared]:
        files = Files(self.blobs, self.limits)
        catalogue = Catalogue(self.database, files, self.index, without=media_id)
        query = self._query(media_id, files)
        compared = compare(query, catalogue)
        return self._found(media_id, compared.matches, catalogue), query, compared

    def recheck(self, media_id: str, span: LogSpan) -> Found:
        """Search what became known within a span; if that is worth an alert, search everything.

        So an alert is one that a first search would raise now. Leads and nothing stay what they are:
        among fewer items a match is rather graded too high than too low.
        """
        with self.database.read() as session:
            linked = db.matches.linked_with(session, media_id)
        files = Files(self.blobs, self.limits)
        recent = self.recent.within(self.database, self.algorithm, span)
        catalogue = Catalogue(self.database, files, recent, media_id, linked)
        found = compare(self._query(media_id, files), catalogue).matches
        if any(each.grade in ALERTING for each in found):
            return self._match_known(media_id)[0]
        return replace(self._found(media_id, found, catalogue), is_whole=False)

    def look_up(self, name: str) -> Looked:
        """Search all known material and all uploads for what a passing file shares with them."""
        limits = replace(self.limits, duration_ms=min(self.limits.duration_ms, passing.MAX_MS))
        kept = self.work_folder / f"{name}.zip"
        made = self._fingerprinted(self.blobs.passing / name, limits, kept)
        files = Files(self.blobs, self.limits)
        return passing.matched(made, self.database, files, self.index)

    def _fingerprinted(
        self, path: Path, limits: DecodeLimits, kept: Path, on_progress: Progress | None = None
    ) -> Fingerprinted:
        try:
            return fingerprint_file(path, self.describers, limits, on_progress, kept)
        except MemoryError as error:
            raise TooLarge("Reading this file needs more memory than the limit.") from error

    def _file(self, sha256: str) -> Path:
        """An item's file; `BenchUnavailable` says that it is missing because all files are."""
        path = self.blobs.path(sha256)
        if not path.exists() and self.blobs.is_empty():
            raise BenchUnavailable("No stored file is there: is the disk that they are on mounted?")
        return path

    def _query(self, media_id: str, files: Files) -> Query:
        with self.database.read() as session:
            item = db.media.find(session, media_id)
            stored = db.fingerprints.of_media(session, media_id, self.algorithm)
            if item is None or stored is None:
                raise LookupError(f"{media_id} has no fingerprint by {self.algorithm}")
            fingerprint = decode(stored.encoded)
        self._file(item.sha256)
        return Query(fingerprint, files.pictures(media_id), files.original(item))

    def _found(self, media_id: str, matches: Sequence[Match], catalogue: Catalogue) -> Found:
        return Found(
            hits=tuple(self._hit(media_id, catalogue, each) for each in matches),
            algorithm=self.algorithm,
            known_items=catalogue.items,
            not_comparable=catalogue.not_comparable,
            as_of_seq=catalogue.as_of_seq,
        )

    def _hit(self, media_id: str, catalogue: Catalogue, match: Match) -> Hit:
        """Keep what the match was proven on before it travels without its pictures."""
        known_id = catalogue.media_id(match.number)
        kept = moments.keep(self.blobs, media_id, known_id, match)
        # Purged meanwhile: then perhaps before its pictures were kept.
        leftovers.drop_derived(self.database, self.blobs, known_id)
        return Hit(known_id, kept)
