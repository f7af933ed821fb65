"""The two versions that a draft of a plan is about: what a file comes to, and the version that its cases are on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.meant import Meant
from inprocap_flow.service.migrating import released_version


def versions_to_draft(
    desk: Desk, path: Path, version: str | None, organisation: str | None = None, procedure: str | None = None
) -> tuple[Machine, Machine]:
    """Return the version that cases are on, and the one that the file *path* comes to.

    The file is a procedure or an overlay (then *procedure* says with which one, where several have cases). With
    *organisation* it is the procedure with the overlays that this one has, and its cases count; else as it is written.

    Without *version* it is the one with most open cases, else the one released last. Raises InvalidInput, NotFound,
    NotAllowed.
    """
    new = _new(desk, Meant(desk, path), organisation, procedure)
    name = new.definition.name
    with desk.store.reading() as reading:
        if version is not None:
            content_hash = released_version(reading, name, version)
            if content_hash is None:
                raise NotFound(f"version {version} of {name} is not released", mend="see inprocap-flow procedures")
        else:
            whose = organisation if new.definition.overlays else None
            content_hash = _most_used(desk, name, new.content_hash, whose) or reading.newest("procedure", name)
        return desk.machine(reading, content_hash), new


def _new(desk: Desk, meant: Meant, organisation: str | None, procedure: str | None) -> Machine:
    """Return what the file comes to for the organisation."""
    if organisation is None:
        if meant.overlay is None:
            return meant.alone()
        raise NotAllowed(
            f"whose cases {meant.overlay.name} would change is not said", mend="name the organisation: --organisation"
        )
    with desk.store.reading() as reading:
        whose = desk.organisation(reading, organisation)
    found = meant.of(procedure or _one_of(desk, meant, organisation), whose)
    if found is None:
        assert meant.overlay is not None
        raise NotAllowed(
            f"{organisation} does not have the overlay {meant.overlay.name}",
            mend=f"add it under `overlays:` of {organisation}, or name another organisation",
        )
    return found


def _one_of(desk: Desk, meant: Meant, organisation: str) -> str:
    """Return the one procedure of the file: of several the only one with open cases. Raises NotAllowed."""
    if len(meant.procedures) == 1:
        return meant.procedures[0]
    entries = desk.store.cases(organisation, ended=False)
    used = sorted({entry.procedure for entry in entries if entry.procedure in meant.procedures})
    if len(used) == 1:
        return used[0]
    choose = ", ".join(used or meant.procedures)
    raise NotAllowed("a plan is for the cases of one procedure, and the overlay is for several",
                     mend=f"name it with --of: {choose}")  # fmt: skip


def _most_used(desk: Desk, name: str, but: str, organisation: str | None) -> str | None:
    found = Counter(
        entry.definition_hash
        for entry in desk.store.cases(organisation, ended=False)
        if entry.procedure == name and entry.definition_hash != but
    )
    return found.most_common(1)[0][0] if found else None
