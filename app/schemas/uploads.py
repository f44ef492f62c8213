"""Uploads in pieces on the wire, beside what the tus protocol says in headers."""

from datetime import datetime

from pydantic import BaseModel, Field


class UploadFailure(BaseModel):
    """Why an upload became no item."""

    code: str
    detail: str


class UploadAnswer(BaseModel):
    """How far an upload is, and what it became."""

    id: str
    offset_bytes: int = Field(description="Safe on the disk; a request that runs may have more.")
    length_bytes: int
    made_at: datetime
    expires_at: datetime = Field(
        description="When it is forgotten, unless more comes; an item that it became stays."
    )
    media_id: str | None = Field(description="The item, once every byte is there.")
    duplicate: bool | None = Field(description="Whether the desk had this content already.")
    failure: UploadFailure | None
    links: dict[str, str]
