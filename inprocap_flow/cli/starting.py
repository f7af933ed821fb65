"""``new``: a file is started from a few answers, commented, laid out, and right by ``check`` from the first moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inprocap_flow.cli.definitions import file_desk, shown, today
from inprocap_flow.cli.questions import Asker
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.starting_said import say
from inprocap_flow.language.left import lines_left

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.starting.files import Started

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group("new")
def new() -> None:
    """Start a file of your own from a few answers: an overlay, an organisation, a procedure.

    On a terminal the questions are asked; each answer can be given by an option instead. In a pipe, and with --yes,
    what is not said is taken by default. Nothing is ever overwritten, and what is wrong is not written at all.
    """


def shared(function: Function) -> Function:
    """Add the options that every kind of new file takes."""
    for option in (
        click.option("--yes", "defaults", is_flag=True, help="Ask nothing; take the defaults."),
        click.option(
            "--to",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="FOLDER",
            help="Your own folder of definitions; without it, the one in the settings, else ./definitions.",
        ),
        click.option("--title", metavar="TEXT", help="What people read."),
    ):
        function = option(function)
    return function


@new.command("overlay")
@click.argument("name", required=False)
@shared
@click.option("--add", is_flag=True, help="Add the change to the overlay NAME that is there; its remarks stay.")
@click.option("--country", metavar="CODE", help="For the law of a country, in place of an organisation.")
@click.option("--procedure", "procedures", multiple=True, metavar="NAME", help="A procedure; more than once.")
@click.option("--change", metavar="KIND", help="approval, stage, period, reminder, role or derogation: what comes.")
@click.option("--called", metavar="TEXT", help="What the approval, stage or exception is called.")
@click.option("--milestone", metavar="NAME", help="Where the approval is needed; before which the stage comes.")
@click.option("--who", metavar="ROLE", help="The role that signs, acts, is reminded or takes the place.")
@click.option("--from-value", metavar="AMOUNT", help="From which value on: 100000 EUR; none: always.")
@click.option("--above", metavar="AMOUNT", help="In its place: not at this value, only above it.")
@click.option("--value", metavar="FIELD", help="The amount of the case that is compared with it.")
@click.option("--deadline", metavar="NAME", help="The deadline that gets longer, or of which somebody is reminded.")
@click.option("--period", metavar="PERIOD", help="How long it is then: 20 days; or how much longer: 10 days more.")
@click.option("--before", metavar="PERIOD", help="How long before its end somebody is reminded: 1 week.")
@click.option("--in-place-of", metavar="ROLE", help="The role that is replaced.")
@click.option("--rule", metavar="NAME", help="The rule that the exception lifts.")
@click.option("--asked-by", metavar="ROLE", help="The role that may ask for the exception.")
@pass_session
def overlay(session: Session, *, name: str | None, to: Path | None, defaults: bool, add: bool, **given: Any) -> None:
    """Start an overlay NAME: what your house, or the law of your country, asks beside a procedure of somebody else.

    One change is written out at a time. Where NAME is there already, the next one is put into it (--add; on a terminal
    it is asked): an organisation has one overlay of its own for a procedure.

    Example: inprocap-flow new overlay lab-rules --procedure open --change approval --who legal
    """
    from inprocap_flow.cli.starting_overlay import overlay_answers
    from inprocap_flow.service.starting.files import refuse_existing, refuse_name, start
    from inprocap_flow.service.starting.neighbours import beside
    from inprocap_flow.service.starting.overlays import overlay_text

    folder, desk = _folder(session, to)
    asker = Asker(session, defaults=defaults)
    name = name or _which(asker, folder)
    refuse_name(name)
    file = f"overlays/{name}.yaml"
    if _adds(asker, folder / file, add=add):
        _add(session, desk, asker, folder, name, given)
        return
    refuse_existing([folder / file])
    answers, definition, organisation = overlay_answers(session, desk, asker, name, given)
    day = today(session)
    text = overlay_text(answers, definition, day)
    there = beside(desk, folder, answers)
    made = start(desk, folder, {file: text}, organisation=organisation, day=day)
    steps = _to_do(text, made)
    if there is not None:
        steps.append(_one_file(answers.organisation, shown(there), shown(made.files[0])))
    elif organisation is not None:
        steps.append(_choosing(organisation, folder, f"  overlays: [{{overlay: {name}, from: {day}}}]"))
    procedure = next(iter(answers.procedures))
    commands = [
        f"inprocap-flow check {shown(made.files[0])}",
        f"inprocap-flow diff {procedure} {name}",
        f"inprocap-flow read {procedure} --overlay {name}",
    ]
    say(session, folder, made, asker, steps, commands)


def _to_do(text: str, made: Started) -> list[str]:
    """Return what is said of the lines of *text* that wait for somebody; nothing where none does."""
    return [f"change the lines marked TO DO in {shown(made.files[0])}"] if lines_left(text) else []


def _which(asker: Asker, folder: Path) -> str:
    """Return the overlay that is meant: one of those that are there, or a new name."""
    known = sorted(file.stem for file in (folder / "overlays").glob("*.yaml") if "." not in file.stem)
    return asker.answer(
        "Which overlay?",
        None,
        "",
        option="NAME",
        choices=dict.fromkeys(known, "is there: a change is added to it"),
        own=True,
        explained="One that is there, or a new name.",
    )


def _adds(asker: Asker, file: Path, *, add: bool) -> bool:
    """Return whether a change is put into a file that is there. Raises NotFound for one that is not there."""
    from inprocap_flow.errors import NotFound

    if not file.exists():
        if add:
            raise NotFound(f"there is no {shown(file)}", mend="leave --add out: it is started then")
        return False
    if add or not asker.asks:
        return add
    explained = f"{shown(file)} is there already."
    return asker.answer(
        "Add a change to it?", None, "yes", option="--add", choices={"yes": "", "no": ""}, explained=explained
    ) == "yes"  # fmt: skip


def _add(session: Session, desk: Desk, asker: Asker, folder: Path, name: str, given: dict[str, Any]) -> None:
    """Put one more change into the overlay NAME of *folder*."""
    from inprocap_flow.cli.starting_overlay import overlay_answers
    from inprocap_flow.language.layout import format_text
    from inprocap_flow.language.overlays import load_overlay
    from inprocap_flow.service.starting.adding import added
    from inprocap_flow.service.starting.files import replace_text
    from inprocap_flow.service.starting.overlays import overlay_text

    file = f"overlays/{name}.yaml"
    before = (folder / file).read_text(encoding="utf-8")
    there = load_overlay(folder / file, desk.definitions)
    answers, definition, organisation = overlay_answers(session, desk, asker, name, given, there)
    day = today(session)
    narrow = () if set(answers.procedures) == set(there.written_for) else tuple(answers.procedures)
    text = added(before, format_text(overlay_text(answers, definition, day), file), narrow)
    made = replace_text(desk, folder, file, text, before=before, organisation=organisation, day=day)
    steps = [*_to_do(text, made), f"give it a new version (it says {there.version}) if that one was released"]
    commands = [
        f"inprocap-flow check {shown(made.files[0])}",
        f"inprocap-flow diff {definition.name} {name}",
    ]
    say(session, folder, made, asker, steps, commands)


@new.command("organisation")
@click.argument("name")
@shared
@click.option("--area", metavar="CODE", help="Whose public holidays: DK, DE-HE; none: you list them yourself.")
@click.option("--zone", metavar="ZONE", help="Time zone: Europe/Copenhagen.")
@click.option("--currency", metavar="CODE", help="The currency you count in: EUR.")
@click.option("--rate", metavar="AMOUNT", help="What one unit of it is worth: 0.13 EUR.")
@click.option("--procedure", "procedures", multiple=True, metavar="NAME", help="A procedure you use; more than once.")
@pass_session
def organisation(session: Session, *, name: str, to: Path | None, defaults: bool, **given: Any) -> None:
    """Start an organisation NAME: zone, currency, working days, and a placeholder for each person that is needed.

    Example: inprocap-flow new organisation north-lab --area DK --currency DKK --procedure open
    """
    from inprocap_flow.cli.starting_organisation import organisation_answers
    from inprocap_flow.service.starting.files import refuse_existing, refuse_name, start
    from inprocap_flow.service.starting.organisations import calendar_text, organisation_text

    refuse_name(name)
    folder, desk = _folder(session, to)
    files = (f"organisations/{name}.yaml", f"calendars/{name}.yaml")
    refuse_existing([folder / file for file in files])
    asker = Asker(session, defaults=defaults)
    answers, used = organisation_answers(desk, asker, name, given)
    day = today(session)
    texts = dict(zip(files, (organisation_text(answers, used, day), calendar_text(answers, day)), strict=True))
    made = start(desk, folder, texts, day=day)
    steps = [
        f"put your people in the place of the placeholders in {shown(made.files[0])}",
        f"put your own closures into {shown(made.files[1])}",
    ]
    if "--zone" in asker.taken and not answers.area:
        zone = f"the zone is {answers.zone} only because nobody said another: every deadline ends by that clock"
        steps.insert(0, f"{zone}; change `zone:` in {shown(made.files[0])} if your house is elsewhere")
    if session.settings.organisation != name:
        steps.append(f'say in inprocap-flow.toml that you act for it:  organisation = "{name}"')
    commands = [f"inprocap-flow check {one} --organisation {name}" for one in answers.procedures]
    say(session, folder, made, asker, steps, commands)


@new.command("procedure")
@click.argument("name")
@shared
@click.option("--rulebook", metavar="NAME", help="Where its numbers of law come from; none: it needs none.")
@click.option("--block", "blocks", multiple=True, metavar="NAME", help="A shared block, or none; more than once.")
@click.option("--asks", metavar="ROLE", help="The role that asks for something.")
@click.option("--buys", metavar="ROLE", help="The role that carries the case.")
@click.option("--signs", metavar="ROLE", help="The role that signs.")
@pass_session
def procedure(session: Session, *, name: str, to: Path | None, defaults: bool, **given: Any) -> None:
    """Start a procedure NAME that runs: ask, get offers, sign, order, receive; with shared blocks if you like.

    A procedure that is much like a shipped one is better begun with adopt; a few rules of your own on top of one with
    new overlay.

    Example: inprocap-flow new procedure small-purchase --block modifications
    """
    from inprocap_flow.cli.starting_procedure import listing, procedure_answers
    from inprocap_flow.service.starting.files import refuse_existing, refuse_name, start
    from inprocap_flow.service.starting.procedures import procedure_text

    refuse_name(name)
    folder, desk = _folder(session, to)
    file = f"{name}.yaml"
    refuse_existing([folder / file])
    asker = Asker(session, defaults=defaults)
    answers = procedure_answers(desk, asker, name, given)
    day = today(session)
    made = start(desk, folder, {file: procedure_text(answers, day)}, day=day)
    steps = [f"change the lines marked TO DO in {shown(made.files[0])}"]
    if (lists := listing(session, desk, name)) is not None:
        steps.append(_choosing(lists, folder, f"  procedures: [..., {{procedure: {name}, from: {day}}}]"))
    scenarios = shown(made.files[0].with_name(f"{name}.test.yaml"))
    steps.append(f"write down in {scenarios} how a case of it goes; inprocap-flow test {name} plays it then")
    commands = [f"inprocap-flow {verb} {name}" for verb in ("check", "read", "diagram")]
    say(session, folder, made, asker, steps, commands)


def _one_file(organisation: str, there: str, new: str) -> str:
    """Return what becomes of a second overlay of one organisation."""
    return (
        f"mind: {organisation} has an overlay for this already, {there}, and only one of its own is in force on a day. "
        f"Move what {new} says into that file, section by section, and delete it; "
        "or let one end before the other begins"
    )


def _choosing(organisation: Path, folder: Path, line: str) -> str:
    """Return how the organisation of that file comes to use what was written; a shipped file is copied first."""
    if organisation.resolve().is_relative_to(folder.resolve()):
        return f"say in {shown(organisation)} from which day on it applies:\n{line}"
    copy = f"{shown(folder)}/organisations/{organisation.name}"
    return f"say from which day on it applies, in a copy of {organisation.name} of your own ({copy}):\n{line}"


def _folder(session: Session, to: Path | None) -> tuple[Path, Desk]:
    """Return the folder to write to, and a desk that also reads what is there."""
    from dataclasses import replace

    folder = to or session.settings.definitions or Path("definitions")
    desk = file_desk(session)
    if to is not None and to.is_dir():
        desk.settings = replace(desk.settings, definitions=to)
    return folder, desk
