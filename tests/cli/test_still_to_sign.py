"""Whoever signs is told who has still to sign, and whether anybody was asked."""

from __future__ import annotations

from tests.cli.conftest import Lab


def test_whoever_signs_hears_who_is_still_to_sign_and_that_nobody_was_asked(ready: Lab) -> None:
    told = " ".join(ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora").split())
    assert "Still to be signed:" in told
    assert "Mind: nobody was asked for it, so nobody is told or reminded that it waits." in told
    ready.done("01-07 09:30", "ask", ready.case, "launch", "--as", "ben")
    told = " ".join(ready.done("01-07 10:00", "sign", ready.case, "launch", "--as", "emil").split())
    assert "Still to be signed:" in told
    assert "nobody was asked" not in told
    assert "Still to be signed:" not in ready.done("01-07 11:00", "sign", ready.case, "launch", "--as", "june")
