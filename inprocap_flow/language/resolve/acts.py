"""What people may do to a deadline, with expressions and names resolved like those of steps."""

from __future__ import annotations

from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import CLOCK_ACTS, ClockAct
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.expressions import expression
from inprocap_flow.language.resolve.steps import build_already_there, build_notice, build_tell, once
from inprocap_flow.language.schema.acts import ActDoc, ActsDoc


def build_acts(bench: Bench, doc: ActsDoc, path: NodePath, line: str, key: str) -> dict[str, ClockAct]:
    """Return the declared acts of a deadline of *line* by their kind; *key* is the deadline's origin."""
    return {
        kind: _act(bench, kind, one, (*path, kind), line, f"{key}.acts.{kind}")
        for kind in CLOCK_ACTS
        if (one := getattr(doc, kind)) is not None
    }


def _act(bench: Bench, kind: str, doc: ActDoc, path: NodePath, line: str, key: str) -> ClockAct:
    bench.desk.remember(key, path)
    until = None if doc.until is None else expression(bench.desk, doc.until, (*path, "until"), line, "day")
    return ClockAct(
        kind=kind,
        by=doc.by,
        requires=build_already_there(bench, doc.requires, (*path, "requires"), line, key),
        until=until,
        takes=doc.takes,
        publishes=once(doc.publishes),
        tells=tuple(dict.fromkeys(build_tell(bench, one) for one in doc.tells)),
        notice=build_notice(bench, doc.notice, (*path, "notice")) if doc.notice else None,
        cite=doc.cite,
    )
