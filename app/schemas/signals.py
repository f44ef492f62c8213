"""Signals on the wire: that an item is like something that somebody listed."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.core.exchange.listed_hashes import HashKind
from app.schemas.hash_enums import Opinion
from app.schemas.page import Page


class SignalItem(BaseModel):
    """A lead: an item is like a listed hash. What the list says of it is its keeper's opinion."""

    id: str
    list: str
    source_name: str | None
    opinion: Opinion
    kind: HashKind
    entry: str = Field(description="What the list calls it; of a bare hash the hash itself.")
    label: str | None = Field(description="What the list says of this entry.")
    distance: int | None = Field(description="Of 256 bits, how many differ; null of files.")
    query_share: float | None = Field(
        description="Of a listed video: percent of this item's different frames that are in it."
    )
    listed_share: float | None = Field(
        description="Of a listed video: percent of its different frames that are in this item."
    )
    query_ms: int | None = Field(description="The moment in this item that is nearest.")
    found_at: datetime
    withdrawn_at: datetime | None = Field(description="When the list took the entry back.")


class SignalChecked(BaseModel):
    """How far an item was compared with listed hashes."""

    at: datetime
    until: int = Field(description="The number of the newest listed hash then.")


class SignalPage(Page[SignalItem]):
    """Some signals; without any, `checked` says whether anybody looked.

    Of the pictures of one list the 20 nearest are kept, each time that an item is compared.
    """

    checked: SignalChecked | None = Field(description="Null before the first comparison.")
