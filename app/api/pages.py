"""The two parameters of every list."""

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=200, description="Most items on a page.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]

DEFAULT_LIMIT = 50
