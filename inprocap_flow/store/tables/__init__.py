"""The one schema: every table as a SQLModel class. Statements and DDL of the hot path are generated from here.

Conventions: moments are UTC text of fixed width (``2026-07-07T14:00:00.000000Z``), so that they sort; JSON is
canonical text, so that bytes compare; yes and no are 1 and 0, because STRICT tables of SQLite know no booleans.
Only ``people`` and ``sealed_values`` ever hold something personal or sealed, and the second only encrypted.
"""

from __future__ import annotations

from inprocap_flow.store.tables.cases import (
    AnswerRow,
    ApprovalRow,
    CaseRow,
    DeadlineRow,
    DocumentRow,
    EventRow,
    RefusalRow,
)
from inprocap_flow.store.tables.checkpoints import Checkpoint, CheckpointEntry
from inprocap_flow.store.tables.house import FindingRow, Person, Release, Setting
from inprocap_flow.store.tables.messages import DeliveryRow, OutboxRow, ReminderRow
from inprocap_flow.store.tables.sealed import CaseKey, SealedValue

__all__ = [
    "AnswerRow", "ApprovalRow", "CaseKey", "CaseRow", "Checkpoint", "CheckpointEntry",
    "DeadlineRow", "DeliveryRow", "DocumentRow", "EventRow", "FindingRow", "OutboxRow", "Person",
    "RefusalRow", "Release", "ReminderRow", "SealedValue", "Setting",
]  # fmt: skip
