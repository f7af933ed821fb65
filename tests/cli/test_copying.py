"""An installation moves to PostgreSQL: the same cases, the same answers, the same secrets."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Lab


@pytest.mark.postgres
def test_a_case_goes_on_in_postgresql_where_it_stood_in_sqlite(bid_in: Lab, fresh_postgres_url: str) -> None:
    words = ("--to", fresh_postgres_url, "--documents", str(bid_in.folder / "papers"))
    head = bid_in.plain("audit", "head", "--json").stdout
    said = bid_in.done("02-11 09:00", "copy", *words)
    assert "Copied and verified: 1 case, " in said
    there = ("--db", fresh_postgres_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DOCUMENTS", str(bid_in.folder / "papers"))
        for look in (("show", bid_in.case), ("history", bid_in.case), ("deadlines", bid_in.case)):
            assert bid_in.done("02-11 09:00", *look, *there) == bid_in.done("02-11 09:00", *look)
        assert "51 234 EUR" in bid_in.done("02-20 16:00", "track", bid_in.case, "bidder/al", *there)
        bid = ("fetch", bid_in.case, "bid", "--on", "bidder/al", "--to", "-")
        assert bid_in.done("02-20 16:00", *bid, *there) == "the secret bid"
        known = bid_in.file("head.json", head)
        assert bid_in.plain("audit", "verify", "--against", known, *there).exit_code == 0


def test_a_copy_is_not_made_over_another(bid_in: Lab) -> None:
    assert bid_in.plain("copy", "--to", "copy.db").exit_code == 0
    again = bid_in.plain("copy", "--to", "copy.db", "--json")
    assert again.exit_code == 1
    assert "not empty" in json.loads(again.stdout)["error"]["message"]
    itself = bid_in.plain("copy", "--to", str(bid_in.folder / "lab.db"))
    assert itself.exit_code == 1
    assert "not copied to itself" in itself.output


def test_it_says_how_far_it_is(bid_in: Lab) -> None:
    said = bid_in.plain("copy", "--to", "copy.db").stderr
    assert "events: " in said
    assert "documents: " in said
