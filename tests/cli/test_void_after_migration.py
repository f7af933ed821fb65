"""Signatures that a migration makes void are told as that: nothing that they cover has changed."""

from __future__ import annotations

from tests.cli.conftest import PURCHASE, Lab

PLAN = "migration: over\nprocedure: purchase\nfrom: 2026.1\nto: 2027.1\nreason: Two lawyers\n"


def test_signatures_that_a_migration_makes_void_are_told_as_that(ready: Lab) -> None:
    ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    text = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1", 1)
    was = "legal: {title: Legal service}"
    assert was in text
    ready.file("purchase.yaml", text.replace(was, "legal: {title: Legal service, apart_from: [unit]}", 1))
    ready.done("01-07 10:00", "release", "purchase.yaml", "--despite", "Made for this test")
    ready.done("01-07 11:00", "migrate", ready.file("over.yaml", PLAN), "--as", "ben")
    said = " ".join(ready.done("01-07 12:00", "history", ready.case).split())
    assert "no longer valid, because of the move to another version" in said
    refused = " ".join(ready("01-07 12:00", "do", ready.case, "send_call", "--as", "ben").output.split())
    assert "became void because what it covers, or who signs it, was changed" in refused
