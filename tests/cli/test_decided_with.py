"""An auditor can prove with which organisation and rulebook something was decided."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.language.canonical import digest
from inprocap_flow.store.opening import open_store
from tests.cli.conftest import HERE, Lab
from tests.dossier.test_file import _verify


def _named(lab: Lab) -> list[tuple[int, Any]]:
    entries = lab.json("12-31 09:00", "history", lab.case)["history"]
    return [(one["decision"], one["decided_with"]) for one in entries if one.get("decided_with")]


def _released_anew(lab: Lab) -> None:
    text = (HERE / "lab.yaml").read_text(encoding="utf-8")
    assert "version: 2026.1" in text
    lab.done("12-01 12:00", "release", lab.file("lab.yaml", text.replace("version: 2026.1", "version: 2026.2")))


def _tampered(lab: Lab, *statements: str) -> None:
    raw = sqlite3.connect(lab.folder / "lab.db", isolation_level=None)
    for statement in statements:
        raw.execute(statement)
    raw.close()


def _forgotten(lab: Lab) -> None:
    """Write the whole record anew as an earlier version of the program would have written it."""
    from inprocap_flow.engine.case.history import fold
    from inprocap_flow.records import changed
    from inprocap_flow.store import chain, snapshot

    store = open_store(f"sqlite:///{lab.folder / 'lab.db'}")
    with store.reading() as reading:
        events = [link.event for link in reading.links(lab.case)]
    store.close()
    old = [
        changed(one, request={k: v for k, v in one.request.items() if k != "decided_with"} if one.request else None)
        for one in events
    ]
    data = old[0].data
    links = chain.links(chain.genesis(lab.case, data["organisation"], data["definition"]), old)
    raw = sqlite3.connect(lab.folder / "lab.db", isolation_level=None)
    for link in links:
        assert link.texts is not None
        raw.execute(
            "UPDATE events SET prev_hash = ?, hash = ?, request = ? WHERE case_id = ? AND seq = ?",
            (link.prev, link.hash, link.texts.request, lab.case, link.event.seq),
        )
    raw.execute(
        "UPDATE cases SET head = ?, state = ? WHERE id = ?", (links[-1].hash, snapshot.write(fold(old)), lab.case)
    )
    raw.close()


def test_the_record_names_the_organisation_by_its_hash(drafted: Lab) -> None:
    ((decision, named),) = _named(drafted)
    assert decision == 1
    raw = sqlite3.connect(drafted.folder / "lab.db")
    known = {(kind, name): found for kind, name, found in raw.execute("SELECT kind, name, content_hash FROM releases")}
    raw.close()
    assert {(one["kind"], one["name"]): one["hash"] for one in named} == {
        key: found for key, found in known.items() if key[0] == "organisation"
    }


def test_a_new_release_of_the_organisation_is_named_by_the_next_decision(drafted: Lab) -> None:
    _released_anew(drafted)
    drafted.done("12-02 13:00", "set", drafted.case, "--as", "ben", "value=90000 EUR")
    drafted.done("12-02 14:00", "set", drafted.case, "--as", "ben", "value=90001 EUR")
    (_, first), (number, second) = _named(drafted)
    assert number == 2
    assert first != second
    assert "Nothing is wrong" in drafted.done("12-03 09:00", "audit", "verify")


def test_history_in_full_shows_what_was_decided_with(drafted: Lab) -> None:
    assert "Decided with" not in drafted.done("01-06 09:00", "history", drafted.case)
    shown = drafted.done("01-06 09:00", "history", drafted.case, "--full")
    assert "Decided with" in shown
    assert "organisation lab" in shown


def test_an_organisation_rewritten_together_with_its_own_hash_is_found(drafted: Lab) -> None:
    raw = sqlite3.connect(drafted.folder / "lab.db", isolation_level=None)
    ((content,),) = raw.execute("SELECT content FROM releases WHERE kind = 'organisation'").fetchall()
    other = json.loads(content) | {"zone": "Europe/Lisbon"}
    text = json.dumps(other, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    raw.execute("UPDATE releases SET content = ?, content_hash = ? WHERE kind = 'organisation'", (text, digest(other)))
    raw.close()
    result = drafted("01-06 09:00", "audit", "verify", "--json")
    assert result.exit_code == 5
    codes = {one["code"] for one in json.loads(result.stdout)["findings"]}
    assert codes == {"decided-with-differs"}


@pytest.mark.parametrize("what", [
    "DELETE FROM releases WHERE kind = 'organisation'",
    "UPDATE releases SET content = '{}' WHERE kind = 'organisation'",
])  # fmt: skip
def test_an_organisation_that_is_gone_or_another_is_found(drafted: Lab, what: str) -> None:
    _tampered(drafted, what)
    result = drafted("01-06 09:00", "audit", "verify", drafted.case)
    assert result.exit_code == 5
    assert "event 1 was decided with the organisation lab" in " ".join(result.stdout.split())


def test_a_case_of_an_earlier_program_verifies_and_says_what_is_not_recorded(drafted: Lab) -> None:
    _forgotten(drafted)
    said = " ".join(drafted.done("01-06 09:00", "audit", "verify", drafted.case).split())
    assert "Nothing is wrong" in said
    assert "Not recorded, by an earlier version, with which organisation and rulebook these were decided:" in said
    assert f"{drafted.case}: events 1 to 3" in said
    drafted.done("01-06 10:00", "set", drafted.case, "--as", "ben", "value=90000 EUR")
    assert drafted.json("01-06 11:00", "audit", "verify", drafted.case)["not_recorded"] == [
        f"{drafted.case}: events 1 to 3"
    ]


def _file(lab: Lab) -> Path:
    lab.done("02-20 15:59", "file", lab.case, "--output", "out")
    return lab.folder / "out"


def test_the_file_holds_what_was_decided_with_and_verify_finds_a_change(bid_in: Lab) -> None:
    folder = _file(bid_in)
    (found,) = (folder / "data").glob("release-*.json")
    assert found.name.startswith("release-organisation-lab-")
    assert "ok     organisation and rulebook are those it was decided with" in _verify(folder).stdout
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Decided with" in page
    found.write_text(found.read_text(encoding="utf-8").replace("Berlin", "Lisbon"), encoding="utf-8")
    assert "the organisation lab that event 1 was decided with is not there" in _verify(folder).stdout


def test_the_file_of_a_case_of_an_earlier_program_verifies_and_says_so(drafted: Lab) -> None:
    _forgotten(drafted)
    answer = _verify(_file(drafted))
    assert answer.returncode == 0
    assert "not recorded: events 1 to 3 do not say what they were decided with" in answer.stdout
    assert "not recorded for events 1 to 3" in (drafted.folder / "out" / "index.html").read_text(encoding="utf-8")
