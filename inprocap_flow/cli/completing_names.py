"""What the shell offers where no case is needed: people, roles, organisations, procedures, definitions, calendars.

Names of what is released come from the database, those of what could be released from the names of files; none is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli.completing import FILES, Offer, cases, of_documents, of_fields, quiet
from inprocap_flow.cli.session import Session

if TYPE_CHECKING:
    from inprocap_flow.language.model import Definition, Organisation
    from inprocap_flow.store.port import Reading


@quiet
def persons(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the people of the organisation: that of the case if there is one, else whoever is known here."""
    with session.reading_desk.store.reading() as reading:
        return [
            (person.id, " ".join(filter(None, [person.name, f"({', '.join(person.roles)})" if person.roles else ""])))
            for name in _organisations(session, ctx, reading)
            for person in reading.people(name)
            if not person.erased_at
        ]


@quiet
def roles(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the roles that the person acting holds; with nobody named, those that anybody holds."""
    actor = session.options.get("actor") or session.settings.actor
    found: dict[str, list[str]] = {}
    for one in _known(session, ctx):
        for person in one.people.values():
            for role in person.roles if actor in (None, person.id) else ():
                found.setdefault(role, []).append(person.id)
    return [(role, ", ".join(dict.fromkeys(holders))) for role, holders in sorted(found.items())]


def _known(session: Session, ctx: click.Context) -> Iterator[Organisation]:
    desk = session.reading_desk
    with desk.store.reading() as reading:
        for name in _organisations(session, ctx, reading):
            yield desk.organisation(reading, name)


def _organisations(session: Session, ctx: click.Context, reading: Reading) -> list[str]:
    from inprocap_flow.service.finding import find_case

    if isinstance(case := ctx.params.get("case"), str):
        return [reading.load(find_case(session.reading_desk, case)).case.organisation]
    named = session.options.get("organisation") or session.settings.organisation
    return [str(named)] if named else _released(reading, "organisation")


def _released(reading: Reading, kind: str) -> list[str]:
    return list(dict.fromkeys(entry.name for entry in reading.releases(kind)))


@quiet
def organisations(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the organisations: those that are released first, then those that have a file."""
    return _names(session, "organisation", "organisations")


@quiet
def procedures(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the procedures that are released."""
    with session.reading_desk.store.reading() as reading:
        return [(name, "") for name in _released(reading, "procedure")]


@quiet
def procedure_files(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the procedures: those that are released, those that have a file, and paths."""
    return [*_names(session, "procedure", ""), FILES]


@quiet
def overlays(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the overlays, and paths."""
    return [*_names(session, "overlay", "overlays"), FILES]


@quiet
def plans(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the plans, or what one may be drafted for, and paths."""
    if ctx.params.get("draft"):
        return [*_names(session, "procedure", ""), *_names(session, "overlay", "overlays"), FILES]
    return [*_names(session, "", "migrations"), FILES]


@quiet
def rulebooks(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the rulebooks."""
    return _names(session, "rulebook", "rulebooks")


@quiet
def blocks(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the blocks that procedures may include."""
    return _names(session, "", "blocks")


@quiet
def everything(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer all that can be released, and paths."""
    kinds = (("", ""), ("", "overlays"), ("", "organisations"))
    found = [one for kind, folder in kinds for one in _names(session, kind, folder)]
    once = {name: (name, about) for name, about in reversed(found)}  # an overlay may be called like its organisation
    return [*reversed(once.values()), FILES]


@quiet
def subjects(session: Session, ctx: click.Context, incomplete: str) -> Offer:
    """Offer what a plan is made of: a case or a procedure."""
    found = [(item.value, item.help or "") for item in cases(ctx, click.Option(["--x"]), incomplete)]
    return [*found, *_names(session, "procedure", "")]


@quiet
def steps_of_procedure(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the steps of the procedure, if it is released."""
    lines = _procedure(session, ctx).lines
    return [(name, "") for line in lines for name in (line.begins.name, *line.steps)]


@quiet
def versions(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the released versions of the procedure, which may be named by its file, or of all."""
    from pathlib import Path

    base = ctx.params.get("base")
    wanted = Path(str(base)).stem if base else ctx.params.get("procedure")
    with session.reading_desk.store.reading() as reading:
        return [(one.version, one.name) for one in reading.releases("procedure") if wanted in (None, one.name)]


def _procedure(session: Session, ctx: click.Context) -> Definition:
    desk = session.reading_desk
    with desk.store.reading() as reading:
        return desk.machine(reading, reading.newest("procedure", str(ctx.params["procedure"]))).definition


@quiet
def track_kinds(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the kinds of tracks of the procedure, if it is released, and the tracks of a case."""
    if case := ctx.params.get("case"):
        from inprocap_flow.cli.subject import subject

        return [(line, "") for line in subject(session, str(case)).case.lines]
    return [(name, "") for name in _procedure(session, ctx).tracks]


@quiet
def opening_fields(session: Session, ctx: click.Context, incomplete: str) -> Offer:
    """Offer the fields of a case of the procedure, ready for a value."""
    return of_fields(ctx, _procedure(session, ctx).main.fields, incomplete, session.settings.language)


@quiet
def opening_documents(session: Session, ctx: click.Context, incomplete: str) -> Offer:
    """Offer the documents of a case of the procedure, ready for a path."""
    return of_documents(ctx, _procedure(session, ctx).main.documents, incomplete, session.settings.language)


@quiet
def limits(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the limits of the rulebook, if it is released."""
    desk = session.reading_desk
    with desk.store.reading() as reading:
        book = desk.rulebook(reading, str(ctx.params["name"]))
    return [(name, limit.unit) for name, limit in book.limits.items()]


@quiet
def calendars(session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer calendars of files and areas with known public holidays, and paths."""
    return [*_names(session, "", "calendars"), *_areas(), FILES]


@quiet
def areas(_session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the areas whose public holidays are known."""
    return _areas()


def _areas() -> list[tuple[str, str]]:
    from inprocap_flow.calendar.areas import AREAS

    return [(code, f"public holidays of {area.title}") for code, area in AREAS.items()]


@quiet
def codes(_session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the codes of checks: each has a module of its name, and no code is of one word."""
    from pathlib import Path

    import inprocap_flow

    modules = (Path(inprocap_flow.__file__).parent / "language" / "checks").glob("*_*.py")
    return sorted((path.stem.replace("_", "-"), "") for path in modules if not path.stem.startswith("_"))


@quiet
def files(_session: Session, _ctx: click.Context, _incomplete: str) -> Offer:
    """Offer paths."""
    return [FILES]


def _names(session: Session, kind: str, folder: str) -> list[tuple[str, str]]:
    """Return names of what is released of *kind* ("": nothing) and of the files in *folder* of the definitions."""
    from inprocap_flow import bundled

    found: dict[str, str] = {}
    if kind:
        try:
            with session.reading_desk.store.reading() as reading:
                found = dict.fromkeys(_released(reading, kind), "released")
        except Exception:  # noqa: BLE001 - no database yet: there are files all the same
            found = {}
    own = session.settings.definitions
    for place in filter(None, (own, bundled.root("definitions"))):
        stems = sorted(path.stem for path in (place / folder).glob("*.yaml"))
        found |= {stem: "" for stem in stems if "." not in stem and stem not in found}
    return list(found.items())
