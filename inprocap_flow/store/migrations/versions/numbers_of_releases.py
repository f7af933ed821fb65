"""In which order releases were recorded; until now the moment said it, and for two in one moment nothing did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("releases", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    # What counted as the newest until now stays it: the latest moment, and in one moment the lowest hash.
    op.execute(
        "UPDATE releases SET number = (SELECT count(*) FROM releases AS other WHERE other.released_at < "
        "releases.released_at OR (other.released_at = releases.released_at AND other.content_hash >= "
        "releases.content_hash))"
    )
