"""Notes on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.schemas.fields import FilledText, Person, Strict
from app.schemas.record_enums import NoteVisibility


class NewNote(Strict):
    """A note to add; `supersedes_id` makes it the correction of an earlier one.

    `@name` of a key's holder mentions them: their key's id goes into the event, the text never does.
    """

    text: FilledText
    visibility: NoteVisibility | None = Field(
        None,
        description="Who reads it besides you: `desk` everyone (the default), `verifiers` those who"
        " record findings, `editors` those who approve; auditors read all. A correction keeps the"
        " visibility of what it corrects.",
    )
    supersedes_id: str | None = None


class NoteItem(BaseModel):
    """A note; nobody can change it."""

    id: str
    media_id: str
    text: str
    visibility: NoteVisibility
    mentions: list[Person]
    author: Person
    created_at: datetime
    supersedes_id: str | None
    superseded_by: str | None = Field(description="The note that corrects this one.")
    erased_at: datetime | None = Field(None, description="When its text was erased, if it was.")
