"""Where the case stands: its way through the stages, its tracks, and what is next."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.engine.case.approvals import Standing
from inprocap_flow.engine.case.history import effective
from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.language.model import CASE, Step
from inprocap_flow.machine.table import SAME
from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.markup import Markup, join, listing, table, tag
from inprocap_flow.service.dossier.pieces import NONE, at, line_name, stage
from inprocap_flow.service.phrases import rule_words


def standing(dossier: Dossier) -> Markup:
    """The stages of the main line with the day each was entered, the tracks, and what can be done next by whom."""
    return join([_way(dossier), _tracks(dossier), tag("h3", "What is next"), _next(dossier)])


def _way(dossier: Dossier) -> Markup:
    line, now = dossier.sight.definition.line(CASE), dossier.case.main.state.split(".")[0]
    entered = _entered(dossier)
    items = []
    for address in [*entered, *_ahead(dossier, {*entered, now})]:
        kind = "now" if address == now else "done" if address in entered else "ahead"
        day = tag("span", f"from {entered[address]}", class_="day") if address in entered else ""
        hint = tag("span", f" ({_HINTS[kind]})", class_="said")
        title = tag("b", dossier.sight.words.text(line.stages[address].title) or address)
        items.append(tag("li", title, hint, day, class_=kind, aria_current="step" if kind == "now" else None))
    return tag("ol", *items, class_="way")


def _ahead(dossier: Dossier, behind: set[str]) -> list[str]:
    """Return the outermost stages still to come, each before those that it leads to; ways to give up are left out."""
    line, moves = dossier.sight.definition.line(CASE), dossier.sight.binding.machine.table(CASE).moves
    leads_to: dict[str, set[str]] = {}
    for state, offered in moves.items():
        reached = {target.partition(".")[0] for targets in offered.values() for target in targets if target != SAME}
        leads_to.setdefault(state.partition(".")[0], set()).update(reached)
    order: list[str] = []
    _visit(dossier.case.main.state.partition(".")[0], leads_to, set(), order)
    return [
        address
        for address in reversed(order)
        if address not in behind and not all(line.stages[leaf].final for leaf in line.leaves_under(address))
    ]


def _visit(address: str, leads_to: Mapping[str, set[str]], seen: set[str], order: list[str]) -> None:
    """Put *address* behind everything that it leads to; what leads least far is visited first, so it comes last."""
    seen.add(address)
    for following in sorted(leads_to.get(address, ()), key=lambda one: (len(leads_to.get(one, ())), one)):
        if following not in seen:
            _visit(following, leads_to, seen, order)
    order.append(address)


_HINTS = {"now": "the case stands here", "done": "was here", "ahead": "not yet"}


def _entered(dossier: Dossier) -> dict[str, str]:
    """Return when each outermost stage of the case was first entered, annulled moves left aside."""
    found: dict[str, str] = {}
    for event in effective(dossier.events):
        if event.kind == "moved" and event.line == MAIN:
            state = str(event.data["to"]).partition(".")[0]
            found.setdefault(state, dossier.sight.words.when(event.happened.to_plain()))
    return found


def _tracks(dossier: Dossier) -> Markup:
    lines = [line for line in dossier.case.in_order if line.id != MAIN]
    rows = [
        (
            line_name(dossier, line.id),
            stage(dossier, line),
            at(dossier.sight.words.when(line.since)),
            "yes" if line.ended else "",
        )
        for line in lines
    ]
    return table("Tracks", ["Track", "Stands in", "Since", "Ended"], rows, shown=True) if rows else Markup("")


def _next(dossier: Dossier) -> Markup:
    if dossier.case.main.ended:
        return tag("p", "The case has ended.")
    sight = dossier.sight
    shown: dict[tuple[str, str], list[str]] = {}
    for offer in dossier.outlook.offers:
        if offer.is_open:
            who = _roles(dossier, offer.step)
            shown.setdefault((sight.words.text(offer.step.title) or offer.step.name, who), []).append(offer.line)
    steps = [
        join([tag("b", title), f" by {who}", f", on {', '.join(lines)}" if lines != [MAIN] else ""])
        for (title, who), lines in shown.items()
    ]
    lifting = [
        join([tag("b", sight.words.text(one.step.title) or one.step.name), f" by {_roles(dossier, one.step)}, lifts ",
              ", ".join(rule_words(sight.definition, rule, sight.words.text) for rule in one.lifts)])
        for one in dossier.outlook.derogations if one.is_open
    ]  # fmt: skip
    waiting = [_waits(dossier, found, who) for found, who in dossier.outlook.approvals]
    parts = [tag("h4", "Can be done now"), listing([*steps, *lifting]) or NONE]
    return join([*parts, tag("h4", "Waits for signatures"), listing(waiting) or NONE])


def _roles(dossier: Dossier, step: Step) -> str:
    return ", ".join(dossier.sight.words.role(dossier.sight.definition, role) for role in step.by)


def _waits(dossier: Dossier, found: Standing, who: tuple[str, ...]) -> Markup:
    title = dossier.sight.words.text(found.approval.title) or found.approval.name
    place = f" of {line_name(dossier, found.line_id)}" if found.line_id != MAIN else ""
    return join([tag("b", title), f"{place} may be signed by {', '.join(who) or 'nobody now'}"])
