"""What exists is described, and what is described exists: links, commands, settings, checks, events, codes, hooks."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from inprocap_flow import errors, hooks, settings
from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case import history
from inprocap_flow.language.checks import CHECKS
from tests.docs.tables import settings_table, shown_table

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [page for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md"))) if page.exists()]
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HYPHENATED = re.compile(r"[a-z]+(-[a-z]+)+")


def _text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


# --------------------------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(_without_code(page.read_text(encoding="utf-8")))
    assert [path for path, _ in links if path and not (page.parent / path).exists()] == []
    anchors = [(path, anchor) for path, anchor in links if anchor and (not path or path.endswith(".md"))]
    assert [link for link in anchors if link[1] not in _headings(page.parent / link[0] if link[0] else page)] == []


def test_every_page_is_reached_from_the_index() -> None:
    reached = {DOCS / "README.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for path, _ in _LINK.findall(_without_code(page.read_text(encoding="utf-8"))):
            target = (page.parent / path).resolve()
            if path.endswith(".md") and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    folders = {page.parent for page in reached if page.name == "README.md"} - {DOCS}  # checks, decisions: a page each
    lost = [page for page in sorted(DOCS.rglob("*.md")) if page not in reached and page.parent not in folders]
    assert [str(page.relative_to(ROOT)) for page in lost] == []


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def _headings(page: Path) -> set[str]:
    """Return the anchors that a forge makes of the headings of *page*."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# ------------------------------------------------------------------------------------------------ commands, settings


def _commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*words, name))
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))


def test_every_command_is_in_the_reference_and_explained_elsewhere() -> None:
    reference = _text("reference/cli.md")
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "cli.md")
    commands = list(_commands(inprocap_flow))
    assert [command for command in commands if f"inprocap-flow {command}" not in reference] == []
    assert [command for command in commands if not re.search(rf"(`|inprocap-flow ){command}\b", told)] == []


def test_every_setting_stands_in_the_table_as_the_program_describes_it() -> None:
    assert shown_table().strip() == settings_table().strip(), "write it anew: python -m tests.docs.tables"
    assert settings.FILE_VARIABLE in _text("reference/settings.md")


# ------------------------------------------------------------------------------------- checks, hooks, events, codes


def test_every_check_has_its_page_in_the_list() -> None:
    index = _text("checks/README.md")
    assert [check.CODE for check in CHECKS if f"({check.CODE}.md)" not in index] == []
    assert [check.CODE for check in CHECKS if not (DOCS / "checks" / f"{check.CODE}.md").exists()] == []


def test_every_argument_of_the_decorator_and_every_name_a_hook_may_import_is_explained() -> None:
    page = _text("how-to/hooks.md")
    assert [name for name in inspect.signature(hooks.hook).parameters if not re.search(rf"\b{name}\b", page)] == []
    assert [name for name in ("Fields", "Tracks", "Lists", "CannotSay", "CaseView", "Money") if name not in page] == []


def test_the_list_of_events_is_the_list_of_the_fold() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", _text("reference/events.md").partition("## Kinds")[2], flags=re.MULTILINE)
    assert sorted(listed) == sorted(history.EVENT_KINDS)  # the one place that knows them all


def test_the_list_of_refusals_is_what_the_engine_can_say() -> None:
    refusals, _, told_as_errors = _text("reference/refusals.md").partition("## Errors are something else")
    rows = re.findall(r"^\| (`.*?`) \|", refusals, flags=re.MULTILINE)
    listed = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert sorted(listed) == sorted(_codes())
    families: list[type[errors.FlowError]] = [*errors.FlowError.__subclasses__()]
    known = {family.code for family in families if family.__module__.startswith("inprocap_flow")}
    told = {*listed, *re.findall(r"`([a-z-]+)`", told_as_errors)}
    assert known - told - {"hook-declaration"} == set()  # a mistake in a hook file: told while it is loaded


def _codes() -> set[str]:
    """Return the code of every blocker that the engine builds: in its source nothing else looks like one."""
    found: set[str] = set()
    for file in (ROOT / "inprocap_flow" / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and _HYPHENATED.fullmatch(str(node.value)):
                found.add(str(node.value))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Blocker":
                found |= {str(code.value) for code in node.args[:1] if isinstance(code, ast.Constant)}
    return found
