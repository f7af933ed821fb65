"""The engine asks a hook about a real case: what it offers is what hooks expect, and a failure becomes a blocker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.hooking import call_hook
from inprocap_flow.engine.case.records import Blocker, Case, LineState, When
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.model import (
    Branch,
    CountryList,
    Definition,
    Field,
    HookCall,
    Line,
    Organisation,
    Stage,
    Step,
)
from inprocap_flow.machine.table import Machine
from inprocap_flow.plugins import allowed_folders, load_hooks

TITLE = {"en": "Something"}
ARGUMENTS = ("'supplier'", "'ranked'", "tender_price", "origin", "value", "above", "60", "50", "20")
MONEY = {"amount": "300000", "currency": "CHF"}


def line(kind: str, *fields: Field) -> Line:
    begins = Step("begin", kind, (), (Branch("ranked"),))
    return Line(kind, TITLE, begins, {"ranked": Stage("ranked", TITLE)}, {}, {field.name: field for field in fields})


def field(name: str, kind: str) -> Field:
    return Field(name, kind, TITLE)


DEFINITION = Definition(
    "purchase",
    "1",
    "en",
    TITLE,
    line("", field("value", "money"), field("above", "money")),
    {"supplier": line("supplier", field("tender_price", "money"), field("origin", "text"))},
)
LISTS = {"well_balanced": ["CH"], "poorly_balanced": ["DE"], "very_poorly_balanced": ["NO"]}


def supplier(name: str, opened: int, price: int, origin: str | None) -> LineState:
    values = {"tender_price": {"amount": str(price), "currency": "CHF"}, "origin": origin}
    return LineState(f"supplier/{name}", "supplier", "ranked", opened, fields=values)


def facts(line_id: str, *suppliers: LineState, valid_until: str = "2022-02-28") -> CaseFacts:
    lists = {
        name: (CountryList(tuple(countries), "invented for this test", "2021-03-01", valid_until),)
        for name, countries in LISTS.items()
    }
    values: Mapping[str, Any] = {"value": MONEY, "above": MONEY | {"amount": "100000"}}
    main = LineState("case", "", "ranked", 0, fields=values)
    case = Case("case-1", "cern", "purchase", "1", "0", lines={one.id: one for one in (main, *suppliers)})
    hooks = load_hooks(allowed_folders(), allowed_folders())
    organisation = Organisation("cern", "1", TITLE, "Europe/Zurich", "CHF", lists=lists)
    now = When.exactly(datetime(2022, 2, 28, 12, tzinfo=UTC))
    return CaseFacts(Binding(Machine(DEFINITION), organisation, hooks=hooks), case, line_id, now)


def call(name: str) -> HookCall:
    quoted = [f"'{one}'" if one in {"tender_price", "origin"} else one for one in ARGUMENTS]
    return HookCall(name, tuple(parse(one) for one in quoted))


BIDS = (supplier("swiss", 1, 200_000, "CH"), supplier("german", 2, 230_000, "DE 60, CH 40"))


def test_the_engine_gets_the_order_of_alignment_and_keeps_it_for_the_event() -> None:
    seen = facts("case", *BIDS)
    assert call_hook(seen, call("may_align")) == "supplier/german"
    assert "supplier/german" in str(seen.journal.to_plain()["hooks"])


@pytest.mark.parametrize(("name", "answer"), [("german", True), ("swiss", False)])
def test_a_firm_is_asked_about_on_its_own_line(name: str, *, answer: bool) -> None:
    assert call_hook(facts(f"supplier/{name}", *BIDS), call("may_this_firm_align")) is answer


def test_an_unknown_share_becomes_a_blocker_that_names_the_bid() -> None:
    blocker = call_hook(facts("case", BIDS[0], supplier("german", 2, 230_000, None)), call("may_align"))
    assert isinstance(blocker, Blocker)
    assert blocker.code == "hook-refused"
    assert "not known: origin of supplier/german" in blocker.reason
    assert blocker.mend == "Fill them in, or take the bid out."


def test_a_list_that_has_run_out_becomes_a_blocker_that_names_the_day() -> None:
    blocker = call_hook(facts("case", *BIDS, valid_until="2022-02-27"), call("may_align"))
    assert isinstance(blocker, Blocker)
    assert "there is no list `well_balanced` for 2022-02-28" in blocker.reason
