"""What publishing takes, what goes out, and what becomes of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app import db, services
from app.access import SYSTEM, Role
from app.core.policy import Grade, Relation
from app.db import Database
from app.errors import Conflict, Forbidden, Gone, MissingRequirements, NotFound, RestrictedTerm
from app.pages import media_review
from app.schemas.corroborations import NewCorroboration
from app.schemas.enums import EventType, HistoryAction, ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.publications import Desk, PublicationRequest, PublicReview
from app.schemas.record_enums import PublicationState
from app.schemas.sensitivity import SensitivityChange
from app.schemas.verifications import TransitionRequest
from app.services import public_terms
from tests.pages.vocabulary import faults
from tests.records import actor_of, add_item, add_match, claim, find_out, hear, put_at

S = VerificationStatus
DESK = Desk(name="The Desk", url="https://desk.example")
EDITOR, OTHER = actor_of(Role.EDITOR, "kim"), actor_of(Role.EDITOR, "lee")
WORDING = "Released by SBU; shows the two men. We have not confirmed when."

Publish = Callable[..., PublicReview]


@pytest.fixture
def item(database: Database) -> str:
    """An item whose record may be published as it is."""
    with database.write() as session:
        made = add_item(session, title="Pak in a cell", source_name="uploader's friend")
        look(session, made)
        conclude(session, made, S.PARTLY_VERIFIED)
    return made


@pytest.fixture
def publish(database: Database, item: str) -> Publish:
    """Publish the item as an editor with some choices; gives the review."""

    def send(**choices: Any) -> PublicReview:
        with database.write() as session:
            record = services.verifications.take(session, item)
            request = PublicationRequest.model_validate(choices)
            return services.publication.publish(session, record, request, DESK, EDITOR)

    return send


def look(session: Any, media_id: str, *flags: str) -> None:
    """Say which flags an item has, after having looked."""
    record = services.verifications.take(session, media_id)
    wanted = SensitivityChange(flags=[SensitivityFlag(each) for each in flags], reviewed=True)
    services.sensitivity.change(session, record, wanted, EDITOR)


def restrict(session: Any, media_id: str, *terms: str) -> None:
    record = services.verifications.take(session, media_id)
    services.restricted_terms.replace(session, record, terms, EDITOR)


def conclude(session: Any, media_id: str, status: S, wording: str | None = WORDING) -> None:
    """Put a record at a status with a wording, published or not."""
    there = services.verifications.find(session, media_id)
    put_at(session, media_id, status, there.publication)
    there.public_wording = wording
    session.flush()


def lacking(send: Callable[[], object]) -> list[str]:
    with pytest.raises(MissingRequirements) as refused:
        send()
    return [text.split(":")[0] for text in refused.value.extra["missing"]]


def test_everything_missing_is_named_at_once(database: Database, publish: Publish) -> None:
    with database.write() as session:
        bare = add_item(session)
        wanted = PublicationRequest.model_validate(
            {"codes": ["OriginalMediaContent", "TransformedContent"], "claims": ["nobody's"]}
        )
        record = services.verifications.take(session, bare)

        def send() -> object:
            return services.publication.publish(session, record, wanted, DESK, EDITOR)

        assert lacking(send) == ["status", "public_wording", "sensitivity", "codes", "claims"]
        conclude(session, bare, S.MISLEADING)
        look(session, bare, "pow", "minor", "graphic_violence")
        assert lacking(send) == ["public_interest_reason", "codes", "codes", "claims"]
    assert publish().version == 1


@pytest.mark.parametrize("status", [S.UNREVIEWED, S.IN_REVIEW, S.VOID, S.WITHDRAWN])
def test_what_is_not_concluded_is_not_published(
    database: Database, item: str, publish: Publish, status: S
) -> None:
    with database.write() as session:
        conclude(session, item, status)
    assert lacking(publish) == ["status"]


@pytest.mark.parametrize(
    ("status", "codes", "names"),
    [
        (S.UNVERIFIED, ["OriginalMediaContent"], ["codes"]),
        (S.UNVERIFIED, [], []),
        (S.VERIFIED, ["OriginalMediaContent", "EditedOrCroppedContent"], ["codes"]),
        (S.VERIFIED, ["OriginalMediaContent"], []),
        (S.VERIFIED, ["EditedOrCroppedContent"], []),
        (S.VERIFIED, ["StagedContent"], ["codes"]),
        (S.PARTLY_VERIFIED, ["TransformedContent"], ["codes"]),
        (S.PARTLY_VERIFIED, ["DecontextualizedContent"], ["codes", "original_context"]),
        (S.MISLEADING, ["OriginalMediaContent"], ["codes"]),
        (S.MISLEADING, ["DecontextualizedContent"], ["original_context"]),
        (S.MISLEADING, ["EditedOrCroppedContent"], []),
        (S.FABRICATED, ["DecontextualizedContent"], ["codes", "original_context"]),
        (S.FABRICATED, ["StagedContent"], []),
    ],
)
def test_codes_fit_the_verdict(
    database: Database,
    item: str,
    publish: Publish,
    *,
    status: S,
    codes: list[str],
    names: list[str],
) -> None:
    with database.write() as session:
        conclude(session, item, status)
    if names:
        assert lacking(lambda: publish(codes=codes)) == names
    else:
        assert list(publish(codes=codes).codes) == codes


@pytest.mark.parametrize(
    ("status", "approved", "other"),
    [
        (S.VERIFIED, "OriginalMediaContent", "EditedOrCroppedContent"),
        (S.MISLEADING, "EditedOrCroppedContent", "DecontextualizedContent"),
        (S.FABRICATED, "StagedContent", "TransformedContent"),
    ],
)
def test_one_editor_publishes_no_codes_but_those_that_were_approved(
    database: Database, item: str, publish: Publish, *, status: S, approved: str, other: str
) -> None:
    with database.write() as session:
        conclude(session, item, status)
        record = services.verifications.take(session, item)
        record.authenticity_codes, record.original_context = [approved], "An exercise in 2023."
    assert "codes" in lacking(lambda: publish(codes=[other]))
    assert "codes" in lacking(lambda: publish(codes=[approved, other]))
    assert list(publish().codes) == [approved]


def test_other_codes_and_another_context_than_were_public_are_a_correction(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        conclude(session, item, S.MISLEADING)
        record = services.verifications.take(session, item)
        record.authenticity_codes = ["DecontextualizedContent", "EditedOrCroppedContent"]
        record.original_context = "An exercise in 2023."
    publish()
    for changed in (
        {"codes": ["DecontextualizedContent"]},
        {"codes": ["EditedOrCroppedContent"]},
        {"original_context": "An exercise in 2022."},
    ):
        assert lacking(lambda: publish(**changed)) == ["correction_text"]  # noqa: B023
    turned = ["EditedOrCroppedContent", "DecontextualizedContent"]
    assert publish(codes=turned, description="Two men").corrections == ()
    said = {"codes": ["DecontextualizedContent"], "correction_text": "It is not cropped."}
    assert [each.text for each in publish(**said).corrections] == ["It is not cropped."]
    assert _state(database, item).state is PublicationState.CORRECTED


def test_only_people_publish(database: Database, item: str) -> None:
    with database.write() as session:
        record = services.verifications.take(session, item)
        with pytest.raises(Forbidden):
            services.publication.publish(session, record, PublicationRequest(), DESK, SYSTEM)


def test_a_prisoner_is_published_of_for_a_reason_only(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        look(session, item, "pow", "wounded")
    assert lacking(publish) == ["public_interest_reason"]
    review = publish(public_interest_reason="The state denies that it takes part.")
    assert "denies" not in review.model_dump_json()


@pytest.mark.parametrize(
    "choices",
    [
        {"description": "Pak Chol Su in a cell"},
        {"creator": "PAK CHOLSU"},
        {"method_statement": "We asked pak chol-su."},
        {"codes": ["DecontextualizedContent"], "original_context": "A day of Pak  Chol Su"},
        {"content_url": "https://social.example/pak-chol-su"},
    ],
)
def test_no_restricted_term_goes_out_anywhere(
    database: Database, item: str, publish: Publish, choices: dict[str, Any]
) -> None:
    with database.write() as session:
        restrict(session, item, "Pak Chol-su", "AB 123456")
    with pytest.raises(RestrictedTerm) as refused:
        publish(**choices)
    place = list(choices)[-1].replace("content_url", "appearances[0].content_url")
    assert refused.value.extra["restricted"] == {place: ["Pak Chol-su"]}
    assert publish(description="A man in a cell").version == 1


def test_terms_hide_in_the_record_and_in_copies_too(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        copy = add_item(session)
        confirm(session, item, copy, Relation.EDITED)
        restrict(session, copy, "Tuva")
        claimed = claim(session, item, "He had a card of a man from Tuva")
        hear(session, item, claimed)
    with pytest.raises(RestrictedTerm) as refused:
        publish()
    assert refused.value.extra["restricted"] == {"claims[0].text": ["Tuva"]}
    assert publish(claims=[]).claims == ()


def confirm(session: Any, query: str, known: str, relation: Relation = Relation.TRANSCODE) -> str:
    match = add_match(session, query, known, Grade.CERTAIN)
    stored = db.matches.find(session, match)
    assert stored
    stored.relation, stored.decision = relation, ReviewDecision.CONFIRMED
    session.flush()
    return match


def say(session: Any, media_id: str, source: dict[str, Any], **fields: Any) -> None:
    """Record what a source says of the media, or of what `fields` name."""
    given = {"about": "media", "stance": "supports", "independence": "independent", **fields}
    wanted = NewCorroboration.model_validate({"source": source, **given})
    record = services.verifications.take(session, media_id)
    services.corroborations.add(session, record, wanted, actor_of(Role.VERIFIER))


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("https://t.example/src/5", "https://t.example/src/5/"),
        ("https://t.example/src/5", "http://t.example/src/5"),
        ("https://t.example/src/5", "https://WWW.T.example:443/Src/5?single#c"),
        ("https://t.example/src/5", "https://t.example/%73rc//5"),
        ("https://t.example/src/5", "https://archive.example/2025/https://t.example/src/5"),
        ("https://t.example/src/5", "https://r.example/?to=https%3A%2F%2Ft.example%2Fsrc%2F5"),
        ("https://v.example/watch?v=a", "https://m.v.example/watch?t=1&v=a"),
        ("https://müller.example", "https://xn--mller-kva.example/?p=5"),
        ("https://[", None),
    ],
)
def test_where_a_protected_source_spoke_stays_hidden_however_it_is_written(
    database: Database, item: str, publish: Publish, source: str, written: str | None
) -> None:
    with database.write() as session:
        say(session, item, {"name": "A neighbour", "protected": True}, link=source)
        for ref in filter(None, (written, "https://t.example/src/56")):
            say(session, item, {"name": "AFP", "kind": "media"}, link=ref)
    assert [each.url for each in publish().citations] == ["https://t.example/src/56"]


def test_it_says_what_the_record_holds_and_nothing_more(
    database: Database, item: str, publish: Publish
) -> None:
    hidden = "https://secret.example/source"
    with database.write() as session:
        find_out(
            session,
            item,
            "provenance",
            "probable",
            value={"earliest_known": {"url": "https://t.example/sbu/1"}},
            method=["reverse_search", "I asked Pak's sister on the phone"],
        )
        find_out(
            session,
            item,
            "location",
            value={"text": "Kyiv, cell 4", "lat": 50.4501, "lon": 130.52},
            evidence=[{"kind": "url", "ref": hidden}, {"kind": "url", "ref": "http://10.0.0.7/a"}],
            limits="interior only",
        )
        find_out(session, item, "source", value={"released_by": "SBU", "relation": "handout"})
        find_out(session, item, "motivation", "not_assessed")
        supported = claim(session, item)
        claim(session, item, "One had no papers")
        say(
            session,
            item,
            {"name": "NIS", "kind": "state_agency"},
            about="claim",
            target_id=supported,
            statement="we helped to question them",
            link="https://agency.example/nis",
            quoted_via="AFP",
        )
        say(session, item, {"name": "A neighbour", "protected": True}, link=hidden)
        witness = {"name": "Ms Lim", "kind": "witness"}
        say(session, item, witness, link="https://social.example/w")
        noted = services.verifications.take(session, item)
        services.notes.write(session, noted.media_id, "Pak is afraid", EDITOR)
    review = publish(description="Two men in a cell")
    assert review.original_link == "https://t.example/sbu/1"
    assert [(c.pillar, c.verdict, c.methods) for c in review.checks] == [
        ("provenance", "probable", ("reverse_search",)),
        ("source", "confirmed", ()),
        ("location", "confirmed", ()),
    ]
    assert [each.text for each in review.claims] == ["Two soldiers were captured"]
    assert [(each.name, each.url) for each in review.citations] == [
        ("AFP", "https://agency.example/nis")
    ]
    assert (review.creator, review.wording) == ("SBU", WORDING)
    document = media_review.document(review)
    assert faults(document) == []
    said = json.dumps(document)
    for secret in (
        "Pak",
        "Lim",
        "secret.example",
        "neighbour",
        "130.52",
        "Kyiv",
        "friend",
        "10.0.0",
        "question them",
        "interior only",
        "producer",
        "kim",
        item,
    ):
        assert secret not in said, secret
    assert "sha256" not in said


def test_a_hash_is_named_only_where_the_editor_says_so(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        sha256 = db.media.by_ids(session, [item])[item].sha256
    assert sha256 not in publish().model_dump_json()
    assert publish(publish_hash=True).appearances[0].sha256 == sha256


def test_confirmed_copies_come_along_and_edits_do_not(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        copy, edited, guessed = (add_item(session) for _ in range(3))
        confirm(session, copy, item)
        confirm(session, item, edited, Relation.EDITED)
        add_match(session, item, guessed)
    files = publish(codes=["EditedOrCroppedContent"]).appearances
    assert [each.description for each in files] == ["The file that was checked", "A confirmed copy"]
    assert [(clip.start_ms, clip.end_ms, clip.description) for clip in files[0].clips] == [
        (0, 6000, "Also in other footage (picture): mirrored, cropped to 60 % × 60 %")
    ]
    corrected = publish(codes=["OriginalMediaContent"], correction_text="It is not cropped.")
    assert corrected.appearances[0].clips == ()


def _state(database: Database, item: str) -> Any:
    with database.read() as session:
        return services.publication_views.state(session, item)


def _told(database: Database, kind: EventType) -> list[dict[str, Any]]:
    with database.read() as session:
        return [event.data for event in db.events.after(session, 0, 50, kind, None)]


def test_publishing_is_a_change_of_the_record_with_its_event(
    database: Database, item: str, publish: Publish
) -> None:
    before = _state(database, item)
    assert (before.state, before.version, before.url) == (PublicationState.PRIVATE, 0, None)
    review = publish()
    after = _state(database, item)
    assert (after.state, after.version, after.url) == ("published", 1, review.url)
    assert review.url.startswith("https://desk.example/public/reviews/")
    assert item not in review.url
    with database.read() as session:
        entry = db.verifications.history_page(session, item, 50, None).items[-1]
        record = services.verifications.find(session, item)
    assert (entry.action, entry.version) == (HistoryAction.REVIEW_PUBLISHED, record.version)
    assert entry.details["digest"] == after.revisions[0].digest
    assert record.publication is PublicationState.PUBLISHED
    assert _told(database, EventType.REVIEW_PUBLISHED) == [
        {"url": review.url, "version": 1, "actor_kind": "person"}
    ]


def test_the_same_again_is_refused_and_something_new_is_a_revision(
    database: Database, item: str, publish: Publish
) -> None:
    first = publish()
    with pytest.raises(Conflict):
        publish()
    assert not _state(database, item).outdated
    with database.write() as session:
        find_out(session, item, "date", "unclear")
    assert _state(database, item).outdated
    second = publish(description="Two men in a cell")
    assert (second.version, second.url, second.published_at) == (2, first.url, first.published_at)
    assert second.corrections == ()
    kept = _state(database, item).revisions
    assert [each.review for each in kept] == [first, second]
    assert [each.by for each in kept] == ["kim", "kim"]


def _move(database: Database, item: str, actor: Any = EDITOR, **fields: Any) -> None:
    with database.write() as session:
        record = services.verifications.take(session, item)
        request = TransitionRequest.model_validate({"note": "as we now know", **fields})
        services.transitions.apply(session, record, request, actor)


WITHDRAW = {"to": "withdrawn", "reason_code": "new_evidence"}


def test_a_withdrawal_is_public_at_once_under_the_same_address(
    database: Database, item: str, publish: Publish
) -> None:
    first = publish(codes=["OriginalMediaContent"], method_statement="We looked.")
    assert lacking(lambda: _move(database, item, **WITHDRAW)) == ["correction_text"]
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    state = _state(database, item)
    assert (state.state, state.version, state.url) == ("withdrawn", 2, first.url)
    with database.read() as session:
        now = services.publication_views.public(session, first.url.rsplit("/", 1)[1])
    document = media_review.document(now)
    assert faults(document) == []
    assert "mediaAuthenticityCategory" not in document
    assert document["reviewRating"]["alternateName"] == "Withdrawn"
    assert [each["text"] for each in document["correction"]] == ["It is from 2023."]
    assert "We looked." not in json.dumps(document)
    assert [each["version"] for each in _told(database, EventType.REVIEW_CORRECTED)] == [2]


def test_a_withdrawal_cannot_tell_a_restricted_term(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    with database.write() as session:
        restrict(session, item, "Tuva")
    with pytest.raises(RestrictedTerm):
        _move(database, item, **WITHDRAW, correction_text="He is not from Tuva.")
    assert _state(database, item).state is PublicationState.PUBLISHED


def test_a_name_that_is_public_already_does_not_keep_its_review_public(
    database: Database, item: str, publish: Publish
) -> None:
    publish(description="A man from Tuva", creator="Tuva TV", content_url="https://tuva.example/1")
    with database.write() as session:
        restrict(session, item, "Tuva")
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    now = _state(database, item).revisions[-1].review
    assert (now.status, now.description, now.creator) == (S.WITHDRAWN, None, None)
    assert "tuva" not in now.model_dump_json().casefold()
    assert [each.text for each in now.corrections] == ["It is from 2023."]


def test_a_name_in_an_earlier_correction_is_removed_by_the_next_revision(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    corrected = publish(correction_text="He is not from Tuva.").corrections
    with database.write() as session:
        restrict(session, item, "Tuva")
    assert _state(database, item).outdated
    with pytest.raises(RestrictedTerm) as refused:
        publish(correction_text="We named Tuva.")
    assert refused.value.extra["restricted"] == {"corrections[1].text": ["Tuva"]}
    (kept,) = publish().corrections
    assert (kept.text, kept.at) == (public_terms.REMOVED, corrected[0].at)
    assert not _state(database, item).outdated
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    last = _state(database, item).revisions[-1].review
    assert [each.text for each in last.corrections] == [public_terms.REMOVED, "It is from 2023."]


def test_another_verdict_goes_out_without_what_became_restricted(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        claimed = claim(session, item, "He had a card of a man from Tuva")
        hear(session, item, claimed, link="https://social.example/tuva")
        hear(session, item, claimed, link="https://social.example/2")
        find_out(session, item, "date", "unclear", method=["asked_tuva", "shadows"])
    publish(description="A man from Tuva")
    with database.write() as session:
        restrict(session, item, "Tuva")
    named = {**MISLEADING, "original_context": "An exercise in Tuva."}
    _move(database, item, **named)
    with pytest.raises(RestrictedTerm) as refused:
        _move(database, item, OTHER, **named)
    assert refused.value.extra["restricted"] == {"original_context": ["Tuva"]}
    with database.write() as session:
        record = services.verifications.take(session, item)
        services.proposals.refuse(session, record, "It names the place.", OTHER)
    _move(database, item, **MISLEADING)
    _move(database, item, OTHER, **MISLEADING)
    state = _state(database, item)
    now = state.revisions[-1].review
    assert "tuva" not in now.model_dump_json().casefold()
    assert (now.status, now.claims, [each.url for each in now.citations]) == (
        S.MISLEADING,
        (),
        ["https://social.example/2"],
    )
    assert ([each.methods for each in now.checks], state.choices.description) == (
        [("shadows",)],
        None,
    )


def test_what_was_never_public_is_withdrawn_in_silence(database: Database, item: str) -> None:
    _move(database, item, **WITHDRAW)
    assert _state(database, item).version == 0
    assert _told(database, EventType.REVIEW_CORRECTED) == []


MISLEADING = {
    "to": "misleading",
    "authenticity_codes": ["DecontextualizedContent"],
    "original_context": "An exercise in 2023.",
    "evidence": ["https://video.example/2023"],
    "public_wording": "Real, but of 2023.",
    "correction_text": "We took it for new.",
}


def test_a_correction_by_two_editors_goes_out_with_their_words(
    database: Database, item: str, publish: Publish
) -> None:
    publish(codes=["OriginalMediaContent"], description="Two men", method_statement="We looked.")
    without = {**MISLEADING, "correction_text": None}
    assert lacking(lambda: _move(database, item, **without))[0] == "correction_text"
    _move(database, item, **MISLEADING)
    assert _state(database, item).version == 1
    _move(database, item, OTHER, **MISLEADING)
    state = _state(database, item)
    assert (state.state, state.version, state.outdated) == ("corrected", 2, False)
    now = state.revisions[-1].review
    assert (now.status, now.wording, now.original_context) == (
        S.MISLEADING,
        "Real, but of 2023.",
        "An exercise in 2023.",
    )
    assert (list(now.codes), now.description) == (["DecontextualizedContent"], "Two men")
    assert now.method_statement is None
    assert [each.text for each in now.corrections] == ["We took it for new."]
    _move(database, item, **WITHDRAW, correction_text="We cannot say that either.")
    last = _state(database, item).revisions[-1].review
    assert [each.text for each in last.corrections] == [
        "We took it for new.",
        "We cannot say that either.",
    ]


def test_a_verdict_after_unverified_is_an_update(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        conclude(session, item, S.UNVERIFIED)
    publish()
    with database.write() as session:
        conclude(session, item, S.VERIFIED, "Verified by us.")
    assert _state(database, item).outdated
    review = publish(codes=["OriginalMediaContent"])
    assert (review.version, review.corrections) == (2, ())
    assert _state(database, item).state is PublicationState.PUBLISHED


def test_a_preview_is_what_goes_out_and_changes_nothing(
    database: Database, item: str, publish: Publish
) -> None:
    choices = {"codes": ["OriginalMediaContent"], "description": "Two men"}
    with database.read() as session:
        request = PublicationRequest.model_validate(choices)
        seen = services.publication_views.preview(session, item, request, DESK)
    assert (seen.missing, seen.restricted) == ([], {})
    assert _state(database, item).version == 0
    review = publish(**choices)
    aside = {"url", "published_at", "updated_at"}
    assert seen.review.model_dump(exclude=aside) == review.model_dump(exclude=aside)
    with database.read() as session:
        again = services.publication_views.preview(session, item, None, DESK).review
    assert (again.url, again.codes, again.version) == (review.url, review.codes, 2)


def test_the_law_takes_everything_but_the_place(
    database: Database, item: str, publish: Publish
) -> None:
    review = publish(description="Two men in a cell")
    for _ in range(2):
        with database.write() as session:
            record = services.verifications.take(session, item)
            services.publication.tombstone(session, record, EDITOR)
    state = _state(database, item)
    assert (state.state, state.version) == ("tombstoned", 1)
    assert [(each.review, len(each.digest)) for each in state.revisions] == [(None, 64)]
    with database.read() as session:
        with pytest.raises(Gone):
            services.publication_views.public(session, review.url.rsplit("/", 1)[1])
        with pytest.raises(NotFound):
            services.publication_views.public(session, "a" * 16)
        assert services.publication_views.public_page(session, 10, None).reviews == []
        stored = session.connection().exec_driver_sql(
            "SELECT review, choices FROM publication_revisions JOIN publications USING (media_id)"
        )
        assert "cell" not in " ".join(str(value) for row in stored for value in row)
    assert [each["url"] for each in _told(database, EventType.REVIEW_TOMBSTONED)] == [review.url]
    with pytest.raises(Gone):
        publish()


def test_what_follows_a_withdrawal_is_a_correction_in_its_verdicts_words(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    _move(database, item, to="in_review")
    without = {**MISLEADING, "correction_text": None}
    assert lacking(lambda: _move(database, item, **without)) == [
        "correction_text",
        "approval by another editor",
    ]
    _move(database, item, **MISLEADING)
    _move(database, item, OTHER, **MISLEADING)
    assert _state(database, item).state is PublicationState.WITHDRAWN
    review = publish()
    assert [each.text for each in review.corrections] == [
        "It is from 2023.",
        "We took it for new.",
    ]
    assert (review.version, _state(database, item).state) == (3, PublicationState.CORRECTED)
    assert [each["version"] for each in _told(database, EventType.REVIEW_CORRECTED)] == [2, 3]
