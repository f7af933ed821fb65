"""Random walks through a procedure, each of whose steps must keep the laws of the engine."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Decision, Event, Handed, Refusal, Request, unstamp
from inprocap_flow.engine.decide import ACT_KINDS, decide
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook
from inprocap_flow.language.model import CASE, Field, Person
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.store import snapshot
from tests.engine.conftest import Play, moment

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
START = moment("2026-01-05 09:00")
SECRETS = range(70_000_001, 79_999_999)


def text_of(case: Case | None) -> str:
    return canonical_json(to_plain(case))


@dataclass
class Walk:
    """A case led through random requests, with every law looked at after each."""

    binding: Binding
    rng: random.Random
    now: datetime = START
    events: list[Event] = field(default_factory=list)
    case: Case | None = None
    secrets: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    decided: int = 0
    refused: int = 0
    defects: int = 0

    def __post_init__(self) -> None:
        self.binding = replace(self.binding, reveal=lambda mark: self.secrets[mark]["value"])

    def go(self, steps: int) -> None:
        opening = self.binding.definition.main.begins
        people = list(self.binding.organisation.people)
        # One value in fifty is nonsense, so an opening may be refused; only one person of these may open at all.
        for person in people * 20:
            if self.case is None:  # unless the walk goes on from where a story ended
                fields = self.values(CASE, opening.handed_in.fields)
                self.ask(Request("open", person, fields=fields, extra={"case": "case-1", "seed": "11" * 32}))
        assert self.case is not None, "nobody can open this"
        for _ in range(steps):
            self.now += timedelta(minutes=self.rng.choice((0, 1, 60, 60, 1440, 1440, 10_000)))
            request = self.some_request()
            for _ in range(self.rng.choice((0, 4))):
                outcome = self.ask(request)
                if not isinstance(outcome, Refusal):
                    break
                request = self.mended(request, outcome)
            self.ask(request)
        self.replay_is_truth()

    # -------------------------------------------------------------------------------------------- mending

    def mended(self, request: Request, refusal: Refusal) -> Request:
        """Do what the blockers of *refusal* ask for, and return the request as it may be asked again."""
        for blocker in refusal.blockers:
            request = self._mend(request, blocker)
        return request

    def _mend(self, request: Request, blocker: Blocker) -> Request:
        if blocker.possible_from is not None:
            self.now = max(self.now, blocker.possible_from)
        if blocker.code == "interest-undeclared":
            self.ask(Request("interest", request.actor))
        elif blocker.code.startswith("approval-"):
            self.ask(Request("ask", request.actor, blocker.about, request.line))
            for person in blocker.who:
                self.ask(Request("sign", person, blocker.about, request.line))
        elif blocker.code == "not-entitled" and blocker.who:
            return replace(request, actor=self.rng.choice(blocker.who))
        elif blocker.code == "reason-missing":
            return replace(request, reason="because")
        elif blocker.code in ("field-missing", "guard-unknown", "branch-unknown"):
            self._fill(request, blocker.about)
        elif blocker.code == "document-missing":
            return self._hand_in(request, blocker.about)
        return request

    def _fill(self, request: Request, name: str) -> None:
        kind = self.case.lines[request.line].kind if self.case and request.line in self.case.lines else CASE
        own = self.binding.definition.line(kind).fields.get(name)
        declared = own or self.binding.definition.main.fields.get(name)
        if declared is not None and declared.by:
            seed = {"seed": f"{self.rng.getrandbits(256):064x}"}
            line = request.line if own else MAIN
            for holder in self.binding.holders(declared.by[0])[:1]:
                self.ask(Request("fill", holder.id, line=line, fields={name: self.value(declared)}, extra=seed))

    def _hand_in(self, request: Request, name: str) -> Request:
        kind = self.case.lines[request.line].kind if self.case and request.line in self.case.lines else CASE
        own = self.binding.definition.line(kind).documents.get(name)
        declared = own or self.binding.definition.main.documents.get(name)
        if declared is None or not declared.by:
            return replace(request, documents={**request.documents, **self.papers([name])})
        for holder in self.binding.holders(declared.by[0])[:1]:
            self.ask(Request("bring", holder.id, line=request.line if own else MAIN, documents=self.papers([name])))
        return request

    # ------------------------------------------------------------------------------------------- requests

    def some_request(self) -> Request:
        assert self.case is not None
        line = self.rng.choice(list(self.case.lines.values()))
        actor = self.rng.choice(list(self.binding.organisation.people))
        kind = self.rng.choice(("do",) * 12 + ("begin",) * 3 + ("fill", "bring") * 3 + ("sign",) * 5 + ACT_KINDS)
        extra = {"seed": f"{self.rng.getrandbits(256):064x}", "conflict": self.rng.random() < 0.03}
        made = self._made(kind, line.id, line.kind)
        return Request(**{"actor": actor, "reason": self.rng.choice((None, "because")), "extra": extra, **made})

    def _made(self, kind: str, line_id: str, line_kind: str) -> dict[str, Any]:
        definition = self.binding.definition.line(line_kind)
        if kind == "begin":
            return self._beginning(line_id, line_kind)
        if kind == "do":
            return self._step(line_id, line_kind)
        if kind in ("sign", "ask", "decline", "withdraw"):
            known = [*definition.approvals, *self.binding.definition.main.approvals, "nothing"]
            return {"kind": kind, "name": self.rng.choice(known), "line": line_id}
        if kind == "fill":
            some = self.rng.sample(list(definition.fields), min(3, len(definition.fields)))
            return {"kind": kind, "line": line_id, "fields": self.values(line_kind, tuple(some))}
        if kind == "bring":
            return {"kind": kind, "line": line_id, "documents": self.papers(list(definition.documents))}
        if kind == "derogate":
            return {"kind": kind, "name": self.rng.choice([*self.binding.definition.derogations, "nothing"])}
        if kind == "annul":
            return {"kind": kind, "name": str(self.rng.randrange(1, 1 + max(e.decision for e in self.events)))}
        return {"kind": kind, "line": line_id}

    def _step(self, line_id: str, line_kind: str) -> dict[str, Any]:
        assert self.case is not None
        definition, machine = self.binding.definition.line(line_kind), self.binding.machine
        state = self.case.lines[line_id].state
        offered = machine.offered(line_kind, state)
        # Most walks should get far, so ways out of the whole case are taken seldom.
        on = [n for n in offered if not set(machine.targets(line_kind, state, n) or ()) & set(machine.main.finals)]
        if not offered:
            return {"kind": "do", "name": "nothing", "line": line_id}
        step = definition.steps[self.rng.choice(on if on and self.rng.random() < 0.97 else offered)]
        papers = (*step.handed_in.documents, *step.already_there.documents)
        made = {
            "kind": "do",
            "name": step.name,
            "line": line_id,
            "fields": self.values(line_kind, (*step.handed_in.fields, *step.may_fill)),
            "documents": self.papers([paper for paper in papers if paper in definition.documents]),
        }
        people = [person.id for role in step.by if not step.is_system for person in self.binding.holders(role)]
        return made | ({"actor": self.rng.choice(people)} if people and self.rng.random() < 0.9 else {})

    def _beginning(self, line_id: str, line_kind: str) -> dict[str, Any]:
        fitting = [k for k, t in self.binding.definition.tracks.items() if (t.parent or CASE) == line_kind] or [
            "nothing"
        ]
        kind = self.rng.choice(fitting)
        line = self.binding.definition.tracks.get(kind)
        fields = self.values(kind, line.begins.handed_in.fields) if line else {}
        parent = None if line_id == MAIN else line_id
        people = [person.id for role in (line.begins.by if line else ()) for person in self.binding.holders(role)]
        if people:
            return {"kind": "do", "new": f"{kind}/{self.rng.randrange(4)}", "parent": parent, "fields": fields,
                    "actor": self.rng.choice(people), "documents": self.papers(list(line.begins.handed_in.documents))}  # type: ignore[union-attr]  # fmt: skip
        return {"kind": "do", "new": f"{kind}/{self.rng.randrange(6)}", "parent": parent, "fields": fields}

    def values(self, kind: str, names: tuple[str, ...]) -> dict[str, Any]:
        fields = self.binding.definition.line(kind).fields
        return {name: self.value(fields[name]) for name in names if name in fields}

    def value(self, declared: Field) -> Any:
        rng = self.rng
        if rng.random() < 0.02:
            return rng.choice((None, "", "junk", {}, [], {"amount": "x", "currency": "EUR"}, 7, "0"))
        day = (self.now + timedelta(days=rng.choice((-5, 20, 45, 60, 90)))).date().isoformat()
        amount = rng.choice(SECRETS) if declared.sealed_until else rng.choice((1000, 90_000, 500_000))
        by_type: Mapping[str, Any] = {
            "yes_no": rng.random() < 0.8,
            "whole_number": str(rng.randrange(1, 5)),
            "number": str(amount),
            "percent": str(rng.choice((20, 60, 80))),
            "money": {"amount": str(amount), "currency": declared.currency or "EUR"},
            "date": day,
            "moment": f"{day}T14:00:00Z",
            "period": rng.choice(("P10D", "P3M", "P2Y")),
            "choice": rng.choice(declared.choices or ("none",)),
            "country": "DE",
            "person": rng.choice(list(self.binding.organisation.people)),
        }
        return by_type.get(declared.type, f"text {amount}")

    def papers(self, names: list[str]) -> dict[str, Handed]:
        return {name: Handed(f"hash-{self.rng.randrange(3)}", f"{name}.pdf") for name in names}

    # ------------------------------------------------------------------------------------------------ laws

    def ask(self, request: Request) -> Decision | Refusal | None:
        before = self.case
        try:
            outcome = decide(self.binding, self.case, request, self.now, self.events)
        except DefinitionDefect:
            self.defects += 1
            assert self.case is before
            return None
        if self.rng.random() < 0.1:
            self.the_same_from_its_text(request, outcome)
        self.all_or_nothing(request, outcome)
        self.events += outcome.events
        self.case = outcome.case
        if self.rng.random() < 0.1:
            self.replay_is_truth()
        if isinstance(outcome, Decision):
            self.decided += 1
            self.secrets |= outcome.sealed
        else:
            self.refused += 1
        self.said.append(repr(outcome.events) + repr(outcome.messages) + repr(getattr(outcome, "blockers", ())))
        return outcome

    def the_same_from_its_text(self, request: Request, outcome: Decision | Refusal) -> None:
        """Deciding is deterministic, and a case read back from its stored text is the same case."""
        stored = snapshot.read(snapshot.write(self.case)) if self.case else None
        again = decide(self.binding, stored, request, self.now, self.events)
        assert json.dumps([e.to_plain() for e in again.events]) == json.dumps([e.to_plain() for e in outcome.events])
        assert [repr(b) for b in getattr(again, "blockers", ())] == [repr(b) for b in getattr(outcome, "blockers", ())]

    def all_or_nothing(self, request: Request, outcome: Decision | Refusal) -> None:
        if isinstance(outcome, Decision) or self.case is None:
            return
        assert not [b for b in outcome.blockers if b.code == "guard" and b.about in self.case.lifted]
        expiries = pass_time(self.binding, self.case, request, self.now, self.now) if outcome.events else []
        after = replace(expiries[-1].case, version=self.case.version + 1) if expiries else self.case
        assert text_of(outcome.case) == text_of(after)
        assert outcome.blockers

    def replay_is_truth(self) -> None:
        assert text_of(fold(self.events)) == text_of(self.case) if self.events else self.case is None

    def one_person_one_signature(self) -> None:
        assert self.case is not None
        for state in self.case.approvals.values():
            standing = [s for s in state.signatures if s.status == "standing"]
            for index in {s.index for s in standing}:
                people = [p for s in standing if s.index == index for p in {s.person, s.on_behalf_of or s.person}]
                assert len(people) == len(set(people)), state

    def nothing_sealed_was_said(self) -> None:
        assert self.case is not None
        for line in self.case.lines.values():
            for value in line.fields.values():
                if isinstance(value, dict) and "sealed" in value:
                    amount = self.secrets[value["sealed"]]["value"]
                    hidden = str(amount["amount"]) if isinstance(amount, dict) else str(amount)
                    if hidden.isdecimal() and int(hidden) in SECRETS:
                        assert not any(hidden in said for said in self.said)

    def moments_are_in_order(self) -> None:
        assert self.case is not None
        for state in self.case.deadlines.values():
            if state.status == "running" and state.end:
                assert unstamp(state.end) > self.now or self.defects


def walked(binding: Binding, seed: int, steps: int, story: Play | None = None) -> Walk:
    walk = Walk(binding, random.Random(seed))
    if story is not None:
        walk.case, walk.events, walk.now = story.case, list(story.events), story.events[-1].recorded_at
        walk.secrets = {mark: {"value": value} for mark, value in story.rehearsal.secrets.items()}
    walk.go(steps)
    walk.one_person_one_signature()
    walk.nothing_sealed_was_said()
    walk.moments_are_in_order()
    return walk


def shipped(name: str) -> Binding:
    folder = ROOT / "definitions"
    machine = compile_definition(load_procedure(folder / f"{name}.yaml", (folder,)))
    organisation, _ = load_organisation(folder / "organisations" / "example-lab.yaml", (folder,))
    book = machine.definition.rulebook
    rulebook = load_rulebook(folder / "rulebooks" / f"{book}.yaml") if book and book != "none" else None
    firms = {name: Person(name, ("supplier",)) for name in ("al", "bo", "cy")}
    return Binding(machine, replace(organisation, people={**organisation.people, **firms}), rulebook)


def report(name: str, walks: list[Walk]) -> None:
    far = {walk.case.main.state for walk in walks if walk.case}
    print(  # noqa: T201  # a randomised suite says what it did
        f"{name}: seed {SEED}, {len(walks)} walks, {sum(w.decided for w in walks)} decided, "
        f"{sum(w.refused for w in walks)} refused, {sum(w.defects for w in walks)} defects, ended in {sorted(far)}"
    )
