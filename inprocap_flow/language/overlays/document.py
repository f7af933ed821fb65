"""An overlay by itself: what it says it is, and for which procedures it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from inprocap_flow.language.documents import check_name, read_document, refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.marks import MapNode, to_data
from inprocap_flow.language.model import Text
from inprocap_flow.language.overlays.narrowing import check_parts
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.records import field, record


@record
class Overlay:
    """An overlay as it is written. Exactly one of ``organisation`` and ``national`` (a country code) is set.

    ``written_for`` maps a procedure to its versions that were read. ``content`` is the whole file as plain data: what
    is released.
    """

    name: str
    version: str
    title: Text
    language: str
    organisation: str | None
    national: str | None
    written_for: Mapping[str, tuple[str, ...]]
    content: Mapping[str, object] = field(default_factory=dict)


def load_overlay(path: Path | str, search: Sequence[Path | str] = ()) -> Overlay:
    """Return the overlay of *path* by itself; what it means shows only in a procedure. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    doc, root = read_overlay(library, Path(path))
    return overlay_of(doc, root)


def read_overlay(library: Library, path: Path) -> tuple[OverlayDoc, MapNode]:
    """Return document and nodes of the overlay of *path*. Raises InvalidInput."""
    doc, root = read_document(library, path, OverlayDoc)
    refuse(library, [*check_name(root, path), *check_parts(doc, root)])
    return doc, root


def overlay_of(doc: OverlayDoc, root: MapNode) -> Overlay:
    """Return what *doc* says it is."""
    content = to_data(root)
    assert isinstance(content, dict)
    return Overlay(
        name=doc.overlay,
        version=doc.version,
        title={code or doc.language: words for code, words in doc.title.items()},
        language=doc.language,
        organisation=doc.organisation,
        national=doc.national,
        written_for=doc.for_,
        content=content,
    )
