"""The shape of every list."""

from pydantic import BaseModel, Field


class Page[T](BaseModel):
    """Some items, and the cursor that asks for those after them."""

    items: list[T]
    next: str | None = Field(None, description="The `cursor` of the next page; null at the end.")
