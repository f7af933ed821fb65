"""What may be said of a case at a moment, and to whom: values, titles and addressees in words, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.kinds import kind_in, kinds_of
from inprocap_flow.engine.case.records import Case
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.engine.sight import may_see, sealed
from inprocap_flow.errors import FlowError
from inprocap_flow.language.model import Definition, Document, Field, Text


class Words(Protocol):
    """How moments, people, stages and values are said. Whoever shows a history brings its own."""

    def moment(self, moment: datetime | str) -> str: ...
    def end(self, moment: datetime | str) -> str: ...
    def when(self, plain: Any) -> str: ...
    def person(self, person: str) -> str: ...
    def role(self, definition: Definition, name: str) -> str: ...
    def text(self, text: Text) -> str: ...
    def address(self, definition: Definition, kind: str, state: str) -> str: ...
    def value(self, declared: Field | None, plain: Any) -> str: ...


@dataclass(frozen=True)
class Sight:
    """What may be said of a case at a moment: to *actor*, or of what is not sealed if nobody is named."""

    binding: Binding
    case: Case
    now: datetime
    words: Words
    actor: str | None = None

    @property
    def definition(self) -> Definition:
        return self.binding.definition

    def kind(self, line_id: str) -> str:
        """Return the kind of a line by its id, also of one that is gone because its beginning was annulled."""
        return kind_in(self.definition, line_id, kinds_of(self.case))

    def hidden(self, line_id: str, declared: Field | Document) -> str:
        """Return why a field or document is not shown now, "" if it is."""
        if line_id not in self.case.lines:
            return f"sealed until {declared.sealed_until}" if declared.sealed_until else ""
        if blocker := sealed(self.binding, self.case, line_id, declared, self.now):
            return f"sealed until {declared.sealed_until}" if blocker.code == "sealed" else "destroyed"
        if self.actor and may_see(self.binding, self.case, line_id, declared, self.actor, self.now):
            return "not shown to this person"
        return ""

    def value(self, line_id: str, name: str, plain: Any) -> str:
        """Return a field's value in words; ``-`` for none, and why not for one that may not be seen."""
        if plain is None:
            return "-"
        declared = self.definition.line(self.kind(line_id)).fields.get(name)
        if declared is not None and (hidden := self.hidden(line_id, declared)):
            return hidden
        if is_sealed(plain):
            if declared is None:
                return "sealed, and not readable here"  # nobody can say until when
            try:
                plain = self.binding.reveal(plain["sealed"])
            except FlowError:
                return "destroyed" if self.case.destroyed_at else "sealed, and not readable here"
        return self.words.value(declared, plain)

    def title(self, what: str, line_id: str, name: str) -> str:
        """Return the title of a field, document, deadline or approval as a line sees it; its name if it has none."""
        found: Any = getattr(self.definition, f"find_{what}")(self.kind(line_id), name)
        return self.words.text(found.title) or name if found else name

    def step(self, line_id: str, name: str) -> str:
        """Return the title of a step of a line."""
        line = self.definition.line(self.kind(line_id))
        step = line.begins if line.begins.name == name else line.steps.get(name)
        found = step or self.definition.derogations.get(name)  # one is judged like a step, and tells like one
        return self.words.text(found.title) or spoken(name) if found else spoken(name)

    def track(self, line_id: str) -> str:
        """Return a line as people know it: its id, with the name of the firm where there is one."""
        name = self.case.lines[line_id].fields.get("name") if line_id in self.case.lines else None
        shown = self.value(line_id, "name", name) if name is not None else "-"
        return (
            f"{line_id} ({shown})" if shown not in ("-", "") and not shown.startswith(("sealed", "not ")) else line_id
        )

    def addressee(self, who: str) -> str:
        """Return somebody told: ``role:legal``, ``track:supplier/alpha``, ``person:ben``, ``public``."""
        kind, _, name = who.partition(":")
        if kind == "role":
            return self.words.role(self.definition, name)
        if kind == "person":
            return self.words.person(name)
        return name or {"public": "everybody"}.get(who, who)


def spoken(name: str) -> str:
    """Return a name as words."""
    return name.replace("_", " ").capitalize()
