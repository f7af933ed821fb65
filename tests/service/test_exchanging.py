"""A set of definitions from one installation to another: identities are kept, hashes proved, nothing is overwritten."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.ids import CountedIds
from inprocap_flow.language.canonical import digest
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.exchanging import export_set, import_set, read_set, write_sources
from inprocap_flow.service.first_releases import released_first
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_procedure
from inprocap_flow.service.set_hash import with_hash
from inprocap_flow.service.versions import versions
from inprocap_flow.store.opening import open_store
from tests.service.conftest import DEFINITIONS, NOW

PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    store.create()
    yield Desk(store, FixedClock(NOW), CountedIds())
    store.close()


def exported(desk: Desk, folder: Path, sources: Path | None = None) -> Path:
    file = folder / "set.json"
    file.write_text(export_set(desk, by="ben", sources=sources), encoding="utf-8")
    return file


def identities(desk: Desk) -> list[tuple[str, str, str, str, str, str]]:
    return [
        (one.kind, one.entry.name, one.entry.version, one.entry.content_hash, one.entry.valid_from, one.state)
        for one in versions(desk, NOW.date())
    ]


def test_every_version_arrives_as_it_was_with_its_name_its_day_and_its_hash(
    shipped: Desk, elsewhere: Desk, tmp_path: Path
) -> None:
    release_procedure(shipped, PURCHASE, by="ben", valid_from=date(2027, 1, 1), terms=UNEXPLORED)
    taken = import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    assert all(one.new for one in taken)
    assert identities(elsewhere) == identities(shipped)
    again = import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    assert not any(one.new for one in again)


def test_who_released_first_stays_known_beside_who_imported_it_and_goes_along_again(
    shipped: Desk, elsewhere: Desk, tmp_path: Path
) -> None:
    before = read_set(exported(shipped, tmp_path))["releases"]
    import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    after = read_set(exported(elsewhere, tmp_path))["releases"]
    said = [(one["released_at"], one["released_by"]) for one in before]
    assert [(one["released_at"], one["released_by"]) for one in after] == said
    assert "kim" not in {by for _, by in said}
    entries = [one.entry for one in versions(elsewhere, NOW.date())]
    assert {entry.released_by for entry in entries} == {"kim"}
    assert [tuple(released_first(entry).values()) for entry in entries] == [
        (one.entry.released_at, one.entry.released_by) for one in versions(shipped, NOW.date())
    ]


def test_a_case_can_be_opened_on_what_was_imported(shipped: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    asked = Request("open", "ada", fields={"need": "Cold"}, extra={"case": "case-1"})
    outcome = open_case(elsewhere, "open", "example-lab", asked)
    assert isinstance(outcome, Decision), outcome


def test_no_name_and_no_address_of_a_person_goes_along(shipped: Desk, tmp_path: Path) -> None:
    text = exported(shipped, tmp_path, DEFINITIONS).read_text(encoding="utf-8")
    assert "Invented (" not in text
    assert "Ada Invented" not in text
    assert "@example.org" not in text
    assert '"blocks/preparation.yaml"' in text
    assert '"organisations/' not in text


def test_what_tells_of_people_or_of_cases_stays_wherever_it_lies(shipped: Desk, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "old" / "houses").mkdir(parents=True)
    shutil.copy(DEFINITIONS / "organisations" / "example-lab.yaml", own / "old" / "houses" / "example-lab.yaml")
    shutil.copy(DEFINITIONS / "cases" / "hbp.yaml", own / "hbp.yaml")
    shutil.copy(DEFINITIONS / "rulebooks" / "eu-2014-24.yaml", own / "eu-2014-24.yaml")
    (own / "notes.yaml").write_text("boss: Ada Invented\n", encoding="utf-8")
    (own / "broken.yaml").write_text("organisation: [", encoding="utf-8")
    assert list(read_set(exported(shipped, tmp_path, own))["sources"]) == ["eu-2014-24.yaml"]


def test_a_version_that_both_have_from_different_days_on_keeps_the_day_here_and_is_named(
    shipped: Desk, elsewhere: Desk, tmp_path: Path
) -> None:
    release_procedure(shipped, PURCHASE, by="ben", valid_from=date(2027, 1, 1), terms=UNEXPLORED)
    release_procedure(elsewhere, PURCHASE, by="kim", terms=UNEXPLORED)
    taken = import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    assert {one.name: (one.new, one.days) for one in taken if one.days} == {"purchase": (False, ("", "2027-01-01"))}
    assert [one[4] for one in identities(elsewhere) if one[1] == "purchase"] == [""]


def test_a_dry_run_takes_nothing(shipped: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    taken = import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", dry_run=True, terms=UNEXPLORED)
    assert all(one.new for one in taken)
    assert identities(elsewhere) == []


def test_the_same_version_with_another_content_is_refused_and_nothing_is_taken(
    shipped: Desk, elsewhere: Desk, tmp_path: Path
) -> None:
    text = (DEFINITIONS / "rulebooks" / "eu-2014-24.yaml").read_text(encoding="utf-8")
    (tmp_path / "eu-2014-24.yaml").write_text(text.replace("value: 35 days", "value: 36 days"), encoding="utf-8")
    from inprocap_flow.service.releasing import release_rulebook

    release_rulebook(elsewhere, tmp_path / "eu-2014-24.yaml", by="kim")
    before = identities(elsewhere)
    with pytest.raises(NotAllowed, match=r"rulebook eu-2014-24 2026\.1"):
        import_set(elsewhere, read_set(exported(shipped, tmp_path)), by="kim", terms=UNEXPLORED)
    assert identities(elsewhere) == before


def _changed(file: Path, change: Any) -> None:
    plain = json.loads(file.read_text(encoding="utf-8"))
    change(plain)
    file.write_text(json.dumps(plain), encoding="utf-8")


def _content(plain: Any) -> None:
    plain["releases"][0]["content"]["definition"]["version"] = "9"


def _climbing(plain: Any) -> None:
    plain["sources"]["../outside.yaml"] = "procedure: outside"


def _absolute(plain: Any) -> None:
    plain["sources"]["/outside.yaml"] = "procedure: outside"


def _other(plain: Any) -> None:
    plain["format"] = "something"


def _newer(plain: Any) -> None:
    plain["schema"] = 99


def _day(plain: Any) -> None:
    plain["releases"][0]["valid_from"] = "soon"


def _another_day(plain: Any) -> None:
    plain["releases"][0]["valid_from"] = "2027-01-02"


def _another_releaser(plain: Any) -> None:
    plain["releases"][0]["released_by"] = "kim"


def _another_file(plain: Any) -> None:
    plain["sources"]["open.yaml"] = plain["sources"]["open.yaml"].replace("Open procedure", "Closed procedure")


def _left_out(plain: Any) -> None:
    plain["releases"].pop()


def _nonsense(one: Any) -> None:
    one["content"] = {"x": 1}


def _renamed(one: Any) -> None:
    one["version"] = "2099.1"


def _other_moves(one: Any) -> None:
    one["content"]["tables"]["reasons"], one["content"]["tables"]["question"] = (
        one["content"]["tables"]["question"], one["content"]["tables"]["reasons"],
    )  # fmt: skip


def _lifts_law(one: Any) -> None:
    definition = one["content"]["definition"]
    law = next(name for name, rule in definition["rules"] if rule["basis"] == "law")
    lifting = {"name": "easy", "title": {"en": "Easy"}, "lifts": [law], "by": ["procurement_officer"]}
    definition["derogations"] = [["easy", lifting]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_nonsense, "cannot be read"),
        (_renamed, r"'open 2026\.1' inside"),
        (_other_moves, "other moves than its definition says"),
        (_lifts_law, "no rule of custom or of the house"),
    ],
)
def test_a_set_with_true_hashes_of_something_else_is_refused_and_nothing_is_taken(
    shipped: Desk, elsewhere: Desk, tmp_path: Path, change: Any, says: str
) -> None:
    def forge(plain: Any) -> None:
        one = next(one for one in plain["releases"] if (one["kind"], one["name"]) == ("procedure", "open"))
        change(one)
        one["hash"] = digest(one["content"])
        plain.update(with_hash(plain))

    file = exported(shipped, tmp_path)
    _changed(file, forge)
    with pytest.raises(NotAllowed, match=says):
        import_set(elsewhere, read_set(file), by="kim", terms=UNEXPLORED)
    assert identities(elsewhere) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_content, "is not what its hash says"),
        (_climbing, "no name of a definition file"),
        (_absolute, "no name of a definition file"),
        (_other, "no set of definitions"),
        (_newer, "written in form 99"),
        (_day, "An entry is no release"),
    ],
)
def test_a_set_that_was_changed_or_is_none_is_refused(shipped: Desk, tmp_path: Path, change: Any, says: str) -> None:
    file = exported(shipped, tmp_path)
    _changed(file, change)
    with pytest.raises(InvalidInput, match=says):
        read_set(file)


@pytest.mark.parametrize("change", [_another_day, _another_releaser, _another_file, _left_out])
def test_what_stands_beside_the_contents_is_hashed_too(shipped: Desk, tmp_path: Path, change: Any) -> None:
    file = exported(shipped, tmp_path, DEFINITIONS)
    assert read_set(file)["sources"]
    _changed(file, change)
    with pytest.raises(InvalidInput, match="The set is not what its hash says"):
        read_set(file)


def test_a_set_of_a_program_that_wrote_no_hash_over_all_is_still_taken(
    shipped: Desk, elsewhere: Desk, tmp_path: Path
) -> None:
    file = exported(shipped, tmp_path)
    _changed(file, lambda plain: plain.pop("hash"))
    assert all(one.new for one in import_set(elsewhere, read_set(file), by="kim", terms=UNEXPLORED))


HEAD = '{"format": "inprocap-flow definitions", "schema": 1'
ONE = '"kind": "rulebook", "name": "x", "version": "1", "hash": "h", "released_at": "t"'


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "null", HEAD + "}", "[" * 100_000, HEAD + ', "releases": [NaN]}',
        HEAD + f', "releases": [{{{ONE}, "content": 1e999}}]}}',
        HEAD + f', "releases": [{{{ONE}, "content": "\\ud800"}}]}}',
        HEAD + ', "releases": [], "sources": {"a.yaml": 5}}',
        HEAD + ', "releases": [], "sources": {"a.yaml": "\\ud800"}}',
        HEAD + ', "releases": [], "sources": {"a\\u0000.yaml": ""}}',
        HEAD + ', "releases": [], "sources": {"a.yaml": "", "a.yaml/b.yaml": ""}}',
        HEAD + ', "releases": [], "sources": {"' + "a" * 300 + '.yaml": ""}}',
    ],
)  # fmt: skip
def test_whatever_is_given_as_a_set_is_answered(tmp_path: Path, text: str) -> None:
    (tmp_path / "set.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_set(tmp_path / "set.json")
    with pytest.raises(InvalidInput):
        read_set(tmp_path / "nowhere.json")


def test_files_are_written_beside_nothing_else_of_their_name(shipped: Desk, tmp_path: Path) -> None:
    plain = read_set(exported(shipped, tmp_path, DEFINITIONS))
    written = write_sources(plain, tmp_path / "own")
    assert (tmp_path / "own" / "open.yaml").read_text("utf-8") == (DEFINITIONS / "open.yaml").read_text("utf-8")
    assert write_sources(plain, tmp_path / "own") == written
    (tmp_path / "own" / "open.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(NotAllowed, match=r"open\.yaml"):
        write_sources(plain, tmp_path / "own")
