"""``release`` and ``procedures``: from files into the database, and what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk, is_file, shown, today
from inprocap_flow.cli.exploring import terms_for
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import FlowError, InvalidInput, NotAllowed, NotFound, Place, Problem

if TYPE_CHECKING:
    from inprocap_flow.service.applying import Lacking
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.judging import Terms
    from inprocap_flow.service.releasing import Released, Unfit

RELEASED_WITH = {
    "block": "a block is released inside the procedures that include it",
    "calendar": "a calendar is released with the organisation that names it",
    "codelist": "a code list is released inside the procedures whose notices use it",
    "tests": "scenarios are run, not released (inprocap-flow test)",
    "history": "a history is replayed, not released (inprocap-flow replay)",
    "migration": "a plan is carried out, not released (inprocap-flow migrate)",
}


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="PATH|NAME...")
@click.option(
    "--organisation", "organisation", metavar="FILE", help="Release this organisation too: its file or its name."
)
@click.option(
    "--valid-from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="New cases are opened on it from this day on; without it at once.",
)
@click.option(
    "--despite", metavar="REASON", help="Release it although checks find errors; the reason is kept with the release."
)
@click.option("--seconds", type=click.IntRange(1), help="How long to explore each procedure; else 60.")
@pass_session
def release(
    session: Session,
    names: tuple[str, ...],
    *,
    organisation: str | None,
    valid_from: datetime | None,
    despite: str | None,
    seconds: int | None,
) -> None:
    """Release procedures (each with its rulebook), rulebooks, overlays and organisations into the database.

    What overlays make of a procedure for an organisation (kind "applied") is released with whichever of them comes
    last; new cases are opened on it while the overlays are in force.

    The next version may be released while the present one is in use: --valid-from says from which day on new cases are
    opened on it. Running cases stay on theirs until somebody moves them over (inprocap-flow migrate).

    What is released is explored first, as check does it (what check explored before, for as many --seconds, is answered
    at once): a fault that is found refuses the release; what could not be decided is said. --despite overrules findings
    of checks, but none about the law.

    A released version never changes: the same content again is no new release, other content under the same version
    is refused.
    """
    from inprocap_flow.service.starting.waiting import left_to_do

    files = [path for name in names for path in _files(file_desk(session), name, RELEASABLE)]
    if organisation:
        files += _files(file_desk(session), organisation, ("organisations",))
    kinds = [_releasable(path) for path in files]  # before anything is released
    day = valid_from.date() if valid_from else None
    if day and not set(kinds) & {"procedure", "overlay"}:
        raise click.UsageError("--valid-from is for procedures and overlays; other values have dates of their own.")

    desk = session.desk
    by = str(session.options.get("actor") or session.settings.actor or session.account)
    terms = terms_for(session, seconds, despite)
    done: dict[tuple[str, str, str], Released] = {}
    for kind, path in zip(kinds, files, strict=True):
        for one in _release(desk, kind, path, by, day, terms):
            done.setdefault((one.kind, one.name, one.version), one)
    released = list(done.values())
    organisations = _organisations(desk)
    unfit = _unfit(session, released, organisations)
    unused = _unused(session, released, organisations)
    lacking = _lacking(desk, files[0], released)
    waiting = {file: lines for file in files if (lines := left_to_do(file))}
    plain = {
        "released": [_plain(one) for one in released],
        "unfit": [_lack(one) for one in unfit],
        "unused": [_lack(one) for one in unused],
        "lacking": [_lack(one) for one in lacking],
        "to_do": {shown(file): list(lines) for file, lines in waiting.items()},
    }
    minded = (
        *_found_out(released),
        *_mind_waiting(waiting),
        *_mind(unfit),
        *_mind_unused(unused),
        *_mind_lacking(lacking),
    )
    session.answer(plain, [*_lines(released, bool(organisations)), *minded])


SHOWN = 5  # of what an organisation lacks; `check` shows all of it
RELEASABLE = ("", "rulebooks", "overlays", "organisations")


def _files(desk: Desk, name: str, inside: tuple[str, ...]) -> list[Path]:
    """Return what *name* means; a rulebook, an overlay and an organisation of one name belong together.

    Raises NotFound.
    """
    found = _file(desk, name, inside)
    after = inside[inside.index(found.parent.name) + 1 :] if found.parent.name in inside else ()
    if is_file(Path(name)):
        return [found]
    return [found, *(one for kind in after if (one := _beside(desk, kind, name)) is not None)]


def _beside(desk: Desk, kind: str, name: str) -> Path | None:
    files = (folder / kind / f"{name}.yaml" for folder in desk.definitions)
    return next((path for path in files if path.is_file()), None)


def _file(desk: Desk, name: str, inside: tuple[str, ...]) -> Path:
    """Return the file that *name* means: a path, else a name in the folders, procedures first. Raises NotFound."""
    path = Path(name)
    if is_file(path):
        return path
    if path.suffix in (".yaml", ".yml"):
        raise NotFound(f"there is no file {name}", mend="give the path of a definition, or its name")
    there = [folder / kind for kind in inside for folder in desk.definitions]
    plain = not set(name) & set("/\\\0")
    found = next((one / f"{name}.yaml" for one in there if plain and (one / f"{name}.yaml").is_file()), None)
    if found is None:
        known = sorted({one.stem for folder in there for one in folder.glob("*.yaml") if "." not in one.stem})
        raise NotFound(f"there is nothing called {name} to release", mend=f"give a path, or one of: {', '.join(known)}")
    return found


def _organisations(desk: Desk) -> list[str]:
    with desk.store.reading() as reading:
        return sorted({one.name for one in reading.releases("organisation")})


def _unfit(session: Session, released: list[Released], organisations: list[str]) -> tuple[Unfit, ...]:
    """Return what the organisations that are meant do not have for what was released; of many, those named only."""
    from inprocap_flow.service.releasing import unfit

    now = [one.name for one in released if one.kind == "organisation"]
    named = session.options.get("organisation") or session.settings.organisation
    meant = now or [one for one in organisations if one == named] or (organisations if len(organisations) == 1 else [])
    procedures = [one.name for one in released if one.kind == "procedure"]
    if not procedures and now:
        with session.desk.store.reading() as reading:
            procedures = sorted({one.name for one in reading.releases("procedure")})
    return unfit(session.desk, procedures, meant)


def _unused(session: Session, released: list[Released], organisations: list[str]) -> tuple[Unfit, ...]:
    """Return which of the procedures that were released by now the organisation that is acted for does not use."""
    from inprocap_flow.service.releasing import unused

    named = session.options.get("organisation") or session.settings.organisation
    procedures = [one.name for one in released if one.kind == "procedure"]
    return unused(session.desk, procedures, [one for one in organisations if one == named])


def _mind_waiting(waiting: Mapping[Path, Sequence[int]]) -> Iterator[str]:
    """Say where a file that was released still waits for somebody: a source nobody named, a person who is nobody."""
    for file, lines in waiting.items():
        told = ", ".join(map(str, lines[:SHOWN])) + (f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else "")
        yield ""
        yield from layout.wrapped(f"Mind: {shown(file)} still says TO DO, in line {told}.")
        yield from layout.wrapped("mend: put in what is so, write the next `version:`, and release it again", "  ")


def _mind_unused(found: tuple[Unfit, ...]) -> Iterator[str]:
    for one in found:
        yield ""
        yield from layout.wrapped(f"Mind: {one.fact}: no case can be opened.")
        yield from layout.wrapped(f"mend: {one.mend}", "  ")


def _lacking(desk: Desk, near: Path, released: list[Released]) -> tuple[Lacking, ...]:
    """Return the effective procedures that could not be made, of what has to do with what was released."""
    from inprocap_flow.service.applying import lacking

    return lacking(desk, near, {one.name for one in released})


def _mind_lacking(found: tuple[Lacking, ...]) -> Iterator[str]:
    for one in found:
        yield ""
        yield from layout.wrapped(
            f"Mind: {one.organisation} cannot open {one.procedure} with its overlays: {one.fact}."
        )
        yield from layout.wrapped(f"mend: {one.mend}", "  ")


def _lack(one: Unfit | Lacking) -> dict[str, str]:
    return {name: getattr(one, name) for name in one.__slots__}


def _mind(lacking: tuple[Unfit, ...]) -> Iterator[str]:
    """Say what is lacking, under one heading for each procedure and organisation."""
    pairs = dict.fromkeys((one.procedure, one.organisation) for one in lacking)
    for procedure, organisation in pairs:
        yield ""
        yield from layout.wrapped(f"Mind: {organisation} does not have what {procedure} needs:")
        here = [one for one in lacking if (one.procedure, one.organisation) == (procedure, organisation)]
        for one in here[:SHOWN]:
            yield from layout.bullet(f"{one.fact} ({one.code})")
        if len(here) > SHOWN:
            yield from layout.bullet(f"and {len(here) - SHOWN} more")
        yield f"See all:  inprocap-flow check {procedure} --organisation {organisation}"


def _found_out(released: list[Released]) -> Iterator[str]:
    """Say what was not decided about what was released now, and what was overruled."""
    for one in released:
        what = one.name if one.kind != "applied" else f"{one.name} {one.version}"
        if one.judged.undecided:
            yield ""
            codes = ", ".join(one.judged.undecided)
            yield from layout.wrapped(f"Mind: what cases of {what} can come to is not decided for {codes}.")
            look = f"inprocap-flow check {one.name} --details"
            yield from layout.wrapped(f"explored: {one.judged.explored}; see {look}", "  ")
        if one.judged.overruled:
            yield ""
            codes = ", ".join(one.judged.overruled)
            yield from layout.wrapped(f"Mind: {what} was released despite {codes}: {one.judged.reason}")


def _release(desk: Desk, kind: str, path: Path, by: str, day: date | None, terms: Terms) -> list[Released]:
    from inprocap_flow.service import releasing

    try:
        if kind == "procedure":
            return releasing.release_procedure(desk, path, by=by, valid_from=day, terms=terms)
        if kind == "rulebook":
            return [releasing.release_rulebook(desk, path, by=by)]
        if kind == "overlay":
            return releasing.release_overlay(desk, path, by=by, valid_from=day, terms=terms)
        return releasing.release_organisation(desk, path, by=by, terms=terms)
    except NotAllowed as refused:
        message = str(refused).partition("\n  mend: ")[0]
        mend = f"write another `version:` into {shown(path)}; what was released before stays as it is"
        raise NotAllowed(message, mend=mend) from None


def _releasable(path: Path) -> str:
    """Return the kind of a file that can be released by itself. Raises InvalidInput."""
    kind, place = _kind(path)
    if kind in ("procedure", "rulebook", "overlay", "organisation"):
        return kind
    fact = f"This is a {kind}, and {RELEASED_WITH.get(kind, 'that is not released by itself')}."
    raise InvalidInput(
        [Problem(place, "not-released-alone", fact, "Name a procedure, rulebook, overlay or organisation.")]
    )


def _kind(path: Path) -> tuple[str, Place]:
    """Return the first key of a file and where it stands. Raises InvalidInput."""
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.load import kind_of, unknown_kind

    root = Library(()).read(path)
    kind = kind_of(root)
    if kind is None:
        raise InvalidInput([unknown_kind(root)])
    return kind, root.place


def _plain(one: Released) -> dict[str, Any]:
    named = {"kind": one.kind, "name": one.name, "version": one.version, "hash": one.content_hash, "new": one.new}
    return named | {"judged": one.judged.to_plain()}


def _lines(released: list[Released], has_organisation: bool) -> Iterator[str]:
    rows = [
        ("released" if one.new else "was there", one.kind, one.name, one.version, one.content_hash[:12])
        for one in released
    ]
    yield from layout.table(rows)
    procedure = next((one.name for one in released if one.kind == "procedure"), None)
    if procedure:
        yield ""
        then = f"inprocap-flow open {procedure}"
        yield f"Next: {then}" if has_organisation else f"Next: release your organisation, then {then}"


@click.command()
@pass_session
def procedures(session: Session) -> None:
    """List procedures: what is released in the database, and what lies in the folders of definitions.

    Of what is released: in force, coming (and from which day on), or superseded; and how many open cases stand on it.
    """
    released = _released(session)
    found = [_found(path, released, desk) for desk in [file_desk(session)] for path in _procedure_files(desk)]
    session.answer({"released": released, "files": found}, _listing(released, found))


def _released(session: Session) -> list[dict[str, Any]]:
    """Return what is released, with where it stands today; nothing where there is no database yet."""
    from inprocap_flow.service.versions import versions

    try:
        desk = session.reading_desk
    except NotFound:
        return []
    return [
        {
            "kind": one.kind,
            "name": one.entry.name,
            "version": one.entry.version,
            "hash": one.entry.content_hash,
            "released_at": one.entry.released_at,
            "released_by": one.entry.released_by,
            "valid_from": one.entry.valid_from or None,
            "judged": dict(one.entry.judged),
            "state": one.state or None,
            "open_cases": one.open_cases,
        }
        for one in versions(desk, today(session))
    ]


def _standing(one: dict[str, Any]) -> str:
    """Return where a released version stands, how many open cases are on it, and who released it."""
    state = str(one["state"] or "")
    if one["valid_from"] and state == "coming":
        state = f"coming, from {one['valid_from']}"
    elif one["valid_from"]:
        state += f" since {one['valid_from']}"
    cases = counted(one["open_cases"], "open case") if one["kind"] in ("procedure", "applied") else ""
    return ", ".join(
        part for part in (state, cases, f"released {one['released_at'][:10]} by {one['released_by']}") if part
    )


def _judged(plain: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was found out before a release and is to be known of it."""
    if plain.get("overruled"):
        yield f"released despite {', '.join(plain['overruled'])}: {plain.get('reason')}"
    if plain.get("undecided"):
        yield f"not decided: {', '.join(plain['undecided'])}"


def _procedure_files(desk: Desk) -> Iterator[Path]:
    """Yield the procedures of every folder; of one name, the first folder's only."""
    seen: set[str] = set()
    for folder in desk.definitions:
        for path in sorted(folder.glob("*.yaml")):
            if not path.name.endswith(".test.yaml") and path.stem not in seen:
                seen.add(path.stem)
                yield path


def _found(path: Path, released: list[dict[str, Any]], desk: Desk) -> dict[str, Any]:
    from inprocap_flow.service.releasing import compiled

    plain: dict[str, Any] = {"name": path.stem, "file": shown(path)}
    try:
        machine = compiled(desk, path)
    except FlowError as wrong:
        return plain | {"state": "has problems", "error": wrong.code}
    version, content = machine.definition.version, machine.content_hash
    plain |= {"version": version, "hash": content, "title": dict(machine.definition.title)}
    same = [one for one in released if one["kind"] == "procedure" and one["name"] == path.stem]
    there = next((one for one in same if one["version"] == version), None)
    if there is None:
        return plain | {"state": "not released"}
    return plain | {"state": "released" if there["hash"] == content else "changed since its release"}


def _listing(released: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[str]:
    yield layout.heading("In the database")
    for one in released:
        yield from layout.wrapped(f"{one['kind']} {one['name']} {one['version']}  {one['hash'][:12]}", "  ", "    ")
        yield from layout.wrapped(_standing(one), "    ")
        for text in _judged(one["judged"]):
            yield from layout.wrapped(text, "    ")
    if not released:
        yield "  nothing is released yet"
    yield ""
    yield layout.heading("In files")
    for one in found:
        version = f" {one['version']}  {one['hash'][:12]}" if "version" in one else ""
        yield from layout.wrapped(f"{one['name']}{version}  {one['state']}", "  ")
        yield from layout.wrapped(one["file"], "    ")
    if any(one["state"] == "changed since its release" for one in found):
        yield ""
        yield "A changed procedure needs another version before it can be released again."
