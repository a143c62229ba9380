"""Indexes for lists and undo: lists of ten thousand posts stay quick, and a bulk change finds its events

Revision ID: 2026_11_21_lists
Revises: 2026_11_21_first
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_lists"
down_revision = "2026_11_21_first"
branch_labels = None
depends_on = None

# Name, columns, and the rows it holds.
PARTIAL = (
    ("ix_deviations_live", ["user_id", "status", "created_at"], "deleted_at IS NULL"),
    (
        "ix_deviations_next",
        ["user_id", "actual_publish_at"],
        "status IN ('scheduled', 'uploading', 'publishing') AND deleted_at IS NULL",
    ),
    ("ix_deviations_out", ["user_id", "published_at"], "published_at IS NOT NULL AND deleted_at IS NULL"),
)


def upgrade() -> None:
    for name, columns, rows in PARTIAL:
        where = sa.text(rows)
        op.create_index(name, "deviations", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_audit_events_correlation_id", "audit_events", ["correlation_id"])


def downgrade() -> None:
    op.drop_index("ix_audit_events_correlation_id", table_name="audit_events")
    for name, _columns, _rows in reversed(PARTIAL):
        op.drop_index(name, table_name="deviations")
