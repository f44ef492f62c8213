"""Time stamps by a third party (RFC 3161): a checkpoint's digest goes out, a signed time comes back.

Nothing but the digest leaves the house. An authority that cannot be reached is asked again, for
ever; nothing waits for it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy.orm import Session

from app import db, outbound
from app.access import SYSTEM
from app.blobs.checkpoints import CheckpointFolder
from app.core.custody import chain
from app.schemas.audit import AuditAction
from app.services import audit

TIMEOUT_S = 15.0
ERROR_CHARS = 200
LONGEST_PAUSE = timedelta(hours=6)
FIRST_PAUSE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class StampRefused(Exception):
    """The answer is no time stamp of what was asked about, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom to ask, and whose root certificates (PEM) its answers are checked against, if any."""

    url: str
    roots: bytes | None = None
    allow_private: bool = False


def check(token: bytes, body: bytes, roots: bytes | None, nonce: int | None = None) -> datetime:
    """The time that an answer about `body` states; StampRefused when it does not hold.

    Without `roots` its signature is left unchecked: it is compared with what was asked only.
    """
    try:
        answer = decode_timestamp_response(token)
        if PKIStatus(answer.status) != PKIStatus.GRANTED:
            raise StampRefused(f"it was not granted: {', '.join(answer.status_string)}")
        if roots is not None:
            _verifier(roots, nonce).verify_message(answer, body)
    except (ValueError, VerificationError) as error:
        raise StampRefused(str(error)[:ERROR_CHARS] or type(error).__name__) from error
    if answer.as_bytes() != token:
        raise StampRefused("it holds more than an answer")
    _compare(answer, body, nonce)
    return answer.tst_info.gen_time


def _verifier(roots: bytes, nonce: int | None) -> Verifier:
    builder = VerifierBuilder(roots=x509.load_pem_x509_certificates(roots))
    return (builder.nonce(nonce) if nonce is not None else builder).build()


def _compare(answer: TimeStampResponse, body: bytes, nonce: int | None) -> None:
    imprint = answer.tst_info.message_imprint
    if imprint.message != hashlib.sha256(body).digest():
        raise StampRefused("it is about something else")
    if nonce is not None and answer.tst_info.nonce != nonce:
        raise StampRefused("it answers another request")


class Stamper:
    """Gets the time stamps that are due."""

    def __init__(
        self, database: db.Database, folder: CheckpointFolder, authority: Authority
    ) -> None:
        self._database, self._folder, self._authority = database, folder, authority

    def round(self) -> None:
        """Ask about each checkpoint whose time has come; the first failure ends the round."""
        with self._database.read() as session:
            due = db.timestamps.due(session, db.now())
        for number in due:
            try:
                token = self._granted(number)
            except (StampRefused, outbound.SendFailed, outbound.AddressRefused) as error:
                log.warning("timestamp.failed", checkpoint=number, error=str(error))
                self._put_off(number, str(error))
                return
            self._keep(number, token)

    def _granted(self, number: int) -> bytes:
        stored = self._folder.read(number)
        if stored is None:
            raise StampRefused("the checkpoint's file is missing")
        asked = TimestampRequestBuilder().data(stored.body).hash_algorithm(HashAlgorithm.SHA256)
        request = asked.build()
        answer = outbound.ask(
            self._authority.url,
            {"Content-Type": "application/timestamp-query"},
            request.as_bytes(),
            timeout_s=TIMEOUT_S,
            allow_private=self._authority.allow_private,
        )
        if answer.status_code // 100 != 2:
            raise StampRefused(f"the authority answered with status {answer.status_code}")
        check(answer.body, stored.body, self._authority.roots, request.nonce)
        return answer.body

    def _keep(self, number: int, token: bytes) -> None:
        stated = decode_timestamp_response(token).tst_info.gen_time
        with self._database.write() as session:
            db.in_commit_order(session)
            request = db.timestamps.of(session, number)
            if request is None or request.granted_at is not None:
                return
            self._folder.add_token(number, token)
            request.granted_at, request.error = db.now(), None
            payload = {
                "sha256": hashlib.sha256(token).hexdigest(),
                "stated_at": chain.instant(stated),
                "authority": self._authority.url,
            }
            subject = audit.Subject("checkpoint", str(number))
            audit.append(session, SYSTEM, AuditAction.CHECKPOINT_TIMESTAMPED, subject, payload)

    def _put_off(self, number: int, error: str) -> None:
        with self._database.write() as session:
            _note_failure(session, number, error)


def _note_failure(session: Session, number: int, error: str) -> None:
    request = db.timestamps.of(session, number)
    if request is None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(request.attempts, 10), LONGEST_PAUSE)
    request.attempts += 1
    request.error, request.next_attempt_at = error, db.now() + pause


def certificates(token: bytes) -> bytes:
    """The certificates that an answer carries, as PEM."""
    found = decode_timestamp_response(token).signed_data.certificates
    loaded = (x509.load_der_x509_certificate(der) for der in sorted(found))
    return b"".join(each.public_bytes(Encoding.PEM) for each in loaded)
