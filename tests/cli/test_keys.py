"""The master key is listed, changed and dropped from the command line, and no key is ever shown."""

from __future__ import annotations

import json

from tests.cli.conftest import Lab


def test_the_key_is_changed_and_what_was_sealed_is_read_with_the_new_one(bid_in: Lab) -> None:
    (old,) = json.loads(bid_in.plain("key", "list", "--json").stdout)["keys"]
    assert (old["current"], old["cases"]) == (True, 1)
    changed = bid_in.plain("key", "change")
    assert "1 case" in changed.stdout
    assert f"key drop {old['id']}" in changed.stdout
    assert bid_in.plain("key", "drop", old["id"], "--yes").exit_code == 0
    (new,) = json.loads(bid_in.plain("key", "list", "--json").stdout)["keys"]
    assert (new["id"] != old["id"], new["cases"]) == (True, 1)
    assert "51 234 EUR" in bid_in.done("02-20 16:00", "track", bid_in.case, "bidder/al")


def test_no_key_is_shown(bid_in: Lab) -> None:
    secret = json.loads((bid_in.folder / "sealing.key").read_text())["keys"][0]["key"]
    for words in (("key", "list"), ("key", "list", "--json"), ("key", "change", "--json")):
        assert secret not in bid_in.plain(*words).output


def test_a_key_that_is_needed_is_not_dropped(bid_in: Lab) -> None:
    (only,) = json.loads(bid_in.plain("key", "list", "--json").stdout)["keys"]
    refused = bid_in.plain("key", "drop", only["id"], "--yes")
    assert refused.exit_code == 1
    assert "is the current key" in refused.output
    assert bid_in.plain("key", "drop", only["id"], stdin="n\n").exit_code == 1


def test_reading_makes_no_key_file(drafted: Lab) -> None:
    (drafted.folder / "sealing.key").unlink(missing_ok=True)
    drafted.done("01-06 09:00", "show", drafted.case)
    assert not (drafted.folder / "sealing.key").exists()
