"""The derogations of the case on the page: which rules were lifted, by whom, on what ground (issue 4)."""

from __future__ import annotations

from inprocap_flow.engine.case.history import effective
from inprocap_flow.engine.case.records import Event
from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.markup import Markup, join, listing, table, tag
from inprocap_flow.service.dossier.pieces import NONE, at, decision
from inprocap_flow.service.history import sight_at
from inprocap_flow.service.phrases import derogation_words, rule_words
from inprocap_flow.service.sight import Sight


def derogations(dossier: Dossier) -> Markup:
    """Return every derogation that was granted and not annulled: what it lifts, who granted it, when, and why."""
    granted = [event for event in effective(dossier.events) if event.kind == "lifted"]
    if not granted:
        return NONE
    rows = [_row(dossier, event, sight_at(list(dossier.events), event, dossier.sight)) for event in granted]
    return table("Derogations", ["Derogation", "Lifts", "Granted by", "When", "Ground", "Decision"], rows)


def _row(dossier: Dossier, event: Event, then: Sight) -> tuple[object, ...]:
    data, words = event.data, dossier.sight.words
    rules = [_rule(dossier, then, str(rule)) for rule in data["rules"]]
    role = f", {words.role(then.definition, event.role)}" if event.role else ""
    behalf = f", for {event.on_behalf_of}" if event.on_behalf_of else ""
    ground = [text for text in (str(data.get("reason") or ""), str(data.get("cite") or "")) if text]
    return (
        derogation_words(then.definition, str(data["derogation"]), words.text),
        listing(rules),
        f"{event.actor}{behalf}{role}",
        at(words.when(event.happened.to_plain())),
        listing(ground) or NONE,
        decision(event.decision),
    )


def _rule(dossier: Dossier, then: Sight, name: str) -> Markup:
    """Return a rule with the basis and the source that it has in the version of that time."""
    rule = then.definition.rules.get(name)
    more = ", ".join(filter(None, [rule.basis.replace("_", " "), rule.cite])) if rule else ""
    now = "" if name in dossier.case.lifted else "; it binds again since"
    title = tag("b", rule_words(then.definition, name, dossier.sight.words.text))
    return join([title, f" ({more})" if more else "", now])
