"""The history of the schema. Alembic is imported only by what migrates."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def newest() -> str:
    """Return the revision of the last migration."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory(str(HERE)).get_current_head()
    if found is None:
        raise RuntimeError("there is no migration: the package is incomplete")
    return found
