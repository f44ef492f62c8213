"""The audit chain; triggers keep its entries from being changed, on either engine.

A later `batch_alter_table` of these tables on SQLite makes them anew without their triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_audit"
down_revision = "0003_stages"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ERASING = """
    OLD.payload IS NOT NULL AND NEW.payload IS NULL AND NEW.salt IS NULL AND NEW.seq = OLD.seq
    AND NEW.erased_at IS NOT NULL AND NEW.erased_by IS NOT NULL AND NEW.authority IS NOT NULL
"""

_SQLITE = (
    """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries
                 WHERE seq = NEW.seq OR hash = NEW.hash OR prev_hash = NEW.prev_hash)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END""",
    f"""CREATE TRIGGER audit_payloads_only_erased BEFORE UPDATE ON audit_payloads
    WHEN NOT ({_ERASING})
    BEGIN SELECT RAISE(ABORT, 'audit payloads are erased, never changed'); END""",
    """CREATE TRIGGER audit_payloads_no_delete BEFORE DELETE ON audit_payloads
    BEGIN SELECT RAISE(ABORT, 'audit payloads are erased, never deleted'); END""",
    """CREATE TRIGGER audit_payloads_no_replace BEFORE INSERT ON audit_payloads
    WHEN EXISTS (SELECT 1 FROM audit_payloads WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'audit payloads are never replaced'); END""",
)

_POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit chain is never changed: % of %', TG_OP, TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_payloads_only_erased BEFORE UPDATE ON audit_payloads
    FOR EACH ROW WHEN (NOT ({_ERASING})) EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_payloads_no_delete BEFORE DELETE ON audit_payloads
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_payloads_no_truncate BEFORE TRUNCATE ON audit_payloads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=True),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_entries_prev_hash")),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject_id"])
    op.create_index(op.f("ix_audit_entries_action"), "audit_entries", ["action"])
    op.create_index(op.f("ix_audit_entries_media_id"), "audit_entries", ["media_id"])
    op.create_table(
        "audit_payloads",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_by", sa.String(), nullable=True),
        sa.Column("authority", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seq"], ["audit_entries.seq"], name=op.f("fk_audit_payloads_seq_audit_entries")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_payloads")),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_payloads")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
