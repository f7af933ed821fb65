"""``check --explain CODE FILE``: what leads to a fault that the checks of behaviour have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import shown, stepping
from inprocap_flow.cli.definitions_behaviour import Built, built
from inprocap_flow.cli.definitions_seen import Explaining, nothing_here, seen
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.language.checks.behaviour import Behavioural, Verdict
    from inprocap_flow.service.counterexamples import Counterexample
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.explaining import Explained


def is_behavioural(code: str) -> bool:
    """Return whether *code* is that of a check that explores."""
    return code in _checks()


def _checks() -> dict[str, Behavioural]:
    from inprocap_flow.language.checks.behaviour import BEHAVIOURAL

    return {one.CODE: one for one in BEHAVIOURAL}


def judged_by(one: Built, checks: Sequence[Behavioural]) -> list[Verdict]:
    """Return what *checks* say of a procedure, found anew, as what leads to it is wanted."""
    from inprocap_flow.language.checks.behaviour import judged

    return judged(one.definition, checks=checks)


def explain_files(session: Session, desk: Desk, asked: Explaining) -> None:
    """Write what a check finds in the first of the files with a finding as scenarios; say what playing them shows.

    Raises:
        NotFound: the code has nothing to play, or finds nothing here.
        InvalidInput: the organisation or rulebook is not sound.
    """
    found = _explored if is_behavioural(asked.code) else seen
    one, explain = found(desk, asked)
    name = str(asked.organisation) if asked.organisation else None
    to = asked.to or one.path.with_name(f"{one.path.stem}.{asked.code}.test.yaml")
    _refuse_if_not_found_from(desk, to, one.path)
    explained = explain(organisation=name, to=to)
    target = _written(to, explained)
    played = _played_again(desk, target, explained)
    session.answer(_plain(asked.code, target, explained, played), _lines(one, target, explained, played))


def _explored(desk: Desk, asked: Explaining) -> tuple[Built, Callable[..., Explained]]:
    """Return the first procedure in which the check that explores finds something, and what plays it."""
    from inprocap_flow.service.explaining import explain

    chosen = [_checks()[asked.code]]
    answers = []
    for one in stepping(built(desk, asked.files, asked.organisation, asked.day), "Exploring"):
        (verdict,) = judged_by(one, chosen)
        if verdict.findings:
            return one, partial(explain, desk, one.path, one.definition, verdict)
        answers.append(f"{one.definition.name}: {verdict.verdict}")
    raise nothing_here(asked.code, ", ".join(answers) or "no procedure")


def _refuse_if_not_found_from(desk: Desk, to: Path, procedure: Path) -> None:
    """Raise NotFound where a scenario in the file *to* would not play the *procedure*, but another one or none."""
    from inprocap_flow.language.files import Library, folders_for

    if to.parent.resolve() == procedure.parent.resolve():
        return
    found = Library(folders_for(to, desk.definitions)).find("procedure", procedure.stem)
    if found is None or found.resolve() != procedure.resolve():
        raise NotFound(
            f"{shown(to)} would not play {shown(procedure)}: a scenario looks for its procedure in its own folder and "
            "in the folders of definitions",
            mend="leave out --to: it is written beside the procedure",
        )


def _written(target: Path, explained: Explained) -> Path | None:
    """Write the scenarios, if there are any, and return where."""
    if not explained.can_be_played:
        return None
    target.write_text(explained.text, encoding="utf-8")
    return target


def _played_again(desk: Desk, target: Path | None, explained: Explained) -> tuple[Counterexample, ...]:
    """Return what the written file shows when it is played like any other, scenario by scenario."""
    from inprocap_flow.service.counterexamples import DOES_NOT_REPLAY
    from inprocap_flow.service.scenarios import run_file

    if target is None:
        return explained.played
    report = iter(run_file(target, desk).played)
    found = []
    for one in explained.played:
        faults = next(report).faults if one.shows else ()
        found.append(replace(one, shows="", code=DOES_NOT_REPLAY, gap=faults[0].says) if faults else one)
    return tuple(found)


def _plain(code: str, target: Path | None, explained: Explained, played: Sequence[Counterexample]) -> dict[str, Any]:
    found, open_ = _parted(played)
    return {
        "code": code,
        "file": shown(target) if target else None,
        "organisation": explained.organisation,
        "why": explained.why,
        "findings": [
            {"finding": one.fact, "shows": one.shows or None, "gap": one.gap or None, "gap_code": one.code or None}
            for one in found
        ],
        "open": [
            {
                "may_be": one.fact,
                "gap": one.gap,
                "gap_code": one.code,
                "plays_elsewhere": one.fact in explained.elsewhere,
            }
            for one in open_
        ],
    }


def _parted(played: Sequence[Counterexample]) -> tuple[list[Counterexample], list[Counterexample]]:
    """Return what may be told as found, and what stays open because it does not play."""
    from inprocap_flow.service.explaining import is_found

    return [one for one in played if is_found(one)], [one for one in played if not is_found(one)]


def _lines(one: Built, target: Path | None, explained: Explained, played: Sequence[Counterexample]) -> Iterator[str]:
    found, open_ = _parted(played)
    for fact in found:
        yield from layout.wrapped(f"Found: {fact.fact}", "", "  ")
        said = f"Played: {fact.shows}" if fact.shows else f"Nothing to play ({fact.code}): {fact.gap}"
        yield from layout.wrapped(said, "  ")
        yield ""
    for fact in open_:
        yield from layout.wrapped(f"Open: {fact.fact}", "", "  ")
        yield from layout.wrapped(f"Not shown ({fact.code}): {fact.gap}", "  ")
        if fact.fact in explained.elsewhere:
            yield from layout.wrapped(_ELSEWHERE, "  ")
        yield ""
    yield f"{len(found)} found, {len(open_)} open."
    yield from _file_lines(one, target, explained)


_ELSEWHERE = "It plays for invented people who hold every role, so `check` tells it as found."


def _file_lines(one: Built, target: Path | None, explained: Explained) -> Iterator[str]:
    """Yield where the scenarios are, and how to play them."""
    if target is None:
        yield from layout.wrapped(f"Nothing plays for {explained.organisation} ({explained.why}): no file is written.")
        return
    yield from layout.wrapped(f"Written to {shown(target)}, for {explained.organisation} ({explained.why}).")
    beside = one.path.with_name(f"{one.definition.name}.yaml")
    if beside != one.path:
        said = f"Scenarios play the file that is named like the procedure: call {shown(one.path)} {beside.name}."
        yield from layout.wrapped(said)
    else:
        yield from layout.wrapped(f"Play it: inprocap-flow test {shown(target)}")
