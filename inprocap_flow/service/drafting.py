"""The two versions that a draft of a plan is about: a file, and the version that its cases are on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from inprocap_flow.errors import NotFound
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.migrating import released_version
from inprocap_flow.service.releasing import compiled


def versions_to_draft(desk: Desk, path: Path, version: str | None) -> tuple[Machine, Machine]:
    """Return the version that cases are on, and the one in the file *path*.

    Without *version* it is the one with most open cases, else the one released last. Raises InvalidInput, NotFound.
    """
    new = compiled(desk, path)
    name = new.definition.name
    with desk.store.reading() as reading:
        if version is not None:
            content_hash = released_version(reading, name, version)
            if content_hash is None:
                raise NotFound(f"version {version} of {name} is not released", mend="see inprocap-flow procedures")
        else:
            content_hash = _most_used(desk, name, new.content_hash) or reading.newest("procedure", name)
        return desk.machine(reading, content_hash), new


def _most_used(desk: Desk, name: str, but: str) -> str | None:
    found = Counter(
        entry.definition_hash
        for entry in desk.store.cases(ended=False)
        if entry.procedure == name and entry.definition_hash != but
    )
    return found.most_common(1)[0][0] if found else None
