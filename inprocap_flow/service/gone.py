"""What a case has and its version no longer asks for: fields and documents of versions that it ran on before."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.engine.case.kinds import kind_in, kinds_of
from inprocap_flow.engine.case.records import Case, LineState
from inprocap_flow.language.model import Definition, Document, Field
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading

Gone = Mapping[tuple[str, str], Field | Document]  # by kind of line and name, as the last version declared it


def gone(desk: Desk, reading: Reading, case: Case, definition: Definition) -> Gone:
    """Return the declarations of what *case* holds and *definition*, its version, does not know. Mostly there is none.

    They say what it is called and who may see it: nothing becomes visible because nobody asks for it any more.
    """
    lacking = {(line.id, name) for line in case.lines.values() for name in _unknown(definition, line.kind, line)}
    if not lacking:
        return {}
    found: dict[tuple[str, str], Field | Document] = {}
    for event in reading.events(case.id):
        if event.kind in ("opened", "migrated"):
            earlier = desk.machine(reading, str(event.data["definition"])).definition
            for line_id, name in lacking:
                kind = kind_in(earlier, line_id, kinds_of(case))
                if kind and kind not in earlier.tracks:
                    continue
                line = earlier.line(kind)
                declared = line.fields.get(name) or line.documents.get(name)
                if declared is not None:
                    found[case.lines[line_id].kind, name] = declared
    return found


def _unknown(definition: Definition, kind: str, line: LineState) -> set[str]:
    known = definition.line(kind)
    fields = {name for name, value in line.fields.items() if value is not None}
    return (fields - set(known.fields)) | (set(line.documents) - set(known.documents))
