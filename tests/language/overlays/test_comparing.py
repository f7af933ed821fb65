"""The second pair of eyes: a procedure with overlays beside itself without, whatever made the difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.language.checks import Around, overlay_weakens
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Branch, Definition, Guard, HandedIn, Step
from inprocap_flow.language.overlays import layers_of
from inprocap_flow.language.overlays.comparing import weaknesses
from inprocap_flow.records import changed

LIBRARY = Path(__file__).parent / "library"
BASE = load_procedure(LIBRARY / "fair.yaml")
LAYERS, _ = layers_of(LIBRARY / "fair.yaml", [LIBRARY / "overlays" / "house.yaml"])
HOUSE = LAYERS[-1].definition
Change = Callable[[Definition], Definition]


def without(things: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in things.items() if key != name}


def main(definition: Definition, **parts: Any) -> Definition:
    return changed(definition, main=changed(definition.main, **parts))


def in_step(name: str, **parts: Any) -> Change:
    def change(one: Definition) -> Definition:
        return main(one, steps={**one.main.steps, name: changed(one.main.steps[name], **parts)})

    return change


def in_thing(section: str, name: str, **parts: Any) -> Change:
    def change(one: Definition) -> Definition:
        things = getattr(one.main, section)
        return main(one, **{section: {**things, name: changed(things[name], **parts)}})

    return change


def step(name: str) -> Step:
    return BASE.main.steps[name]


WEAKER: dict[str, Change] = {
    "a role is gone": lambda one: changed(one, roles=without(one.roles, "legal")),
    "a new role speaks for firms": lambda one: changed(
        one, roles={**one.roles, "friend": changed(one.roles["firm"], name="friend", sees="all")}
    ),
    "a role may move": lambda one: changed(one, roles={**one.roles, "legal": changed(one.roles["legal"], never=())}),
    "a role keeps less apart": lambda one: changed(
        one, roles={**one.roles, "legal": changed(one.roles["legal"], apart_from=())}
    ),
    "a role records for more": lambda one: changed(
        one, roles={**one.roles, "officer": changed(one.roles["officer"], records_for=("firm", "legal"))}
    ),
    "a rule rests on less": lambda one: changed(
        one, rules={**one.rules, "open_to_all": changed(one.rules["open_to_all"], basis="custom")}
    ),
    "a limit is gone": lambda one: changed(one, limits=without(one.limits, "standstill")),
    "days count otherwise": lambda one: changed(one, counting="plain"),
    "somebody may backdate": lambda one: changed(one, may_backdate=("officer",)),
    "a kind of track is gone": lambda one: changed(one, tracks={}),
    "a track ends elsewhere": lambda one: changed(
        one, tracks={"offer": changed(one.tracks["offer"], if_case_ends=None)}
    ),
    "a stage is gone": lambda one: main(one, stages=without(one.main.stages, "tendering.closed")),
    "a stage is an end": in_thing("stages", "tendering.closed", final="completed"),
    "an approval is gone": lambda one: main(one, approvals=without(one.main.approvals, "award")),
    "a signature is gone": in_thing("approvals", "award", signatures=BASE.main.approvals["award"].signatures[:1]),
    "an order is turned": in_thing("approvals", "award", signatures=BASE.main.approvals["award"].signatures[::-1]),
    "an approval covers less": in_thing("approvals", "award", void_if_changed_documents=()),
    "a deadline is gone": lambda one: main(one, deadlines=without(one.main.deadlines, "standstill")),
    "a deadline is of another kind": in_thing("deadlines", "standstill", kind="due"),
    "a shortest length is gone": in_thing("deadlines", "offers", at_least=None),
    "a seal is gone": lambda one: changed(
        one,
        tracks={
            "offer": changed(
                one.tracks["offer"],
                fields={
                    **one.tracks["offer"].fields,
                    "price": changed(one.tracks["offer"].fields["price"], sealed_until=None),
                },
            )
        },
    ),
    "a document is public": in_thing("documents", "report", secret_from=()),
    "a step is gone": lambda one: main(one, steps=without(one.main.steps, "give_up")),
    "more people may take a step": in_step("sign_contract", by=("officer", "firm")),
    "a step leads elsewhere": in_step("decide_award", targets=(Branch("done"),)),
    "a step starts elsewhere, too": in_step("sign_contract", sources=("deciding.decided", "tendering.open")),
    "a step cannot be taken any more": in_step("sign_contract", sources=("deciding.proposed",)),
    "an approval is not asked for": in_step(
        "decide_award", already_there=changed(step("decide_award").already_there, approvals=())
    ),
    "a wait is not asked for": in_step(
        "sign_contract", already_there=changed(step("sign_contract").already_there, after=())
    ),
    "a condition is not asked": in_step(
        "send_call",
        already_there=changed(step("send_call").already_there, that=step("send_call").already_there.that[1:]),
    ),
    "a condition only warns": in_step(
        "send_call",
        already_there=changed(
            step("send_call").already_there,
            that=tuple(changed(guard, only_warns=True) for guard in step("send_call").already_there.that),
        ),
    ),
    "a paper is not handed in": in_step("propose_award", handed_in=HandedIn()),
    "no reason is asked for": in_step("give_up", handed_in=HandedIn()),
    "a clock is not started": in_step("decide_award", starts=("reasons_given",)),
    "a clock is stopped": in_step("send_reasons", stops=("standstill",)),
    "nobody is told": in_step("decide_award", tells=()),
    "a milestone is gone": lambda one: changed(one, milestones=without(one.milestones, "contract_signed")),
    "a new step goes round": lambda one: main(
        one,
        steps={
            **one.main.steps,
            "jump": Step("jump", "", ("deciding.proposed",), (Branch("deciding.decided"),), by=("officer",)),
        },
    ),
    "a new step stops a clock": lambda one: main(
        one,
        steps={
            **one.main.steps,
            "stop": Step("stop", "", ("deciding.decided",), (Branch("same"),), by=("officer",), stops=("standstill",)),
        },
    ),
    "a new step reaches a milestone": lambda one: main(
        one,
        steps={
            **one.main.steps,
            "again": Step(
                "again", "", ("deciding.decided",), (Branch("same"),), by=("officer",), milestone="award_decided"
            ),
        },
    ),
}


@pytest.mark.parametrize("name", WEAKER)
def test_whatever_is_asked_less_is_found(name: str) -> None:
    assert list(weaknesses(BASE, BASE, {})) == []
    assert list(weaknesses(BASE, WEAKER[name](BASE), {}))


def test_what_is_only_added_is_not_spoken_of() -> None:
    assert list(overlay_weakens.check(HOUSE, Around(base=BASE, replaced=LAYERS[-1].replaced))) == []
    more = in_step(
        "send_call",
        already_there=changed(
            step("send_call").already_there,
            documents=("call", "notes"),
            that=(
                *step("send_call").already_there.that,
                Guard(step("send_call").already_there.that[0].holds, {"en": "No."}),
            ),
        ),
    )(BASE)
    assert list(weaknesses(BASE, more, {})) == []


def test_a_replaced_role_is_known_by_what_it_replaces() -> None:
    assert list(weaknesses(BASE, HOUSE, {}))  # nobody said who acts for the authority
    assert LAYERS[-1].replaced == {"authority": "president"}


def test_a_rule_of_law_that_is_lifted_is_found_whoever_wrote_it() -> None:
    funded = HOUSE.derogations["funded"]
    lifted = changed(HOUSE, derogations={"funded": changed(funded, lifts=("open_to_all",))})
    found = list(weaknesses(BASE, lifted, LAYERS[-1].replaced))
    assert [one.origin for one in found] == ["derogations.funded"]


def test_without_a_base_there_is_nothing_to_compare() -> None:
    assert list(overlay_weakens.check(HOUSE, Around())) == []
