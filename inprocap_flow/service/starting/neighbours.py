"""Which overlay an organisation has already, where a new one would be a second."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.files import Library
from inprocap_flow.language.overlays.document import read_overlay
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.starting.overlays import OverlayAnswers


def beside(desk: Desk, folder: Path, answers: OverlayAnswers) -> Path | None:
    """Return the file of an overlay that the organisation has already for one of these procedures, if there is one.

    One of its own may be in force on a day; national ones stand beside it. Files that are not sound are passed over.
    """
    if not answers.organisation:
        return None
    folders = tuple(dict.fromkeys((folder, *desk.definitions)))
    for file in (file for one in folders for file in sorted((one / "overlays").glob("*.yaml"))):
        try:
            overlay, _ = read_overlay(Library(folders), file)
        except InvalidInput:
            continue
        if overlay.organisation == answers.organisation and set(overlay.for_) & set(answers.procedures):
            return file
    return None
