"""What somebody might ask next: the next deed of a story, what mends a blocker of an open step, or junk."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Request, When, unstamp
from inprocap_flow.engine.offers import Offer, outlook
from inprocap_flow.errors import FlowError
from inprocap_flow.language.model import Field
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.language.values import BadValue, encode, parse_value
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of
from tests.simulator.houses import House

JUNK = ("", "x", "case", "supplier/../x", "kind/", "nobody", "system", "7", "-1", "'; DROP TABLE events; --", "ü/Ü")
NOT_A_NUMBER = {"amount": "NaN", "currency": "EUR"}
BAD_VALUES: tuple[Any, ...] = (None, True, "", "x", "12", "9e9", {"sealed": "0" * 64}, NOT_A_NUMBER)
KINDS = ("do", "fill", "bring", "ask", "sign", "decline", "withdraw", "interest", "annul", "mark", "open", "fly")


def _ends(offer: Offer) -> bool:
    ends = offer.step.ends_everything or bool(offer.step.ends_everything_but)
    return ends and offer.line == MAIN and not offer.begins


@dataclass(frozen=True)
class Wish:
    """A request still without its documents, which are taken in for each try, and the moment at which it is sent."""

    request: Request
    now: datetime
    documents: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        return self.request.new or self.request.line


@dataclass
class Asker:
    """Chooses for one case. *story* is what is still to be told of the story it follows, if it follows one.

    The first *led* deeds of it are told without anything in between, so that a walk can begin far inside a procedure.
    """

    house: House
    chance: random.Random
    binding: Binding
    story: list[Deed] = field(default_factory=list)
    led: int = 0
    drawn: int = 0
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)

    def wish(self, case: Case | None, now: datetime) -> Wish:
        """Return what is asked next; most of it is sensible, some of it wrong, a little of it nonsense."""
        if self.led and self.story:
            self.led -= 1
            return self._told(case, self.story.pop(0), now)
        self.drawn += 1
        if case is None:
            return self._opening(now)
        dice = self.chance.random()
        if self.story and dice < 0.6:
            return self._told(case, self.story.pop(0), now)
        now = self._later(case, now)
        if dice < 0.85:
            return self._sensible(case, now)
        if dice < 0.9:
            return self._backdated(case, now)
        if dice < 0.93:
            return self._annulment(case, now)
        return self._junk(case, now)

    # ------------------------------------------------------------------------------------------ time

    def _later(self, case: Case, now: datetime) -> datetime:
        """Return a later moment: mostly minutes, sometimes days, sometimes the very moment of a deadline, or back."""
        dice = self.chance.random()
        running = [unstamp(state.end) for state in case.deadlines.values() if state.status == "running" and state.end]
        if running and dice < 0.08:
            end = self.chance.choice(running) + timedelta(seconds=self.chance.choice((-1, 0, 1)))
            return max(now, end) if end < now + timedelta(days=120) else now
        if dice < 0.1:
            return now - timedelta(seconds=self.chance.randint(0, 120))  # somebody set the clock
        if dice < 0.3:
            return now + timedelta(days=self.chance.randint(1, 4))
        return now + timedelta(minutes=self.chance.randint(0, 200))

    # ------------------------------------------------------------------------------------------ stories

    def _opening(self, now: datetime) -> Wish:
        if self.story:
            return self._told(None, self.story.pop(0), now)
        step = self.binding.definition.main.begins
        actor = self._somebody(tuple(p.id for role in step.by for p in self.binding.holders(role)))
        return Wish(Request("open", actor, step.name, fields=self._values(MAIN, step.handed_in.fields)), now)

    def _told(self, case: Case | None, deed: Deed, now: datetime) -> Wish:
        happened, at = moments_of(deed, self.binding)
        rehearsal = Rehearsal(self.binding, case)
        try:
            request = request_of(rehearsal, deed, self.binding, happened)
        except FlowError:  # a deed of the story that needs what never came to be
            return Wish(Request("do", deed.by, str(deed.what)), max(now, at))
        named = tuple(request.documents)
        return Wish(replace(request, documents={}), max(now, at), named)

    # ------------------------------------------------------------------------------------------ sensible acts

    def _sensible(self, case: Case, now: datetime) -> Wish:
        """Return a step that is offered with all that it asks for, or what mends a reason why it is not open yet."""
        seen = outlook(self.binding, case, now)
        offers = [offer for offer in seen.offers if not offer.by_system]
        if not offers:
            return self._junk(case, now)
        # What was tried often is tried less: else a case would go round in circles and never get far.
        weights = [0.02 if _ends(offer) else 1 / (1 + self.tried[offer.line, offer.step.name]) ** 2 for offer in offers]
        offer = self.chance.choices(offers, weights)[0]
        if offer.blockers and self.chance.random() < 0.85:
            return self._mending(seen.case, offer, self.chance.choice(offer.blockers), now)
        return self._step(seen.case, offer, now)

    def _step(self, case: Case, offer: Offer, now: datetime) -> Wish:
        step, line, new = offer.step, offer.line, None
        self.tried[line, step.name] += 1
        if offer.begins:
            new, line = f"{offer.begins}/t{self.chance.randint(1, 12)}", MAIN
        asked = Request(
            "do",
            self._for_line(case, offer),
            step.name,
            line=line,
            new=new,
            parent=offer.line if offer.line != MAIN and new else None,
            fields=self._values(offer.begins or case.lines[offer.line].kind or MAIN, step.handed_in.fields),
            reason=self._maybe("it must be", step.handed_in.reason),
        )
        return Wish(asked, now, step.handed_in.documents)

    def _for_line(self, case: Case, offer: Offer) -> str:
        speakers = case.lines[offer.line].speakers
        return self._somebody((*speakers, *speakers, *offer.who))

    def _mending(self, case: Case, offer: Offer, blocker: Blocker, now: datetime) -> Wish:
        line = blocker.line if blocker.line in case.lines else offer.line
        kind = case.lines[line].kind or MAIN
        names = self.binding.definition.line(case.lines[line].kind)
        if blocker.possible_from is not None and blocker.possible_from < now + timedelta(days=200):
            return self._step(case, offer, max(now, blocker.possible_from))
        if blocker.about in names.fields:
            by = names.fields[blocker.about].by
            asked = Request("fill", self._holder(by), line=line, fields=self._values(kind, (blocker.about,)))
            return Wish(asked, now)
        if blocker.about in names.documents:
            return Wish(
                Request("bring", self._holder(names.documents[blocker.about].by), line=line), now, (blocker.about,)
            )
        if blocker.code.startswith("interest"):
            asked = Request("interest", self._somebody(blocker.who), reason="none", extra={"conflict": self._rarely()})
            return Wish(asked, now)
        if blocker.code.startswith("approval"):
            verb = self.chance.choices(("sign", "ask", "withdraw", "decline"), (20, 3, 1, 1))[0]
            verb = "ask" if blocker.code == "approval-declined" else verb
            return Wish(Request(verb, self._somebody(blocker.who), blocker.about, line=line, reason=f"{verb}: so"), now)
        if blocker.who:
            return self._step(case, replace(offer, who=blocker.who), now)
        return self._sensible(case, now + timedelta(hours=3)) if self.chance.random() < 0.8 else self._junk(case, now)

    # ------------------------------------------------------------------------------------------ late, taken back

    def _backdated(self, case: Case, now: datetime) -> Wish:
        wish = self._sensible(case, now)
        officers = tuple(p.id for role in self.binding.definition.may_backdate for p in self.binding.holders(role))
        happened = When.exactly(wish.now - timedelta(minutes=self.chance.randint(-5, 3000)))
        if self.chance.random() < 0.3:
            happened = When(happened.first, happened.first + timedelta(days=1), "day")
        asked = replace(
            wish.request, actor=self._somebody(officers), happened=happened, reason="late", evidence="a fax"
        )
        return replace(wish, request=asked)

    def _annulment(self, case: Case, now: datetime) -> Wish:
        number = max(1, case.next_decision - self.chance.randint(0, 3))
        more = [case.next_decision - 1] if self.chance.random() < 0.3 else []
        officers = tuple(p.id for role in self.binding.definition.may_backdate for p in self.binding.holders(role))
        return Wish(Request("annul", self._somebody(officers), str(number), reason="a slip", extra={"with": more}), now)

    # ------------------------------------------------------------------------------------------ junk

    def _junk(self, case: Case, now: datetime) -> Wish:
        pick = self.chance.choice
        line = pick((*case.lines, *JUNK)) if self._rarely() else pick(tuple(case.lines))
        kind = case.lines[line].kind if line in case.lines else ""
        declared = self.binding.definition.line(kind)
        fields = tuple(declared.fields) or ("title",)
        asked = Request(
            pick(KINDS),
            self._somebody(()) if not self._rarely() else pick(JUNK),
            pick((*declared.steps, *declared.approvals, *JUNK)),
            line=line,
            new=pick((None, None, None, f"{pick(tuple(self.binding.definition.tracks))}/{pick(JUNK)}")),
            fields=self._values(kind, (pick(fields),)) if self._rarely() else {pick(fields): pick(BAD_VALUES)},
            reason="x" * 20_000 if self._rarely() else "because",
            expected_version=pick((None,) * 6 + (case.version, case.version, case.version - 1, -5)),
        )
        documents = (pick(tuple(declared.documents)),) if declared.documents and self._rarely() else ()
        return Wish(asked, now, documents)

    # ------------------------------------------------------------------------------------------ small choices

    def _values(self, kind: str, names: tuple[str, ...]) -> dict[str, Any]:
        fields = self.binding.definition.line("" if kind == MAIN else kind).fields
        return {name: self._value(fields[name]) for name in names if name in fields}

    def _value(self, declared: Field) -> Any:
        typed = self.chance.choice(tuple(self._texts(declared)))
        try:
            return encode(parse_value(declared.type, typed, zone=self.binding.zone, choices=declared.choices or None))
        except BadValue:
            return typed

    def _texts(self, declared: Field) -> Iterator[str]:
        """Yield texts that fit a type; a price is a number that stands nowhere else, so that it can be looked for."""
        number = str(self.chance.randint(1, 9))
        days = (self.chance.randint(1, 60) for _ in range(2))
        yield from {
            "yes_no": ("yes", "no"),
            "whole_number": (number, "1", "2", "3"),
            "number": (number, "2.5"),
            "percent": ("10 percent", "50 percent"),
            "money": (f"{self.chance.randint(10_000, 900_000)} EUR", "5000 EUR"),
            "date": tuple(f"2026-{1 + day // 6:02}-{1 + day % 28:02}" for day in days),
            "moment": ("2026-03-02 09:00", "2026-05-04 12:00"),
            "period": ("10 days", "3 months"),
            "choice": declared.choices or ("none",),
            "country": ("DE", "FR", "NO"),
            "person": tuple(self.binding.organisation.people),
        }.get(declared.type, (f"text {self.drawn}",))

    def _holder(self, roles: tuple[str, ...]) -> str:
        return self._somebody(tuple(person.id for role in roles for person in self.binding.holders(role)))

    def _somebody(self, fitting: tuple[str, ...]) -> str:
        everybody = tuple(self.binding.organisation.people)
        return self.chance.choice(fitting if fitting and self.chance.random() < 0.93 else everybody)

    def _maybe(self, text: str, needed: bool) -> str | None:
        return text if needed or self._rarely() else None

    def _rarely(self) -> bool:
        return self.chance.random() < 0.1
