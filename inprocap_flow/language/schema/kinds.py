"""The kinds of files, by their first key."""

from __future__ import annotations

from inprocap_flow.language.schema.calendars import CalendarDoc
from inprocap_flow.language.schema.dated import CodelistDoc, RulebookDoc
from inprocap_flow.language.schema.history import HistoryDoc
from inprocap_flow.language.schema.migration import MigrationDoc
from inprocap_flow.language.schema.organisation import OrganisationDoc
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.procedure import BlockDoc, ProcedureDoc
from inprocap_flow.language.schema.scenarios import TestsDoc
from inprocap_flow.language.schema.words import Doc

KINDS: dict[str, type[Doc]] = {
    "procedure": ProcedureDoc,
    "block": BlockDoc,
    "rulebook": RulebookDoc,
    "organisation": OrganisationDoc,
    "calendar": CalendarDoc,
    "codelist": CodelistDoc,
    "tests": TestsDoc,
    "history": HistoryDoc,
    "overlay": OverlayDoc,
    "migration": MigrationDoc,
}
