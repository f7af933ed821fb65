"""Log lines: one per thing that happened, in the past tense, with ids and numbers and nothing else.

A log leaves the house (backups, collectors, screens of strangers), so it may carry no name, no contact, no
value of a field and nothing sealed. That is kept by a list of what *may* be written, not of what may not:
every other field, and every id that does not look like one, is written as ``[withheld]``.
A log line never decides anything and never fails the work that it tells about.

structlog is imported with the first line that is really written (it costs about 0.2 s).
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, TextIO

Level = Literal["debug", "info", "warning", "error"]
WITHHELD: Final = "[withheld]"

# What can happen. One place, so that whoever searches a log knows every word that can stand in it.
APPROVAL_ASKED: Final = "approval_asked"
APPROVAL_DECLINED: Final = "approval_declined"
APPROVAL_GIVEN: Final = "approval_given"
APPROVAL_SIGNED: Final = "approval_signed"
APPROVAL_WITHDRAWN: Final = "approval_withdrawn"
AUDIT_TRAIL_VERIFIED: Final = "audit_trail_verified"
CASE_BEGUN: Final = "case_begun"
CASE_CHANGED_BY_ANOTHER: Final = "case_changed_by_another"
CASE_MOVED: Final = "case_moved"
CASES_MIGRATED: Final = "cases_migrated"
COMMAND_FAILED: Final = "command_failed"
DATABASE_COPIED: Final = "database_copied"
DATABASE_UPGRADED: Final = "database_upgraded"
DEADLINE_EXPIRED: Final = "deadline_expired"
DEADLINE_MOVED: Final = "deadline_moved"
DEFINITION_CHECKED: Final = "definition_checked"
DEFINITION_RELEASED: Final = "definition_released"
DOCUMENT_ATTACHED: Final = "document_attached"
EVENT_ANNULLED: Final = "event_annulled"
FIELDS_SET: Final = "fields_set"
HISTORY_IMPORTED: Final = "history_imported"
HOOK_FAILED: Final = "hook_failed"
LADDERS_REBUILT: Final = "ladders_rebuilt"
LOOK_FAILED: Final = "look_failed"
MACHINE_CLOCK_DISTRUSTED: Final = "machine_clock_distrusted"
MACHINE_CLOCK_TRUSTED: Final = "machine_clock_trusted"
MASTER_KEY_CHANGED: Final = "master_key_changed"
MESSAGE_FAILED: Final = "message_failed"
MESSAGE_SENT: Final = "message_sent"
PERSON_FORGOTTEN: Final = "person_forgotten"
PROTECTED_DATA_DESTROYED: Final = "protected_data_destroyed"
READER_NAMED: Final = "reader_named"
RELEASE_COMPILED_AGAIN: Final = "release_compiled_again"
REMINDER_FAILED: Final = "reminder_failed"
REMINDER_OVERTAKEN: Final = "reminder_overtaken"
REMINDER_PLANNED: Final = "reminder_planned"
REMINDER_WRITTEN: Final = "reminder_written"
REQUEST_RECORDED: Final = "request_recorded"
REQUEST_REFUSED: Final = "request_refused"
REQUEST_REPEATED: Final = "request_repeated"
SCHEDULER_STARTED: Final = "scheduler_started"
SCHEDULER_STOPPED: Final = "scheduler_stopped"
SEALED_VALUE_READ: Final = "sealed_value_read"
TICK_DONE: Final = "tick_done"
TICK_FAILED: Final = "tick_failed"
TIME_NOT_PASSED: Final = "time_not_passed"
TRACK_BEGUN: Final = "track_begun"

EVENTS: Final = frozenset(value for name, value in dict(globals()).items() if name.isupper() and name.lower() == value)

# The fields that hold ids, codes and names out of definitions: short words without spaces or an at-sign.
# fmt: off
ID_FIELDS: Final = frozenset({
    "actor", "approval", "calendar", "case", "channel", "code", "copy", "deadline", "definition", "document", "error",
    "event_id", "head", "message", "milestone", "organisation", "procedure", "reminder", "request", "role",
    "rulebook", "state", "to_state", "track", "trigger", "version",
})
NUMBER_FIELDS: Final = frozenset({
    "attempt", "count", "dead", "duration_ms", "ended", "failed", "handed", "line", "overtaken", "problems", "schema",
    "sent", "sequence", "statements", "written",
})
# fmt: on
_STRUCTLOG_FIELDS: Final = frozenset({"event", "level", "timestamp"})
_ID = re.compile(r"[\w.:/+-]{1,160}")
_WEIGHTS: Final = MappingProxyType({"debug": 10, "info": 20, "warning": 30, "error": 40})


@dataclass(slots=True)
class _Output:
    form: Literal["text", "json"] = "text"
    threshold: int = _WEIGHTS["warning"]
    stream: TextIO | None = None  # None: whatever sys.stderr is at that moment


_output: Final = _Output()  # of the process, so that threads of the scheduler write as everybody else
_bound: ContextVar[Mapping[str, object]] = ContextVar("_bound", default=MappingProxyType({}))


def set_up(form: Literal["text", "json"] = "text", level: Level = "warning", stream: TextIO | None = None) -> None:
    """Choose how lines look, from which level they are written, and where to (standard error). Imports nothing."""
    _output.form, _output.threshold, _output.stream = form, _WEIGHTS[level], stream


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Put *ids* (case, actor, request ...) into every line written inside."""
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


class Stopwatch:
    """How long something took. Not a clock: it knows no time of day, so it does not belong to ``clock``."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def duration_ms(self) -> float:
        """Milliseconds since this stopwatch was made, to three places."""
        return round((time.perf_counter() - self._began) * 1000, 3)


def is_written(level: Level) -> bool:
    """Return whether lines of *level* are written at all, for those who would prepare many for nothing."""
    return _WEIGHTS[level] >= _output.threshold


def happened(event: str, *, level: Level = "info", **fields: object) -> None:
    """Write that *event* (a constant of this module) happened, with ids and numbers.

    Below the chosen level this costs a comparison. A line that cannot be written (a closed pipe, a full
    disk) is lost without a word, because the work it tells about has been done.
    """
    if not is_written(level):
        return
    try:
        getattr(_logger(_output), level)(event, **{**_bound.get(), **fields})
    except (OSError, ValueError):  # ValueError: the stream is closed
        return


def withhold(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what no log line may carry (a structlog processor)."""
    return {key: value if _may_be_written(key, value) else WITHHELD for key, value in line.items()}


def _may_be_written(key: str, value: object) -> bool:
    if key == "event":
        return value in EVENTS
    if key in NUMBER_FIELDS:
        return isinstance(value, int | float)
    if key in ID_FIELDS:
        return value is None or isinstance(value, int) or (isinstance(value, str) and _ID.fullmatch(value) is not None)
    return key in _STRUCTLOG_FIELDS


def _logger(output: _Output) -> Any:
    import structlog

    stream = output.stream or sys.stderr
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if output.form == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=24)
    )
    return structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            withhold,
            renderer,
        ],
        wrapper_class=structlog.BoundLogger,
    )
