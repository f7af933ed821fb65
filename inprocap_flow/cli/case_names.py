"""Fields that name another case: the short name that people type becomes the id that links are followed by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.subject import Subject

_LINK = "case"  # the type of such a field


def typed_fields(session: Session, about: Subject, kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return *texts* as encoded values of the fields of a line, names of cases as their ids.

    A case that is not kept here may be named all the same, as it may be kept by somebody else; whoever does is told.
    Raises InvalidInput for every text that does not fit, and NotFound for a name that several cases have.
    """
    from inprocap_flow.service.typing_in import typed_fields as encoded

    fields = about.definition.line(kind).fields
    links = [name for name, text in texts.items() if text and name in fields and fields[name].type == _LINK]
    meant = {**texts, **{name: _meant(session, name, texts[name]) for name in links}}
    return encoded(about.definition, kind, meant, about.words.zone.key)


def _meant(session: Session, field: str, text: str) -> str:
    from inprocap_flow.service.finding import case_meant

    found = case_meant(session.desk, text)
    if found is None:
        fact = f"Mind: no case {text[:80]} is kept here. What {field} names gets no report from this case, and whoever"
        session.note("\n".join(layout.wrapped(f"{fact} serves both sides is not warned.")))
    return found or text
