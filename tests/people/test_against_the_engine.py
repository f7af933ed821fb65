"""What the check says of approvals is what the engine does: played with the people it names, or by trying everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Decision, Handed, Refusal, Request
from inprocap_flow.language.model import (
    CASE,
    Absence,
    AlreadyThere,
    Approval,
    Branch,
    Definition,
    Document,
    Line,
    Organisation,
    Person,
    Role,
    Signature,
    Stage,
    Step,
)
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.search import search, solve
from inprocap_flow.language.people.staff import Option, Staff, stretches
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.records import changed
from inprocap_flow.service.rehearsal import Rehearsal

NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)
ROLES = ("red", "green", "blue")
PEOPLE = ("ada", "ben", "cleo")
AWAY = Absence("2026-05-01", "2026-05-31")
SOME = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    some = st.sets(st.sampled_from(ROLES), max_size=1)
    roles = {
        name: Role(
            name,
            {"en": name},
            at_least=draw(st.integers(1, 2)),
            never=draw(st.sampled_from([(), (), (), ("approve",)])),
            apart_from=tuple(draw(some) - {name}),
            not_who_brought=draw(st.sampled_from([(), (), ("paper",)])),
            records_for=tuple(draw(st.sampled_from([set(), set(), {"red"}])) - {name}),
        )
        for name in ROLES
    }
    roles["opener"] = Role("opener", {"en": "opener"})
    signatures = tuple(draw(st.lists(_signatures(), min_size=1, max_size=3)))
    by = draw(st.sampled_from([("red",), ("blue",), ("red", "green"), ("opener",)]))
    closed = any(role.not_who_brought for role in roles.values())  # else who brings it is left aside
    papers = ("paper",) if closed and draw(st.booleans()) else ()
    there = AlreadyThere(approvals=("a",), documents=papers)
    bring = draw(st.sampled_from([("red",), ("green", "blue"), ("opener",)]))
    approval = Approval("a", CASE, signatures, {"en": "a"}, together=draw(st.booleans()))
    return procedure(roles, approval, by, there, {"paper": Document("paper", {"en": "Paper"}, by=bring)})


def procedure(
    roles: Mapping[str, Role],
    approval: Approval,
    by: tuple[str, ...],
    there: AlreadyThere,
    documents: Mapping[str, Document],
) -> Definition:
    """Return a procedure that is opened, and whose one step needs the approval and what else is *there*."""
    go = Step("go", CASE, ("drafted",), (Branch("done"),), by=by, already_there=there, ends_everything=True)
    main = Line(
        CASE, {}, Step("open_case", CASE, (), (Branch("drafted"),), by=("opener",)),
        {"drafted": Stage("drafted", {}, "opener"), "done": Stage("done", {}, final="completed")}, {"go": go},
        documents=documents, approvals={"a": approval},
    )  # fmt: skip
    return Definition("made-up", "1", "en", {}, main, roles=roles)


@st.composite
def _signatures(draw: st.DrawFn) -> Signature:
    others = st.sets(st.sampled_from([*ROLES, "whoever_asks", "whoever_carries_out"]), max_size=2)
    how_many = draw(st.sampled_from(["1", "1", "1", "2", "all", "50 percent", "majority"]))
    recorded = draw(st.sampled_from([None, None, None, "green"]))
    return Signature(draw(st.sampled_from(ROLES)), how_many=how_many, not_same_as=tuple(sorted(draw(others))),
                     majority="simple" if how_many == "majority" else None, recorded_by=recorded)  # fmt: skip


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    names = PEOPLE[: draw(st.integers(1, 3))]
    people = {}
    for name in names:
        roles = tuple(sorted(draw(st.sets(st.sampled_from(ROLES), max_size=2))))
        absent = (AWAY,) if draw(st.integers(0, 3)) == 0 else ()
        people[name] = Person(name, roles, absent, draw(st.sampled_from([None, *names])))
    people["zed"] = Person("zed", ("opener",))
    plain = Calendar(name="lab", version="1").to_plain()
    return Organisation("lab", "1", {}, "UTC", "EUR", calendars={"holidays": plain}, people=people)


def staff_on(definition: Definition, organisation: Organisation, day: date) -> Staff:
    away = [one.away for one in stretches(organisation) if one.first <= day and (one.last is None or day <= one.last)]
    return Staff(definition, organisation, away[0] if away else frozenset())


def opened(definition: Definition, organisation: Organisation) -> Rehearsal:
    rehearsal = Rehearsal(Binding(compile_definition(definition), organisation))
    assert isinstance(rehearsal.play(Request("open", "zed", "open_case"), NOW), Decision)
    return rehearsal


def only_use(definition: Definition) -> Use:
    (use,) = uses(definition)
    return use


@SOME
@given(definitions(), organisations())
def test_an_approval_can_be_given_exactly_when_the_engine_lets_somebody_give_it_and_somebody_use_it(
    definition: Definition, organisation: Organisation
) -> None:
    staff, use = staff_on(definition, organisation, NOW.date()), only_use(definition)
    verdict = judge(staff, use)
    case = opened(definition, organisation)
    if not verdict.can:
        assert verdict.decided
        assert not any(_goes_through(case, staff, use))
        return
    for _, author in verdict.authors:
        _played(case, author, _bringing(author.person, None))
    for signature, options in zip(use.approval.signatures, verdict.signers, strict=True):
        for option in options:
            holds = option.signer is not None and signature.role in organisation.people[option.signer].roles
            extra = {"signed_by": option.signer} if holds else {}
            _played(case, option, Request("sign", option.person, "a", extra=extra))
    assert verdict.carrier is not None
    _played(case, verdict.carrier, Request("do", verdict.carrier.person, "go"))


def _played(case: Rehearsal, option: Option, request: Request) -> None:
    """Play *request* in the capacity of *option*, whichever role must be named for it; it must go through."""
    outcomes: list[object] = []
    for role in (None, *ROLES):
        trial = case.copy()
        outcome = trial.play(changed(request, role=role), NOW)
        outcomes.append(outcome)
        if isinstance(outcome, Decision) and _is_in_the_capacity(outcome, option):
            case.play(changed(request, role=role), NOW)
            return
    raise AssertionError(f"{option!r}: {outcomes}")


def _is_in_the_capacity(outcome: Decision, option: Option) -> bool:
    """Return whether somebody acted in the role of *option*, and for the role for which it only records."""
    event = outcome.events[0]
    for_a_role = event.on_behalf_of if event.on_behalf_of in ROLES else None
    whose = event.kind == "brought" or option.signer is not None or for_a_role == option.recorded_for
    return event.role == option.role and whose


def signed_by(signature: Signature, *go_by: str, **roles: Role) -> Definition:
    """Return a procedure whose one step needs one signature line; *roles* that are not declared are plain."""
    plain = {name: Role(name, {"en": name}) for name in (*ROLES, "opener")}
    approval = Approval("a", CASE, (signature,), {"en": "a"})
    return procedure({**plain, **roles}, approval, go_by, AlreadyThere(approvals=("a",)), {})


def lab(**people: tuple[str, ...]) -> Organisation:
    """Return an organisation of *people* by the roles they hold, and of zed, who opens cases."""
    known = {name: Person(name, roles) for name, roles in people.items()} | {"zed": Person("zed", ("opener",))}
    plain = Calendar(name="lab", version="1").to_plain()
    return Organisation("lab", "1", {}, "UTC", "EUR", calendars={"holidays": plain}, people=known)


def test_whoever_may_record_signatures_of_the_own_role_signs_by_naming_nobody() -> None:
    twice = signed_by(Signature("green", how_many="2", recorded_by="green"), "green")
    case = opened(twice, lab(ada=("green",), cleo=("green",)))
    assert isinstance(case.play(Request("do", "ada", "go"), NOW), Refusal)
    assert isinstance(case.play(Request("sign", "ada", "a", role="green"), NOW), Decision)
    paper = Request("sign", "ada", "a", role="green", extra={"signed_by": "cleo"})
    assert isinstance(case.play(paper, NOW), Decision)
    assert isinstance(case.play(Request("do", "ada", "go"), NOW), Decision)


def _goes_through(case: Rehearsal, staff: Staff, use: Use) -> Iterator[bool]:
    """Yield yes as soon as any order of signatures by those who are there lets anybody who is there carry it out."""
    seen: set[object] = set()
    waiting = [case]
    while waiting:
        here = waiting.pop()
        for person in staff.present:
            for role in (None, *person.roles):
                if isinstance(here.copy().play(Request("do", person.id, "go", role=role), NOW), Decision):
                    yield True
        for request in (*_signings(staff, use), *(_bringing(one.id, None) for one in staff.present)):
            after = here.copy()
            if isinstance(after.play(request, NOW), Decision):
                state = _state(after)
                if state not in seen:
                    seen.add(state)
                    waiting.append(after)


def _signings(staff: Staff, use: Use) -> Iterator[Request]:
    paper = {one.role for one in use.approval.signatures if one.recorded_by}
    holders = [one.id for role in sorted(paper) for one in staff.holders(role)]
    for person in staff.present:
        for role in (None, *ROLES):
            yield Request("sign", person.id, "a", role=role)
            for holder in dict.fromkeys(holders):
                yield Request("sign", person.id, "a", role=role, extra={"signed_by": holder})


def _state(case: Rehearsal) -> object:
    assert case.case is not None
    found = case.case.approvals.get("case a")
    signatures = found.signatures if found else ()
    acted = {who: tuple(sorted(roles)) for who, roles in case.case.acted.items()}
    signed = frozenset((one.index, one.person, one.on_behalf_of) for one in signatures)
    brought = frozenset((one.by, one.for_whom) for one in case.case.main.documents.get("paper", ()))
    return signed, frozenset(acted.items()), brought


def _bringing(person: str, role: str | None) -> Request:
    return Request("bring", person, documents={"paper": Handed("paper-hash", "paper.pdf")}, role=role)


@SOME
@given(definitions(), organisations())
def test_the_search_and_the_solver_say_the_same(definition: Definition, organisation: Organisation) -> None:
    from inprocap_flow.language.people.approvals import Question, slots_of

    question = Question(staff_on(definition, organisation, NOW.date()), only_use(definition), None)
    slots = slots_of(question)
    assert (search(slots, question.clash).chosen is None) == (solve(slots, question.clash).chosen is None)


RECORDS_FOR_RED = Role("green", {"en": "green"}, records_for=("red",))


def test_whoever_records_for_others_is_no_second_signer_of_theirs() -> None:
    twice = signed_by(Signature("red", how_many="2", recorded_by="green"), "opener", green=RECORDS_FOR_RED)
    people = lab(ada=("red",), ben=("green",))
    case = opened(twice, people)
    for role in (None, "green", "red"):
        assert isinstance(case.play(Request("sign", "ben", "a", role=role), NOW), Refusal)
    assert not judge(staff_on(twice, people, NOW.date()), only_use(twice)).can


def test_whoever_names_the_own_role_acts_in_it_and_does_not_record_for_it() -> None:
    blue = Role("blue", {"en": "blue"}, records_for=("red",))
    case = opened(signed_by(Signature("red", not_same_as=("blue",)), "opener", blue=blue), lab(ada=("blue", "red")))
    assert isinstance(case.play(Request("sign", "ada", "a", role="red"), NOW), Decision)


def test_two_people_who_record_for_a_role_give_one_signature_of_it() -> None:
    twice = signed_by(Signature("red", how_many="2"), "opener", green=RECORDS_FOR_RED)
    for people, can in ((lab(ben=("green",), cleo=("green",)), False), (lab(ada=("red",), ben=("green",)), True)):
        assert judge(staff_on(twice, people, NOW.date()), only_use(twice)).can is can


def test_what_is_recorded_for_a_role_is_carried_out_by_somebody_else_than_that_role() -> None:
    once = signed_by(Signature("red", not_same_as=("whoever_carries_out",)), "red", green=RECORDS_FOR_RED)
    for people, can in ((lab(ben=("green",), cleo=("green",)), False), (lab(ada=("red",), ben=("green",)), True)):
        assert judge(staff_on(once, people, NOW.date()), only_use(once)).can is can
