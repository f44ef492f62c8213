"""A desk with a life behind it: every kind of row that the audit chain vouches for, as people make it."""

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.core.custody import chain
from app.core.decoding.sniff import Container
from app.core.media import MediaKind
from app.schemas.enums import CollectionKind, ReviewDecision, VerificationStatus
from app.schemas.holds import NewHold
from app.schemas.matches import ReviewRequest
from app.schemas.notes import NewNote
from app.schemas.people import NewPerson, PersonChange
from app.schemas.privacy_enums import PurgeAuthority, SensitivityFlag
from app.schemas.publications import Desk, PublicationRequest
from app.schemas.purging import ErasureRequest, PurgeRequest
from app.schemas.record_enums import AttentionReason, RightsState
from app.schemas.rights import NewRights
from app.schemas.sensitivity import SensitivityChange
from app.schemas.verifications import TransitionRequest
from app.schemas.webhooks import NewWebhook, WebhookChange
from app.services import collections, erasure, keys, media, people, sealing, shredding, webhooks
from tests.records import actor_of, add_match, claim, find_out, hear

VERIFIER = actor_of(Role.VERIFIER, "vera")
ADMIN = actor_of(Role.ADMIN, "ada")
CLIP = Container("video/mp4", MediaKind.VIDEO, ("mov",))


def arrive(parts: Parts, content: bytes, name: str = "clip.mp4") -> str:
    """An item that arrived with its file, as an upload enters it; gives its id."""
    claim = media.Claim(filename=name, source_name="SBU", note="from a chat", tags=("kursk",))
    with parts.blobs.receive() as incoming, parts.database.write() as session:
        incoming.write(content)
        incoming.sync()
        arrival = media.Arrival(incoming, CLIP, claim)
        return media.receive(session, parts.blobs, parts.jobs, arrival, VERIFIER)[0].id


def note(parts: Parts, media_id: str, text: str) -> str:
    """A note on an item's record; gives its id."""
    with parts.database.write() as session:
        record = services.verifications.take(session, media_id)
        return services.notes.add(session, record, NewNote(text=text), VERIFIER).id


def live(parts: Parts) -> list[str]:
    """Let a desk work for a while; gives the ids of the items that it has then."""
    ids = [arrive(parts, f"content {number}".encode() * 99) for number in range(4)]
    with parts.database.write() as session:
        record = services.verifications.take(session, ids[0])
        taken = TransitionRequest(
            to=VerificationStatus.IN_REVIEW, assignee="vera", note="I take this one up."
        )
        services.transitions.apply(session, record, taken, VERIFIER)
        match_id = add_match(session, ids[0], ids[1])
        review = ReviewRequest(decision=ReviewDecision.CONFIRMED, note="The same wall.")
        services.matches.review(session, match_id, review, VERIFIER)
    _conclude(parts, ids[0])
    _publish(parts, ids[0])
    _administer(parts, ids[1])
    parts.sealer.seal()
    _erase(parts, ids[0], ids[3])
    parts.sealer.seal()
    return ids[:3]


def seal_ahead(parts: Parts, by: int) -> int:
    """Seal an entry that the chain does not hold yet, as a newer database did; gives its number."""
    folder, key = parts.sealer.folder, parts.sealer.key
    with parts.database.read() as session:
        ahead = db.audit.head(session)[0] + by
    number = folder.numbers()[-1]
    last = folder.read(number)
    assert last is not None
    previous = sealing.digest_of(sealing.decode(last.body))
    at = chain.instant(db.now())
    body = sealing.Checkpoint(number + 1, ahead, "a" * 64, at, previous, key.id).encode()
    folder.add(number + 1, body, key.sign(body))
    return ahead


def damage(parts: Parts, number: int) -> None:
    """Alter a checkpoint's file past the desk, as a bad disk or somebody does."""
    path = parts.sealer.folder.file(number, "json")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])


def _conclude(parts: Parts, media_id: str) -> None:
    """Findings, claims and what sources say; a proposal that is overtaken, and another one made."""
    misleading = TransitionRequest.model_validate(
        {
            "to": "misleading",
            "note": "The same wall, another year.",
            "authenticity_codes": ["DecontextualizedContent"],
            "original_context": "A drill in 2023",
            "evidence": ["https://example.org/longer"],
        }
    )
    unverified = TransitionRequest.model_validate(
        {
            "to": "unverified",
            "note": "Not enough for either.",
            "missing": ["independent access"],
            "public_wording": "could not be independently verified",
        }
    )
    with parts.database.write() as session:
        find_out(session, media_id, "location", "unclear")
        find_out(session, media_id, "location", "probable")
        said = claim(session, media_id)
        hear(session, media_id, said, source="NIS", independence="cooperating")
        hear(session, media_id, said, source="somebody else", stance="refutes")
        record = services.verifications.take(session, media_id)
        wanted = NewRights(state=RightsState.REQUESTED, terms="by mail to the press office")
        services.rights.change(session, record, wanted, VERIFIER)
        reason = AttentionReason.SOURCE_DELETED
        opened = services.attention.open(session, media_id, reason, {"url": "https://t.me/x/1"})
        services.attention.close(session, record, opened.id, "It was archived before.", VERIFIER)
        services.transitions.apply(session, record, misleading, VERIFIER)
        services.transitions.apply(session, record, unverified, VERIFIER)


def _publish(parts: Parts, media_id: str) -> None:
    """Two revisions of what is public."""
    desk = Desk(name="The Desk", url="https://desk.example")
    with parts.database.write() as session:
        record = services.verifications.take(session, media_id)
        looked = SensitivityChange(flags=[], reviewed=True)
        services.sensitivity.change(session, record, looked, VERIFIER)
        for described in ("Two men", "Two men in a cell"):
            wanted = PublicationRequest(description=described)
            services.publication.publish(session, record, wanted, desk, VERIFIER)


def _erase(parts: Parts, media_id: str, purged_id: str) -> None:
    """Flags set and taken away, a hold, a note that is erased, and an item that is purged."""
    written = note(parts, media_id, "The name on the card is …")
    note(parts, media_id, "Asked the press office for the original.")
    authority = PurgeAuthority.DATA_SUBJECT
    asked = ErasureRequest(authority=authority, reason="Request 4 of the person named.")
    with parts.database.write() as session:
        record = services.verifications.take(session, media_id)
        for flags in ([SensitivityFlag.POW, SensitivityFlag.WOUNDED], [SensitivityFlag.POW]):
            seen = SensitivityChange(flags=flags, reviewed=True)
            services.sensitivity.change(session, record, seen, ADMIN)
        held = NewHold(media_id=media_id, reason="The court asked for it.")
        placed = services.holds.place(session, held, ADMIN)
        services.holds.release(session, placed.id, "The case was closed.", ADMIN)
        erasure.erase_note(session, parts.purge_list, written, asked, ADMIN, media_id=media_id)
    shredder = shredding.Shredder(parts.database, parts.blobs, parts.purge_list)
    wrong = PurgeRequest(authority=PurgeAuthority.DESK, reason="It was the wrong file.")
    assert shredding.purge(shredder, purged_id, wrong, ADMIN)


def _administer(parts: Parts, media_id: str) -> None:
    with parts.database.write() as session:
        archive = collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, ADMIN)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, ADMIN)
        collections.add(session, archive, media_id, VERIFIER)
        collections.add(session, idents, media_id, VERIFIER)
        collections.remove(session, idents, media_id, VERIFIER)
        key = keys.create(session, "cms", Role.SERVICE, ADMIN).key
        keys.create(session, "desk", Role.VERIFIER, ADMIN)
        keys.revoke(session, key.id, ADMIN)
        editor = NewPerson(login="edith", name="Edith", role=Role.EDITOR)
        added = people.add(session, ADMIN, editor)
        people.make_link(session, ADMIN, added.id)
        people.change(session, ADMIN, added.id, PersonChange(name="Edith", role=Role.VIEWER))
        kept, gone = (
            webhooks.create(
                session,
                NewWebhook(url="https://cms.example.org/hook", events=["*"], description="CMS"),
                ADMIN,
                allow_private=False,
            )
            for _ in range(2)
        )
        paused = WebhookChange(enabled=False)
        webhooks.change(session, kept.id, paused, ADMIN, allow_private=False)
        webhooks.remove(session, gone.id, ADMIN)
