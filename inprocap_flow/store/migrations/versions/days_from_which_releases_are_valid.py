"""The day from which a release is valid for new cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("releases", sa.Column("valid_from", sa.Text(), server_default="", nullable=False))
