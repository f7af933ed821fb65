"""What the parts of the page share: numbers with their nouns, names of lines, moments, links to decisions."""

from __future__ import annotations

from inprocap_flow.engine.case.records import MAIN, LineState
from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.markup import Markup, tag

NONE = Markup('<p class="none">None.</p>')


def many(count: int, what: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 event``, ``2 events``."""
    return f"{count} {what if count == 1 else plural or what + 's'}"


def line_name(dossier: Dossier, line_id: str) -> str:
    """Return what a line is called on the page; the case itself is just the case."""
    return "the case" if line_id == MAIN else dossier.sight.track(line_id)


def at(text: str) -> Markup:
    """Return a moment in words, kept on one line where there is room."""
    return tag("span", text, class_="when")


def decision(number: int) -> Markup:
    """Return a link to a decision."""
    return tag("a", number, href=f"#d{number}")


def stage(dossier: Dossier, line: LineState) -> str:
    """Return where a line stands, from the outermost stage inwards."""
    return dossier.sight.words.address(dossier.sight.definition, line.kind, line.state)
