"""A request that is let through at one look would be let through by the close look, too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.engine.case.records import Request
from inprocap_flow.errors import InvalidInput
from inprocap_flow.service import bounds
from inprocap_flow.service.bounds import judge_request

NAMES = st.text(max_size=30) | st.sampled_from(["do", "ada", "supplier/alpha", "a/b/c", "\u202e", "x" * 201, ""])
MAYBE = st.none() | NAMES


@given(NAMES, NAMES, NAMES, st.lists(MAYBE, min_size=6, max_size=6))
def test_what_is_plain_at_one_look_has_no_fault_at_a_close_one(
    kind: str, actor: str, line: str, more: list[str | None]
) -> None:
    name, role, new, parent, key, account = more
    request = Request(
        kind, actor, name or "", line, role=role, new=new, parent=parent, idempotency_key=key, account=account
    )
    at_one_look = bounds._is_plainly_named(request)
    assert not at_one_look or not list(bounds._names(request))


def test_most_requests_are_plain_at_one_look() -> None:
    request = Request("do", "ada.berg@lab", "submit_tender", "supplier/alpha", role="speaker", idempotency_key="k-1")
    assert bounds._is_plainly_named(request)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": 7}, {"name": 7}, {"line": "a b"}, {"actor": "ada\n"}, {"role": "a\tb"}, {"fields": []},
        {"documents": 0}, {"extra": ()}, {"reason": ""}, {"reason": 7}, {"happened": "today"}, {"historic": True},
    ],
)  # fmt: skip
def test_what_is_not_plain_is_looked_at_closely(wrong: dict[str, object]) -> None:
    said: dict[str, object] = {"kind": "do", "actor": "ada", "name": "submit"} | wrong
    if wrong == {"reason": ""}:  # empty is as good as none here; whether one is needed is for the engine to say
        judge_request(Request(**said))  # type: ignore[arg-type]
        return
    with pytest.raises(InvalidInput):
        judge_request(Request(**said))  # type: ignore[arg-type]
