"""What an organisation says it uses: procedures and overlays that are there, and no two overlays where one may be."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Problem
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.organisation import ChosenOverlayDoc, OrganisationDoc
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.report import locate, validate_file

Choice = tuple[NodePath, ChosenOverlayDoc, OverlayDoc]


def check_choices(library: Library, doc: OrganisationDoc, root: MapNode) -> Iterator[Problem]:
    """Yield a problem for each procedure or overlay that is not there, is another's, or is one too many of its kind."""
    for number, used in enumerate(doc.procedures):
        if library.find("procedure", used.procedure) is None:
            path: NodePath = ("procedures", number, "procedure")
            yield _unknown(library, root, path, "procedure", used.procedure)
    read: list[Choice] = []
    for number, one in enumerate(doc.overlays):
        path = ("overlays", number, "overlay")
        file = library.find("overlay", one.overlay)
        if file is None:
            yield _unknown(library, root, path, "overlay", one.overlay)
            continue
        overlay, _ = validate_file(OverlayDoc, library.read(file))
        if overlay is None:
            continue  # said where the overlay itself is read
        if overlay.organisation not in (None, doc.organisation):
            fact = f"`{one.overlay}` holds the house rules of `{overlay.organisation}`."
            yield _problem(root, path, "overlay-of-another", fact, "Choose a national overlay, or one of its own.")
        read.append((path, one, overlay))
    for number, choice in enumerate(read):
        for before in read[:number]:
            yield from _beside(root, choice, before)


def _beside(root: MapNode, choice: Choice, before: Choice) -> Iterator[Problem]:
    """Yield a problem if two overlays of one kind are for the same procedure on a same day."""
    (path, one, overlay), (there, other, first) = choice, before
    apart = (one.until or "9") < (other.from_ or "") or (other.until or "9") < (one.from_ or "")
    both = [name for name in overlay.for_ if name in first.for_]
    if apart or not both or (overlay.national is None) != (first.national is None):
        return
    kind = "national overlays" if overlay.national else "overlays of its own"
    place, _ = locate(root, there)
    fact = f"`{one.overlay}` and `{other.overlay}` ({place}) are two {kind} for {', '.join(both)} on the same days."
    mend = "Write both into one file, or let one end before the other begins."
    yield _problem(root, path, "overlays-two", fact, mend)


def _unknown(library: Library, root: MapNode, path: NodePath, kind: str, name: str) -> Problem:
    folder = "overlays/" if kind == "overlay" else "the folder of procedures"
    mend = did_you_mean(name, library.known(kind)) or f"Add its file to {folder}."
    return _problem(root, path, f"unknown-{kind}", f"There is no {kind} `{name}`.", mend)


def _problem(root: MapNode, path: NodePath, code: str, fact: str, mend: str) -> Problem:
    place, width = locate(root, path)
    return Problem(place, code, fact, mend, width=width)
