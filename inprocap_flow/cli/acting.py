"""What all acting commands share: their options, the request they make, and how its outcome is told."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from inprocap_flow.cli import completing, exits, layout
from inprocap_flow.cli.outcomes import Outcome, done_lines, refused_lines, repeated_lines, to_plain
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.records import MAIN, Decision, Handed, Refusal, Request, When
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.store.records import Answer

Function = TypeVar("Function", bound=Callable[..., Any])

NOT_AUTHENTICATED = "not authenticated; account {account}"


@dataclass(frozen=True, slots=True)
class How:
    """The options that every act takes."""

    reason: str | None = None
    happened: str | None = None
    evidence: str | None = None
    key: str | None = None
    expect: int | None = None
    dry_run: bool = False


_OPTIONS = (
    click.option("--reason", metavar="TEXT", help="Why; some acts need it."),
    click.option(
        "--happened", metavar="MOMENT", help="When it happened, if that was before now: 2026-07-07 16:00, 2026-07-07."
    ),
    click.option("--evidence", metavar="TEXT", help="What proves a late entry."),
    click.option("--key", metavar="KEY", help="The same key again gives the first answer again, and changes nothing."),
    click.option("--expect", type=int, metavar="VERSION", help="Only if the case still stands at this version."),
    click.option("--dry-run", "--preview", "dry_run", is_flag=True, help="Say what would come of it; record nothing."),
)


# Whoever asks for something may hand in documents with it.
bringing = click.option(
    "--doc",
    "documents",
    multiple=True,
    metavar="NAME=PATH",
    shell_complete=completing.documents,
    help="A document that comes with it.",
)


def acting(function: Function) -> Function:
    """Give a command the options of an act, as one argument ``how``."""

    @functools.wraps(function)
    def with_how(*args: Any, **named: Any) -> Any:
        how = How(**{name: named.pop(name) for name in How.__slots__})
        return function(*args, how=how, **named)

    for option in reversed(_OPTIONS):
        with_how = option(with_how)
    return with_how  # type: ignore[return-value]


def request(session: Session, about: Subject, kind: str, how: How, **more: Any) -> Request:
    """Return the request of a person about a case, with what the shared options say. Raises InvalidInput."""
    return Request(
        kind,
        session.actor,
        role=session.role,
        reason=how.reason,
        evidence=how.evidence,
        happened=happened(how, about.binding.zone),
        expected_version=how.expect,
        idempotency_key=how.key,
        account=session.account,
        **more,
    )


def happened(how: How, zone: ZoneInfo) -> When | None:
    """Return when it happened, as the person says; None if nothing is said. Raises InvalidInput."""
    if how.happened is None:
        return None
    from inprocap_flow.calendar.bad_values import BadValue
    from inprocap_flow.calendar.moments import parse_moment

    try:
        span = parse_moment(how.happened, zone)
    except BadValue as wrong:
        raise InvalidInput([Problem(Place("--happened"), "bad-moment", wrong.fact, wrong.mend)]) from None
    if span.is_exact:
        return When.exactly(span.first)
    return When(span.first, span.last, span.precision)


More = Callable[[Decision], tuple[list[str], dict[str, Any]]]


def carry(session: Session, about: Subject, asked: Request, how: How, *, more: More | None = None) -> None:
    """Decide *asked*, record the outcome (but for a dry run), tell it, and leave with its status.

    *more* returns what is said beside the events of a decision, in words and as JSON data. A preview of an act on a
    deadline that is refused says what it would move if that were mended.
    """
    from inprocap_flow.service.acting import act, preview, supposed

    desk = session.desk
    outcome: Outcome = preview(desk, about.case.id, asked) if how.dry_run else act(desk, about.case.id, asked)
    mended = supposed(desk, about.case.id, asked) if how.dry_run and more and isinstance(outcome, Refusal) else None
    tell(session, outcome, asked, about, dry_run=how.dry_run, more=more, mended=mended)


def tell(
    session: Session,
    outcome: Outcome,
    asked: Request,
    about: Subject,
    *,
    dry_run: bool = False,
    more: More | None = None,
    mended: Decision | None = None,
) -> None:
    """Tell *outcome* in words or as JSON, and leave with its exit status; *mended* is what a refused act would move."""
    words, definition = about.words, about.definition
    document = {"case": _case_of(outcome, about), "dry_run": dry_run, **to_plain(outcome), **acted_by(session, asked)}
    if isinstance(outcome, Refusal):
        lines = refused_lines(outcome, words, definition, about.typed, dry_run=dry_run)
        if mended is not None and more is not None:
            also, plain = more(mended)
            lines += ["", layout.heading("With that in place, it would do this:"), *also[1:]] if also else []
            document |= {"with_that_in_place": plain}
    elif isinstance(outcome, Answer):
        lines = repeated_lines(outcome, words)
    else:
        lines = [*done_lines(outcome, words, definition, dry_run=dry_run), *_besides(session, outcome, asked, about)]
        if more is not None:
            also, plain = more(outcome)
            lines += also
            document |= plain
        if asked.kind == "open" and not dry_run:
            lines += ["", "What now:", f"  inprocap-flow next {outcome.case.id}"]
    session.answer(document, lines)
    session.note("\n".join(layout.wrapped(f"({signature(session, asked, words)})")))
    refused = isinstance(outcome, Refusal) or (isinstance(outcome, Answer) and outcome.refused)
    if refused:
        click.get_current_context().exit(exits.REFUSED)


def _case_of(outcome: Outcome, about: Subject) -> str | None:
    if isinstance(outcome, Answer):
        return outcome.case_id
    return outcome.case.id if outcome.case else about.case.id or None


def acted_by(session: Session, asked: Request) -> dict[str, Any]:
    """Return who is said to act, as JSON data; nothing proves it (ruling 25)."""
    return {"actor": asked.actor, "account": session.account, "authenticated": False}


def signature(session: Session, asked: Request, words: Words) -> str:
    """Return who is said to act, for people."""
    return f"acting as {words.person(asked.actor)}, {NOT_AUTHENTICATED.format(account=session.account)}"


def _besides(session: Session, outcome: Decision, asked: Request, about: Subject) -> list[str]:
    """Return what else whoever acted wants to know: who can sign, what was annulled, that a new firm is not reached."""
    if asked.kind == "ask":
        from inprocap_flow.cli.asked import can_sign

        return can_sign(outcome.case, asked, about)
    if asked.kind == "sign":
        from inprocap_flow.cli.asked import still_missing

        return still_missing(outcome.case, asked, about)
    if asked.kind == "annul":
        from inprocap_flow.cli.asked import annulled

        return annulled(session, outcome, about)
    if asked.kind == "do" and asked.new:
        from inprocap_flow.cli.asked import nobody_speaks

        return nobody_speaks(session, outcome.case, asked.new, about)
    return []


def assigned(texts: tuple[str, ...], what: str) -> dict[str, str]:
    """Return ``name=value`` words as a mapping. Raises a usage error for a word without ``=`` or a name said twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise click.UsageError(f"{text!r} is no {what}. Write name=value, such as {_EXAMPLES[what]}.")
        if name in found:
            raise click.UsageError(f"{name} is given twice.")
        found[name.strip()] = value
    return found


_EXAMPLES: Mapping[str, str] = {
    "field": 'value="90000 EUR"',
    "document": "specification=spec.pdf",
}


def about_case(session: Session, typed: str) -> Subject:
    """Read the case that *typed* means, and make sure first that somebody acts."""
    assert session.actor
    return subject(session, typed)


def known_line(about: Subject, line_id: str | None) -> str:
    """Return the line that an option names, the case itself without one. Raises InvalidInput, naming what there is."""
    from inprocap_flow.service.typing_in import known_line as known

    return known(about.case, line_id) if line_id else MAIN


def taken_in(session: Session, about: Subject, line_id: str, paths: Mapping[str, str], how: How) -> dict[str, Handed]:
    """Take in the files at *paths* for a line; for a dry run they are only looked at. Raises InvalidInput.

    A file without content is taken, as somebody may have got it so, but not without a word.
    """
    if not paths:
        return {}
    from inprocap_flow.service.documents import Destination, take_in

    to = Destination(about.binding, about.case.id, line_id, about.case)
    handed = take_in(session.desk, to, paths, now=about.now, keep=not how.dry_run)
    for name, taken in handed.items():
        if taken.size == 0:
            session.note("\n".join(layout.wrapped(f"Mind: {taken.filename} is empty (0 bytes), filed as {name}.")))
    return handed


def with_extra(asked: Request, **extra: Any) -> Request:
    """Return *asked* with more in ``extra``."""
    return replace(asked, extra={**asked.extra, **extra})
