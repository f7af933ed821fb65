"""What the shell offers when the tab key is pressed: ids of cases, names of steps, fields, documents, approvals.

Nothing here ever speaks: a database that is not there, or a word that means nothing, completes to nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from inprocap_flow.cli.subject import Subject

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _quiet(find: Callable[[Session, click.Context, str], Iterable[tuple[str, str]]]) -> Complete:
    @functools.wraps(find)
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # every command would pay for it

        try:
            session = ctx.find_root().ensure_object(Session)
            found = find(session, ctx, incomplete)
            return [CompletionItem(name, help=says) for name, says in found if name.startswith(incomplete)]
        except Exception:  # noqa: BLE001 - the shell is in the middle of a line: whatever it is, say nothing
            return []

    return complete


@_quiet
def procedures(session: Session, _ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the procedures that are released."""
    with session.reading_desk.store.reading() as reading:
        return [(name, "") for name in dict.fromkeys(entry.name for entry in reading.releases("procedure"))]


@_quiet
def cases(session: Session, _ctx: click.Context, incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the cases whose id begins or ends as typed."""
    with session.reading_desk.store.reading() as reading:
        known = reading.case_ids()
        found = [case_id for case_id in known if case_id.startswith(incomplete)]
        return [(case_id, reading.load(case_id).case.title) for case_id in found[:50]]


@_quiet
def steps(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the steps that lead on from where the lines of the case stand, and those that begin tracks."""
    from inprocap_flow.cli.subject import subject

    about = subject(session, str(ctx.params.get("case") or ""))
    found: dict[str, str] = {}
    for line in about.case.lines.values():
        for name in about.binding.machine.offered(line.kind, line.state):
            step = about.binding.machine.step(line.kind, name)
            if step is not None and not step.is_system and not step.is_automatic:
                found[name] = about.words.text(step.title)
    for track in about.definition.tracks.values():
        if not track.begins.is_system:
            found.setdefault(track.begins.name, f"begins a {track.kind}")
    return found.items()


@_quiet
def lines(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the tracks of the case."""
    from inprocap_flow.cli.subject import subject

    about = subject(session, str(ctx.params.get("case") or ""))
    return [(line.id, about.words.stage(about.definition, line)) for line in about.case.lines.values()]


@_quiet
def fields(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the fields of the line, ready for a value."""
    about, kind = _line_of(session, ctx)
    return [(f"{name}=", about.words.text(f.title)) for name, f in about.definition.line(kind).fields.items()]


@_quiet
def documents(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the documents of the line, ready for a path."""
    about, kind = _line_of(session, ctx)
    return [(f"{name}=", about.words.text(d.title)) for name, d in about.definition.line(kind).documents.items()]


@_quiet
def document_names(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the documents that were filed on the line."""
    about, _ = _line_of(session, ctx)
    line = about.case.lines[str(ctx.params.get("on") or "case")]
    return [(name, versions[-1].filename) for name, versions in line.documents.items() if versions]


@_quiet
def approvals(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the approvals of the line and of the case."""
    about, kind = _line_of(session, ctx)
    known = {**about.definition.main.approvals, **about.definition.line(kind).approvals}
    return [(name, about.words.text(approval.title)) for name, approval in known.items()]


@_quiet
def derogations(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the derogations that could be granted where the case stands."""
    from inprocap_flow.cli.subject import subject
    from inprocap_flow.engine.case.lifting import granting

    about = subject(session, str(ctx.params.get("case") or ""))
    return [(one.name, about.words.text(one.title)) for one in granting(about.definition, about.case)]


@_quiet
def deadlines(session: Session, ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the deadlines of the line and of the case that something may be done to."""
    about, kind = _line_of(session, ctx)
    known = {**about.definition.main.deadlines, **about.definition.line(kind).deadlines}
    return [(name, about.words.text(deadline.title)) for name, deadline in known.items() if deadline.acts]


@_quiet
def persons(session: Session, _ctx: click.Context, _incomplete: str) -> Iterable[tuple[str, str]]:
    """Offer the people of the organisation."""
    with session.reading_desk.store.reading() as reading:
        return [(p.id, p.name) for p in reading.people(session.organisation) if not p.erased_at]


def _line_of(session: Session, ctx: click.Context) -> tuple[Subject, str]:
    from inprocap_flow.cli.subject import subject
    from inprocap_flow.service.typing_in import line_kind

    about = subject(session, str(ctx.params.get("case") or ""))
    return about, line_kind(about.definition, str(ctx.params.get("new") or ctx.params.get("on") or "case"))
