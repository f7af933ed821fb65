"""Equal treatment: who was told what, and whether all got it at one moment."""

from __future__ import annotations

from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.markup import Markup, join, table
from inprocap_flow.service.dossier.pieces import NONE, at, decision, line_name


def equal_treatment(dossier: Dossier) -> Markup:
    """Who was told what and when; for messages to suppliers, whether all of them got it in the same moment."""
    said = [
        (entry, effect)
        for entry in dossier.entries
        if entry.annulled_by is None
        for effect in entry.effects
        if effect.kind in ("told", "published", "noticed")
    ]
    rows = [
        (
            at(dossier.sight.words.when(entry.happened.to_plain())),
            effect.label,
            effect.text or effect.new,
            entry.title,
            decision(entry.number),
        )
        for entry, effect in said
    ]
    if not rows:
        return join([_findings(dossier), NONE])
    heads = ["When", "How", "Whom or what", "At the step", "Decision"]
    everything = table("Everything told, published and announced", heads, rows, shown=True)
    return join([_findings(dossier), _matrix(dossier), everything])


def _findings(dossier: Dossier) -> Markup:
    """What the ledger finds, first: where somebody was told later or not at all, or who serves both sides."""
    rows = [
        (
            one.says if one.sure else f"Look at: {one.says}",
            one.code,
            join([decision(number) for number in one.decisions], ", "),
        )
        for one in dossier.findings
    ]
    return (
        table("What may be unequal treatment", ["Finding", "Code", "Decision"], rows, shown=True)
        if rows
        else Markup("")
    )


def _matrix(dossier: Dossier) -> Markup:
    told: dict[int, set[str]] = {}
    for event in dossier.events:
        if event.kind == "told":
            lines = {who.removeprefix("track:") for who in event.data["to"] if who.startswith("track:")}
            if lines:
                told.setdefault(event.decision, set()).update(lines)
    columns = [line.id for line in dossier.case.in_order if any(line.id in found for found in told.values())]
    if not columns or len(columns) > MOST_COLUMNS:
        return Markup("")
    entries = {entry.number: entry for entry in dossier.entries if entry.annulled_by is None}
    rows = [
        (
            join([entries[number].title, " (", decision(number), ")"]),
            at(dossier.sight.words.when(entries[number].happened.to_plain())),
            *("told" if line in found else "-" for line in columns),
        )
        for number, found in told.items()
        if number in entries
    ]
    heads = ["Message", "When", *(line_name(dossier, line) for line in columns)]
    return table("Messages to tracks, side by side", heads, rows, shown=True)


MOST_COLUMNS = 8  # tracks side by side; more would not fit on paper
