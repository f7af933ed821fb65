"""The statements of checkpoints and of the audit. Part of what `generate` writes down."""

from __future__ import annotations

from sqlalchemy import (
    Executable,
    exists,
    insert,
    select,
    text,
    union,
)

from inprocap_flow.store import tables
from inprocap_flow.store.columns import table_of, where

CASES, EVENTS = table_of(tables.CaseRow), table_of(tables.EventRow)
APPROVALS, DEADLINES = table_of(tables.ApprovalRow), table_of(tables.DeadlineRow)
DOCUMENTS = table_of(tables.DocumentRow)
CHECKPOINTS, ENTRIES = table_of(tables.Checkpoint), table_of(tables.CheckpointEntry)


def statements() -> dict[str, tuple[str, Executable]]:
    """Return name, purpose and statement, in the order in which a reader meets them."""
    return {**_of_checkpoints(), **_of_what_is_compared()}


def _of_checkpoints() -> dict[str, tuple[str, Executable]]:
    checkpoints = select(CHECKPOINTS).where(*where(CHECKPOINTS, "organisation")).order_by(CHECKPOINTS.c.number)
    entries = select(ENTRIES).where(*where(ENTRIES, "organisation")).order_by(ENTRIES.c.number, ENTRIES.c.case_id)
    return {
        "list_checkpoints": ("read a chain of checkpoints", checkpoints),
        "list_entries": ("read what the checkpoints cover", entries),
        "cases_moved": ("find what the next checkpoint must cover", _moved_since_checkpoint()),
        "add_checkpoint": ("take a checkpoint", insert(CHECKPOINTS)),
        "add_entry": ("say what a checkpoint covers", insert(ENTRIES)),
        "organisations": (
            "name everybody who has a case or a checkpoint",
            union(select(CASES.c.organisation), select(CHECKPOINTS.c.organisation)).order_by(text("1")),
        ),
        "cases_of": (
            "name the cases of an organisation",
            select(CASES.c.id).where(*where(CASES, "organisation")).order_by(CASES.c.id),
        ),
    }


def _moved_since_checkpoint() -> Executable:
    """Find the cases whose head stands in no checkpoint; heads never repeat, so that is: moved since."""
    known = exists().where(ENTRIES.c.case_id == CASES.c.id, ENTRIES.c.head == CASES.c.head)
    moved = select(CASES.c.id, CASES.c.event_count, CASES.c.head).where(*where(CASES, "organisation"), ~known)
    return moved.order_by(CASES.c.id)


def _of_what_is_compared() -> dict[str, tuple[str, Executable]]:
    return {
        "whole_case": ("read the row of a case", select(CASES).where(*where(CASES, "id"))),
        "case_approvals": ("read a projection", select(APPROVALS).where(*where(APPROVALS, "case_id"))),
        "case_deadlines": ("read a projection", select(DEADLINES).where(*where(DEADLINES, "case_id"))),
        "case_documents": ("read a projection", select(DOCUMENTS).where(*where(DOCUMENTS, "case_id"))),
        "stray_events": (
            "find events whose case is gone",
            select(EVENTS.c.case_id).where(~exists().where(CASES.c.id == EVENTS.c.case_id)).distinct(),
        ),
    }
