"""Keep pictures as they were before their hooks

Revision ID: 2026_11_21_originals
Revises: 2026_11_21_usage
"""

from alembic import op
import sqlalchemy as sa
from core.db import types

revision = '2026_11_21_originals'
down_revision = '2026_11_21_usage'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('product_originals',
    sa.Column('product_id', types.PrefixedId('prd'), nullable=False),
    sa.Column('blob_id', types.PrefixedId('blb'), nullable=False),
    sa.ForeignKeyConstraint(['blob_id'], ['blobs.id'], name=op.f('fk_product_originals_blob_id')),
    sa.ForeignKeyConstraint(['product_id'], ['products.id'], name=op.f('fk_product_originals_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', name=op.f('pk_product_originals'))
    )
    op.create_index(op.f('ix_product_originals_blob_id'), 'product_originals', ['blob_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_product_originals_blob_id'), table_name='product_originals')
    op.drop_table('product_originals')
