"""Keeps an idle worker cheap: the engine claims from a queue only if a small query finds a job there.

The engine looks several times a second, and builds the statements of its claim anew each time: that
kept a tenth of a processor busy for nothing.
"""

from collections.abc import Callable

import sqlalchemy as sa


def only_where_work_waits(
    engine: sa.Engine, scopes: Callable[[str], list[str | None]]
) -> Callable[[str], list[str | None]]:
    """Wrap `scopes`, by which the engine asks what parts of a queue to claim from: of an empty one none."""
    table = "dbos.workflow_status" if engine.dialect.name == "postgresql" else "workflow_status"
    # The second condition on the status is the one that the engine's index is limited to.
    waits = sa.text(
        f"SELECT 1 FROM {table} WHERE queue_name = :queue AND status = 'ENQUEUED' "  # noqa: S608
        "AND status IN ('ENQUEUED', 'PENDING') LIMIT 1"
    )

    def scopes_with_work(queue: str) -> list[str | None]:
        with engine.connect() as connection:
            found = connection.execute(waits, {"queue": queue}).first()
        return scopes(queue) if found else []

    return scopes_with_work
