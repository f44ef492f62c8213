"""First answers, and fingerprints made anew when the algorithm changes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_stages"
down_revision = "0002_match_notes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refingerprints",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("failure", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_refingerprints_media_id_media"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_refingerprints")),
    )
    with op.batch_alter_table("refingerprints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refingerprints_algorithm"), ["algorithm"])
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stage", sa.String(40), nullable=False, server_default="received")
        )
        batch_op.add_column(sa.Column("previewed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE media SET stage = 'done' WHERE state = 'ready'")
    op.execute("UPDATE media SET stage = 'fingerprinting' WHERE state IN ('processing', 'failed')")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("stage", server_default=None)
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("preliminary", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.alter_column("preliminary", server_default=None)
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("not_comparable", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.alter_column("not_comparable", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.drop_column("not_comparable")
    # What only a first look found must not pass for a full answer.
    op.execute("DELETE FROM matches WHERE preliminary")
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_column("preliminary")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("previewed_at")
        batch_op.drop_column("stage")
    with op.batch_alter_table("refingerprints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refingerprints_algorithm"))

    op.drop_table("refingerprints")
