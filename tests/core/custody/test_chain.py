"""What is altered in a chain is named where it first shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from app.core.custody import chain

SALT = "5a" * 32


def link(seq: int, previous: str) -> chain.Link:
    payload = chain.canonical({"n": seq})
    content = chain.Content(
        seq=seq,
        at="2025-01-11T16:20:00.000000Z",
        actor="kim",
        role="editor",
        action="key.created",
        subject="key",
        subject_id=str(seq),
        media_id=None,
        payload_digest=chain.payload_digest(SALT, payload),
    )
    made = chain.chained(previous, chain.content_digest(content))
    return chain.Link(content, previous, made, SALT, payload)


def links(count: int) -> list[chain.Link]:
    made: list[chain.Link] = []
    for seq in range(1, count + 1):
        made.append(link(seq, made[-1].hash if made else chain.FIRST_PREVIOUS))
    return made


def first_fault(found: Sequence[chain.Link]) -> tuple[int, str] | None:
    previous = chain.FIRST_PREVIOUS
    for seq, each in enumerate(found, start=1):
        fault = chain.fault(each, seq, previous)
        if fault is not None:
            return seq, fault
        previous = each.hash
    return None


def said_otherwise(found: chain.Link, **content: object) -> chain.Link:
    return replace(found, content=replace(found.content, **content))  # type: ignore[arg-type]


def made_fitting(found: chain.Link) -> chain.Link:
    """Another entry whose own hash fits: only the one behind it shows that it was altered."""
    other = said_otherwise(found, actor="lee")
    hashed = chain.chained(found.previous, chain.content_digest(other.content))
    return replace(other, hash=hashed)


def test_what_is_as_it_was_has_no_fault_and_neither_has_what_lost_its_payload() -> None:
    one, two, three = links(3)
    assert first_fault([one, two, three]) is None
    assert first_fault([one, replace(two, salt=None, payload=None), three]) is None


@pytest.mark.parametrize(
    ("alter", "seq", "said"),
    [
        (lambda one, _, three: [one, three], 2, "entry 2 is missing"),
        (lambda one, two, three: [two, one, three], 1, "entry 1 is missing"),
        (lambda one, two, three: [one, replace(two, previous="0" * 64), three], 2, "follow"),
        (lambda one, two, three: [one, made_fitting(two), three], 3, "follow"),
        (lambda one, two, three: [one, replace(two, hash="0" * 64), three], 2, "was altered"),
        *(
            (
                lambda one, two, three, name=name: [one, said_otherwise(two, **{name: "x"}), three],
                2,
                "was altered",
            )
            for name in ("at", "actor", "role", "action", "subject", "subject_id", "media_id")
        ),
        (lambda one, two, three: [one, replace(two, payload='{"n":3}'), three], 2, "payload"),
        (lambda one, two, three: [one, replace(two, salt="5b" * 32), three], 2, "payload"),
        (
            # The same text, cut elsewhere.
            lambda one, two, three: [
                one,
                replace(two, salt=SALT + "{", payload='"n":2}'),
                three,
            ],
            2,
            "payload",
        ),
        (lambda one, two, three: [one, replace(two, salt=None), three], 2, "half of its payload"),
        (lambda one, two, three: [one, replace(two, payload=None), three], 2, "half of its"),
    ],
)
def test_the_first_entry_that_was_altered_is_named(
    alter: Callable[..., list[chain.Link]], seq: int, said: str
) -> None:
    found = first_fault(alter(*links(3)))
    assert found is not None
    assert (found[0], said in found[1]) == (seq, True), found
