"""What was found out before a release, and what the daily look at an organisation finds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("releases", sa.Column("judged", sa.Text(), server_default="{}", nullable=False))
    named = ("procedure", "code", "fact", "mend", "first_on", "last_on", "gone_on", "told")
    op.create_table(
        "findings",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in named),
        sa.PrimaryKeyConstraint("organisation", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
