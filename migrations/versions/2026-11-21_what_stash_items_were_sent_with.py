"""Remember what each Sta.sh item was sent with

Revision ID: 2026_11_21_submitted_as
Revises: 2026_11_21_lists
"""

from alembic import op
import sqlalchemy as sa
from core.db import types

revision = '2026_11_21_submitted_as'
down_revision = '2026_11_21_lists'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('deviation_files', schema=None) as batch_op:
        batch_op.add_column(sa.Column('submitted_as', sa.String(length=64), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('deviation_files', schema=None) as batch_op:
        batch_op.drop_column('submitted_as')

