"""What the daily look at an organisation found, within one transaction (ruling 20)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.records import changed, field, record
from inprocap_flow.store.connection import Connection


@record
class Standing:
    """A finding with the local days on which it was found first and last; ``gone_on`` is empty while it stands.

    ``told`` maps persons to the key of the letter that tells them and the moment at which that was accepted:
    ``{"ben": {"key": ..., "at": ...}}``, without ``at`` while it is on its way.
    """

    organisation: str
    id: str
    procedure: str
    code: str
    fact: str
    mend: str
    first_on: str
    last_on: str
    gone_on: str = ""
    told: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class FindingReading:
    """What was found."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sql = connection.statements

    def of(self, organisation: str) -> tuple[Standing, ...]:
        """Return what was ever found at an organisation, what was found first first."""
        rows = self.connection.rows(self._sql.list_findings, of_organisation=organisation)
        return tuple(changed(Standing(*row[:-1]), told=json.loads(row[-1])) for row in rows)


class FindingWriting(FindingReading):
    """The same, to be changed."""

    def put(self, found: Iterable[Standing]) -> None:
        """Keep findings, in the place of what was kept under the same ids."""
        rows: list[dict[str, Any]] = [{**vars(one), "told": canonical_json(dict(one.told))} for one in found]
        self.connection.write_all(self._sql.put_finding, rows)
