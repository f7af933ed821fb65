# ruff: noqa: E501 - sentences of a page
"""The figures of a run as a page: what was found by whom, class by class, and every survivor with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inprocap_flow.service.counterexamples import MEANINGS
from tests.mutation.catalogue import ALL
from tests.mutation.fault import FaultClass
from tests.mutation.judging import Judged
from tests.mutation.survivors import reason
from tests.mutation.walking import SAID_OPEN, Drawn


def percent(part: int, whole: int) -> str:
    """Return a share in words of a table."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def of(judged: Iterable[Judged], fault: FaultClass) -> list[Judged]:
    """Return those of one class that differ from what is shipped."""
    return [one for one in judged if one.fault == fault.name and not one.equivalent]


def rate(judged: Sequence[Judged], *, by_checks: bool) -> tuple[int, int]:
    """Return how many were found of how many, in the classes that checks claim (by checks) or that scenarios claim."""
    mine = [one for fault in ALL if fault.by_checks is by_checks for one in of(judged, fault)]
    return sum(bool(one.codes) if by_checks else one.found for one in mine), len(mine)


def survivors(judged: Iterable[Judged]) -> list[Judged]:
    """Return what nothing noticed, and what the checks that claim its class did not."""
    claimed = {fault.name for fault in ALL if fault.by_checks}
    return [
        one for one in judged if not one.equivalent and not (one.codes or (one.scenario and one.fault not in claimed))
    ]


def page(judged: Sequence[Judged]) -> list[str]:
    """Return the figures in the lines of a page."""
    real = [one for one in judged if not one.equivalent]
    found, whole = rate(judged, by_checks=True)
    other, others = rate(judged, by_checks=False)
    playable = [one for one in real if one.playable]
    hidden = [one for one in survivors(judged) if one.hidden]
    return [
        (
            f"- mutants: {len(judged):,} of {len({one.subject for one in judged})} procedures, equivalent and left "
            f"out: {len(judged) - len(real)}"
        ),
        f"- classes that checks claim: {found} of {whole} found by checks, {percent(found, whole)}",
        f"- of these by a code that claims the class: {sum(_claimed(one) for one in real)}",
        f"- classes that scenarios claim: {other} of {others} found, {percent(other, others)}",
        (
            f"- of those {others}, no scenario could show {len(hidden)} that nothing found; without these: "
            f"{other} of {others - len(hidden)}, {percent(other, others - len(hidden))}"
        ),
        f"- found by checks, all classes: {percent(sum(bool(one.codes) for one in real), len(real))}",
        (
            f"- found by shipped scenarios, of the {len(playable)} that could be played: "
            f"{percent(sum(bool(one.scenario) for one in playable), len(playable))}"
        ),
        f"- where checks found them: {_counted(Counter(one.stage for one in real if one.codes))}",
        f"- only advice, no error: {sum(one.advice_only for one in real)}",
        "",
        *_table(judged),
        "",
        "## Survivors",
        "",
        *_survivors(judged),
    ]


def _claimed(one: Judged) -> bool:
    return any(fault.name == one.fault and set(fault.claimed) & set(one.codes) for fault in ALL)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _table(judged: Sequence[Judged]) -> list[str]:
    lines = [
        "Scenarios are only played where the mutant can be looked up; `weakened` and overlays are for checks alone.",
        "",
        "| Class | Claimed by | Tried | Equivalent | By checks | By scenarios | By either |",
        "|---|---|---|---|---|---|---|",
    ]
    for fault in ALL:
        mine, all_of_it = of(judged, fault), [one for one in judged if one.fault == fault.name]
        if not all_of_it:
            continue
        claimed = "checks" if fault.by_checks else "a scenario"
        played = [one for one in mine if one.playable]
        scenario = f"{sum(bool(one.scenario) for one in played)} of {len(played)}" if played else "-"
        lines.append(
            f"| {fault.name} | {claimed} | {len(all_of_it)} | {len(all_of_it) - len(mine)} "
            f"| {sum(bool(one.codes) for one in mine)} | {scenario} | {sum(one.found for one in mine)} |"
        )
    return lines


def _survivors(judged: Sequence[Judged]) -> list[str]:
    claimed = {fault.name for fault in ALL if fault.by_checks}
    found = [one for one in survivors(judged) if not one.hidden]
    lines = [
        (
            f"{len(found)} mutants: in classes that checks claim, what no check found (even if a scenario did); in others "
            "what nothing found."
        ),
        "",
    ]
    for one in sorted(found, key=lambda one: (one.fault, one.subject, one.what)):
        whose = "claimed by a check" if one.fault in claimed else "claimed by a scenario"
        helped = "; a scenario found it" if one.scenario else ""
        lines.append(
            f"- **{one.fault}** ({whose}{helped}), {one.subject}: `{one.what}`. {reason(one) or 'Not looked into.'}"
        )
    return [*lines, "", *_hidden([one for one in survivors(judged) if one.hidden])]


def _hidden(found: Sequence[Judged]) -> list[str]:
    """Return what no scenario could show, by reason."""
    lines = [f"No scenario could show {len(found)} more, which nothing found either:", ""]
    for why in sorted({one.hidden for one in found}):
        mine = sorted(f"{one.subject} `{one.what}`" for one in found if one.hidden == why)
        lines.append(f"- {why} ({len(mine)}) {'; '.join(mine)}.")
    return lines


# ------------------------------------------------------------------------------------------ drawn procedures


def walked_page(told: Sequence[Drawn]) -> list[str]:
    """Return what came of procedures drawn by chance, in the lines of a page."""
    explored = [one for one in told if not one.refused]
    verdicts = Counter((code, verdict) for one in explored for code, verdict in one.verdicts.items())
    refused = Counter(code for one in told for code in one.refused)
    broken = [(one.seed, said) for one in told for said in one.unsound]
    open_ones = [(one.seed, said) for one in told for said in one.wrong if said not in one.unsound]
    walks, looked = sum(one.walks for one in told), sum(one.looked for one in told)
    ended, stuck = sum(one.ended for one in told), sum(one.stuck for one in told)
    return [
        f"- refused by checks: {len(told) - len(explored)} ({_counted(refused)})",
        f"- explored: {len(explored)}, {sum(one.states for one in explored):,} abstract cases",
        (
            f"- findings: {sum(one.findings for one in told)}, written and played with the fault shown: "
            f"{sum(one.replayed for one in told)}"
        ),
        f"- told as open, as the way that was found does not play: {sum(len(one.doubts) for one in told)}",
        (
            f"- walks: {walks}, {sum(one.decided for one in told):,} decisions, "
            f"{sum(sum(one.refusals.values()) for one in told):,} reasons for refusals"
        ),
        (
            f"- walks that came to an end by chance: {walks - looked}; when everything was tried: "
            f"{ended - (walks - looked)}; to none, everything tried: {stuck}; given up: {walks - ended - stuck}"
        ),
        f"- proofs against which something came up: {len(broken)}",
        *(f"- walks: {said}: {sum(said in one for _, one in open_ones)}" for said in SAID_OPEN),
        "",
        "| Check | proven | found | none found | not decided |",
        "|---|---|---|---|---|",
        *(
            f"| {code} | " + " | ".join(str(verdicts[code, one]) for one in WORDS) + " |"
            for code in sorted({code for code, _ in verdicts})
        ),
        "",
        *(f"- seed `{seed}`: {said}" for seed, said in (*broken, *open_ones)),
        *_not_shown([(one.seed, code, said) for one in told for code, said in one.gaps]),
        *_doubted([(one.seed, said) for one in told for said in one.doubts]),
    ]


def _not_shown(gaps: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the findings that no scenario shows, by reason, each with the seed that draws the procedure again."""
    if not gaps:
        return ["Every finding replays."]
    lines = ["", "## Findings that no scenario shows", ""]
    for code in sorted({code for _, code, _ in gaps}):
        mine = [(seed, said) for seed, found, said in gaps if found == code]
        lines += [
            f"**{code}** ({len(mine)}): {MEANINGS[code]}.",
            "",
            *(f"- seed `{seed}`: {said}" for seed, said in mine),
        ]
        lines += [""]
    return lines[:-1]


def _doubted(doubts: Sequence[tuple[str, str]]) -> list[str]:
    """Return what was explored and does not play, each with the seed that draws the procedure again."""
    if not doubts:
        return []
    return ["", "## Told as open, not as found", "", *(f"- seed `{seed}`: {said}" for seed, said in doubts)]


WORDS = ("proven", "found", "none found", "not decided")
