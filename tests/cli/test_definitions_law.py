"""``law``: what is in force on a day, with its evidence; and confirming, which changes nothing else."""

from __future__ import annotations

import difflib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow import bundled
from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.load import load_procedure, load_rulebook
from inprocap_flow.language.model import LimitValue
from inprocap_flow.service.confirming import quoted
from inprocap_flow.service.law import is_stale

LAMP = Path(__file__).parents[1] / "reading" / "definitions"


class Desk:
    """A folder of one's own definitions with a rulebook, and the command line on a day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = folder / "rulebooks" / "lamp-rules.yaml"

    def __call__(self, *words: str, now: str = "2026-07-01") -> Result:
        given = ["--now", f"{now}T09:00:00+02:00", "law", *words]
        result = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
        assert "Traceback" not in result.output, result.output
        assert result.exit_code != 70, result.output
        return result

    def limits(self, *words: str, now: str = "2026-07-01") -> dict[str, Any]:
        result = self(*words, "--json", now=now)
        assert result.exit_code == 0, result.output
        return {one["limit"]: one for one in json.loads(result.stdout)["limits"]}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shutil.copytree(LAMP, tmp_path / "own")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "own"))
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", str(tmp_path / "lab.db"))
    monkeypatch.setenv("INPROCAP_FLOW_KEY_FILE", str(tmp_path / "key"))
    return Desk(tmp_path / "own")


def test_a_value_of_a_procedure_shows_its_mark_though_nothing_says_what_it_means() -> None:
    shown = CliRunner().invoke(inprocap_flow, ["law", "training"], prog_name="inprocap-flow").stdout
    assert shown.count("[not confirmed]; evidence D\n") == 2


def test_the_value_in_force_on_a_day_is_listed_with_its_source_and_evidence(desk: Desk) -> None:
    assert desk.limits("lamp-rules", "--on", "2025-12-31")["small_purchase"]["value"] == "500"
    today = desk.limits("lamp-rules")["small_purchase"]
    assert (today["value"], today["unit"], today["source"]) == ("1000", "EUR", "House rule 6")
    assert (today["confirmed"], today["confirmed_by"]) == (True, "nora")
    assert desk.limits("lamp-rules", "--on", "2019-01-01")["standstill"]["value"] is None


def test_the_list_says_what_is_not_confirmed_and_how_much_of_it_there_is(desk: Desk) -> None:
    text = desk("lamp-rules").stdout
    assert "time_for_offers  10 days" in text
    assert "[not confirmed]; evidence K: own knowledge" in text
    assert "4 values: 3 not confirmed, 0 confirmed too long ago." in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_confirmation_is_stale_after_the_months_that_are_set(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not desk.limits("lamp-rules", now="2027-02-03")["small_purchase"]["stale"]
    assert desk.limits("lamp-rules", now="2027-02-04")["small_purchase"]["stale"]
    monkeypatch.setenv("INPROCAP_FLOW_LAW_STALE_AFTER_MONTHS", "24")
    assert not desk.limits("lamp-rules", now="2027-02-04")["small_purchase"]["stale"]


def test_stale_lists_only_what_needs_somebody(desk: Desk) -> None:
    assert "small_purchase" not in desk.limits("lamp-rules", "--stale")
    assert "small_purchase" in desk.limits("lamp-rules", "--stale", now="2028-01-01")


@given(st.dates(date(2000, 1, 31), date(2100, 1, 1)), st.integers(1, 60), st.integers(0, 4000))
def test_what_is_stale_stays_stale(confirmed: date, months: int, days: int) -> None:
    value = LimitValue("2000-01-01", "1", "x", confirmed_on=confirmed.isoformat())
    day = confirmed + timedelta(days)
    assert not is_stale(value, confirmed, months)
    if is_stale(value, day, months):
        assert is_stale(value, day + timedelta(1), months)
        assert days >= 28 * months


def test_a_confirmation_changes_the_lines_of_that_value_and_the_version_and_no_other(desk: Desk) -> None:
    before = desk.book.read_text(encoding="utf-8").splitlines()
    done = desk("confirm", "lamp-rules", "time_for_offers", "--by", "dora", "--source", 'Lamp Act, Art. 3: "10 days"')
    assert done.exit_code == 0, done.output
    after = desk.book.read_text(encoding="utf-8").splitlines()
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    assert sorted(line[2:].strip() for line in changed if line[0] == "+") == [
        "confirmed_by: dora",
        "confirmed_on: 2026-07-01",
        'source: "Lamp Act, Art. 3: \\"10 days\\""',
        "version: 1.0-confirmed-2026-07-01",
    ]
    value = load_rulebook(desk.book).limits["time_for_offers"].values[0]
    assert (value.confirmed_on, value.confirmed_by, value.source) == (
        "2026-07-01", "dora", 'Lamp Act, Art. 3: "10 days"',
    )  # fmt: skip


def test_a_second_confirmation_on_a_day_is_another_version(desk: Desk) -> None:
    for limit in ("time_for_offers", "standstill"):
        assert desk("confirm", "lamp-rules", limit, "--by", "dora").exit_code == 0
    book = load_rulebook(desk.book)
    assert book.version == "1.0-confirmed-2026-07-01-n2"
    assert {book.limits[one].values[0].confirmed_by for one in ("time_for_offers", "standstill")} == {"dora"}
    desk("confirm", "lamp-rules", "standstill", "--by", "emil", now="2026-08-01")
    book = load_rulebook(desk.book)
    assert (book.version, book.limits["standstill"].values[0].confirmed_by) == ("1.0-confirmed-2026-08-01", "emil")


def test_the_value_of_another_day_can_be_confirmed(desk: Desk) -> None:
    desk("confirm", "lamp-rules", "small_purchase", "--by", "dora", "--value-on", "2025-01-01")
    old, new = load_rulebook(desk.book).limits["small_purchase"].values
    assert (old.confirmed_by, new.confirmed_by) == ("dora", "nora")


def test_a_shipped_rulebook_is_copied_and_stays_as_it_is(desk: Desk) -> None:
    shipped = bundled.root("definitions") / "rulebooks" / "horizon-pcp.yaml"
    before = shipped.read_bytes()
    assert desk("confirm", "horizon-pcp", "standstill", "--by", "dora").exit_code == 0
    assert shipped.read_bytes() == before
    assert load_rulebook(desk.folder / "rulebooks" / "horizon-pcp.yaml").limits["standstill"].values[0].confirmed_by
    assert desk.limits("horizon-pcp")["standstill"]["confirmed"]


OVERLAY = """\
# What the shop adds.
overlay: {name}
version: 3
language: en
title: House rules
organisation: lamp-shop
for: {{lamp: 2.0}}{more}

limits:
  {limit}:
    says: From here on two sign  # as agreed
    basis: house_rule
    direction: threshold
    unit: EUR
    values:
      - from: 2020-01-01
        value: 700
        source: "Rule 9"  # the old book
        confirmed_on: never
"""


def overlay(desk: Desk, name: str = "shop-rules", limit: str = "two_from", more: str = "") -> Path:
    (desk.folder / "overlays").mkdir(exist_ok=True)
    path = desk.folder / "overlays" / f"{name}.yaml"
    path.write_text(OVERLAY.format(name=name, limit=limit, more=more), "utf-8")
    return path


def test_a_value_of_an_overlay_is_confirmed_in_the_overlay_and_all_else_in_it_stays(desk: Desk) -> None:
    file = overlay(desk)
    before = file.read_text("utf-8").splitlines()
    said = desk("confirm", "shop-rules", "two_from", "--by", "dora", "--source", "Rule 9, of 2026", "--json")
    assert (said.exit_code, json.loads(said.stdout)["overlay"]) == (0, "shop-rules")
    changed = [one for one in difflib.ndiff(before, file.read_text("utf-8").splitlines()) if one[0] == "+"]
    assert sorted(line[2:].strip() for line in changed) == [
        "confirmed_by: dora",
        "confirmed_on: 2026-07-01",
        'source: "Rule 9, of 2026"  # the old book',
        "version: 3-confirmed-2026-07-01",
    ]
    assert desk.limits("shop-rules")["two_from"]["confirmed_by"] == "dora"


def test_a_value_of_a_shipped_procedure_is_confirmed_in_a_copy_that_can_be_released(desk: Desk) -> None:
    shipped = bundled.root("definitions") / "supplier-path.yaml"
    before = shipped.read_text("utf-8")
    said = desk("confirm", "supplier-path", "ready_before_closing", "--by", "dora")
    assert said.exit_code == 0
    own = desk.folder / "supplier-path.yaml"
    assert shipped.read_text("utf-8") == before
    changed = [one[0] for one in difflib.ndiff(before.splitlines(), own.read_text("utf-8").splitlines())]
    assert (changed.count("+"), changed.count("-")) == (3, 2)
    assert "Mind:" not in said.output
    assert desk.limits("supplier-path")["ready_before_closing"]["confirmed"]
    definition = load_procedure(own, (desk.folder, bundled.root("definitions")))
    assert definition.version.endswith("-confirmed-2026-07-01")


def test_overlays_that_were_written_for_the_procedure_before_are_named(desk: Desk) -> None:
    lamp = desk.folder / "lamp.yaml"
    limits = OVERLAY.partition("\n\n")[2].format(limit="two_from")
    lamp.write_text(lamp.read_text("utf-8").replace("\nroles:", f"\n{limits}\nroles:", 1), "utf-8")
    overlay(desk, limit="three_from")
    said = desk("confirm", "lamp", "two_from", "--by", "dora")
    assert "Mind: add this version under `for: lamp:`" in said.output
    assert "shop-rules" in said.output


def test_where_two_files_of_a_name_bring_the_limit_it_is_said_which_was_compared(desk: Desk) -> None:
    file = overlay(desk, "lamp-rules", "standstill")
    before = file.read_bytes(), desk.book.read_bytes()
    refused = desk("confirm", "lamp-rules", "standstill", "--by", "dora")
    assert (refused.exit_code, "--kind rulebook" in refused.output) == (1, True)
    assert (file.read_bytes(), desk.book.read_bytes()) == before
    assert desk("confirm", "lamp-rules", "standstill", "--by", "dora", "--kind", "overlay").exit_code == 0
    assert desk.book.read_bytes() == before[1]
    assert b"confirmed_by: dora" in file.read_bytes()
    # Where only one of them brings it, nobody has to say so.
    assert desk("confirm", "lamp-rules", "time_for_offers", "--by", "dora").exit_code == 0


def test_what_an_overlay_reads_from_a_rulebook_is_confirmed_there(desk: Desk) -> None:
    overlay(desk, more="\nlimits_from: {lamp-rules: standstill}")
    refused = desk("confirm", "shop-rules", "standstill", "--by", "dora")
    assert refused.exit_code == 1
    assert "law confirm lamp-rules standstill" in " ".join(refused.output.split())


def test_what_is_confirmed_is_shown_as_confirmed_where_it_is_cited(desk: Desk) -> None:
    def read() -> str:
        words = ["read", "lamp", "offers", "--now", "2026-07-01T09:00:00Z"]
        return " ".join(CliRunner().invoke(inprocap_flow, words).stdout.split())

    assert "Lamp Act, Art. 3 [not confirmed]" in read()
    desk("confirm", "lamp-rules", "time_for_offers", "--by", "dora")
    assert "Lamp Act, Art. 3 [confirmed on 2026-07-01 by dora]" in read()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nope", "standstill", "--by", "x"), "there is no rulebook nope"),
        (("lamp-rules", "standstil", "--by", "x"), "did you mean standstill?"),
        (("lamp-rules", "standstill", "--by", "x", "--on", "2026-07-02"), "is still to come"),
        (("lamp-rules", "standstill", "--by", "x", "--value-on", "2019-01-01"), "no value in force on 2019-01-01"),
        (("lamp-rules", "lawyer_from", "--by", "x"), "in-braces"),
    ],
)
def test_what_cannot_be_confirmed_is_refused_and_nothing_is_written(
    desk: Desk, words: tuple[str, ...], says: str
) -> None:
    before = desk.book.read_bytes()
    result = desk("confirm", *words)
    assert (result.exit_code, says in result.output) == (1, True), result.output
    assert "mend: " in result.output
    assert desk.book.read_bytes() == before


def test_without_a_folder_of_ones_own_nothing_is_confirmed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INPROCAP_FLOW_DEFINITIONS")
    result = desk("confirm", "horizon-pcp", "standstill", "--by", "dora")
    assert result.exit_code == 1
    assert "a shipped rulebook is never changed" in result.output


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_source_is_read_again_as_it_was_typed(source: str) -> None:
    from inprocap_flow.language.marks import read
    from inprocap_flow.language.nodes import to_data

    if source.strip() == source:
        assert to_data(read(f"source: {quoted(source)}\n".encode(), "x.yaml")) == {"source": source}
