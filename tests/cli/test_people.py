"""People outside the chain: absences count at once, a person can be given out and forgotten (ruling 2)."""

from __future__ import annotations

import json

from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation
from inprocap_flow.settings import Settings
from tests.cli.conftest import HERE, Lab


def test_somebody_absent_cannot_be_asked_and_the_substitute_can(ready: Lab) -> None:
    ready.done("01-06 10:00", "sign", ready.case, "launch", "--as", "dora")
    away = ("absence", "emil", "--from", "2026-01-07", "--until", "2026-01-09", "--substitute", "kim", "--as", "ben")
    answer = ready.done("01-06 11:00", *away)
    assert "Wed 2026-01-07 to Fri 2026-01-09" in answer
    assert ready.json("01-08 09:00", "next", ready.case)["approvals"][0]["who"] == ["kim", "fay", "june"]
    assert "for Emil Invented (emil)" in ready.done("01-08 10:00", "sign", ready.case, "launch", "--as", "kim")
    event = ready.json("01-08 11:00", "show", ready.case)["approvals"][0]["signatures"][1]["given"][0]
    assert (event["person"], event["on_behalf_of"]) == ("kim", "emil")


def test_an_absence_can_be_taken_back(ready: Lab) -> None:
    days = ("--from", "2026-01-07", "--until", "2026-01-09")
    ready.done("01-06 11:00", "absence", "emil", *days, "--as", "ben")
    ready.done("01-06 12:00", "absence", "emil", *days, "--cancel", "--as", "ben")
    assert "emil" in ready.json("01-08 09:00", "next", ready.case)["approvals"][0]["who"]


def test_a_new_release_keeps_what_was_said_since(lab: Lab) -> None:
    lab.done("01-06 11:00", "absence", "june", "--from", "2026-03-02", "--until", "2026-03-06", "--as", "ben")
    desk = open_desk(Settings(database=str(lab.folder / "lab.db"), key_file=lab.folder / "sealing.key"))
    release_organisation(desk, HERE / "lab.yaml", by="ben")
    desk.store.close()
    assert lab.json("01-06 12:00", "people", "show", "june")["person"]["absences"][0]["from"] == "2026-03-02"


def test_no_absence_stands_in_what_is_released_for_ever(lab: Lab) -> None:
    desk = open_desk(Settings(database=str(lab.folder / "lab.db"), key_file=lab.folder / "sealing.key"))
    with desk.store.reading() as reading:
        content = json.dumps(reading.released("organisation", "lab").content)
    desk.store.close()
    assert "2026-02-28" not in content
    assert "Invented" not in content.replace("An invented laboratory", "")


def test_a_person_is_given_out_whole(ready: Lab) -> None:
    known = json.loads(ready.done("01-06 10:00", "people", "export", "ben"))
    assert (known["name"], known["contact"]) == ("Ben Invented", {"contact": "ben@example.org"})
    assert [act["kind"] for act in known["acts"]] == ["filled", "moved"]


def test_somebody_forgotten_leaves_an_id_and_can_act_no_more(ready: Lab) -> None:
    assert ready("01-06 10:00", "people", "erase", "dora", "--as", "ben", stdin="n\n").exit_code == 1
    assert ready.json("01-06 10:00", "people", "erase", "dora", "--yes", "--as", "ben")["erased"] is True
    assert "Dora" not in ready.done("01-06 11:00", "people", "list")
    assert ready.json("01-06 11:00", "people", "show", "dora")["person"]["erased_at"]
    told = ready.json("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    assert [blocker["code"] for blocker in told["blockers"]] == ["not-entitled"]
    assert ready("01-06 12:00", "people", "erase", "dora", "--yes", "--as", "ben").exit_code == 1
