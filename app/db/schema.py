"""Which migration the database is at."""

import sqlalchemy as sa
from sqlalchemy.orm import Session


def revision(session: Session) -> str | None:
    """The revision that the last migration left; `None` before the first one."""
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return None
    found: str | None = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found
