"""What Alembic runs: the migrations, on the connection that `inprocap_flow.store.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import inprocap_flow.store.tables  # noqa: F401 - makes the tables known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    transactional_ddl=False,  # the caller's transaction spans everything, also where Alembic thinks it cannot
)
context.run_migrations()
