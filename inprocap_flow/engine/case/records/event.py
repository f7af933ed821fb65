"""What happened, as it stands in the record for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.records.moments import When, stamp, unstamp
from inprocap_flow.records import record

EVENT_SCHEMA = 1  # raised when the meaning of an event's data changes (ruling 9)


@record
class Event:
    """Something that happened. Never changed; chained by hash in the store.

    ``decision`` numbers the decision it belongs to (one request, or one expiry); ``outcome`` the commit.
    ``request`` stands on the first event of a decision only: what was asked, so that it can be decided again.
    ``as_of`` is set on a late entry: its decision takes effect right after that decision number.
    ``actor`` is a person id or ``system``; ``on_behalf_of`` the absent person or the track spoken for.
    """

    seq: int
    outcome: int
    decision: int
    kind: str
    line: str
    data: Mapping[str, Any]
    happened: When
    recorded_at: datetime
    actor: str
    role: str | None = None
    on_behalf_of: str | None = None
    request: Mapping[str, Any] | None = None
    as_of: int | None = None
    account: str | None = None  # operating-system account, not authenticated (ruling 25)
    schema: int = EVENT_SCHEMA

    def to_plain(self) -> dict[str, Any]:
        """Return the event as JSON data; what is empty is left out."""
        plain: dict[str, Any] = {
            "seq": self.seq,
            "outcome": self.outcome,
            "decision": self.decision,
            "kind": self.kind,
            "line": self.line,
            "data": self.data,
            "happened": self.happened.to_plain(),
            "recorded_at": stamp(self.recorded_at),
            "actor": self.actor,
            "schema": self.schema,
        }
        optional = {
            "role": self.role,
            "on_behalf_of": self.on_behalf_of,
            "request": self.request,
            "as_of": self.as_of,
            "account": self.account,
        }
        return plain | {key: value for key, value in optional.items() if value is not None}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Event:
        return cls(
            **{
                **plain,
                "happened": When.from_plain(plain["happened"]),
                "recorded_at": unstamp(plain["recorded_at"]),
            }
        )
