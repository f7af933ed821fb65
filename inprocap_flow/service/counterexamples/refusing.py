"""A refusal as what a scenario shows: every reason that the engine gives, and where the case stands then."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import MAIN, Blocker, Refusal
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.counterexamples.gaps import NOT_REFUSED, REFUSED_OTHERWISE, TOO_LATE, Gap
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.stage import Stage


def refused_at_last(stage: Stage, deed: Deed, last: Happened, names: str = "", *, never: bool = False) -> str:
    """Ask for the last deed and note why it is refused: for the reason of the path, which must speak of *names*.

    If it is *never* possible, any reason shows it.
    """
    refused = get_done(stage, deed, last)
    if refused is None:
        explain_the_clocks(stage, last, names)
        raise Gap(NOT_REFUSED, f"{last.name} is not refused")
    wanted = last.refused.partition(":")[0]
    if not never and not any(_alike(wanted, one.code) and _speaks_of(one, names) for one in refused.blockers):
        if any(_alike(wanted, one.code) for one in refused.blockers):
            explain_the_clocks(stage, last, names)
        raise Gap(REFUSED_OTHERWISE, f"{last.name} is refused for another reason: {because(refused)}")
    note_refusal(stage, deed, refused)
    return f"{last.name} is refused: {because(refused)}"


def _speaks_of(blocker: Blocker, names: str) -> bool:
    """Return whether a reason speaks of *names*; what reads several values may name any of those that are missing."""
    if blocker.code not in ("left-open", "already-running", "deadline-not-started"):
        return True
    said = [word.partition("/")[0].rpartition(".")[2] for word in (blocker.detail or blocker.about).split(", ")]
    return not names or names in said


def explain_the_clocks(stage: Stage, last: Happened, names: str) -> None:
    """Raise Gap if what should still run is over by now: an exploration does not know how long deadlines are."""
    clocks = {names} if last.refused.partition(":")[0] in ("left-open", "already-running") else set()
    for event in reversed(stage.rehearsal.events):
        if event.kind in ("deadline_over", "deadline_missed", "deadline_met") and event.data["deadline"] in clocks:
            when = event.happened.first.astimezone(stage.rehearsal.binding.zone)
            said = f"{event.data['deadline']} ended on {when:%Y-%m-%d}, before {last.name} could come"
            raise Gap(TOO_LATE, f"{said}: it is shorter than what the case has to wait for on the way")


def note_refusal(stage: Stage, deed: Deed, refused: Refusal) -> None:
    """Add *deed* as it was asked for last, with every reason that the engine gives."""
    asked, request = stage.tried or deed, refused.request
    asked = replace(asked, at=stage.clock(), by=request.actor, documents=tuple(request.documents))
    stage.deeds.append(replace(asked, reason=request.reason, then=Expected(refused=codes_of(refused))))


def codes_of(refused: Refusal) -> tuple[str, ...]:
    """Return the codes of every reason, as a scenario lists them."""
    return tuple(sorted(blocker.code for blocker in refused.blockers))


def because(refused: Refusal) -> str:
    """Return every reason of a refusal in the engine's words, each once."""
    return " ".join(dict.fromkeys(blocker.reason for blocker in refused.blockers))


def _alike(wanted: str, code: str) -> bool:
    """Return whether the engine means the same: what is unknown is found by whatever reads it first."""
    if wanted in ("field-missing", "guard", "branch-unknown"):
        return code in ("field-missing", "guard", "guard-unknown", "branch-unknown")
    return code == wanted or code.startswith(wanted)


def standing(stage: Stage, line: str) -> Expected:
    """Return where a line stands now, as a scenario expects it."""
    if line == MAIN:
        return Expected(stage_of_case=stage.case.main.state)
    kind, _, name = line.partition("/")
    return Expected(stage_of_case=stage.case.main.state, tracks={kind: {name: stage.case.lines[line].state}})
