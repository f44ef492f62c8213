"""Uploads are searched, too: what each search was among, and a shelf for the uploads there are."""

import sqlalchemy as sa
from alembic import op

revision = "0016_shelves"
down_revision = "0015_retroactive"
branch_labels = None
depends_on = None

_SHELVE = """
INSERT INTO known_log (fingerprint_number, change, at)
SELECT MAX(fingerprints.number), 'shelved', CURRENT_TIMESTAMP
FROM fingerprints
JOIN media ON media.id = fingerprints.media_id
JOIN verifications ON verifications.media_id = media.id
WHERE media.state <> 'purged' AND verifications.status <> 'void'
AND media.id NOT IN (SELECT media_id FROM collection_members)
GROUP BY fingerprints.media_id
ORDER BY MAX(fingerprints.number)
"""


def upgrade() -> None:
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("uploads", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("uploads_not_comparable", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.alter_column("uploads_not_comparable", server_default=None)
    op.execute(_SHELVE)


def downgrade() -> None:
    # Not deleted: the entry before would then say that the item is known.
    op.execute("UPDATE known_log SET change = 'removed' WHERE change = 'shelved'")
    with op.batch_alter_table("match_searches", schema=None) as batch_op:
        batch_op.drop_column("uploads_not_comparable")
        batch_op.drop_column("uploads")
