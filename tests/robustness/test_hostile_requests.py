"""What no program of ours would send: requests of wrong types and sizes, and what is said of them at the door."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.case.records import Handed, Refusal, Request, When
from inprocap_flow.errors import InvalidInput
from inprocap_flow.service.acting import act, open_case, preview
from inprocap_flow.store import snapshot
from tests.engine.conftest import moment
from tests.robustness.conftest import CASE, Office, called, staffed
from tests.simulator.houses import open_procedure, purchase

NOW = moment("2026-01-20 09:00")
NEXT_YEAR = When.exactly(moment("2027-01-01 09:00"))
MARK = "0" * 64
ASKED = Request("fill", "ben", fields={"forecast": {"amount": "1", "currency": "EUR"}})
LONG = "a" * 10_000_000
DEEP: Any = []
for _ in range(2_000):
    DEEP = [DEEP]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("house")
    made = called(staffed(purchase(folder, random.Random(1), suppliers=2)))
    yield made
    made.desk.store.close()


def _document(**more: Any) -> dict[str, Any]:
    return {"documents": {"specification": replace(Handed(MARK, "a.pdf", "application/pdf", 1), **more)}}


# what is changed in a request, and the place and code of the problem
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no text as a kind": ({"kind": 7}, "kind: wrong-type"),
    "a kind with a separator": ({"kind": "do/../x"}, "kind: bad-name"),
    "a kind of ten megabytes": ({"kind": LONG}, "kind: bad-name"),
    "nobody": ({"actor": None}, "person: wrong-type"),
    "an empty person": ({"actor": ""}, "person: bad-name"),
    "a person with a path": ({"actor": "../../ben"}, "person: bad-name"),
    "a person of two lines": ({"actor": "ben\nada"}, "person: bad-name"),
    "a person with a zero byte": ({"actor": "ben\0"}, "person: bad-name"),
    "a person with SQL": ({"actor": "'; DROP TABLE cases; --"}, "person: bad-name"),
    "a person that turns its direction": ({"actor": "\u202eneb"}, "person: bad-name"),
    "a line out of its folder": ({"line": "bidder/../x"}, "line: bad-name"),
    "a line of three parts": ({"line": "bidder/a/b"}, "line: bad-name"),
    "a list as a line": ({"line": ["case"]}, "line: wrong-type"),
    "a number as a name": ({"name": 12}, "name: wrong-type"),
    "ten megabytes as a name": ({"name": LONG}, "name: too-long"),
    "a role with an escape": ({"role": "\x1b[2J"}, "role: control-character"),
    "a track of two lines": ({"new": "bidder/a\nb"}, "new: control-character"),
    "ten megabytes as a reason": ({"reason": LONG}, "reason: too-long"),
    "a map as a reason": ({"reason": {"a": 1}}, "reason: wrong-type"),
    "half a character as evidence": ({"evidence": "\ud800"}, "evidence: control-character"),
    "a list as fields": ({"fields": ["a"]}, "fields: wrong-type"),
    "a thousand fields": ({"fields": {f"f{n}": "x" for n in range(1_000)}}, "fields: wrong-type"),
    "a number as a field's name": ({"fields": {1: "x"}}, "field: wrong-type"),
    "a field of ten megabytes": ({"fields": {"need": LONG}}, "field need: too-long"),
    "a floating point number": ({"fields": {"forecast": 0.1}}, "field forecast: wrong-type"),
    "not a number": ({"fields": {"forecast": float("nan")}}, "field forecast: wrong-type"),
    "a whole number": ({"fields": {"forecast": 7}}, "field forecast: wrong-type"),
    "bytes": ({"fields": {"need": b"x"}}, "field need: wrong-type"),
    "a list as a value": ({"fields": {"need": ["x"]}}, "field need: wrong-type"),
    "a seal of one's own": ({"fields": {"price": {"sealed": MARK}}}, "field price: wrong-type"),
    "an amount of ten megabytes": ({"fields": {"forecast": {"amount": LONG, "currency": "EUR"}}}, "too-long"),
    "an amount that is a number": ({"fields": {"forecast": {"amount": 1, "currency": "EUR"}}}, "wrong-type"),
    "an amount with more to it": ({"fields": {"forecast": {"amount": "1", "currency": "EUR", "x": "y"}}}, "wrong-type"),
    "a value a thousand deep": ({"fields": {"need": DEEP}}, "field need: wrong-type"),
    "a list as documents": ({"documents": ["a"]}, "documents: wrong-type"),
    "a path as a document": ({"documents": {"specification": "/etc/passwd"}}, "document specification: wrong-type"),
    "a hash that is a path": (_document(sha256="../../etc/passwd"), "document specification: bad-mark"),
    "a hash that is too short": (_document(sha256="abc"), "document specification: bad-mark"),
    "a file name that is a path": (_document(filename="../x.pdf"), "document specification: bad-document-name"),
    "a file name with a zero byte": (_document(filename="a\0.pdf"), "document specification: control-character"),
    "a size below nothing": (_document(size=-1), "document specification: wrong-type"),
    "a size beyond counting": (_document(size=10**30), "document specification: wrong-type"),
    "a moment without a zone": ({"happened": When(datetime(2026, 1, 1), datetime(2026, 1, 1))}, "happened: wrong-type"),  # noqa: DTZ001
    "a text as a moment": ({"happened": "2026-01-01"}, "happened: wrong-type"),
    "the year 1": ({"happened": When.exactly(datetime(1, 1, 2, tzinfo=UTC))}, "happened: out-of-range"),
    "the year 9999": ({"happened": When.exactly(datetime(9999, 12, 31, tzinfo=UTC))}, "happened: out-of-range"),
    "a moment that ends before it begins": ({"happened": When(NOW, moment("2026-01-19 09:00"), "day")}, "out-of-range"),
    "a version below nothing": ({"expected_version": -1}, "expected version: wrong-type"),
    "a version that is yes": ({"expected_version": True}, "expected version: wrong-type"),
    "a version that is half": ({"expected_version": 1.5}, "expected version: wrong-type"),
    "a text as historic": ({"historic": "yes"}, "historic: not-historic"),
    "an import that is none": ({"historic": True}, "historic: not-historic"),
    "an empty key": ({"idempotency_key": ""}, "key: bad-name"),
    "a key of ten megabytes": ({"idempotency_key": LONG}, "key: too-long"),
    "a list as what else": ({"extra": ["x"]}, "extra: wrong-type"),
    "what else, a thousand deep": ({"extra": {"with": DEEP}}, "extra: wrong-type"),
    "what else, a floating point number": ({"extra": {"with": [0.5]}}, "extra: wrong-type"),
    "a title of ten megabytes": ({"extra": {"title": LONG}}, "title: too-long"),
    "an id with a path": ({"extra": {"case": "../case"}}, "case: bad-name"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_request_is_refused_before_anything_is_read(office: Office, name: str) -> None:
    change, says = WRONG[name]
    asked = replace(ASKED, **change)
    before = snapshot.write(office.case)
    doors: list[Callable[[], object]] = [
        lambda: act(office.desk, CASE, asked, now=NOW),
        lambda: preview(office.desk, CASE, asked, now=NOW),
        lambda: open_case(office.desk, "purchase", "lab", asked, now=NOW),
    ]
    for door in doors:
        with pytest.raises(InvalidInput) as refused:
            door()
        assert says in str(refused.value), str(refused.value)[:500]
        assert all(problem.mend for problem in refused.value.problems)
        assert len(str(refused.value)) < 2_000
    assert snapshot.write(office.case) == before


# What is a request, but a wrong one: the engine refuses it, and nothing but the refusal is kept.
REFUSED: dict[str, tuple[Request, str]] = {
    "a kind that is none": (Request("fly", "ben"), "unknown-act"),
    "an opening of what is open": (Request("open", "ben"), "already-open"),
    "a text where yes or no is asked": (Request("fill", "ben", fields={"sent_electronically": "yes"}), "bad-value"),
    "yes where an amount is asked": (Request("fill", "ben", fields={"forecast": True}), "bad-value"),
    "an amount where a day is asked": (
        Request("fill", "ben", fields={"new_closing": {"amount": "1", "currency": "EUR"}}), "bad-value",
    ),
    "an amount that is none": (
        Request("fill", "ben", fields={"forecast": {"amount": "NaN", "currency": "EUR"}}), "bad-value",
    ),
    "an amount in nothing": (Request("fill", "ben", fields={"forecast": {"amount": "1", "currency": ""}}), "bad-value"),
    "the year 9999": (Request("fill", "ben", fields={"new_closing": "9999-12-31"}), "bad-value"),
    "a field with a dot": (Request("fill", "ben", fields={"a.b": "x"}), "unknown-field"),
    "a decision below nothing": (Request("annul", "ben", "-1", reason="x"), "no-such-decision"),
    "a decision that is no number": (Request("annul", "ben", "first", reason="x"), "no-such-decision"),
    "a decision in another script": (Request("annul", "ben", "١٢", reason="x"), "no-such-decision"),
    "the opening annulled": (Request("annul", "ben", "1", reason="x"), "not-annullable"),
    "a mark outside an import": (Request("mark", "ben"), "not-historic"),
    "a step of the system": (Request("do", "system", "close_bidding"), "not-entitled"),
    "a track that is there as case": (Request("do", "s0", "register", new="case/x"), "no-such-track"),
    "a track in itself": (Request("do", "s0", "ask", new="question/1", parent="question/1"), "no-such-track"),
    "the future": (Request("do", "ben", "correct", reason="x", happened=NEXT_YEAR), "future"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_is_wrong_is_refused_and_changes_nothing(office: Office, name: str) -> None:
    asked, code = REFUSED[name]
    before = snapshot.write(office.case)
    outcome = act(office.desk, CASE, asked, now=NOW)
    assert isinstance(outcome, Refusal), outcome
    assert code in outcome.codes
    assert all(blocker.reason for blocker in outcome.blockers)
    assert snapshot.write(office.case) == before


def test_an_annulment_can_be_taken_back_no_more_than_once(office: Office) -> None:
    """Whatever is answered, the chain holds and the state is what the events say."""
    act(office.desk, CASE, Request("do", "ben", "correct", reason="a slip"), now=NOW)
    number = office.case.next_decision - 1
    for target in (number, number, number + 1, number + 1, number + 2):
        act(office.desk, CASE, Request("annul", "ben", str(target), reason="no"), now=NOW)
        assert office.desk.store.audit(case_id=CASE).findings == ()


def test_what_only_the_system_begins_is_not_tried_for_anybody(tmp_path: Path) -> None:
    """A long run of the simulator ended in a KeyError here (seed 20261122)."""
    house = open_procedure(tmp_path / "house", random.Random(1))
    office = staffed(house)
    office.does("2026-01-12 09:00", "ada", "open", "open_case", fields={"need": "Keep samples cold"})
    fields = {"no_such_field": "x"}
    outcome = act(office.desk, CASE, Request("do", "gus", new="assessment/9", fields=fields), now=NOW)
    office.desk.store.close()
    assert isinstance(outcome, Refusal)
    assert "not-entitled" in outcome.codes
