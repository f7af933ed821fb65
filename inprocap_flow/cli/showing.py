"""``show`` and ``track``: where a case stands, and its tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import acting, awaits, clocks, completing, layout, standing, standing_approvals
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.engine.case.records import MAIN, LineState, stamp
from inprocap_flow.engine.offers import outlook
from inprocap_flow.language.model import AppliedOverlay

if TYPE_CHECKING:
    from inprocap_flow.service.linking import Sent


def current(session: Session, case: str) -> Subject:
    """Read a case as it stands now: what has ended by itself since the last act has ended (ruling 5)."""
    about = subject(session, case)
    return replace(about, case=outlook(about.binding, about.case, about.now).case)


def seen_by(session: Session) -> str | None:
    """Return the person whose eyes count, if one is named."""
    named = session.options.get("actor") or session.settings.actor
    return str(named) if named else None


@click.command()
@click.argument("case", shell_complete=completing.cases)
@pass_session
def show(session: Session, case: str) -> None:
    """Show CASE: where it stands, its tracks, fields, documents, deadlines and approvals.

    Sealed values are shown only once their moment has come; with --as, what that person may not see is left out.
    """
    about = current(session, case)
    actor = seen_by(session)
    sent = _sent(session, about)
    plain = to_plain(about, actor) | {"reports_awaited": awaits.to_plain(about)}
    plain |= {"reports": [vars(one) for one in sent]} if sent else {}
    reported = _section("Reported to linked cases", [line for one in sent for line in _report(about, one)])
    session.answer(plain, layout.parts(*parts(about, actor), reported, awaits.part(about)))


def _sent(session: Session, about: Subject) -> tuple[Sent, ...]:
    """Return what the case has reported to others; only a procedure that reports is asked for it."""
    steps = (step for line in about.definition.lines for step in (line.begins, *line.steps.values()))
    if not any(step.reports for step in steps):
        return ()
    from inprocap_flow.service.linking import reports_of

    return reports_of(session.reading_desk, about.case.id)


def _report(about: Subject, one: Sent) -> list[str]:
    if one.refused:
        became = f"refused there ({', '.join(one.refused)}); see: inprocap-flow history {one.to} --refusals"
    else:
        states = {"pending": "not carried out yet", "withdrawn": "withdrawn before it left"}
        became = states.get(one.state, "carried out")
    return layout.bullet(f"{about.words.moment(one.at)}: {one.name.replace('_', ' ')}, to {one.to}: {became}")


def parts(about: Subject, actor: str | None) -> list[list[str]]:
    """Return the parts of what ``show`` says, for a case of now or of the past."""
    main = about.case.main
    approvals = standing_approvals.touched_approvals(about)
    return [
        [*about.header(), *layout.pairs(_about(about), 0, 9)],
        *_line_parts(about, main, actor),
        _tracks(about),
        _deadlines(about),
        _section("Approvals", [line for one in approvals for line in _approval(about, one)]),
        _section("Interests", _interests(about)),
    ]


def _about(about: Subject) -> list[tuple[str, str]]:
    case = about.case
    opened = f"{about.words.moment(case.opened_at)} by {about.words.person(case.opened_by)}" if case.opened_at else ""
    changed = f"{about.words.moment(case.last_change_at)} by {about.words.person(case.last_change_by)}"
    return [
        ("Stands in", standing.where(about, case.main)),
        ("Opened", opened),
        ("Changed", f"{changed}, version {case.version}"),
        ("Overlays", ", ".join(overlay_words(about, one) for one in about.definition.overlays)),
        ("Lifted", "; ".join(_lifted(about))),
        ("Gaps", f"{len(case.not_evidenced)} requirements are not evidenced" if case.not_evidenced else ""),
    ]


def overlay_words(about: Subject, overlay: AppliedOverlay) -> str:
    """Return an overlay by its title, name and version."""
    return f"{about.words.text(overlay.title)} ({overlay.name} {overlay.version})"


def _lifted(about: Subject) -> Iterator[str]:
    from inprocap_flow.service.phrases import derogation_words, rule_words  # only a case with a derogation waits for it

    for rule, name in about.case.lifted.items():
        by = derogation_words(about.definition, name, about.words.text)
        yield f"{rule_words(about.definition, rule, about.words.text)}, by {by}"


def _section(title: str, lines: list[str]) -> list[str]:
    return [layout.heading(title), *lines] if lines else []


def _line_parts(about: Subject, line: LineState, actor: str | None) -> list[list[str]]:
    return [
        _section("Fields", layout.pairs(standing.field_rows(about, line, actor))),
        _section("Documents", layout.pairs(standing.document_rows(about, line, actor))),
    ]


def _tracks(about: Subject) -> list[str]:
    lines: list[str] = []
    for kind in about.definition.tracks:
        tracks = about.case.tracks(kind)
        if not tracks:
            continue
        counted = Counter(about.words.stage(about.definition, track) for track in tracks)
        funnel = ", ".join(f"{count} {stage}" for stage, count in counted.items())
        lines += layout.wrapped(f"{standing.kind_title(about, kind)}: {funnel}", "  ", "      ")
        lines += layout.table([[track.id, standing.where(about, track)] for track in tracks], 6)
    return _section("Tracks", lines)


def _deadlines(about: Subject) -> list[str]:
    lines: list[str] = []
    for state in clocks.by_end(about.case.deadlines):
        lines += layout.bullet(clocks.line(about, state))
        if state.status == "running" and (safe := clocks.safely(about, state)):
            lines += layout.wrapped(f"can be extended{safe}", "      ")
    return _section("Deadlines", lines)


def _approval(about: Subject, found: Any) -> list[str]:
    called = f"{standing_approvals.approval_title(about, found)}{standing_approvals.on_line(found)}"
    title = f"{called}: {standing_approvals.approval_state(about, found)}"
    return [*layout.wrapped(title, "  ", "      "), *layout.pairs(standing_approvals.signature_rows(about, found), 6)]


def _interests(about: Subject) -> list[str]:
    return [
        line
        for one in about.case.interests
        for line in layout.bullet(
            f"{about.words.person(one.person)}: {'a conflict' if one.conflict else 'none'}"
            f"{f' ({one.note})' if one.note else ''}, {about.words.moment(one.at)}"
        )
    ]


def to_plain(about: Subject, actor: str | None) -> dict[str, Any]:
    """Return a case as JSON data; what *actor* may not see says so instead."""
    case = about.case
    return {
        "case": case.id,
        "title": case.title,
        "organisation": case.organisation,
        "procedure": case.procedure,
        "procedure_version": case.procedure_version,
        "definition_hash": case.definition_hash,
        "overlays": [
            {
                "overlay": one.name,
                "version": one.version,
                "title": about.words.text(one.title),
                "national": one.national,
            }
            for one in about.definition.overlays
        ],
        "lifted": dict(case.lifted),
        "at": stamp(about.now),
        "zone": about.words.zone.key,
        "version": case.version,
        "state": case.main.state,
        "stage": about.words.stage(about.definition, case.main),
        "ended": case.main.ended,
        "historic": case.historic,
        "opened_at": case.opened_at,
        "opened_by": case.opened_by,
        "last_change_at": case.last_change_at,
        "last_change_by": case.last_change_by,
        "lines": [standing.line_to_plain(about, line, actor) for line in case.lines.values()],
        "deadlines": [clocks.to_plain(about, state) for state in clocks.by_end(case.deadlines)],
        "approvals": [
            standing_approvals.approval_to_plain(about, one) for one in standing_approvals.touched_approvals(about)
        ],
        "interests": [
            {"person": one.person, "conflict": one.conflict, "line": one.line, "at": one.at, "note": one.note}
            for one in case.interests
        ],
        "not_evidenced": [dict(gap) for gap in case.not_evidenced],
    }


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("track", required=False, shell_complete=completing.lines)
@pass_session
def track(session: Session, case: str, track: str | None) -> None:
    """List the tracks of CASE, or show one TRACK, such as supplier/alpha."""
    about = current(session, case)
    actor = seen_by(session)
    if track is None:
        tracks = [line for line in about.case.lines.values() if line.id != MAIN]
        session.answer(
            {"case": about.case.id, "tracks": [standing.line_to_plain(about, line, actor) for line in tracks]},
            layout.parts(about.header(), _tracks(about) or ["No track has begun."]),
        )
        return
    line = about.case.lines[acting.known_line(about, track)]
    session.answer(
        {"case": about.case.id, **standing.line_to_plain(about, line, actor)},
        layout.parts(*_one_track(about, line, actor)),
    )


def _one_track(about: Subject, line: LineState, actor: str | None) -> list[list[str]]:
    deadlines = [s for s in clocks.by_end(about.case.deadlines) if s.line == line.id]
    approvals = [found for found in standing_approvals.touched_approvals(about) if found.line_id == line.id]
    below = [other for other in about.case.lines.values() if other.parent == line.id]
    rows = [
        ("Stands in", standing.where(about, line)),
        ("Belongs to", line.parent or ""),
        ("Speaks", about.words.people(line.speakers)),
        ("Has", ", ".join(other.id for other in below)),
    ]
    return [
        [*about.header(), layout.heading(line.id), *layout.pairs(rows)],
        *_line_parts(about, line, actor),
        _section("Deadlines", [row for state in deadlines for row in layout.bullet(clocks.line(about, state))]),
        _section("Approvals", [row for found in approvals for row in _approval(about, found)]),
    ]
