"""Outcomes made of plain events: what the store is given, without a definition behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from inprocap_flow.engine.case.history import EMPTY, apply
from inprocap_flow.engine.case.records import Blocker, Case, Decision, Event, Message, Refusal, Request, When, stamp
from inprocap_flow.engine.case.sealing import commitment
from inprocap_flow.store.database import DatabaseStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROCEDURE = {"procedure": "open", "version": "1", "stages": ["preparation", "tendering", "awarded"]}
SALT = bytes(range(32))

Change = tuple[str, str, Mapping[str, Any]]  # kind, line, data


def released(store: DatabaseStore) -> str:
    """Release the one definition that these cases run on."""
    with store.writing() as work:
        return work.release("procedure", "open", "1", PROCEDURE, by="anna", now=NOW)


def decision(
    before: Case | None,
    *changes: Change,
    actor: str = "anna",
    now: datetime = NOW,
    request: Request | None = None,
    messages: tuple[Message, ...] = (),
    sealed: Mapping[str, Any] | None = None,
) -> Decision:
    """Return one outcome that makes *changes*, decided on *before*."""
    events, after = _carried_out(before or EMPTY, changes, actor, now)
    asked = request or Request("do", actor, name="step")
    return Decision(asked, events, after, messages=messages, sealed=sealed or {})


def refusal(
    before: Case | None, *changes: Change, codes: tuple[str, ...] = ("not-entitled",), request: Request | None = None
) -> Refusal:
    """Return a refusal; *changes* are the expiries that stand anyway."""
    events, after = _carried_out(before or EMPTY, changes, "system", NOW)
    blockers = tuple(Blocker(code, f"because of {code}", possible_from=NOW + timedelta(days=1)) for code in codes)
    return Refusal(request or Request("do", "bert", name="award"), blockers, events, after if before else None)


def _carried_out(
    before: Case, changes: tuple[Change, ...], actor: str, now: datetime
) -> tuple[tuple[Event, ...], Case]:
    case, events = before, []
    for kind, line, data in changes:
        event = Event(
            seq=case.next_seq,
            outcome=before.version + 1,
            decision=before.next_decision,
            kind=kind,
            line=line,
            data=data,
            happened=When.exactly(now),
            recorded_at=now,
            actor=actor,
            role="buyer",
        )
        # Every event of one outcome belongs to one decision here; `apply` counts on, so the number is put back.
        case = replace(apply(case, event), next_decision=before.next_decision + 1)
        events.append(event)
    return tuple(events), case


# ---------------------------------------------------------------------------------------------- changes


def opens(case_id: str, definition: str, *, organisation: str = "desy") -> Change:
    data = {
        "case": case_id,
        "organisation": organisation,
        "procedure": "open",
        "version": "1",
        "definition": definition,
        "title": "Cryostat",
    }
    return ("opened", "case", data)


def moves(to: str, *, before: str = "", final: str | None = None, line: str = "case") -> Change:
    data = {"from": before, "to": to, "step": f"to_{to}"}
    return ("moved", line, data | ({"final": final} if final else {}))


def fills(**fields: Any) -> Change:
    return ("filled", "case", {"fields": fields})


def begins(name: str) -> Change:
    return ("began", f"supplier/{name}", {"kind": "supplier", "speakers": [f"{name}.boss"]})


def starts(name: str, *, days: int = 30, line: str = "case") -> Change:
    return ("deadline_started", line, {"deadline": name, "end": stamp(NOW + timedelta(days=days))})


def meets(name: str, *, line: str = "case") -> Change:
    return ("deadline_met", line, {"deadline": name})


def asks(name: str) -> Change:
    return ("approval_asked", "case", {"approval": name})


def signs(name: str, person: str) -> Change:
    signature = {"index": 0, "role": "legal", "person": person, "at": stamp(NOW)}
    return ("approval_signed", "case", {"approval": name, "signature": signature})


def brings(name: str, mark: str, *, size: int = 3, line: str = "case", sealed_until: str | None = None) -> Change:
    version: dict[str, Any] = {
        "sha256": mark,
        "filename": f"{name}.pdf",
        "media_type": "application/pdf",
        "size": size,
        "by": "anna",
        "at": stamp(NOW),
    }
    if sealed_until:
        version["sealed_until"] = sealed_until
    return ("brought", line, {"document": name, "version": version})


def annuls(*decisions: int) -> Change:
    return ("annulled", "case", {"decisions": list(decisions)})


def sealed(value: Any, salt: bytes = SALT) -> tuple[str, dict[str, Any]]:
    """Return a commitment, and what the vault is given under it."""
    return commitment(salt, value), {"value": value, "salt": salt.hex()}


# ---------------------------------------------------------------------------------------------- whole cases


def opened(store: DatabaseStore, case_id: str = "case-1", *, organisation: str = "desy") -> Case:
    """Put a fresh case into the store."""
    made = decision(None, opens(case_id, released(store), organisation=organisation), moves("preparation"))
    with store.writing() as work:
        work.record(made, now=NOW)
    return made.case


def does(store: DatabaseStore, case_id: str, *changes: Change, **more: Any) -> Case:
    """Load a case, make *changes*, record them."""
    key = more.pop("key", None)
    with store.writing() as work:
        made = decision(work.load(case_id).case, *changes, **more)
        work.record(made, now=more.get("now", NOW), idempotency_key=key)
    return made.case


@dataclass
class Counter:
    """A watch that counts statements by their first word and keeps them."""

    seen: list[str]

    def before(self, sql: str) -> None:
        self.seen.append(sql)

    def after(self, sql: str) -> None:
        """Nothing to see."""

    def count(self, *words: str) -> int:
        return sum(sql.split(" ", 1)[0] in words for sql in self.seen)
