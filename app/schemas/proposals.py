"""Proposals on the wire: a change of status that waits for another editor."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from app.schemas.enums import VerificationStatus
from app.schemas.fields import TEXT_MAX, ActingPerson, Strict

NOTE_MIN_CHARACTERS = 10


class ProposalDecision(Strict):
    """Why a proposal is approved or refused; kept as a note."""

    note: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=NOTE_MIN_CHARACTERS, max_length=TEXT_MAX
        ),
    ]


class ProposalItem(BaseModel):
    """A change of status that waits for another editor."""

    id: str
    to: VerificationStatus
    asked: dict[str, Any] = Field(description="The transition as it was sent, without its note.")
    by: ActingPerson
    at: datetime
    note_id: str
