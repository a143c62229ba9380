"""Indexes that SQLite takes for marks

Of several indexes it takes the one with the most columns that a query fixes, so the column that a partial index is about
has to stand in it.

Revision ID: 2026_11_21_marks
Revises: 2026_11_21_originals
"""

from alembic import op
import sqlalchemy as sa

revision = '2026_11_21_marks'
down_revision = '2026_11_21_originals'
branch_labels = None
depends_on = None

# Name, the columns it is about, and which rows.
INDEXES = (
    ('ix_products_liked_live', ['liked'], 'liked AND deleted_at IS NULL'),
    ('ix_products_rejected_live', ['rejected'], 'rejected AND deleted_at IS NULL'),
    (
        'ix_products_unsorted_live',
        ['liked', 'rejected', 'rating'],
        'NOT liked AND NOT rejected AND rating IS NULL AND deleted_at IS NULL',
    ),
    ('ix_products_imported_live', ['source'], "source = 'imported' AND deleted_at IS NULL"),
)


def upgrade() -> None:
    _make(with_own=True)


def downgrade() -> None:
    _make(with_own=False)


def _make(*, with_own: bool) -> None:
    for name, own, rows in INDEXES:
        columns = ['user_id', *(own if with_own else []), 'created_at', 'id']
        where = sa.text(rows)
        op.drop_index(name, 'products')
        op.create_index(name, 'products', columns, sqlite_where=where, postgresql_where=where)
