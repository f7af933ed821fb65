"""Who may see what (design 3.10): sealed until its milestone for everyone, secret by role, own, or published.

Used by every output that shows a value or document; the answer names why not and until when.
"""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.people import capacities
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, LineState, When, key, unstamp
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.model import Document, Field, Role, said


def find(binding: Binding, case: Case, line_id: str, name: str) -> Field | Document | None:
    """Return the field or document *name* of a line, its own only."""
    line = binding.definition.line(case.lines[line_id].kind)
    return line.fields.get(name) or line.documents.get(name)


def sealed(binding: Binding, case: Case, line_id: str, declared: Field | Document, moment: datetime) -> Blocker | None:
    """Return why nobody can see a field or document now: it is sealed until its milestone, or destroyed with its key.

    None if it is open.
    """
    if case.destroyed_at and _was_sealed(case.lines[line_id], declared):
        day = binding.day(unstamp(case.destroyed_at)).isoformat()
        reason = f'"{said(declared.title)}" was destroyed on {day}, with all that was sealed in this case.'
        return Blocker("destroyed", reason, about=declared.name, line=line_id)
    facts = CaseFacts(binding, case, line_id, When.exactly(moment))
    if declared.sealed_until is None or facts.reached(declared.sealed_until):
        return None
    reason = f'"{said(declared.title)}" is sealed until {declared.sealed_until}.'
    return Blocker(
        "sealed", reason, about=declared.name, line=line_id, detail=declared.sealed_until, mend="wait for it"
    )


def _was_sealed(line: LineState, declared: Field | Document) -> bool:
    if isinstance(declared, Field):
        return is_sealed(line.fields.get(declared.name))
    return any(version.sealed_until is not None for version in line.documents.get(declared.name, ()))


def may_see(
    binding: Binding, case: Case, line_id: str, declared: Field | Document, actor: str, moment: datetime
) -> Blocker | None:
    """Return why *actor* may not see a field or document of a line now; None if they may."""
    if blocker := sealed(binding, case, line_id, declared, moment):
        return blocker
    roles = {capacity.role for capacity in capacities(binding, case, actor, moment)}
    known = [binding.definition.roles[role] for role in roles if role in binding.definition.roles]
    if not known:
        return Blocker("not-entitled", f"{actor} has no role in this procedure.", about=actor)
    if key(line_id, declared.name) in case.published or _published(binding, case, line_id, declared, moment):
        return None
    if any(_sees(binding, case, role, declared, actor, case.lines[line_id]) for role in known):
        return None
    reason = f'"{said(declared.title)}" is not for {" or ".join(said(role.title) for role in known)}.'
    return Blocker("secret", reason, about=declared.name, line=line_id)


def _published(binding: Binding, case: Case, line_id: str, declared: Field | Document, moment: datetime) -> bool:
    facts = CaseFacts(binding, case, line_id, When.exactly(moment))
    return declared.published_at is not None and facts.reached(declared.published_at)


def _sees(binding: Binding, case: Case, role: Role, declared: Field | Document, actor: str, line: LineState) -> bool:
    if role.name in declared.secret_from or role.sees == "published":
        return False
    if role.sees == "all":
        return True
    person = binding.person(actor)
    own = person.speaks_for if person else ()
    current: LineState | None = line
    while current is not None and current.id != MAIN:
        if actor in current.speakers or current.id in own:
            return True
        current = case.lines.get(current.parent) if current.parent else None
    return False
