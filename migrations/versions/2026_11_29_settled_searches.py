"""Known material that later searches find, and that need not be searched for what comes after it."""

import sqlalchemy as sa
from alembic import op

revision = "0025_settled_searches"
down_revision = "0024_bundles_in_steps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.drop_index("ix_match_searches_as_of_seq")
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.alter_column("settled", server_default=None)
        batch_op.create_index("ix_match_searches_behind", ["settled", "as_of_seq"])
    op.execute(_settle())


def _settle() -> sa.Update:
    """What was searched up to the entry by which it became known, the last about its fingerprint."""
    searches = sa.table(
        "match_searches",
        sa.column("media_id"),
        sa.column("as_of_seq"),
        sa.column("settled", sa.Boolean()),
    )
    prints = sa.table("fingerprints", sa.column("media_id"), sa.column("number"))
    log = sa.table(
        "known_log", sa.column("seq"), sa.column("fingerprint_number"), sa.column("change")
    )
    newest = sa.select(sa.func.max(prints.c.number)).group_by(prints.c.media_id)
    last = sa.select(sa.func.max(log.c.seq)).group_by(log.c.fingerprint_number)
    met = (
        sa.select(prints.c.media_id)
        .join(log, log.c.fingerprint_number == prints.c.number)
        .where(
            prints.c.media_id == searches.c.media_id,
            prints.c.number.in_(newest),
            log.c.seq.in_(last),
            log.c.change == "added",
            log.c.seq <= searches.c.as_of_seq,
        )
    )
    return searches.update().where(met.exists()).values(settled=sa.true())


def downgrade() -> None:
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.drop_index("ix_match_searches_behind")
        batch_op.drop_column("settled")
        batch_op.create_index("ix_match_searches_as_of_seq", ["as_of_seq"])
