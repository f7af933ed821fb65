"""``audit``: verify what is stored, and take the head that makes later changes provable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import exits, layout
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.service import auditing
from inprocap_flow.service.finding import find_case

if TYPE_CHECKING:
    from inprocap_flow.store.report import Finding, Report


@click.group()
def audit() -> None:
    """Verify that what is stored is what was recorded.

    Every event is chained to the one before it. Without a head kept outside, a check finds every change that does
    not fit together; whoever rewrites everything consistently is found only against a head. So take one now and then
    with audit head, and keep it where this database cannot reach: in the minutes, in a mail, on paper.
    """


@audit.command()
@click.argument("case", required=False)
@click.option(
    "--against", metavar="HEAD|FILE", help="A head as printed, or a file that holds one; finds any change since."
)
@pass_session
def verify(session: Session, case: str | None, against: str | None) -> None:
    """Verify CASE, one organisation (--organisation), or everything.

    Exit status 5 if something is not as it was recorded; each finding says where and what.
    """
    desk = session.reading_desk
    named = session.options.get("organisation")  # what is set for all commands does not make an audit smaller
    organisation = session.known_organisation(str(named)) if named else None
    head = auditing.find_head(against, organisation) if against else None
    case_id = find_case(desk, case) if case else None
    report = auditing.verify(desk, case_id=case_id, organisation=organisation, against=head)
    session.answer(_plain(report), _lines(report, case_id or organisation or "everything"))
    if not report.ok:
        click.get_current_context().exit(exits.DAMAGED)


def _lines(report: Report, what: str) -> Iterator[str]:
    counted = f"{_many(report.cases, 'case')}, {_many(report.events, 'event')}"
    if report.ok:
        where = "" if what == "everything" else f" with {what}"
        yield from layout.wrapped(f"Nothing is wrong{where}: {counted}.")
    else:
        yield layout.heading(f"{_many(len(report.findings), 'finding')} in {what} ({counted}):")
        for finding in report.findings:
            yield from _finding(finding)
    if report.not_checked:
        yield ""
        yield "Not checked:"
        for line in report.not_checked:
            yield from layout.bullet(line)
    if report.not_recorded:
        yield ""
        yield from layout.wrapped(NOT_RECORDED)
        for line in report.not_recorded:
            yield from layout.bullet(line)
    yield ""
    yield from layout.wrapped(report.reach)
    if report.against is None:
        yield from layout.wrapped("A head for next time: inprocap-flow audit head")


NOT_RECORDED = "Not recorded, by an earlier version, with which organisation and rulebook these were decided:"
_OF_NO_CASE = {"release-differs": "what is released"}


def _finding(finding: Finding) -> Iterator[str]:
    yield from layout.bullet(finding.case_id or _OF_NO_CASE.get(finding.code, "checkpoints of the organisation"))
    yield from layout.wrapped(f"{finding.fact} ({finding.code})", " " * 4)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _plain(report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "cases": report.cases,
        "events": report.events,
        "findings": [
            {
                "code": finding.code,
                "case": finding.case_id or None,
                "event": auditing.event_of(finding),
                "fact": finding.fact,
            }
            for finding in report.findings
        ],
        "not_checked": list(report.not_checked),
        "not_recorded": list(report.not_recorded),
        "against": str(report.against) if report.against else None,
        "covered_events": report.covered_events,
        "reach": report.reach,
    }


@audit.command()
@pass_session
def head(session: Session) -> None:
    """Take a checkpoint of an organisation's cases and print its head, to be kept elsewhere.

    Later, audit verify --against HEAD finds any change to what the head covers, even one that was made consistently.
    """
    taken = auditing.take_head(session.reading_desk, session.organisation)
    answer = {"head": str(taken), "organisation": taken.organisation, "number": taken.number, "hash": taken.hash}
    session.answer(answer, [str(taken)])
    text = "Keep it where this database cannot reach. Later: inprocap-flow audit verify --against HEAD"
    session.note("\n".join(layout.wrapped(text)))


# The word of the store for the same thing.
audit.add_command(click.Command("checkpoint", callback=head.callback, help=head.help, short_help="The same as head."))
