"""``replay``: past cases from dated event lists, with what their sources leave open and what they contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import Words

if TYPE_CHECKING:
    from inprocap_flow.language.histories import DatedFact, History
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.importing import Imported

SHOWN = 12  # gaps that are listed without --full


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--full", is_flag=True, help="Every gap, not only the first ones of each kind.")
@pass_session
def replay(session: Session, files: tuple[str, ...], full: bool) -> None:
    """Enter past cases from dated event lists (files that begin with history:), each as a case of its own.

    Nothing is invented: what no source answers is listed as not evidenced, what a source contradicts as a finding,
    and what was only planned is no event. Moments keep the precision they are known with. Their procedure and
    organisation must be released here. A name that the procedure does not know, in any of the files, is an error:
    then none is entered.
    """
    from inprocap_flow.service.importing import import_history, read_history

    desk = session.desk
    for name in files:  # all of them first: what is entered stays
        read_history(desk, name)
    shown: list[dict[str, Any]] = []
    last = ""
    for number, name in enumerate(files, start=1):
        if len(files) > 1:
            session.note(f"{number} of {len(files)}: {name}")
        imported = import_history(desk, name)
        with desk.store.reading() as reading:
            binding = desk.binding(reading, imported.case)
        words = Words(binding.zone, session.settings.language)
        shown.append(to_plain(imported))
        last = imported.case.id
        if not session.as_json:
            for line in (*lines(imported, words, binding.definition, full=full), ""):
                click.echo(line)
    session.answer({"cases": shown}, [f"To look at it: inprocap-flow history {last[-6:]}"])


def lines(imported: Imported, words: Words, definition: Definition, *, full: bool = False) -> Iterator[str]:
    """Return an imported case as people read it: the trail, the funnel, the gaps, the findings, the plans."""
    case, history = imported.case, imported.history
    yield layout.heading(history.title)
    counted = f"{len(history.facts) - len(imported.plans)} dated facts, {len(imported.events)} events"
    yield from layout.wrapped(f"{case.id}, {history.procedure}, for {history.organisation}: {counted}")
    yield ""
    yield from layout.table([[fact.at, _certainty(fact), fact.text] for fact in history.facts], 2)
    yield ""
    stands = words.address(definition, "", case.main.state)
    yield from layout.wrapped(f"Stands in {stands}, since {words.when(case.main.since)}.")
    yield from _funnel(imported, words, definition)
    yield from _gaps(imported, full=full)
    yield from _findings(imported)
    if imported.plans:
        yield "Only planned, so no events:"
        for fact in imported.plans:
            yield from layout.bullet(f"{fact.at}: {fact.text}")


def _certainty(fact: DatedFact) -> str:
    certainty = fact.certainty.replace("_", " ")
    return f"{certainty}, planned" if fact.planned else certainty


def unit(history: History) -> str:
    """Return what was counted: consortium, firm, contractor; "supplier" where no source says."""
    units = [stood.unit for fact in history.facts for stood in fact.stood if stood.unit]
    return units[0] if units else "supplier"


def _funnel(imported: Imported, words: Words, definition: Definition) -> Iterator[str]:
    if not imported.funnel:
        return
    yield f"How many stood where (unit: {unit(imported.history)}):"
    rows = [[f"{count:>6}", words.address(definition, "supplier", stage)] for stage, count in imported.funnel.items()]
    yield from layout.table(rows)


def _gaps(imported: Imported, *, full: bool) -> Iterator[str]:
    gaps = imported.not_evidenced
    if not gaps:
        yield "Everything that the procedure asks for is evidenced."
        return
    kinds = Counter(_KINDS.get(str(gap["what"]), str(gap["what"])) for gap in gaps)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    yield from layout.wrapped(f"Not evidenced: {len(gaps)} ({counted})")
    for gap in gaps if full else gaps[:SHOWN]:
        yield from layout.bullet(str(gap.get("says") or gap["what"]), 4)
    if len(gaps) > SHOWN and not full:
        yield f"    and {len(gaps) - SHOWN} more: --full lists them"


_KINDS = {
    "step": "steps",
    "field-missing": "fields",
    "document-missing": "documents",
    "approval-missing": "approvals",
    "guard": "conditions",
    "guard-unknown": "conditions",
    "branch-unknown": "branches",
    "deadline": "deadlines",
    "deadline-not-started": "deadlines",
    "nothing-to-meet": "deadlines",
}


def _findings(imported: Imported) -> Iterator[str]:
    if not imported.findings:
        yield "Contradicted by a source: nothing."
        return
    yield f"Contradicted by a source: {len(imported.findings)}"
    for finding in imported.findings:
        yield from layout.bullet(str(finding.get("says") or finding["what"]), 4)


def to_plain(imported: Imported) -> dict[str, Any]:
    """Return an imported case as JSON data."""
    history = imported.history
    return {
        "case": imported.case.id,
        "history": history.name,
        "title": history.title,
        "procedure": history.procedure,
        "organisation": history.organisation,
        "state": imported.case.main.state,
        "events": len(imported.events),
        "facts": [_fact(fact) for fact in history.facts],
        "funnel": {"unit": unit(history), "stages": dict(imported.funnel)},
        "not_evidenced": [dict(gap) for gap in imported.not_evidenced],
        "findings": [dict(finding) for finding in imported.findings],
        "planned": [_fact(fact) for fact in imported.plans],
    }


def _fact(fact: DatedFact) -> Mapping[str, Any]:
    return {
        "at": fact.at,
        "fact": fact.text,
        "certainty": fact.certainty,
        "source": list(fact.source),
        "planned": fact.planned,
        "reaches": fact.reaches,
    }
