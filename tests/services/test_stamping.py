"""Time stamps: asked for until they come, checked, and never waited for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import db
from app.bootstrap import Parts
from app.schemas.audit_answers import TimestampItem
from app.services import auditing, sealing, stamping, verifying
from tests import desks
from tests.timestamping import TimestampAuthority, timestamping


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimestampAuthority]:
    with timestamping(tmp_path / "tsa") as running:
        yield running


@pytest.fixture
def sealed(parts: Parts) -> Parts:
    """A desk with one checkpoint that waits for its time stamp."""
    key_file = parts.settings.signing_key_file
    desks.arrive(parts, b"content")
    sealing.Sealer(parts.database, parts.sealer.folder, key_file, timestamps=True).seal()
    return parts


def ask(
    parts: Parts, authority: TimestampAuthority, *, allow_private: bool = True
) -> TimestampItem:
    """One round of asking; gives how far it is then."""
    asked = stamping.Authority(authority.url, authority.roots.read_bytes(), allow_private)
    stamping.Stamper(parts.database, parts.sealer.folder, asked).round()
    with parts.database.read() as session:
        return auditing.checkpoints(session, parts.sealer.folder, 1, None).items[0].timestamp


def make_due(parts: Parts) -> None:
    with parts.database.write() as session:
        request = db.timestamps.of(session, 1)
        assert request is not None
        request.next_attempt_at = db.now() - timedelta(seconds=1)


def test_an_authority_that_is_away_is_asked_again_later(
    sealed: Parts, authority: TimestampAuthority
) -> None:
    authority.open = False
    first = ask(sealed, authority)
    assert (first.state, first.attempts) == ("waiting", 1)
    assert first.error == "the authority answered with status 503"
    assert first.next_attempt_at is not None
    assert first.next_attempt_at > db.now()
    assert ask(sealed, authority).attempts == 1, "it is not due yet"
    assert authority.asked == 1
    assert verifying.verify(sealed.database, sealed.trusted).ok, "nothing waits for it"

    authority.open = True
    make_due(sealed)
    second = ask(sealed, authority)
    assert (second.state, second.error) == ("granted", None)
    assert verifying.verify(sealed.database, sealed.trusted).ok
    make_due(sealed)
    ask(sealed, authority)
    assert authority.asked == 2, "what is granted is not asked for again"


def test_nobody_there_and_a_private_address_are_failures_that_are_shown(
    sealed: Parts, authority: TimestampAuthority
) -> None:
    refused = ask(sealed, authority, allow_private=False)
    assert refused.error == "The address 127.0.0.1 is private, local or reserved."
    authority.close()
    make_due(sealed)
    gone = ask(sealed, authority)
    assert (gone.state, gone.attempts) == ("waiting", 2)
    assert "refused" in (gone.error or "")


def test_an_answer_that_is_not_about_the_checkpoint_is_refused(
    sealed: Parts, authority: TimestampAuthority, tmp_path: Path
) -> None:
    with timestamping(tmp_path / "other") as other:
        authority.answer = other.answer  # type: ignore[method-assign]
        assert "certificate" in (ask(sealed, authority).error or "")
    assert sealed.sealer.folder.read(1).token is None  # type: ignore[union-attr]


def test_a_token_holds_for_what_was_asked_and_for_nothing_else(
    sealed: Parts, authority: TimestampAuthority
) -> None:
    ask(sealed, authority)
    stored = sealed.sealer.folder.read(1)
    assert stored is not None
    assert stored.token is not None
    roots = authority.roots.read_bytes()
    stated = stamping.check(stored.token, stored.body, roots)
    assert abs(stated - db.now()) < timedelta(minutes=5)
    for token, body in (
        (stored.token, stored.body + b" "),
        (stored.token[:-1] + bytes([stored.token[-1] ^ 1]), stored.body),
        (b"", stored.body),
    ):
        with pytest.raises(stamping.StampRefused):
            stamping.check(token, body, roots)
    with pytest.raises(stamping.StampRefused):
        stamping.check(stored.token, stored.body + b" ", None)
