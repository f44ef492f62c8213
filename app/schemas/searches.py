"""What a search was among, on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Searched(BaseModel):
    """Against what an item was searched: no match is no match in *this*."""

    model_config = ConfigDict(from_attributes=True)

    known_items: int
    not_comparable: int = Field(
        0, description="Further known items, whose fingerprints are of another algorithm still."
    )
    uploads: int | None = Field(
        None,
        description="Among how many uploads it was searched besides; null for known material, which "
        "later searches of the uploads before it look for.",
    )
    as_of_seq: int = Field(
        description="Up to which entry of the log of known material it was searched. Known material is "
        "not searched for what became known after it: that finds it by its own search."
    )
    searched_at: datetime
    incomplete: bool = Field(
        default=False,
        description="Some of what became known later could not be searched; it is tried again.",
    )
