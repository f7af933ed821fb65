"""Which hook files are run, which never, and what a released version is bound to."""

from __future__ import annotations

import hashlib
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound
from inprocap_flow.hooks import HookFailed, Money
from inprocap_flow.plugins import HookSet, allowed_folders, load_hooks
from tests.hooks.test_declared import SEEN

HEAD = "from inprocap_flow.hooks import CannotSay, CaseView, Fields, Money, hook\n"
GOOD = (
    HEAD
    + '''

@hook(reads=[Fields("budget")], returns="yes_no")
def affordable(view: CaseView, price: Money) -> bool:
    """Whether the price fits the budget."""
    return price <= view.value("budget", Money)
'''
)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return path


def load(folder: Path, text: str) -> HookSet:
    write(folder, "house.py", text)
    return load_hooks([folder], [folder])


def codes(folder: Path, body: str) -> list[tuple[str, int]]:
    """Return code and line (counted after the import) of every problem of a file with this body."""
    with pytest.raises(InvalidInput) as refused:
        load(folder, HEAD + body)
    return [(problem.code, problem.place.line - 1) for problem in refused.value.problems]


# ------------------------------------------------------------------------------------------------- folders


def test_a_hook_of_an_allowed_folder_answers(tmp_path: Path) -> None:
    hooks = load(tmp_path, GOOD)
    assert hooks.call("affordable", [Money(Decimal(899), "EUR")], SEEN) is True
    assert hooks.call("affordable", [Money(Decimal(901), "EUR")], SEEN) is False


def test_a_folder_that_the_operator_does_not_allow_is_never_run(tmp_path: Path) -> None:
    write(tmp_path / "foreign", "house.py", f"open({str(tmp_path / 'trace')!r}, 'w')\n")
    with pytest.raises(NotAllowed, match="are not allowed") as refused:
        load_hooks([tmp_path / "foreign"], [tmp_path])
    assert "hook_folders" in refused.value.mend
    assert not (tmp_path / "trace").exists()


def test_a_link_out_of_an_allowed_folder_is_refused(tmp_path: Path) -> None:
    target = write(tmp_path / "elsewhere", "house.py", GOOD)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "house.py").symlink_to(target)
    with pytest.raises(NotAllowed, match="leads to a file in a folder that is not allowed"):
        load_hooks([tmp_path / "mine"], [tmp_path / "mine"])


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no folder"):
        load_hooks([tmp_path / "gone"], [tmp_path / "gone"])


def test_files_that_begin_with_an_underscore_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "__init__.py", "import os\n")
    assert load(tmp_path, GOOD).hashes().keys() == {"affordable"}


def test_the_shipped_folder_is_loaded_like_any_other_and_nobody_imports_workflows() -> None:
    hooks = load_hooks(allowed_folders(), allowed_folders())
    assert {"alignment_applies", "may_align"} <= hooks.hashes().keys()
    assert "workflows" not in sys.modules


def test_loading_writes_nothing_beside_the_file(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    assert [path.name for path in tmp_path.iterdir()] == ["house.py"]


# ------------------------------------------------------------------------------------------------- hygiene


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("import os", "hook-import", 1),
        ("import subprocess as text", "hook-import", 1),
        ("from socket import socket", "hook-import", 1),
        ("from . import other", "hook-import", 1),
        ("import inprocap_flow.hooks", "hook-import", 1),
        ("import inprocap_flow.engine", "hook-import", 1),
        ("from inprocap_flow.engine.case.records import Case", "hook-import", 1),
        ("from inprocap_flow.hooks import declared", "hook-import", 1),
        ("from inprocap_flow.hooks import *", "hook-import", 1),
        ("import random", "hook-import", 1),
        ("import time", "hook-import", 1),
        ("from types import CodeType", "hook-import", 1),
        ("from re import enum", "hook-import", 1),
        ("import re\nFLAGS = re.enum", "hook-import", 2),
        ("import re\ndef f():\n    door = re\n    return door", "hook-name", 3),
        ("def f():\n    import os", "hook-import", 2),
        ("def f():\n    return open('x')", "hook-name", 2),
        ("def f():\n    return eval('1')", "hook-name", 2),
        ("def f():\n    return __import__('os')", "hook-name", 2),
        ("def f():\n    return getattr('', 'join')", "hook-name", 2),
        ("def f():\n    return hash('order of suppliers')", "hook-name", 2),
        ("def f():\n    raise SystemExit", "hook-name", 2),
        ("def f():\n    return ().__class__", "hook-name", 2),
        ("def f():\n    return CannotSay('x').__traceback__.tb_frame", "hook-name", 2),
        ("import decimal\ndef f():\n    decimal.getcontext().prec = 2", "hook-name", 3),
        ("from datetime import datetime\ndef f():\n    return datetime.now()", "hook-clock", 3),
        ("from datetime import date\ndef f():\n    return date.today()", "hook-clock", 3),
        ("SEEN = []", "hook-statement", 1),
        ("SEEN: dict = {}", "hook-statement", 1),
        ("SEEN = [each for each in 'ab']", "hook-statement", 1),
        ("COUNT = len('abc')", "hook-statement", 1),
        ("def f(seen={}):\n    return seen", "hook-statement", 1),
        ("def f():\n    global COUNT", "hook-statement", 2),
        ("def f():\n    return 1\ndef g():\n    f.calls = 1", "hook-statement", 4),
        ("async def f():\n    return 1", "hook-statement", 1),
        ("for each in 'ab':\n    pass", "hook-statement", 1),
        ("if True:\n    LIMIT = 1", "hook-statement", 1),
        ("class Desk:\n    pass", "hook-statement", 1),
        ("def f():\n    try:\n        pass\n    except Exception:\n        pass", "hook-except", 4),
        ("def f():\n    try:\n        pass\n    except:\n        pass", "hook-except", 4),
        ("def f():\n    return 1\ndef f():\n    return 2", "hook-duplicate", 3),
    ],
)
def test_what_a_hook_file_may_not_contain_is_refused_at_its_place(
    tmp_path: Path, body: str, code: str, line: int
) -> None:
    assert (code, line) in codes(tmp_path, body + "\n")


def test_what_a_hook_file_is_for_passes(tmp_path: Path) -> None:
    body = '''
"""A file with everything that belongs into one."""
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType

WORD = re.compile("[a-z]+", re.ASCII)
STATES = frozenset({"DE", "FR"})
TITLES = MappingProxyType({"DE": "Germany"})
WEEK = timedelta(days=7)
HALF = -Decimal("0.5") * 2


class Standing(Enum):
    WELL = "well"


@dataclass(frozen=True)
class Bid:
    name: str
    shares: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list)

    def __lt__(self, other: "Bid") -> bool:
        return self.name < other.name


@cache
def twice(number: int) -> int:
    return 2 * number


@hook(name="open_days", returns="yes_no")
def _days(view: CaseView) -> bool:
    found = {"a": [1]}
    found["b"] = [twice(2)]
    try:
        found["c"]
    except KeyError:
        return view.now.date() == view.today and bool(Counter("aa"))
    return False
'''
    assert load(tmp_path, HEAD + body).call("open_days", (), SEEN) is True


def test_all_problems_of_all_files_are_told_at_once_with_line_and_mend(tmp_path: Path) -> None:
    write(tmp_path, "a.py", HEAD + "import os\nSEEN = []\n")
    write(tmp_path, "b.py", "def f(:\n")
    with pytest.raises(InvalidInput) as refused:
        load_hooks([tmp_path], [tmp_path])
    assert [(Path(p.place.file).name, p.place.line) for p in refused.value.problems] == [
        ("a.py", 2),
        ("a.py", 3),
        ("b.py", 1),
    ]
    assert "    2 | import os\n" in str(refused.value)
    assert all(problem.mend for problem in refused.value.problems)


def test_nothing_runs_while_another_file_is_unclean(tmp_path: Path) -> None:
    write(tmp_path, "a.py", HEAD + "from decimal import Decimal\nLIMIT = Decimal('not a number')\n")
    write(tmp_path, "b.py", "import os\n")
    with pytest.raises(InvalidInput) as refused:
        load_hooks([tmp_path], [tmp_path])
    assert [problem.code for problem in refused.value.problems] == ["hook-import"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"\xff\xfe", "hook-file"),
        (b"x = '\0'", "hook-syntax"),
        (b"(" * 5000, "hook-syntax"),
        (b"x = " + b"-" * 90_000 + b"1", "hook-file"),
        (b"# " + b"long " * 50_000, "hook-file"),
        (b"\xef\xbb\xbfX = 1\n", "hook-syntax"),
    ],
    ids=["not utf-8", "null", "brackets", "deep", "large", "byte order mark"],
)
def test_hostile_files_are_refused_in_words(tmp_path: Path, source: bytes, code: str) -> None:
    (tmp_path / "house.py").write_bytes(source)
    with pytest.raises(InvalidInput) as refused:
        load_hooks([tmp_path], [tmp_path])
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_coding_line_does_not_run_another_text_than_the_one_that_was_read(tmp_path: Path) -> None:
    body = "@hook(returns='text')\ndef f(view: CaseView) -> str:\n    return '+AGE-'\n"
    assert load(tmp_path, "# coding: utf-7\n" + HEAD + body).call("f", (), SEEN) == "+AGE-"


def test_a_bad_declaration_is_a_problem_at_its_line(tmp_path: Path) -> None:
    body = '@hook(returns="yes_no")\ndef f(view: CaseView, price: float) -> bool:\n    return True\n'
    assert codes(tmp_path, body) == [("hook-declaration", 1)]


def test_a_file_that_fails_while_loading_is_a_problem_at_its_line(tmp_path: Path) -> None:
    assert codes(tmp_path, "from decimal import Decimal\nLIMIT = Decimal('many')\n") == [("hook-load", 2)]


def test_one_name_in_two_files_is_refused_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, "first.py", GOOD)
    write(tmp_path, "second.py", "\n" + GOOD)
    with pytest.raises(InvalidInput, match=r"second.py:5.*affordable` stands already in .*first.py:4"):
        load_hooks([tmp_path], [tmp_path])


# ------------------------------------------------------------------------------------------------- calls


def test_an_error_in_a_hook_is_refused_with_its_file_and_line_and_no_traceback(tmp_path: Path) -> None:
    hooks = load(tmp_path, HEAD + '@hook(returns="yes_no")\ndef f(view: CaseView) -> bool:\n    return 1 // 0 == 1\n')
    with pytest.raises(HookFailed, match=r"house.py:4 failed with ZeroDivisionError") as failed:
        hooks.call("f", (), SEEN)
    assert failed.value.code == "hook-refused"
    assert failed.value.origin == f"{tmp_path / 'house.py'}:4"
    assert "release a new version" in failed.value.mend


def test_a_hook_that_never_ends_calling_itself_is_refused(tmp_path: Path) -> None:
    body = "def g() -> bool:\n    return g()\n"
    hooks = load(tmp_path, HEAD + body + '@hook(returns="yes_no")\ndef f(view: CaseView) -> bool:\n    return g()\n')
    with pytest.raises(HookFailed, match="RecursionError"):
        hooks.call("f", (), SEEN)


def test_what_a_hook_says_itself_reaches_people_as_written(tmp_path: Path) -> None:
    body = '@hook(returns="yes_no")\ndef f(view: CaseView) -> bool:\n    raise CannotSay("no rate.", mend="Add one.")\n'
    with pytest.raises(HookFailed) as failed:
        load(tmp_path, HEAD + body).call("f", (), SEEN)
    assert (failed.value.reason, failed.value.mend) == ("no rate", "Add one.")


def test_a_hook_that_was_never_loaded_is_named() -> None:
    with pytest.raises(NotFound, match="there is no hook `f`"):
        HookSet().call("f", (), SEEN)


# ------------------------------------------------------------------------------------------------- releases


def test_the_hash_of_a_hook_is_that_of_the_bytes_of_its_file(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).hashes() == {"affordable": hashlib.sha256(GOOD.encode()).hexdigest()}


def test_a_released_version_gets_the_hooks_that_it_is_bound_to_and_no_others(tmp_path: Path) -> None:
    more = '\n@hook(returns="yes_no")\ndef other(view: CaseView) -> bool:\n    return True\n'
    hooks = load(tmp_path, GOOD + more)
    bound = hooks.bound_to({"affordable": hooks.hashes()["affordable"]})
    assert "affordable" in bound
    assert "other" not in bound


def test_a_changed_file_is_refused_for_a_released_version_with_the_mend(tmp_path: Path) -> None:
    released = load(tmp_path, GOOD).hashes()
    changed = load(tmp_path, GOOD.replace("<=", "<"))
    with pytest.raises(NotAllowed, match=r"house.py:4: the file of `affordable` has changed") as refused:
        changed.bound_to(released)
    assert "release a new version" in refused.value.mend
    assert changed.call("affordable", [Money(Decimal(900), "EUR")], SEEN) is False


def test_every_missing_hook_of_a_released_version_is_named() -> None:
    with pytest.raises(NotAllowed, match=r"`a` of this version.*\n.*`b` of this version"):
        HookSet().bound_to({"b": "0" * 64, "a": "0" * 64})


def test_the_loader_of_definitions_learns_types_reads_and_hash(tmp_path: Path) -> None:
    hooks = load(tmp_path, GOOD)
    info = hooks.lookup("affordable")
    assert info is not None
    assert (info.result, info.parameters, info.reads) == ("yes_no", ("money",), ("budget",))
    assert info.file_hash == hooks.hashes()["affordable"]
    assert hooks.lookup("unknown") is None
    assert hooks.signature("unknown") is None
