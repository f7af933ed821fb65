"""``test``: the scenarios beside the procedures, played; what came out otherwise, and what nobody tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import exits, layout
from inprocap_flow.cli.definitions import counted, definition_files, file_desk, is_file, procedure_file, shown, stepping
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.language.scenarios import Borrowed
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.scenarios import Played, Report


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--all-reached", is_flag=True, help="Exit 1 too if a step or a branch is reached by no scenario.")
@click.option("--quiet", is_flag=True, help="Only what failed, and the numbers.")
@pass_session
@click.pass_context
def test(ctx: click.Context, session: Session, paths: tuple[str, ...], all_reached: bool, quiet: bool) -> None:
    """Run scenarios: given a story, when somebody acts, then this must come back.

    PATH is a test file (pcp.test.yaml), a procedure (pcp), or a folder; without it, every test file of your own folder
    (or of the shipped ones). They are played in memory with the decisions that a real case gets.

    What no scenario reaches is listed. Where overlays are applied, that is what they add or change: the rest of the
    procedure is played by its own scenarios.
    """
    desk = file_desk(session)
    reports = _reports(desk, test_files(desk, paths))
    session.answer({"files": [_plain(one) for one in reports]}, _lines(reports, quiet=quiet))
    unreached = any(one.to_reach.unreached_steps or one.to_reach.unreached_branches for one in reports)
    if not all(one.passed for one in reports) or (all_reached and unreached):
        ctx.exit(exits.PROBLEMS)


def test_files(desk: Desk, paths: Sequence[str]) -> list[Path]:
    """Return the test files that *paths* mean; a procedure stands for the test file beside it. Raises NotFound."""
    named: list[Path] = []
    for path in paths or [""]:
        if path.endswith(".test.yaml"):
            named.append(Path(path))
        elif path and (is_file(Path(path)) or not Path(path).is_dir()):
            procedure = procedure_file(desk, path)
            named.append(procedure.with_name(f"{procedure.name.removesuffix('.yaml')}.test.yaml"))
        else:
            named += [one for one in definition_files(desk, [path] if path else []) if one.name.endswith(".test.yaml")]
    for file in named:
        if not is_file(file):
            raise NotFound(f"there is no test file {shown(file)}", mend="write scenarios into it, or name another one")
    if not named:
        raise NotFound("there is no test file here", mend="test files are called NAME.test.yaml, beside the procedure")
    return list(dict.fromkeys(named))


def _reports(desk: Desk, files: Sequence[Path]) -> list[Report]:
    from inprocap_flow.service.scenarios import run_file

    return [run_file(path, desk) for path in stepping(files, "Playing")]


# ---------------------------------------------------------------------------------------------------------- answers


def _plain(report: Report) -> dict[str, Any]:
    coverage = report.coverage
    return {
        "file": shown(report.path),
        "procedure": report.procedure,
        "overlays": list(report.overlays),
        "passed": report.passed,
        "scenarios": [_scenario_to_plain(one) for one in report.played],
        "coverage": {
            "steps": coverage.steps,
            "branches": coverage.branches,
            "refusals": dict(sorted(coverage.refusals.items())),
            "unreached_steps": report.to_reach.unreached_steps,
            "unreached_branches": report.to_reach.unreached_branches,
        },
        "starts_from": [_start_to_plain(one) for one in report.borrowed],
    }


def _start_to_plain(one: Borrowed) -> dict[str, Any]:
    return {
        "story": one.origin.story,
        "used_in_line": one.origin.used_at.line,
        "file": one.place.file,
        "line": one.place.line,
        "acts": one.deeds,
    }


def _scenario_to_plain(played: Played) -> dict[str, Any]:
    faults = [{"file": one.place.file, "line": one.place.line, "says": one.says} for one in played.faults]
    return {"fact": played.scenario.fact, "ok": not faults, "faults": faults}


def _lines(reports: Sequence[Report], *, quiet: bool) -> Iterator[str]:
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield layout.heading(f"{report.procedure}: {shown(report.path)}")
        for one in report.played:
            yield from _scenario(one, quiet=quiet)
        yield from _starts(report)
        yield from _coverage(report)
    failed = sum(bool(one.faults) for report in reports for one in report.played)
    total = sum(len(report.played) for report in reports)
    yield ""
    yield f"{counted(total, 'scenario')}: {total - failed} ok, {failed} failed."


def _scenario(played: Played, *, quiet: bool) -> Iterator[str]:
    if played.faults:
        yield from layout.wrapped(played.scenario.fact, click.style("  FAIL  ", fg="red"), " " * 8)
        before = ""
        for fault in played.faults:
            story = f" (in {fault.fact})" if fault.fact != played.scenario.fact else ""
            where = f"{fault.place.file}:{fault.place.line}{story}"
            if where != before:
                yield from layout.wrapped(where, " " * 8)
            yield from layout.wrapped(fault.says, " " * 10)
            before = where
    elif not quiet:
        yield from layout.wrapped(played.scenario.fact, "  ok    ", " " * 8)


def _starts(report: Report) -> Iterator[str]:
    """Yield what was played before, in the words of others: those acts count as reached, too."""
    for one in dict.fromkeys((one.origin.story, one.place, one.deeds) for one in report.borrowed):
        story, place, deeds = one
        said = f"starts from {story} ({Path(place.file).name}:{place.line}), {counted(deeds, 'act')}"
        yield from layout.wrapped(said, "  ", "    ")


def _coverage(report: Report) -> Iterator[str]:
    coverage = report.to_reach
    steps, branches = coverage.steps, coverage.branches
    reached = f"{len(steps) - len(coverage.unreached_steps)} of {len(steps)} steps"
    taken = f", {len(branches) - len(coverage.unreached_branches)} of {len(branches)} branches" if branches else ""
    said = f"reached{_of_overlays(report)}: {reached}{taken}; refusals of {counted(len(coverage.refusals), 'kind')}"
    yield from layout.wrapped(said, "  ", "    ")
    for label, missing in (("steps", coverage.unreached_steps), ("branches", coverage.unreached_branches)):
        if missing:
            yield from layout.wrapped(f"no scenario reaches the {label}: {', '.join(missing)}", "  ", "    ")
    if report.overlays:
        said = f"the rest of {report.procedure} is played by its own scenarios, {report.procedure}.test.yaml"
        yield from layout.wrapped(said, "  ", "    ")
    if coverage.refusals:
        counts = ", ".join(f"{code} {times}" for code, times in sorted(coverage.refusals.items()))
        yield from layout.wrapped(f"refused with: {counts}", "  ", "    ")


def _of_overlays(report: Report) -> str:
    adds = "adds or changes" if len(report.overlays) == 1 else "add or change"
    return f" of what {' and '.join(report.overlays)} {adds}" if report.overlays else ""
