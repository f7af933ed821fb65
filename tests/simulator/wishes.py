"""What people might do to a case of the timed procedure next, drawn quickly: most of it fits, some of it does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, LineState, Request, When
from inprocap_flow.language.model import Step
from inprocap_flow.language.values import encode, parse_value

VERBS = ("sign", "sign", "sign", "ask", "ask", "decline", "withdraw")
BY_LAW = ("P2D", "P1W", "P5WD", "P1M", "PT24H", "P3D")


_RARELY = {"stop": 0.01, "give_up": 0.1, "back": 0.2, "call": 0.2, "finish": 0.1}


@dataclass
class Drawn:
    """Draws requests about one case at a moment."""

    chance: random.Random
    binding: Binding
    case: Case
    now: datetime

    def request(self) -> Request:
        """Return a request of any kind; a twelfth of them comes late, and a few are by the wrong person."""
        draw: Callable[[], Request] = self.chance.choices(
            (
                self._step,
                self._needed,
                self._fill,
                self._approval,
                self._clock,
                self._offer,
                self._annul,
                self._interest,
            ),
            (26, 20, 8, 18, 24, 10, 3, 1),
        )[0]
        found = draw()
        if found.kind not in ("annul", "interest") and self.chance.random() < 0.08:
            return self._late(found)
        return found

    def _late(self, request: Request) -> Request:
        happened = When.exactly(self.now - timedelta(minutes=self.chance.randint(1, 5000)))
        if self.chance.random() < 0.4:
            happened = When(happened.first, happened.first + timedelta(days=1), "day")
        return replace(request, actor=self._of("officer"), happened=happened, reason="late", evidence="a letter")

    # ------------------------------------------------------------------------------------------ steps

    def _step(self) -> Request:
        line = self._line()
        declared = self.binding.definition.line(line.kind)
        here = [step for step in declared.steps.values() if line.state in step.sources and "system" not in step.by]
        if not here:
            return self._clock()
        weights = [_RARELY.get(step.name, 1.0) for step in here]
        return self._asked(self.chance.choices(here, weights)[0], line.id)

    def _needed(self) -> Request:
        """Return what the case waits for where it stands, so that some get far."""
        state = self.case.main.state
        if state == "draft":
            if self.case.main.fields.get("closing_day", "") < (self.now + timedelta(days=12)).date().isoformat():
                return self._filled("closing_day")
            return self._called() if "value" in self.case.main.fields else self._filled("value")
        if state == "judged":
            return self._judged()
        return self._do("finish") if state == "signed" and self.chance.random() < 0.1 else self._step()

    def _called(self) -> Request:
        """Return what leads from the draft to the call: the signatures that are missing, then the call."""
        state = self.case.approvals.get("case launch")
        if state and state.declined_by:
            return Request("ask", self._of("officer"), "launch")
        moment = self.now.isoformat()
        standing = [one for one in state.signatures if one.status == "standing"] if state else []
        signed = {one.role for one in standing if not one.valid_until or one.valid_until > moment}
        missing = [role for role in ("legal", "unit") if role not in signed]
        return self._signed("launch", self.chance.choice(missing)) if missing else self._do("call")

    def _judged(self) -> Request:
        """Return what leads to the signature: the report, the meeting, the approval, the end of the standstill."""
        if "case standstill" not in self.case.deadlines:
            return self._do("report_in")
        chosen = self.case.main.fields.get("meeting")
        meetings = {one.id: one.meets for one in self.binding.organisation.committees["council"]}
        if meetings.get(chosen or "", "") < (self.now + timedelta(days=11)).isoformat():
            return self._filled("meeting")
        wishes = (self._signed("award", "legal"), self._signed("award", "board"), self._do("sign"))
        return self.chance.choice(wishes)

    def _do(self, name: str) -> Request:
        return self._asked(self.binding.definition.main.steps[name], MAIN)

    def _asked(self, step: Step, line: str) -> Request:
        reason = "it must be" if step.handed_in.reason or self.chance.random() < 0.1 else None
        speakers = self.case.lines[line].speakers
        return Request("do", self._of(*step.by, also=speakers), step.name, line=line, reason=reason)

    def _offer(self) -> Request:
        if self.case.main.state != "open":
            return self._needed()
        firm = {"firm": f"firm {self.chance.randint(1, 99)}"}
        new = f"offer/f{self.chance.randint(1, 9)}"
        return Request("do", self._of("firm", "officer"), "announce", new=new, fields=firm)

    # ------------------------------------------------------------------------------------------ values, signatures

    def _fill(self) -> Request:
        return self._filled(self.chance.choice(("closing_day", "agreed_end", "meeting", "value")))

    def _filled(self, name: str) -> Request:
        day = self.now.date() + timedelta(days=self.chance.randint(8, 60))
        meetings = [one.id for one in self.binding.organisation.committees["council"]]
        later = [one.id for one in self.binding.organisation.committees["council"] if one.meets > self.now.isoformat()]
        texts = {
            "closing_day": day.isoformat(),
            "agreed_end": self._hour(self.now + timedelta(hours=self.chance.randint(24, 900))),
            "meeting": self.chance.choice(later[:4] or meetings),
            "value": str(self.chance.randint(1, 9)),
        }
        declared = self.binding.definition.main.fields[name]
        value = encode(parse_value(declared.type, texts[name], zone=self.binding.zone))
        return Request("fill", self._of(*declared.by), fields={name: value})

    def _hour(self, moment: datetime) -> str:
        """Return *moment* as people write an hour; one that the clocks leave out or show twice nobody agrees on."""
        text = f"{moment:%Y-%m-%d %H:%M}"
        try:
            parse_value("moment", text, zone=self.binding.zone)
        except BadValue:
            return self._hour(moment + timedelta(hours=3))
        return text

    def _approval(self) -> Request:
        name = self.chance.choice(("launch", "award"))
        return self._signed(name, self.chance.choice(("legal", "unit", "board")), self.chance.choice(VERBS))

    def _signed(self, name: str, role: str, verb: str = "sign") -> Request:
        return Request(verb, self._of(role), name, reason=None if verb == "sign" else "so")

    def _interest(self) -> Request:
        return Request("interest", self._of("legal"), reason="none", extra={"conflict": False})

    # ------------------------------------------------------------------------------------------ clocks

    def _clock(self) -> Request:
        """Return an act on a clock of the case: most often one that is declared and fits how the clock stands."""
        if not self.case.deadlines:
            return self._needed()
        state = self.chance.choice(list(self.case.deadlines.values()))
        if state.status not in ("running", "suspended") and self.chance.random() < 0.7:
            state = self.chance.choice(list(self.case.deadlines.values()))
        declared = self.binding.definition.line(self.case.lines[state.line].kind).deadlines[state.name]
        acts = list(declared.acts)
        fitting = {"suspended": ["resume", "resume", "satisfy"], "missed": ["satisfy", "restart"], "over": ["restart"]}
        wanted = fitting.get(state.status, acts)
        kind = self.chance.choice([one for one in wanted if one in acts] or ["extend", "suspend", "satisfy"])
        extra: dict[str, Any] = {}
        if kind in ("extend", "correct", "restart"):
            extra = {} if kind == "restart" and declared.ends_at is None else self._end(state.end, kind)
        if kind == "satisfy" and state.status not in ("running", "suspended", "missed"):
            return self._needed()
        by = declared.acts[kind].by if kind in declared.acts else ("officer",)
        return Request(kind, self._of(*by), state.name, line=state.line, reason="so it was decided", extra=extra)

    def _end(self, end: str | None, kind: str) -> dict[str, Any]:
        if kind == "extend" and self.chance.random() < 0.3:
            return {"by_law": self.chance.choice(BY_LAW)}
        if kind == "restart" and self.chance.random() < 0.6:
            return {}
        base = datetime.fromisoformat(end) if end else self.now
        later = base + timedelta(hours=self.chance.randint(-60 if kind == "correct" else -5, 700))
        return {"until": later.isoformat() if self.chance.random() < 0.5 else later.date().isoformat()}

    # ------------------------------------------------------------------------------------------ taken back, people

    def _annul(self) -> Request:
        number = max(1, self.case.next_decision - self.chance.randint(1, 4))
        with_ = list(range(number + 1, self.case.next_decision)) if self.chance.random() < 0.4 else []
        return Request("annul", self._of("officer"), str(number), reason="a slip", extra={"with": with_})

    def _line(self) -> LineState:
        lines = [line for line in self.case.lines.values() if not line.ended] or list(self.case.lines.values())
        return self.case.main if self.chance.random() < 0.5 else self.chance.choice(lines)

    def _of(self, *roles: str, also: tuple[str, ...] = ()) -> str:
        people = self.binding.organisation.people
        fitting = [person.id for person in people.values() if set(roles) & set(person.roles)]
        if self.chance.random() < 0.04 or not (fitting or also):
            return self.chance.choice(list(people))
        return self.chance.choice([*also, *also, *fitting])
