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


def test_a_signature_that_became_void_is_told_until_it_is_given_again(ready: Lab) -> None:
    ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    ready.done("01-07 09:10", "sign", ready.case, "launch", "--as", "emil")
    ready.done("01-07 10:00", "set", ready.case, "--as", "ben", "value=91000 EUR")
    shown = " ".join(ready.done("01-07 11:00", "show", ready.case).split())
    assert "void: Dora Invented (dora)" in shown
    assert "void: Emil Invented (emil)" in shown
    ready.done("01-07 12:00", "sign", ready.case, "launch", "--as", "dora")
    shown = " ".join(ready.done("01-07 13:00", "show", ready.case).split())
    assert "void: Dora" not in shown
    assert "void: Emil Invented (emil)" in shown
    (found,) = ready.json("01-07 13:00", "show", ready.case)["approvals"]
    assert [one["person"] for one in found["void"]] == ["emil"]
    for hour, person in (("14", "emil"), ("15", "june")):
        ready.done(f"01-07 {hour}:00", "sign", ready.case, "launch", "--as", person)
    assert "void: " not in ready.done("01-07 16:00", "show", ready.case)


def test_what_was_void_and_given_again_is_lacking_for_a_reason_of_its_own(ready: Lab) -> None:
    for hour, person in (("09", "dora"), ("10", "emil"), ("11", "june")):
        ready.done(f"01-07 {hour}:00", "sign", ready.case, "launch", "--as", person)
    ready.done("01-08 10:00", "set", ready.case, "--as", "ben", "value=91000 EUR")
    said = " ".join(ready("01-08 11:00", "why", ready.case, "send_call").output.split())
    assert "became void because" in said
    assert f"mend sign {ready.case} launch --as PERSON" in said
    for hour, person in (("12", "dora"), ("13", "emil"), ("14", "june")):
        ready.done(f"01-08 {hour}:00", "sign", ready.case, "launch", "--as", person)
    said = " ".join(ready("05-01 09:00", "why", ready.case, "send_call").output.split())
    assert "has lapsed" in said  # the holder's, after 90 days
    assert "became void" not in said
