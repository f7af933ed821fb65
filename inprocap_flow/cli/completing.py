"""What the shell offers of a case when the tab key is pressed: its id, steps, fields, documents, approvals, decisions.

Nothing here ever speaks: a database that is not there, or a word that means nothing, completes to nothing. Nor does it
write: no database is made, and an older one is not brought up to date.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli.session import Session
from inprocap_flow.language.model import said

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from inprocap_flow.cli.subject import Subject
    from inprocap_flow.language.model import Document, Field

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
Offer = Iterable[tuple[str, str]]  # words, each with what it is
FILES = ("", "file")  # the shell completes paths by itself


def quiet(find: Callable[[Session, click.Context, str], Offer]) -> Complete:
    """Return *find* as click asks it: what begins as typed; where nothing does and it offers `FILES`, paths."""

    @functools.wraps(find)
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # every command would pay for it

        try:
            session = ctx.find_root().ensure_object(Session)
            session.updates = False
            found = list(find(session, _with_arguments(session, ctx), incomplete))
            offered = [CompletionItem(name, help=says) for name, says in found if name and name.startswith(incomplete)]
            return offered or ([CompletionItem(incomplete, type="file")] if FILES in found else [])
        except Exception:  # noqa: BLE001 - the shell is in the middle of a line: whatever it is, say nothing
            return []

    return complete


def _with_arguments(session: Session, ctx: click.Context) -> click.Context:
    """Return the context of the command with the arguments that were typed.

    Where the last word is an option that waits for its value, click has stopped there and knows none of them.
    """
    rest = list(session.typed)
    for name in ctx.command_path.split()[1:]:
        rest = rest[rest.index(name) + 1 :]
    waiting = [name for param in ctx.command.params if not getattr(param, "is_flag", False) for name in param.opts]
    if not any(rest[-1:] == [name] for name in waiting if name.startswith("-")):
        return ctx
    return ctx.command.make_context(ctx.info_name, rest[:-1], parent=ctx.parent, resilient_parsing=True)


@quiet
def cases(session: Session, _ctx: click.Context, incomplete: str) -> Offer:
    """Offer the cases whose id begins or ends as typed."""
    with session.reading_desk.store.reading() as reading:
        known = reading.case_ids()
        found = [case_id for case_id in known if case_id.startswith(incomplete)]
        return [(case_id, reading.load(case_id).case.title) for case_id in found[:50]]


@quiet
def steps(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
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


@quiet
def lines(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the tracks of the case."""
    from inprocap_flow.cli.subject import subject

    about = subject(session, str(ctx.params.get("case") or ""))
    return [(line.id, about.words.stage(about.definition, line)) for line in about.case.lines.values()]


@quiet
def fields(session: Session, ctx: click.Context, incomplete: str) -> Offer:
    """Offer the fields of the line, ready for a value; after the sign, what a choice may be."""
    about, kind = _line_of(session, ctx)
    return of_fields(ctx, about.definition.line(kind).fields, incomplete, session.settings.language)


@quiet
def documents(session: Session, ctx: click.Context, incomplete: str) -> Offer:
    """Offer the documents of the line, ready for a path; after the sign, paths."""
    about, kind = _line_of(session, ctx)
    return of_documents(ctx, about.definition.line(kind).documents, incomplete, session.settings.language)


def of_fields(ctx: click.Context, declared: Mapping[str, Field], incomplete: str, language: str) -> Offer:
    """Return what to offer of *declared* fields."""
    name, typed, _ = incomplete.partition("=")
    if (before := _split_off(ctx, declared)) or typed:
        field = declared[before or name]
        start = "" if before else f"{name}="
        return [(f"{start}{one}", "") for one in field.choices or (("yes", "no") if field.type == "yes_no" else ())]
    return [(f"{name}=", said(found.title, language)) for name, found in declared.items()]


def of_documents(ctx: click.Context, declared: Mapping[str, Document], incomplete: str, language: str) -> Offer:
    """Return what to offer of *declared* documents."""
    name, typed, path = incomplete.partition("=")
    if _split_off(ctx, declared):
        return [FILES]
    if typed:
        return [(f"{name}={found}", "") for found in _paths(path)]
    return [(f"{name}=", said(found.title, language)) for name, found in declared.items()]


def _split_off(ctx: click.Context, declared: Mapping[str, Any]) -> str:
    """Return the name before the sign, where the shell has made words of name, sign and value, as bash does."""
    words = [word for given in ("fields", "documents") for word in ctx.params.get(given) or ()]
    if words[-1:] == ["="]:
        words.pop()
    return words[-1] if words and words[-1] in declared else ""


def _paths(typed: str) -> Iterator[str]:
    """Yield the paths that begin as *typed*; a folder with the sign that more may follow."""
    from glob import escape, iglob

    for found in sorted(iglob(f"{escape(typed)}*")):  # noqa: PTH207 - what was typed is kept as it is
        yield f"{found}/" if os.path.isdir(found) else found  # noqa: PTH112


@quiet
def document_names(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the documents that were filed on the line."""
    about, _ = _line_of(session, ctx)
    line = about.case.lines[str(ctx.params.get("on") or "case")]
    return [(name, versions[-1].filename) for name, versions in line.documents.items() if versions]


@quiet
def approvals(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the approvals of the line and of the case."""
    about, kind = _line_of(session, ctx)
    known = {**about.definition.main.approvals, **about.definition.line(kind).approvals}
    return [(name, about.words.text(approval.title)) for name, approval in known.items()]


@quiet
def derogations(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the derogations that could be granted where the case stands."""
    from inprocap_flow.cli.subject import subject
    from inprocap_flow.engine.case.lifting import granting

    about = subject(session, str(ctx.params.get("case") or ""))
    return [(one.name, about.words.text(one.title)) for one in granting(about.definition, about.case)]


@quiet
def deadlines(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the deadlines of the line and of the case that something may be done to."""
    about, kind = _line_of(session, ctx)
    known = {**about.definition.main.deadlines, **about.definition.line(kind).deadlines}
    return [(name, about.words.text(deadline.title)) for name, deadline in known.items() if deadline.acts]


@quiet
def decisions(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the numbers of the decisions about the case, the last one first, with what was asked."""
    from inprocap_flow.engine.case.history import effective
    from inprocap_flow.service.finding import find_case

    case_id = find_case(session.reading_desk, str(ctx.params.get("case") or ""))
    with session.reading_desk.store.reading() as reading:
        events = effective(reading.events(case_id))
    found = {str(one.decision): f"{one.request.get('kind', '')} {one.request.get('name', '')}".strip()
             for one in events if one.request}  # fmt: skip
    return reversed(found.items())


@quiet
def deadline_names(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the deadlines that run or ran in the case."""
    from inprocap_flow.cli.subject import subject

    about = subject(session, str(ctx.params.get("case") or ""))
    return {state.name: state.line for state in about.case.deadlines.values()}.items()


@quiet
def new_tracks(session: Session, ctx: click.Context, _incomplete: str) -> Offer:
    """Offer the kinds of tracks that somebody may begin, ready for a name."""
    from inprocap_flow.cli.subject import subject

    about = subject(session, str(ctx.params.get("case") or ""))
    kinds = about.definition.tracks.values()
    return [(f"{one.kind}/", about.words.text(one.title)) for one in kinds if not one.begins.is_system]


def _line_of(session: Session, ctx: click.Context) -> tuple[Subject, str]:
    from inprocap_flow.cli.subject import subject
    from inprocap_flow.service.typing_in import line_kind

    about = subject(session, str(ctx.params.get("case") or ""))
    return about, line_kind(about.definition, str(ctx.params.get("new") or ctx.params.get("on") or "case"), about.case)
