"""Derogations: which rules they lift, who may ask for them, and what that takes. Only overlays bring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import CASE, Derogation, HandedIn
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.steps import build_already_there, build_tell, once
from inprocap_flow.language.schema.procedure import ProcedureDoc

if TYPE_CHECKING:
    from inprocap_flow.language.schema.overlay import DerogationDoc

LIFTABLE = ("custom", "house_rule")
"""What a rule must rest on so that an organisation can lift it: its own custom or its own decision."""
_RESTS_ON = {
    "law": "law",
    "grant": "a grant",
    "contract": "a contract",
    "convention": "a convention between states",
    "rulebook": "a limit of the rulebook",
}


def build_derogations(bench: Bench) -> dict[str, Derogation]:
    """Return the derogations of the document under work; a procedure that no overlay was applied to has none."""
    doc = bench.desk.doc
    if type(doc) is ProcedureDoc:
        return {}
    from inprocap_flow.language.schema.overlay import EffectiveDoc  # only who has overlays waits for their model

    if not isinstance(doc, EffectiveDoc):
        return {}
    return {name: _derogation(bench, name, one) for name, one in doc.derogations.items()}


def _derogation(bench: Bench, name: str, doc: DerogationDoc) -> Derogation:
    path: NodePath = ("derogations", name)
    bench.desk.remember(f"derogations.{name}", path)
    _check_rules(bench, doc, path)
    if not doc.handed_in.reason:
        fact = "Nobody has to say why the rule is lifted."
        bench.desk.say(path, "derogation-reason", fact, "Write `handed_in: {reason: yes}`.", on_key=True)
    handed_in = doc.handed_in
    return Derogation(
        name=name,
        title=bench.text(doc.title),
        lifts=once(doc.lifts),
        by=doc.by,
        while_case=bench.leaves(CASE, doc.while_),
        handed_in=HandedIn(once(handed_in.fields), once(handed_in.documents), handed_in.reason),
        already_there=build_already_there(
            bench, doc.already_there, (*path, "already_there"), CASE, f"derogations.{name}"
        ),
        tells=tuple(dict.fromkeys(build_tell(bench, one) for one in doc.tells)),
        cite=doc.cite,
    )


def _check_rules(bench: Bench, doc: DerogationDoc, path: NodePath) -> None:
    """Say of each rule that is lifted and does not rest on custom or on a decision of the house."""
    for number, rule in enumerate(doc.lifts):
        declared = bench.desk.doc.rules.get(rule)
        if declared is None or declared.basis in LIFTABLE:
            continue  # an unknown name is said with all others
        source = f" ({declared.cite})" if declared.cite else ""
        fact = f"`{rule}` rests on {_RESTS_ON.get(declared.basis, declared.basis)}{source}; nobody here can lift it."
        mend = "Lift only rules of custom or of the house; what the law permits is a step of the procedure."
        bench.desk.say((*path, "lifts", number), "derogation-of-law", fact, mend)
