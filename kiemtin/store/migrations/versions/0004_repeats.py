"""repeats: numbers a claim, day and platform class"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('repeat_counts',
    sa.Column('claim_id', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.CheckConstraint('times >= 10', name='ten_and_more'),
    sa.PrimaryKeyConstraint('claim_id', 'day', 'platform', 'said')
    )


def downgrade() -> None:
    op.drop_table('repeat_counts')
