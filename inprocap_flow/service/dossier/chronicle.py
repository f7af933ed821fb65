"""The history on the page: every decision with what it changed, annulled ones struck through."""

from __future__ import annotations

from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.service.dossier.collect import Dossier
from inprocap_flow.service.dossier.markup import Markup, facts, join, listing, tag
from inprocap_flow.service.dossier.pieces import decision
from inprocap_flow.service.effect import Effect
from inprocap_flow.service.history import Entry

ARROW = " \N{RIGHTWARDS ARROW} "


def chronicle(dossier: Dossier) -> Markup:
    """Return every decision in order of recording."""
    return tag("ol", *(_entry(dossier, entry) for entry in dossier.entries), class_="chronicle")


def _entry(dossier: Dossier, entry: Entry) -> Markup:
    words, definition = dossier.sight.words, dossier.sight.definition
    who = [entry.actor, *([words.role(definition, entry.role)] if entry.role else [])]
    who += [f"for {entry.on_behalf_of}"] if entry.on_behalf_of else []
    place = f"{dossier.sight.track(entry.line)}: " if entry.line != MAIN else ""
    title: object = f"{place}{entry.title}"
    if entry.annulled_by is not None:
        title = tag("s", title)
    return tag(
        "li",
        tag("h3", tag("span", entry.number, class_="number"), " ", title),
        tag("p", tag("time", words.when(entry.happened.to_plain())), ", ", ", ".join(who), class_="who"),
        *(tag("p", mark, class_="mark") for mark in _marks(dossier, entry)),
        _effects(entry),
        id=f"d{entry.number}",
        class_="annulled" if entry.annulled_by is not None else None,
    )


def _marks(dossier: Dossier, entry: Entry) -> list[object]:
    marks: list[object] = []
    if entry.annulled_by is not None:
        marks.append(join(["Annulled by decision ", decision(entry.annulled_by), ": it does not count."]))
    if entry.late:
        evidence = f" Evidence: {entry.evidence}." if entry.evidence else ""
        place = f" It counts after decision {entry.as_of}." if entry.as_of is not None else ""
        marks.append(f"Entered late, recorded {dossier.sight.words.moment(entry.recorded_at)}.{place}{evidence}")
    return marks


def _effects(entry: Entry) -> Markup:
    grouped: dict[str, list[Effect]] = {}
    for effect in entry.effects:
        grouped.setdefault(effect.label, []).append(effect)
    return facts((label, listing([_said(one, entry) for one in found])) for label, found in grouped.items())


def _said(effect: Effect, entry: Entry) -> Markup:
    place = f"{effect.line}: " if effect.line not in (entry.line, MAIN) else ""
    before: object = effect.old if effect.label == "Stage" else tag("del", effect.old)
    change = join([before, ARROW, tag("ins", effect.new)]) if effect.old else effect.new
    if effect.text == "stays":
        text: object = f"stays in {effect.new}"
    elif effect.text and effect.new:
        text = join([tag("b", effect.text), ": ", change])
    else:
        text = effect.text or change
    mark = tag("code", effect.mark[:16], title=effect.mark) if effect.mark else ""
    more = listing(effect.more, class_="more") if effect.kind == "moved" else ""
    return join([place, text, " " if mark else "", mark, more])
