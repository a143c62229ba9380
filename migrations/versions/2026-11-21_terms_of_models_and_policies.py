"""Terms of models and policies of providers

Columns are added as they are, not by copying the tables: both engines take a column with its default and its check.

Revision ID: 2026_11_21_terms
Revises: 2026_11_21_marks
"""

from alembic import op
import sqlalchemy as sa

revision = '2026_11_21_terms'
down_revision = '2026_11_21_marks'
branch_labels = None
depends_on = None

# What was known when this was written; people note the rest.
GEMINI = 'Every picture carries an invisible watermark.'


def upgrade() -> None:
    op.execute(
        "ALTER TABLE models ADD COLUMN commercial_use VARCHAR(32) DEFAULT 'unknown' NOT NULL "
        "CONSTRAINT ck_models_commercialuse "
        "CHECK (commercial_use IN ('unknown', 'allowed', 'conditional', 'forbidden'))"
    )
    op.add_column('models', sa.Column('terms_url', sa.Text(), nullable=True))
    op.add_column('models', sa.Column('terms_note', sa.Text(), nullable=True))
    op.add_column('providers', sa.Column('policy_url', sa.Text(), nullable=True))
    op.add_column('providers', sa.Column('policy_note', sa.Text(), nullable=True))
    # The painters of this machine are the product's own.
    op.execute(
        "UPDATE models SET commercial_use = 'allowed' WHERE provider_id IN (SELECT id FROM providers WHERE kind = 'local')"
    )
    # An imitation marks nothing.
    op.execute(
        sa.text("UPDATE providers SET policy_note = :note WHERE kind = 'gemini' AND id NOT LIKE '%-sandbox'")
        .bindparams(note=GEMINI)
    )


def downgrade() -> None:
    for column in ('policy_note', 'policy_url'):
        op.drop_column('providers', column)
    for column in ('terms_note', 'terms_url', 'commercial_use'):
        op.drop_column('models', column)
