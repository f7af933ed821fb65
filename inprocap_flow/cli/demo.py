"""``demo``: a guided tour with an invented organisation, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout, reasons
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.records import MAIN, Decision, Refusal
from inprocap_flow.settings import PREFIX

if TYPE_CHECKING:
    from inprocap_flow.engine.offers import Outlook
    from inprocap_flow.service.demonstrating import Told
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.dossier.writing import Written
    from inprocap_flow.service.importing import Imported
    from inprocap_flow.service.releasing import Released

WORDS = {"fill": "fields filled", "bring": "documents filed"}


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="Where it is written.",
)
@pass_session
def demo(session: Session, folder: Path) -> None:
    """Show what this is: a real procurement of the past and a new one beside it, with an invented organisation.

    Everything is written into a fresh folder; a second run takes another one, nothing is ever overwritten.
    """
    from inprocap_flow.service import demonstrating

    place = demonstrating.fresh_folder(folder)
    tour = _Tour(session)
    tour.say(_opening(place))
    desk = demonstrating.prepare(place)
    tour.say(_rules(demonstrating.release_all(desk)))
    imported = demonstrating.import_past(desk)
    tour.say(_past(desk, imported))
    told = _story(tour, desk, place)
    tour.say(_standing(desk, told))
    tour.say(_proof(desk))
    written = _file(desk, told, place / "file")
    drawn = demonstrating.draw(told.binding, told.case, place / "diagrams")
    tour.say(_left_behind(drawn, written))
    desk.store.close()
    document = {
        "folder": str(place),
        "past_case": imported.case.id,
        "case": told.case.id,
        "state": told.case.main.state,
        "head": written.head,
        "diagrams": [str(path) for path in drawn],
        "file": str(written.folder),
    }
    session.answer(document, _next(place, told, imported))


class _Tour:
    """Says the parts as they come, and nothing where JSON was asked for."""

    def __init__(self, session: Session) -> None:
        self.silent = session.as_json

    def say(self, lines: Iterable[str]) -> None:
        for line in lines:
            if not self.silent:
                click.echo(line)


def _part(number: int, title: str) -> Iterator[str]:
    yield ""
    yield layout.heading(f"{number}  {title}")


def _opening(place: Path) -> Iterator[str]:
    yield layout.heading("inprocap-flow: innovation procurement as procedures that check themselves")
    yield ""
    text = f"A tour with an invented laboratory. All of it is written to {shown(place)}, nothing else is touched."
    yield from layout.wrapped(text)


def _rules(released: list[Released]) -> Iterator[str]:
    yield from _part(1, "The rules are data")
    for kind in ("organisation", "rulebook", "procedure"):
        found = [f"{one.name} {one.version}" for one in released if one.kind == kind]
        yield from layout.pairs([(kind + ("s" if len(found) > 1 else ""), layout.listed(found))], 3, 12)
    yield from layout.wrapped("Checked like programs, then released: a released version never changes.", "   ")


def _past(desk: Desk, imported: Imported) -> Iterator[str]:
    from inprocap_flow.cli.audit_replay import unit

    with desk.store.reading() as reading:
        binding = desk.binding(reading, imported.case)
    words = Words(binding.zone)
    yield from _part(2, "A real procurement of the past, entered from its sources")
    counted = f"{len(imported.history.facts)} dated facts became {len(imported.events)} events."
    yield from layout.wrapped(f"{imported.history.title}. {counted}", "   ")
    stages = [(name, count) for name, count in imported.funnel.items() if name.endswith("running")]
    funnel = " > ".join(f"{count} in {name.partition('.')[0].replace('_', ' ')}" for name, count in stages)
    since = words.when(imported.case.main.since)
    yield from layout.pairs(
        [
            (f"{unit(imported.history)}s", funnel),
            ("stands in", f"{words.stage(binding.definition, imported.case.main)}, since {since}"),
            ("gaps", f"{len(imported.not_evidenced)} requirements are not evidenced by any source, and listed"),
            ("findings", f"{len(imported.findings)} contradicted by a source"),
        ],
        3,
        12,
    )


# ---------------------------------------------------------------------------------------------- the story


def _story(tour: _Tour, desk: Desk, place: Path) -> Told:
    from inprocap_flow.service import demonstrating
    from inprocap_flow.service.demonstration_story import TITLE

    tour.say(_part(3, f"A new case beside it: {TITLE}"))
    before: dict[str, list[str]] = {}
    last: Told | None = None
    for told in demonstrating.tell(desk, place):
        last = told
        if told.deed.kind in WORDS:
            before.setdefault(WORDS[told.deed.kind], [])
        elif told.deed.kind == "sign":
            before.setdefault(told.deed.name, []).append(told.deed.by)
        else:
            tour.say(_before(before))
            before.clear()
            tour.say(_deed(told))
    assert last is not None
    return last


def _before(said: dict[str, list[str]]) -> list[str]:
    texts = [f"{name} signed by {layout.listed(people)}" if people else name for name, people in said.items()]
    return layout.wrapped("; ".join(texts), " " * 15) if texts else []


def _deed(told: Told) -> Iterator[str]:
    words, definition = Words(told.binding.zone), told.binding.definition
    line = told.deed.new or told.deed.line
    declared = definition.line("" if line == MAIN else line.partition("/")[0])
    step = declared.steps.get(told.deed.name, declared.begins)
    title = words.text(step.title) or step.name
    place = f"{line}: " if line != MAIN else ""
    start = f"   {told.deed.at[:10]}  "
    if isinstance(told.outcome, Refusal):
        count = len(told.outcome.blockers)
        yield from layout.wrapped(f"{told.deed.by}: {place}{title}", start)
        yield ""
        yield from layout.wrapped(f"REFUSED, for {count} reasons, all at once:", " " * 15)
        yield from reasons.lines(told.outcome.blockers, words, definition, 15)
        yield ""
        return
    stage = words.stage(definition, told.case.lines[line]) if line in told.case.lines else ""
    yield from layout.wrapped(f"{told.deed.by}: {place}{title} -> {stage}", start, " " * 15)
    yield from _clocks(told.outcome, told, words)


def _clocks(decision: Decision, told: Told, words: Words) -> Iterator[str]:
    for event in decision.events:
        if event.kind == "deadline_started" and told.deed.name == "send_call":
            found = told.binding.definition.find_deadline("", event.data["deadline"])
            title = words.text(found.title) if found else event.data["deadline"]
            yield from layout.wrapped(f"{title}: until {words.end(event.data['end'])}", " " * 15 + "- ")


# ---------------------------------------------------------------------------------------------- afterwards


def _standing(desk: Desk, told: Told) -> Iterator[str]:
    from inprocap_flow.engine.offers import outlook

    now = desk.clock.now()
    words, definition = Words(told.binding.zone), told.binding.definition
    ahead = outlook(told.binding, told.case, now)
    yield from _part(4, f"Where the new case stands on {words.moment(now)}, and what is next")
    yield from layout.pairs([("stands in", words.stage(definition, ahead.case.main))], 3, 12)
    yield from layout.pairs(
        [(f"{'tracks' if not n else ''}", text) for n, text in enumerate(_tracks(ahead, told, words))], 3, 12
    )
    yield "   can be done now"
    steps = {offer.step.name: offer for offer in ahead.offers if offer.is_open}
    for offer in steps.values():
        who = words.roles(definition, offer.step.by)
        yield from layout.bullet(f"{words.text(offer.step.title) or offer.step.name}, by: {who}", 5)
    yield "   would need signatures"
    approvals = {found.approval.name: (found, who) for found, who in ahead.approvals}
    for found, people in approvals.values():
        yield from layout.bullet(f"{words.text(found.approval.title)}: {layout.listed(people)}", 5)


def _tracks(ahead: Outlook, told: Told, words: Words) -> Iterator[str]:
    for line in ahead.case.tracks("supplier"):
        name = line.fields.get("name", "")
        yield f"{line.id} ({name}): {words.stage(told.binding.definition, line)}"


def _proof(desk: Desk) -> Iterator[str]:
    from inprocap_flow.service import auditing
    from inprocap_flow.service.demonstration_story import ORGANISATION

    report = auditing.verify(desk)
    head = auditing.take_head(desk, ORGANISATION)
    yield from _part(5, "The proof")
    verdict = "Nothing is wrong" if report.ok else f"{len(report.findings)} findings"
    yield from layout.wrapped(
        f"{verdict}: {report.cases} cases, {report.events} events, every hash follows from the one before.", "   "
    )
    yield from layout.wrapped(
        "Keep this head elsewhere: against it, any later change to what is here now is found.", "   "
    )
    yield str(head)


def _file(desk: Desk, told: Told, folder: Path) -> Written:
    from inprocap_flow.service.dossier.collect import collect
    from inprocap_flow.service.dossier.writing import write

    return write(desk, collect(desk, told.case.id, Words(told.binding.zone)), folder)


def _left_behind(drawn: list[Path], written: Written) -> Iterator[str]:
    yield from _part(6, "To look at")
    about = {"procedure": "the procedure, the present stage marked", "supplier": "the way of one supplier"}
    rows = [(shown(path), about.get(path.stem, "")) for path in drawn]
    rows.append((shown(written.folder / "index.html"), "the file for an auditor: read it, print it"))
    rows.append((shown(written.folder / "verify.py"), "checks it with plain Python, without us"))
    yield from layout.pairs(rows, 3, max(len(label) for label, _ in rows))


def _next(place: Path, told: Told, imported: Imported) -> Iterator[str]:
    from inprocap_flow.service.demonstration_story import AFTERWARDS

    program, case, past = _program(place), told.case.id[-6:], imported.case.id[-6:]
    yield from _part(7, "What to type next")
    text = f"The story ends on {AFTERWARDS[:10]}; --now lets the clock of a command stand there."
    yield from layout.wrapped(text, "   ")
    yield ""
    named = [name for name in os.environ if name.startswith(PREFIX) and os.environ[name]]
    if named:  # they would win over the settings of the demonstration
        yield f"   unset {' '.join(named)}"
    yield f"   cd {shown(place)}"
    for command, says in (
        (f"next {case} --now {AFTERWARDS}", "what can be done, by whom, and why not"),
        (f"history {case} --refusals", "every decision, with what it changed"),
        (f"at {case} 2026-03-01", "the case as it stood on a past day"),
        (f"history {past}", "the real case, with its gaps"),
        ("audit verify", "the chain once more"),
    ):
        yield f"   {program} {command}"
        yield f"      {says}"


def shown(path: Path) -> str:
    """Return a path as it would be typed from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _program(place: Path) -> str:
    """Return how this program is called from inside *place*."""
    script = Path(sys.executable).with_name("inprocap-flow")
    if shutil.which("inprocap-flow") == str(script):
        return "inprocap-flow"
    known, more = (script, "") if script.exists() else (Path(sys.executable), " -m inprocap_flow")
    return min(os.path.relpath(known, place), str(known), key=len) + more
