"""`lengthen: {deadline: {by: 10 days}}`: longer than the procedure says by so much, whatever that comes to.

What the procedure says stays as it is written and something is added to it, so that its reductions stay possible and
what the law changes later carries through. The part that is added is a limit of the overlay, so that whatever shows
what a length rests on shows both parts, each with its basis and source.
"""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.expressions.syntax import BadExpression, parse
from inprocap_flow.language.expressions.tree import Arithmetic, Call, Expr
from inprocap_flow.language.marks import MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import ALWAYS, Deadline, Limit, LimitValue
from inprocap_flow.language.overlays.editing import at, changed_at, line_path, mapping, with_entry, word
from inprocap_flow.language.overlays.floors import judge_more
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.language.schema.overlay import LengthenDoc, OverlayDoc

LENGTHS = ("period", "at_least")
"""What binds; a proposal is made longer beside it, so that it lies as far above the least length as before."""


def longer_by(site: Site, deadline: Deadline, doc: LengthenDoc, name: str) -> dict[str, ScalarNode]:
    """Return the new length of each key of *deadline* that has one; nothing after saying what is wrong with it.

    *name* is what the overlay calls the deadline. A limit for a period that is written out is declared on the way.
    """
    path: NodePath = ("lengthen", name, "by")
    if all(getattr(deadline, key) is None for key in LENGTHS):
        fact = f"`{deadline.name}` has neither a period nor a shortest length that could be made longer."
        site.say(path, "lengthen-other", fact, "Write `at_least:` with the shortest length.", on_key=True)
        return {}
    more = _read(site, doc, name)
    if more is None:
        return {}
    added, own = more
    found: dict[str, ScalarNode] = {}
    for key in (*LENGTHS, "proposes"):
        old = getattr(deadline, key)
        if old is None:
            continue
        text = f"{_text(old)} + {added}"
        whole = parse(text)
        assert isinstance(whole, Arithmetic)
        wrong = judge_more(site, deadline, key, whole, own)
        if wrong is None:
            found[key] = _beside(site, deadline, key, word(text, site.place(*path)))
        elif key in LENGTHS:
            site.say(path, WEAKENS, wrong.fact, wrong.mend)
            return {}
    if own is not None:
        _declare(site, doc, name, own)
    return found


def _beside(site: Site, deadline: Deadline, key: str, longer: ScalarNode) -> ScalarNode:
    """Return *longer* with where that stands which it adds to: what the overlay rests on says nothing about it."""
    old = at(site.nodes, (*line_path(deadline.line), "deadlines", deadline.name, key))
    return replace(longer, added_to=old.added_to or old.place) if isinstance(old, ScalarNode) else longer


def _text(length: Expr | str) -> str:
    return f"period('{parse_period(length)}')" if isinstance(length, str) else str(length)


def _read(site: Site, doc: LengthenDoc, name: str) -> tuple[str, Limit | None] | None:
    """Return what is added as an expression, with the limit that a period becomes; None after saying what is wrong."""
    text, path = str(doc.by), ("lengthen", name, "by")
    try:
        if not is_period(text):
            return _limit_call(site, text, path)
        period = parse_period(text).code
    except BadValue as bad:
        site.say(path, "bad-value", sentence(bad.fact), sentence(bad.mend))
        return None
    own = _own(site.doc, name, doc, period)
    return f"limit('{own.name}')", own


def _limit_call(site: Site, text: str, path: NodePath) -> tuple[str, None] | None:
    try:
        found = parse(text)
    except BadExpression as bad:
        site.say(path, bad.code, bad.fact, bad.mend)
        return None
    if isinstance(found, Call) and found.function == "limit":
        return str(found), None
    fact = f"How long `{found}` is depends on the case, so nobody can say how much longer it gets."
    site.say(path, WEAKENS, fact, "Write a period, or `limit('name')` of a limit that is a period.")
    return None


def own_limits(doc: OverlayDoc) -> dict[str, Limit]:
    """Return every limit that *doc* brings by writing out by how much a deadline is longer, by that deadline.

    What is no period is left out; it is refused where the overlay is applied.
    """
    found = {}
    for name, one in doc.lengthen.items():
        try:
            code = parse_period(one.by or "").code
        except BadValue:
            continue
        found[name] = _own(doc, name, one, code)
    return found


def is_period(text: object) -> bool:
    """Tell whether somebody wrote a period, and no expression."""
    return isinstance(text, str) and (text[:1].isdigit() or text.startswith("P"))


def _own(doc: OverlayDoc, name: str, one: LengthenDoc, code: str) -> Limit:
    said = one.rests_on
    value = LimitValue(ALWAYS, code, one.cite or f"overlay {doc.overlay} {doc.version}")
    if said is not None:
        value = replace(
            value, source=said.source, mark=said.mark, confirmed_on=said.confirmed_on, confirmed_by=said.confirmed_by
        )
    says = {language or doc.language: text for language, text in one.why.items()}
    return Limit(own_limit(doc, name), says, said.basis if said else basis_of(doc), "period", (value,))


def own_limit(doc: OverlayDoc, name: str) -> str:
    """Return what the part is called that *doc* adds to the deadline *name*; a country's and a house's can both be."""
    return f"{name.replace('.', '_')}_longer{'_by_law' if doc.national else ''}"


def basis_of(doc: OverlayDoc) -> str:
    """Return on what the numbers of an overlay rest: a country's on law, an organisation's on a rule of the house."""
    return "law" if doc.national else "house_rule"


def _said(site: Site, doc: LengthenDoc, path: NodePath, value: LimitValue) -> dict[str, Node]:
    """Return where the added number comes from, as it is written beside it: `rests_on`, else what it cites."""
    beside, place = at(site.root, (*path, "rests_on")), site.place(*path, "by")
    if isinstance(beside, MapNode):
        return {key.value: node for key, node in beside.entries if key.value != "basis"}
    cited = at(site.root, (*path, "cite")) if doc.cite else None
    return {"source": cited or word(value.source, place), "confirmed_on": word("never", place)}


def _declare(site: Site, doc: LengthenDoc, name: str, own: Limit) -> None:
    """Let the procedure know the limit, written where the overlay says how much is added."""
    path: NodePath = ("lengthen", name)
    place = site.place(*path, "by")
    why, by = at(site.root, (*path, "why")), at(site.root, (*path, "by"))
    assert why is not None
    assert by is not None
    said = _said(site, doc, path, own.values[0])
    dated = mapping(place, **{"from": word(ALWAYS, place), "value": by, **said})
    written = mapping(place, says=why, basis=word(own.basis, place), unit=word("period", place), values=dated)
    there = site.nodes.get("limits")
    known = there if isinstance(there, MapNode) else MapNode([], place)
    first = known.key(own.name)
    if first is not None:
        fact = f"What is added is the limit `{own.name}`, which is declared already; the first is {first.place}."
        site.say((*path, "by"), "declared-twice", fact, f"Write `by: limit('{own.name}')`, or rename that limit.")
        return
    site.nodes = changed_at(site.nodes, ("limits",), lambda at: with_entry(at, word(own.name, place), written), place)
