"""What is imported is checked like what is released, and hook files go along as texts that nobody runs on the way."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.ids import CountedIds
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.exchanging import export_set, import_set, read_set
from inprocap_flow.service.judging import UNEXPLORED, Terms
from inprocap_flow.service.releasing import release_procedure
from inprocap_flow.service.set_hash import with_hash
from inprocap_flow.settings import Settings
from inprocap_flow.store.opening import open_store
from tests.service.conftest import NOW

CHECKS = Path(__file__).parents[1] / "checks"
HOOK = """\
from inprocap_flow.hooks import CaseView, Fields, hook


@hook(reads=[Fields("need")], returns="yes_no")
def worth_it(view: CaseView) -> bool:
    \"\"\"Whether somebody needs it.\"\"\"
    return bool(view.text("need"))
"""


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., Desk]:
    """Return desks of other installations; the folders named are those that their operators allow hooks in."""
    made: list[Desk] = []

    def make(*hook_folders: Path) -> Desk:
        for folder in hook_folders:
            folder.mkdir(exist_ok=True)
        store = open_store(f"sqlite:///{tmp_path / f'office-{len(made)}.db'}")
        store.create()
        made.append(Desk(store, FixedClock(NOW), CountedIds(), settings=Settings(hook_folders=hook_folders)))
        return made[-1]

    return make


def exported(desk: Desk, folder: Path) -> Any:
    (folder / "set.json").write_text(export_set(desk, by="ben"), encoding="utf-8")
    return read_set(folder / "set.json")


def procedures(desk: Desk) -> list[str]:
    with desk.store.reading() as reading:
        return [entry.name for entry in reading.releases("procedure")]


def test_what_checks_find_is_not_imported_unless_somebody_says_why(office: Callable[..., Desk], tmp_path: Path) -> None:
    here, there = office(), office()
    shutil.copy(CHECKS / "case-stuck" / "refused.yaml", tmp_path / "refused.yaml")
    release_procedure(here, tmp_path / "refused.yaml", by="ben", terms=UNEXPLORED)
    plain = exported(here, tmp_path)
    with pytest.raises(InvalidInput, match="case-stuck"):
        import_set(there, plain, by="kim")
    assert procedures(there) == []
    (taken,) = import_set(there, plain, by="kim", terms=Terms(despite="They know it"))
    assert taken.judged.overruled == ("case-stuck",)
    with there.store.reading() as reading:
        (entry,) = reading.releases("procedure")
    assert (entry.released_by, entry.judged["reason"]) == ("kim", "They know it")


def with_hook(office: Callable[..., Desk], folder: Path) -> Any:
    """Release a procedure that asks a hook; return the set that it goes into."""
    (folder / "hooks").mkdir()
    (folder / "hooks" / "house.py").write_text(HOOK, encoding="utf-8")
    text = (CHECKS / "case-stuck" / "accepted.yaml").read_text(encoding="utf-8")
    asking = "      that:\n        - {hook: worth_it(), if_not: It is not worth it}\n"
    text = text.replace("      approvals: launch\n", f"      approvals: launch\n{asking}", 1)
    (folder / "accepted.yaml").write_text(text, encoding="utf-8")
    here = office(folder / "hooks")
    release_procedure(here, folder / "accepted.yaml", by="ben", terms=UNEXPLORED)
    return exported(here, folder)


def test_a_hook_file_goes_along_and_into_an_allowed_folder_only_if_it_is_named(
    office: Callable[..., Desk], tmp_path: Path
) -> None:
    plain = with_hook(office, tmp_path)
    there = office(tmp_path / "allowed")
    for folder, says in ((None, "hooks that are not here: worth_it"), (tmp_path / "other", "are not allowed")):
        with pytest.raises(NotAllowed, match=says):
            import_set(there, plain, by="kim", terms=UNEXPLORED, hooks=folder)
    assert procedures(there) == []
    before = set(sys.modules)
    import_set(there, plain, by="kim", terms=UNEXPLORED, hooks=tmp_path / "allowed")
    assert (tmp_path / "allowed" / "house.py").read_text(encoding="utf-8") == HOOK
    assert not {name for name in set(sys.modules) - before if "hook_file" in name}
    assert "worth_it" in there.hooks  # which the next command loads, and finds as it was released
    with there.store.reading() as reading:
        (entry,) = reading.releases("procedure")
        hooks = there.machine(reading, entry.content_hash).definition.hooks
    there.hooks.bound_to(hooks)


def test_a_dry_run_writes_no_hook_file(office: Callable[..., Desk], tmp_path: Path) -> None:
    there = office(tmp_path / "allowed")
    plain = with_hook(office, tmp_path)
    import_set(there, plain, by="kim", dry_run=True, terms=UNEXPLORED, hooks=tmp_path / "allowed")
    assert list((tmp_path / "allowed").iterdir()) == []
    assert procedures(there) == []


def _changed(hooks: Any) -> None:
    next(iter(hooks.values()))["source"] += "# and more\n"


def _climbing(hooks: Any) -> None:
    next(iter(hooks.values()))["file"] = "../house.py"


def _none(hooks: Any) -> None:
    hooks.clear()


@pytest.mark.parametrize(
    ("change", "says"),
    [(_changed, "not what its hash says"), (_climbing, "no name of a hook file"), (_none, "neither in it nor here")],
)
def test_a_hook_file_that_is_changed_misnamed_or_lacking_is_refused(
    office: Callable[..., Desk], tmp_path: Path, change: Any, says: str
) -> None:
    plain = dict(with_hook(office, tmp_path))
    change(plain["hooks"])
    (tmp_path / "set.json").write_text(json.dumps(with_hash(plain)), encoding="utf-8")
    there = office(tmp_path / "allowed")
    with pytest.raises((InvalidInput, NotAllowed), match=says):
        import_set(there, read_set(tmp_path / "set.json"), by="kim", terms=UNEXPLORED, hooks=tmp_path / "allowed")
    assert procedures(there) == []


def test_another_file_of_the_same_name_is_never_written_over(office: Callable[..., Desk], tmp_path: Path) -> None:
    plain = with_hook(office, tmp_path)
    there = office(tmp_path / "allowed")
    (tmp_path / "allowed" / "house.py").write_text("# ours\n", encoding="utf-8")
    with pytest.raises(NotAllowed, match=r"other files of these names: house\.py"):
        import_set(there, plain, by="kim", terms=UNEXPLORED, hooks=tmp_path / "allowed")
    assert (tmp_path / "allowed" / "house.py").read_text(encoding="utf-8") == "# ours\n"
