"""Heartbeats of job workers; one that stops beating is dead and its jobs are taken over."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Table, now


class Worker(Table):
    """One running job worker."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    beat_at: Mapped[datetime] = mapped_column(default=now)
