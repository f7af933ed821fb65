"""A field or document that the new version has not, or a field of another type, and nothing says what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, gone, of, under
from inprocap_flow.language.migrations import ASK, DROP, KEEP
from inprocap_flow.language.versions.compare import Between, same_kind

CODE = "migration-loses-value"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each value that could not go over."""
    for was, now, change in between.lines:
        if now is None:
            continue
        for what, choices in (("fields", change.fields), ("documents", change.documents)):
            for name in gone(getattr(was, what), getattr(now, what), change.renamed.get(what, {})):
                if choices.get(name) != DROP:
                    fact = of(was.kind, f"`{name}` is none of the {what} of the new version.")
                    mend = f"Write `{name}: drop` under `{what}`, or its new name under `renamed`."
                    yield PlanFinding(under(was.kind, what), fact, mend)
        for name, field in was.fields.items():
            into = now.fields.get(change.now("fields", name))
            if into is not None and not same_kind(field, into) and change.fields.get(name) not in (KEEP, DROP, ASK):
                fact = of(was.kind, f"`{name}` is of type {field.type}, and {into.type} in the new version.")
                mend = "Write keep (where the value fits), drop or ask for it under `fields`."
                yield PlanFinding(under(was.kind, "fields"), fact, mend)
