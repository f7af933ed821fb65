"""Small procedures drawn by a seed: they look sound, and now and then something was forgotten."""

from __future__ import annotations

import random
from typing import Any

from inprocap_flow.service.explaining import _flow

Written = dict[str, Any]
FORGETS = 0.15
"""How often something is left out that a careful person would have written."""


def procedure(seed: str, name: str = "drawn") -> str:
    """Return the text of a procedure of two to five stages, with deadlines, branches, approvals and tracks."""
    return _Drawing(random.Random(seed), name).text()


class _Drawing:
    def __init__(self, chance: random.Random, name: str) -> None:
        self.chance, self.name = chance, name
        self.stages = [f"s{number}" for number in range(chance.randint(2, 5))]
        self.steps: dict[str, Written] = {}
        self.fields: dict[str, Written] = {"need": {"type": "text", "title": "Need"}}
        self.deadlines: dict[str, Written] = {}
        self.approvals: dict[str, Written] = {}
        self.begins: Written = {
            "step": "open_case", "by": "officer", "to": "s0", "handed_in": {"fields": ["need"]}
        }  # fmt: skip
        self.tracks: dict[str, Written] = {}

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def careful(self) -> bool:
        return not self.happens(FORGETS)

    def text(self) -> str:
        for number in range(len(self.stages)):
            self._step(number)
        self._give_up()
        if self.happens(0.7):
            self._track()
        if self.happens(0.4):
            self._by_itself()
        for number in range(len(self.stages)):
            if self.happens(0.45):
                self._deadline(number)
        return "".join(f"{key}: {_flow(value)}\n" for key, value in self._document().items() if value)

    def _document(self) -> Written:
        roles: Written = {
            "officer": {"title": "Officer"}, "authority": {"title": "Authority"},
        }  # fmt: skip
        if self.tracks:
            roles["firm"] = {"title": "Firm", "speaks_for": "bid", "sees": "own"}
        stages: Written = {stage: {"owner": "officer"} for stage in self.stages}
        return {
            "procedure": self.name, "version": "1", "language": "en", "title": "Drawn by chance", "rulebook": "none",
            "roles": roles, "fields": self.fields, "begins": self.begins,
            "stages": stages | {"done": {"final": "completed"}, "gone": {"final": "cancelled"}},
            "steps": self.steps, "approvals": self.approvals, "deadlines": self.deadlines, "tracks": self.tracks,
        }  # fmt: skip

    # ------------------------------------------------------------------------------------------ the main line

    def _step(self, number: int) -> None:
        last = number == len(self.stages) - 1
        onward = "done" if last else self.stages[number + 1]
        step: Written = {"from": self.stages[number], "by": self.chance.choice(["officer", "authority"])}
        if not last and self.happens(0.3):
            name = f"choice{number}"
            self.fields[name] = {"type": "choice", "choices": ["a", "b"], "title": "Which way"}
            step["handed_in"] = {"fields": [name]}
            step["branches"] = [
                {"when": f"{name} == 'a'", "to": self.chance.choice(self.stages)}, {"otherwise": onward}
            ]  # fmt: skip
        else:
            step["to"] = onward
        if last and self.careful():
            step["ends"] = "everything"
        self._asks(number, step)
        self.steps[f"go{number}"] = step

    def _asks(self, number: int, step: Written) -> None:
        there: Written = {}
        if self.happens(0.3):
            self.approvals[f"signed{number}"] = {"signatures": [{"role": "authority", "not_same_as": ["whoever_asks"]}]}
            there["approvals"] = [f"signed{number}"]
        if self.happens(0.3):
            there["that"] = [{"holds": self._fact(number), "if_not": "It is not so."}]
        if there:
            step["already_there"] = there

    def _fact(self, number: int) -> str:
        """Return a condition on a fact that somebody fills, or that an earlier (or, forgotten, a later) step brings."""
        name = f"fact{number}"
        self.fields[name] = {"type": "yes_no", "title": "Is it so"}
        earlier = [step for step in (f"go{one}" for one in range(number)) if "branches" not in self.steps[step]]
        if self.happens(0.5) or not earlier:
            self.fields[name]["by"] = "officer"
        else:
            handed = self.steps[self.chance.choice(earlier)].setdefault("handed_in", {"fields": []})
            handed["fields"] = [*handed["fields"], name]
        return name if self.happens(0.6) else f"not {name}"

    def _give_up(self) -> None:
        where = (
            "any" if self.happens(0.5) else self.chance.sample(self.stages, self.chance.randint(1, len(self.stages)))
        )
        step: Written = {"from": where, "to": "gone", "by": "authority", "handed_in": {"reason": "yes"}}
        if self.careful():
            step["ends"] = "everything"
        self.steps["give_up"] = step

    def _by_itself(self) -> None:
        """A step that nobody has to carry out."""
        number = self.chance.randrange(len(self.stages))
        onward = [*self.stages, "done"][number + 1]
        if self.tracks:
            condition: object = {"all_finished": "bid"} if self.happens(0.5) else {"at_least_one_in": {"bid": "sent"}}
        else:
            self.fields["ready"] = {"type": "yes_no", "by": "officer", "title": "Ready"}
            condition = "ready"
        step: Written = {"from": self.stages[number], "to": onward, "as_soon_as": condition}
        if onward == "done":
            step["ends"] = "everything"
        self.steps["by_itself"] = step

    # ------------------------------------------------------------------------------------------ clocks

    def _deadline(self, number: int) -> None:
        name = f"clock{number}"
        kind = self.chance.choice(["open_until", "due", "not_before"])
        declared: Written = {"title": "Clock", "kind": kind, "period": f"{self.chance.randint(2, 40)} days"}
        go = self.steps[f"go{number}"]
        starting = self.begins if number == 0 else self.steps[f"go{number - 1}"]
        starting["starts"] = [*starting.get("starts", []), name]
        if kind == "open_until":
            declared["when_over"] = f"over{number}"
            to = self.chance.choice([*self.stages[number + 1 :], "gone"])
            over: Written = {"from": self.stages[number], "to": to, "by": "system"}
            if to == "gone":
                over["ends"] = "everything"
            self.steps[f"over{number}"] = over
            ending = "stops"
        else:
            declared["remind"] = [{"role": "officer", "before": "1 day"}]
            ending = "meets" if kind == "due" else ""
        if kind == "not_before":
            go.setdefault("already_there", {})["after"] = [name]
        if ending and self.careful():
            for step in self.steps.values():
                if step["from"] == self.stages[number] and step.get("by") != "system" and "as_soon_as" not in step:
                    step[ending] = [*step.get(ending, []), name]
        self.deadlines[name] = declared

    # ------------------------------------------------------------------------------------------ tracks

    def _track(self) -> None:
        where = self.chance.randrange(len(self.stages))
        stage = self.stages[where]
        self.tracks["bid"] = {
            "title": "Bid",
            "fields": {"price": {"type": "money", "above": "0", "title": "Price"}},
            "begins": {"step": "begin_bid", "by": "firm", "to": "begun", "while": stage},
            "stages": {"begun": {"owner": "firm"}, "sent": {"owner": "officer"}, "out": {"final": "out"}},
            "steps": {
                "send": {
                    "from": "begun",
                    "to": "sent",
                    "by": "firm",
                    "while": stage,
                    "handed_in": {"fields": ["price"]},
                },
                "drop": {"from": "sent", "to": "out", "by": "officer"},
            },
            "if_case_ends": "out",
        }
        if self.careful():
            self.tracks["bid"]["steps"]["lapse"] = {"from": "begun", "to": "out", "by": "system"}
            self.steps[f"go{where}"]["moves"] = [{"tracks": "bid", "in": "begun", "step": "lapse"}]
        if self.happens(0.5):
            there = self.steps[f"go{len(self.stages) - 1}"].setdefault("already_there", {})
            asked = {"all_finished": "bid"} if self.happens(0.5) else {"nobody_in": {"bid": "sent"}}
            there["that"] = [*there.get("that", []), {**asked, "if_not": "Bids are open."}]
