"""Where a version names nobody who keeps the record, the organisation's keeper does, and the history says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import HERE, PURCHASE, Lab
from tests.cli.test_destroying import SECRETS

PLAN = "migration: over\nprocedure: acquisition\nfrom: 2027.1\nto: 2027.2\nreason: Keepers are named\n"
SAID = "Kept by the organisation's own keeper: the version names nobody who keeps the record"


def _acquisition() -> str:
    """Return the purchase under a name of its own: of that nothing is released when a test begins."""
    return PURCHASE.read_text(encoding="utf-8").replace("procedure: purchase\n", "procedure: acquisition\n", 1)


def house(lab: Lab) -> None:
    """Release the lab with a keeper of records, in a role that no procedure knows."""
    text = (HERE / "lab.yaml").read_text(encoding="utf-8").replace("version: 2026.1", "version: 2026.2", 1)
    rita = "  rita: {name: Rita Invented, contact: rita@example.org, roles: [records_office]}\n"
    lab.done("01-04 09:00", "release", lab.file("lab.yaml", f"{text}{rita}keeps_record: [records_office]\n"))


def without_keepers(text: str, version: str = "2026.1") -> str:
    assert "may_backdate: [officer]\n" in text
    return text.replace("may_backdate: [officer]\n", "").replace("version: 2026.1", f"version: {version}", 1)


def _release(lab: Lab, at: str, path: str) -> None:
    lab.done(at, "release", path, "--despite", "Made for this test", "--as", "ben")


@pytest.fixture
def kept(lab: Lab) -> Lab:
    """A case on a version that names nobody, for a lab that names its records office."""
    house(lab)
    path = lab.file("acquisition.yaml", without_keepers(_acquisition(), "2027.1"))
    _release(lab, "01-04 10:00", path)
    lab.case = lab.json("01-05 09:00", "open", "acquisition", "--as", "ada", "--title", "Cooling", "need=A pump")[
        "case"
    ]
    return lab


def history(lab: Lab, *words: str) -> str:
    return " ".join(lab.done("01-12 10:00", "history", lab.case, *words).split())


def test_the_keeper_of_the_house_annuls_and_the_history_says_whose_keeper_it_was(kept: Lab) -> None:
    kept.done("01-05 10:00", "set", kept.case, "--as", "ben", "value=90000 EUR")
    number = json.loads(kept.done("01-05 11:00", "history", kept.case, "--json"))["history"][-1]["decision"]
    words = ("annul", kept.case, str(number), "--reason", "a slip")
    assert "records_office" in kept.refused("01-05 12:00", *words, "--as", "ben")
    kept.done("01-05 12:00", *words, "--as", "rita")
    assert SAID in history(kept)
    (effect,) = [
        one
        for entry in json.loads(kept.done("01-12 10:00", "history", kept.case, "--json"))["history"]
        for one in entry["effects"]
        if one["label"] == "Kept by"
    ]
    assert effect["kind"] == "annulled"


def test_the_keeper_of_the_house_moves_a_case_to_a_version_that_names_somebody(kept: Lab) -> None:
    newer = _acquisition().replace("version: 2026.1", "version: 2027.2", 1)
    _release(kept, "01-06 09:00", kept.file("acquisition.yaml", newer))
    plan = kept.file("over.yaml", PLAN)
    refused = " ".join(kept("01-06 10:00", "migrate", plan, "--as", "ben").output.split())
    assert "records_office" in refused
    assert "1 case: 1 moved." in kept.done("01-06 11:00", "migrate", plan, "--as", "rita")
    assert SAID in history(kept)
    # From here on the version names its own keeper, and the organisation's has no say.
    kept.done("01-07 09:00", "set", kept.case, "--as", "ben", "value=90000 EUR")
    number = json.loads(kept.done("01-07 10:00", "history", kept.case, "--json"))["history"][-1]["decision"]
    words = ("annul", kept.case, str(number), "--reason", "a slip")
    kept.refused("01-07 11:00", *words, "--as", "rita")
    kept.done("01-07 12:00", *words, "--as", "ben")
    assert history(kept).count(SAID) == 1


def later(lab: Lab, *words: str) -> tuple[int, str]:
    result = lab.plain("--now", "2030-01-08T09:00+01:00", *words)
    return result.exit_code, " ".join(result.output.split())


def test_the_keeper_of_the_house_destroys_what_was_kept_long_enough(lab: Lab) -> None:
    house(lab)
    lab.plain("release", lab.file("secrets.yaml", without_keepers(SECRETS)), "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "secrets", "--as", "ben")["case"]
    lab.done("01-05 10:00", "set", lab.case, "price=51234 EUR", "--as", "ben")
    lab.done("01-06 09:00", "do", lab.case, "finish", "--as", "ben")
    words = ("destroy", lab.case, "--reason", "three years are over", "--yes")
    assert "is not over" in lab.refused("02-01 09:00", *words, "--as", "rita")
    status, said = later(lab, *words, "--as", "ben")
    assert status == 3
    assert "records_office" in said
    assert later(lab, *words, "--as", "rita")[0] == 0
    assert SAID in later(lab, "history", lab.case)[1]


def test_a_role_that_nobody_holds_is_an_error_where_it_should_keep_the_records(lab: Lab, tmp_path: Path) -> None:
    text = (HERE / "lab.yaml").read_text(encoding="utf-8")
    (tmp_path / "lab.yaml").write_text(f"{text}keeps_record: [records_office]\n", encoding="utf-8")
    run = lab.plain("check", str(tmp_path / "lab.yaml"))
    assert run.exit_code == 1
    assert "Nobody here has the role `records_office`" in " ".join(run.output.split())


def _minded(lab: Lab, at: str, path: str) -> tuple[str, list[str]]:
    words = ("release", path, "--despite", "Made for this test", "--as", "ben")
    said = " ".join(lab.done(at, *words).split())
    return said, [one["code"] for one in lab.json(at, *words)["unkept"]]


def test_a_release_says_where_nobody_would_keep_the_record_and_how_that_is_mended(lab: Lab) -> None:
    path = lab.file("acquisition.yaml", without_keepers(_acquisition(), "2027.1"))
    said, codes = _minded(lab, "01-04 10:00", path)
    assert "Mind: nobody at lab could annul, migrate or destroy anything in cases of acquisition: acquisition" in said
    assert "names no role under `may_backdate`, nor lab one under `keeps_record`." in said
    assert codes == ["nobody-keeps-record"]
    house(lab)
    said, codes = _minded(lab, "01-04 11:00", path)
    assert "could annul, migrate or destroy" not in said
    assert codes == []
