"""The laboratory of the command line, for the procurement file."""

from __future__ import annotations

from tests.cli.conftest import (  # noqa: F401 - fixtures
    bid_in,
    bid_in_,
    called,
    called_,
    drafted_,
    home,
    ready_,
    released_,
)
