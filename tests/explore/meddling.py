"""Small procedures drawn by chance whose tracks do much to one another, to the case and to its clocks."""

from __future__ import annotations

import random
from typing import Any

from inprocap_flow.service.explaining import _flow

Written = dict[str, Any]
CASE_STAGES = ("s0", "s1", "s2")
TRACK_STAGES = ("t0", "t1", "t2")
CLOCKS = ("c", "d")
KINDS = ("a", "b")


def procedure(chance: random.Random) -> str:
    """Return the text of a procedure of three stages, two clocks and two kinds of tracks, the second begun by itself.

    Every step may start and stop clocks of the case and move or begin tracks. There are steps that come by themselves.
    """
    own = {kind: "own" if chance.random() < 0.6 else "" for kind in KINDS}
    document: Written = {
        "procedure": "meddling", "version": "1", "language": "en", "title": "Drawn by chance", "rulebook": "none",
        "own_lengths": {"source": "Invented for a test", "confirmed_on": "never"}, "counting": "plain",
        "roles": {"officer": {"title": "Officer"}},
        "begins": {"step": "open_case", "by": "officer", "to": "s0"},
        "stages": {stage: {"owner": "officer"} for stage in CASE_STAGES} | {"done": {"final": "completed"}},
        "steps": _main_steps(chance), "deadlines": _main_clocks(chance),
        "tracks": {kind: _track(chance, kind, own[kind]) for kind in KINDS},
    }  # fmt: skip
    return "".join(f"{key}: {_flow(value)}\n" for key, value in document.items())


def _main_steps(chance: random.Random) -> Written:
    steps: Written = {}
    for number, stage in enumerate(CASE_STAGES):
        onward = (*CASE_STAGES, "done")[number + 1]
        steps[f"go{number}"] = {"from": stage, "to": onward, "by": "officer", **_meddling(chance, "", 0.6)}
        if chance.random() < 0.4 and onward != "done":
            steps[f"alone{number}"] = {"from": stage, "to": onward, "as_soon_as": _asked(chance)}
    steps["back"] = {"from": chance.choice(CASE_STAGES[1:]), "to": "s0", "by": "officer", **_meddling(chance, "", 0.5)}
    steps["over"] = {
        "from": list(CASE_STAGES),
        "to": chance.choice(CASE_STAGES),
        "by": "system",
        **_meddling(chance, "", 0.3),
    }
    if chance.random() < 0.5:
        steps["go2"]["ends"] = "everything"
    return steps


def _main_clocks(chance: random.Random) -> Written:
    found: Written = {
        "c": {"title": "C", "kind": "due", "period": "5 days"},
        "d": {"title": "D", "kind": "open_until", "period": "7 days", "when_over": "over"},
    }
    if chance.random() < 0.5:
        found["c"]["acts"] = {"stop": {"by": "officer"}}
    return found


def _track(chance: random.Random, kind: str, own: str) -> Written:
    by_system = kind == "b"
    clocks = chance.random() < 0.5
    track: Written = {
        "title": "Track",
        "begins": {
            "step": f"begin_{kind}",
            "by": "system" if by_system else "officer",
            "to": "t0",
            **_clocks(chance, 0.5),
        },
        "stages": {stage: {"owner": "officer"} for stage in TRACK_STAGES} | {"out": {"final": "out"}},
        "steps": {
            "on": {"from": "t0", "to": "t1", "by": "officer", **_meddling(chance, kind, 0.7)},
            "further": {
                "from": ["t0", "t1"],
                "to": chance.choice(["t0", "t1", "t2"]),
                "by": "officer",
                **_meddling(chance, kind, 0.7),
            },
            "lapse": {
                "from": list(TRACK_STAGES),
                "to": chance.choice(["t0", "t1", "out"]),
                "by": "system",
                **_clocks(chance, 0.5),
            },
            "out": {"from": ["t1", "t2"], "to": "out", "by": "officer"},
        },
        "if_case_ends": "out",
    }
    if chance.random() < 0.6:
        by_itself: Written = {
            "from": chance.choice(["t0", "t1"]),
            "to": "t2",
            "as_soon_as": _asked(chance),
            **_clocks(chance, 0.7),
        }
        track["steps"]["by_itself"] = by_itself
        if chance.random() < 0.5:
            by_itself["while"] = chance.choice(CASE_STAGES)
    if own:
        fires = {"kind": "open_until", "when_over": "lapse"} if clocks else {"kind": "due"}
        track["deadlines"] = {f"own_{kind}": {"title": "Own", "period": "3 days", **fires}}
        track["begins"]["starts"] = [*track["begins"].get("starts", []), f"own_{kind}"]
        if chance.random() < 0.6:
            track["steps"]["on"]["stops"] = [*track["steps"]["on"].get("stops", []), f"own_{kind}"]
    return track


def _meddling(chance: random.Random, kind: str, share: float) -> Written:
    """Return what a step does to others, and what it asks for."""
    found = _clocks(chance, share)
    if chance.random() < 0.35:
        moved = chance.choice([one for one in KINDS if one != kind])
        found["moves"] = [{"tracks": moved, "in": chance.sample(TRACK_STAGES, chance.choice([1, 3])), "step": "lapse"}]
    if kind != "b" and chance.random() < 0.4:
        found["creates"] = [{"track": "b", **({"for_each": "a"} if chance.random() < 0.4 else {})}]
    if chance.random() < 0.3:
        guard = {"holds": _asked(chance), "if_not": "It is not so."}
        if kind and chance.random() < 0.5:
            guard["only_from"] = "t0"
        found["already_there"] = {"that": [guard]}
    if kind and chance.random() < 0.3:
        found["while"] = chance.choice(CASE_STAGES)
    return found


def _clocks(chance: random.Random, share: float) -> Written:
    if chance.random() > share:
        return {}
    what = chance.choice(["starts", "starts", "stops", "meets", "starts stops"])
    if what == "starts stops":
        one, other = chance.sample(CLOCKS, 2)
        return {"starts": [one], "stops": [other]}
    return {what: [chance.choice(CLOCKS)]}


def _asked(chance: random.Random) -> str:
    kind = chance.choice(KINDS)
    return chance.choice([
        f"count('{kind}', 't1') >= 1", f"count('{kind}', 't2') >= 1", f"unfinished('{kind}') == 0",
        f"count('{kind}') >= 2", f"every('{kind}', 't1')",
        "running('c')", "not running('c')", "not running('d')", "over('d')",
    ])  # fmt: skip
