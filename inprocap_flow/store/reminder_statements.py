"""The statements of what will be due: rungs of ladders, deadlines that have ended. Part of what `generate` writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Executable, bindparam, func, literal_column, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from inprocap_flow.store import tables
from inprocap_flow.store.columns import table_of, where

CASES, DEADLINES, SETTINGS = table_of(tables.CaseRow), table_of(tables.DeadlineRow), table_of(tables.Setting)
REMINDERS, OUTBOX, DELIVERIES = table_of(tables.ReminderRow), table_of(tables.OutboxRow), table_of(tables.DeliveryRow)
_R, _D = REMINDERS.c, DEADLINES.c
_ONE: Any = literal_column("1")  # a number would become one more parameter
_NONE: Any = literal_column("0")
_RUNNING = _D.status == literal_column("'running'")  # as in the partial index
_LIVE = CASES.c.historic == _NONE  # a past that was imported is not carried on by itself (ruling 4)


def _put(dialect: Dialect, table: Any, *keys: str) -> Executable:
    """Insert or, where *keys* are there, overwrite the rest."""
    make: Any = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    adding = make(table)
    rest = {column.name: adding.excluded[column.name] for column in table.c if column.name not in keys}
    done: Executable = adding.on_conflict_do_update(index_elements=list(keys), set_=rest)
    return done


def _soonest(*, live: bool) -> Executable:
    """Select the first moment of each kind: one look into an index each, so that an idle tick costs nearly nothing.

    Not *live*, the deadlines of cases from history are among them: then no case is looked at.
    """
    expiry = select(_D.end_at).where(_RUNNING, _D.end_at.is_not(None))
    if live:
        expiry = expiry.join(CASES, CASES.c.id == _D.case_id).where(_LIVE)
    open_ = DELIVERIES.c.state.in_([literal_column("'pending'"), literal_column("'sending'")])
    pending = select(_ONE).select_from(OUTBOX).where(OUTBOX.c.state == literal_column("'pending'"))
    return select(
        expiry.order_by(_D.end_at).limit(_ONE).offset(_NONE).scalar_subquery().label("expiry"),
        select(_R.due_at).order_by(_R.due_at).limit(_ONE).offset(_NONE).scalar_subquery().label("reminder"),
        select(DELIVERIES.c.next_at)
        .where(open_)
        .order_by(DELIVERIES.c.next_at)
        .limit(_ONE)
        .offset(_NONE)
        .scalar_subquery()
        .label("delivery"),
        pending.limit(_ONE).offset(_NONE).scalar_subquery().label("pending"),
    )


def _due(*, more: bool) -> Executable:
    """Select what is due in order of the key; *more*: behind the row that was looked at last, which costs a little."""
    key = (_R.due_at, _R.case_id, _R.ladder)
    found = select(REMINDERS).where(_R.due_at <= bindparam("until"))
    if more:
        last = tuple_(bindparam("after_due_at"), bindparam("after_case_id"), bindparam("after_ladder"))
        found = found.where(tuple_(*key) > last)
    return found.order_by(*key).limit(bindparam("most")).offset(_NONE)


def _ended() -> Executable:
    """Select cases in which a deadline has ended and nobody has said so yet, the longest ended first."""
    key = (_D.end_at, _D.case_id)
    behind = tuple_(*key) > tuple_(bindparam("after_end_at"), bindparam("after_case_id"))
    return (
        select(*key)
        .join(CASES, CASES.c.id == _D.case_id)
        .where(_RUNNING, _D.end_at <= bindparam("until"), _LIVE, behind)
        .order_by(*key)
        .limit(bindparam("most"))
        .offset(_NONE)
    )


def _cases() -> Executable:
    """Select the cases of an organisation by id, behind the one that was looked at last."""
    c = CASES.c
    return (
        select(c.id)
        .where(*where(CASES, "organisation"), _LIVE, c.id > bindparam("after"))
        .order_by(c.id)
        .limit(bindparam("most"))
        .offset(_NONE)
    )


def statements(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    """Return name, purpose and statement."""
    still = where(REMINDERS, "case_id", "ladder", "due_at")
    return {
        "soonest": ("tell when something is due next, of each kind", _soonest(live=False)),
        "soonest_live": ("the same, passing over cases from history", _soonest(live=True)),
        "due_reminders": ("find the rungs that are due", _due(more=False)),
        "more_due_reminders": ("find further rungs that are due", _due(more=True)),
        "cases_over_time": ("find cases in which a deadline has ended", _ended()),
        "put_reminder": ("plan the next rung of a ladder", _put(dialect, REMINDERS, "case_id", "ladder")),
        "drop_reminder": (
            "forget a ladder that is gone",
            REMINDERS.delete().where(*where(REMINDERS, "case_id", "ladder")),
        ),
        "move_reminder": (
            "claim a rung and plan the next one, if nobody else has",
            update(REMINDERS).where(*still).values(due_at=bindparam("due_at"), rung=bindparam("rung")),
        ),
        "end_reminder": (
            "claim the last rung of a ladder, if nobody else has",
            REMINDERS.delete().where(*where(REMINDERS, "case_id", "ladder", "due_at")),
        ),
        "case_reminders": (
            "read what is planned for a case",
            select(REMINDERS).where(*where(REMINDERS, "case_id")).order_by(_R.due_at, _R.ladder),
        ),
        "count_reminders": ("count what is planned", select(func.count()).select_from(REMINDERS)),
        "live_cases": ("name the cases of an organisation that go on", _cases()),
        "put_setting": ("write a setting, or overwrite it", _put(dialect, SETTINGS, "name")),
    }
