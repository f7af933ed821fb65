"""One file as a document: which kind it is, whether it is a valid one, and whether its name is that of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, ScalarNode
from inprocap_flow.language.schema.kind_names import KIND_NAMES
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.report import validate_file
from inprocap_flow.language.schema.words import Doc

D = TypeVar("D", bound=Doc)


def read_document(library: Library, path: Path, model: type[D]) -> tuple[D, MapNode]:
    """Return document and nodes of *path*. Raises InvalidInput if it is not a valid document of that kind."""
    root = library.read(path)
    doc, problems = validate_file(model, root)
    refuse(library, problems)
    assert doc is not None
    return doc, root


def refuse(library: Library, problems: Sequence[Problem]) -> None:
    """Raise InvalidInput if one of *problems* is an error."""
    shown = library.show(problems)
    if any(problem.severity == "error" for problem in shown):
        raise InvalidInput(shown)


def kind_of(root: MapNode) -> str | None:
    """Return the kind of a document: its first key."""
    first = root.keys()[0] if len(root) else ""
    return first if first in KIND_NAMES else None


def unknown_kind(root: MapNode) -> Problem:
    """Return the problem of a document whose first key is not one of the kinds."""
    first = root.keys()[0] if len(root) else ""
    place = root.entries[0][0].place if len(root) else Place(root.place.file, 1, 1)
    return Problem(
        place,
        "unknown-kind",
        f"The first key `{first}` does not say what the file is.",
        did_you_mean(first, KIND_NAMES) or f"Begin with one of: {', '.join(KIND_NAMES)}.",
    )


def check_name(root: MapNode, path: Path) -> list[Problem]:
    """Return a problem if the id of a document is not the name of its file."""
    key, node = root.entries[0]
    stem = path.name.removesuffix(".yaml")
    if not isinstance(node, ScalarNode) or key.value in ("tests", "calendar") or node.value == stem:
        return []
    return [
        Problem(
            node.place,
            "name-of-file",
            f"The {key.value} is called `{node.value}`, the file `{stem}`.",
            "Use one name for both: others find it by its file.",
            width=node.width,
        )
    ]
