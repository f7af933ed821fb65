"""`check --explain CODE` shows its page in the width of the terminal, and the examples as they are."""

from __future__ import annotations

import pytest

from inprocap_flow.cli.definitions_looked_up import pages
from inprocap_flow.cli.definitions_pages import page_lines


@pytest.mark.parametrize("code", sorted(pages()))
def test_a_page_fits_the_terminal_but_for_its_examples(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = pages()[code].read_text(encoding="utf-8")
    lines = list(page_lines(page))
    inside, outside = False, []
    for line in lines:
        inside = inside != line.startswith("```")
        if not inside and not line.startswith(("|", "#")):
            outside.append(line)
    assert [line for line in outside if len(line) > 80 and " " in line.strip()] == []
    blocks = [part for number, part in enumerate(page.split("```")) if number % 2]
    assert all(part in "\n".join(lines) for part in blocks)


def test_a_link_is_shown_by_its_name() -> None:
    shown = " ".join(page_lines("See [way-around](way-around.md) and\nthe rest of it here."))
    assert shown == "See way-around and the rest of it here."
