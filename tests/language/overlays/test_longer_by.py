"""`lengthen: {deadline: {by: 10 days}}`: so much longer than the procedure says, whatever that comes to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language import canonical, checks
from inprocap_flow.language.checks import Around
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import load_applied
from inprocap_flow.language.overlays.lengths import Lengths

LIBRARY = Path(__file__).parent / "library"
BASE = LIBRARY / "fair.yaml"
HEAD = "overlay: {name}\nversion: 1\nlanguage: en\ntitle: {name}\n{owner}\nfor: {{fair: 1.0}}\n"
DAY = date(2026, 3, 2)


def written(folder: Path, body: str, owner: str = "organisation: lab", name: str = "ours") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(HEAD.format(name=name, owner=owner) + body, encoding="utf-8")
    return path


def applied(folder: Path, *bodies: tuple[str, str]) -> Definition:
    """Return fair.yaml with one overlay for each body and whose it is."""
    files = [written(folder, body, owner, f"o{number}") for number, (owner, body) in enumerate(bodies)]
    return load_applied(BASE, files, [LIBRARY])


def refused(folder: Path, body: str, owner: str = "organisation: lab") -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidInput) as wrong:
        load_applied(BASE, [written(folder, body, owner)], [LIBRARY])
    return [(one.code, one.fact, one.mend) for one in wrong.value.problems]


OURS = "organisation: lab"


def lengths(definition: Definition, written: Expr | str | None) -> list[str]:
    """Return every length that *written* can have on DAY, reduced ones too."""
    return [str(one.period) for one in Lengths(written, definition.limits).on(DAY)]


def test_it_is_so_much_longer_than_the_law_and_its_reduction_stays(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "lengthen: {standstill: {by: 10 days, why: We give more, cite: Rules 4}}\n"))
    standstill = found.main.deadlines["standstill"]
    assert str(standstill.period) == "limit('standstill') + limit('standstill_longer')"
    assert lengths(found, standstill.period) == ["25 days", "20 days"]
    assert standstill.cite == "Fair Act Art. 7; Rules 4"


def test_what_is_added_is_a_value_of_the_house_with_its_source(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "lengthen: {standstill: {by: 10 days, why: We give more, cite: Rules 4}}\n"))
    own = found.limits["standstill_longer"]
    assert (own.basis, own.unit, own.says) == ("house_rule", "period", {"en": "We give more"})
    (value,) = own.values
    assert (value.value, value.source, value.confirmed_on) == ("P10D", "Rules 4", "never")
    assert found.origins["limits.standstill_longer"].endswith("o0.yaml:7")


def test_what_a_country_adds_rests_on_law(tmp_path: Path) -> None:
    found = applied(tmp_path, ("national: DE", "lengthen: {standstill: {by: 1 week, why: So it is there}}\n"))
    own = found.limits["standstill_longer_by_law"]
    assert (own.basis, own.values[0].source) == ("law", "overlay o0 1")
    assert lengths(found, found.main.deadlines["standstill"].period) == ["22 days", "17 days"]


def test_a_typed_closing_gets_a_longer_least_length_and_a_longer_proposal(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "lengthen: {offers: {by: 2 weeks, why: We give more}}\n"))
    offers = found.main.deadlines["offers"]
    assert lengths(found, offers.at_least) == ["24 days"]
    assert lengths(found, offers.proposes) == ["44 days"]


def test_the_value_may_be_a_limit_that_changes_by_date(tmp_path: Path) -> None:
    ours = """\
limits:
  extra:
    says: What we give beyond the law
    basis: house_rule
    unit: period
    values:
      - {from: 2020-01-01, value: 5 days, source: a, confirmed_on: never}
      - {from: 2027-01-01, value: 7 days, source: b, confirmed_on: never}
lengthen: {standstill: {by: limit('extra'), why: We give more}}
"""
    found = applied(tmp_path, (OURS, ours))
    period = found.main.deadlines["standstill"].period
    assert [str(one.period) for one in Lengths(period, found.limits).on(date(2027, 2, 1))] == ["22 days", "17 days"]
    assert "standstill_longer" not in found.limits


def test_a_house_may_add_to_what_its_country_added(tmp_path: Path) -> None:
    body = "limits:\n  more: {says: More, basis: house_rule, unit: period, values: {from: 2020-01-01, value: 3 days, "
    body += "source: a, confirmed_on: never}}\nlengthen: {standstill: {by: limit('more'), why: More}}\n"
    found = applied(
        tmp_path, ("national: DE", "lengthen: {standstill: {by: 5 days, why: So it is there}}\n"), (OURS, body)
    )
    assert lengths(found, found.main.deadlines["standstill"].period) == ["23 days", "18 days"]


def test_both_may_write_a_period(tmp_path: Path) -> None:
    body = "lengthen: {standstill: {by: 5 days, why: More}}\n"
    found = applied(tmp_path, ("national: DE", body), (OURS, body))
    assert lengths(found, found.main.deadlines["standstill"].period) == ["25 days", "20 days"]
    assert found.limits["standstill_longer_by_law"].basis == "law"
    assert found.limits["standstill_longer"].basis == "house_rule"


def test_working_days_are_not_added_to_days(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "lengthen: {standstill: {by: 10 working days, why: More}}\n")
    assert found[0] == "overlay-weakens"
    assert "15 days (limit standstill: Fair Act Art. 7, invented) and 10 working days" in found[1]
    assert found[2] == "Say how much longer in days; only days and weeks add up."


def test_a_duty_that_the_law_limits_gets_no_later(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "lengthen: {reasons_given: {by: 5 days, why: We are slow}}\n")
    assert found[0] == "overlay-weakens"
    assert "20 days (15 days (limit reasons: Fair Act Art. 9, invented) and 5 days" in found[1]


def test_only_something_that_is_more_can_be_added(tmp_path: Path) -> None:
    for text in ("0 days", "-3 days", "'3'", "value", "limit('nothing')", "limit('big')"):
        big = "limits:\n  big: {says: A, basis: house_rule, unit: EUR, values: {from: 2020-01-01, value: 1, source: a, "
        big += "confirmed_on: never}}\n"
        found = refused(tmp_path, f"{big}lengthen: {{standstill: {{by: {text}, why: More}}}}\n")
        assert found, text
        assert all(mend for _, _, mend in found), text


def test_a_clock_without_least_length_has_nothing_to_add_to(tmp_path: Path) -> None:
    base = BASE.read_text(encoding="utf-8").replace("    at_least: limit('window')\n", "")
    (tmp_path / "fair.yaml").write_text(base, encoding="utf-8")
    path = written(tmp_path, "lengthen: {offers: {by: 5 days, why: More}}\n")
    with pytest.raises(InvalidInput) as wrong:
        load_applied(tmp_path / "fair.yaml", [path], [LIBRARY])
    (found,) = wrong.value.problems
    assert (found.code, found.place.line) == ("lengthen-other", 7)
    assert found.mend == "Write `at_least:` with the shortest length."


def test_the_same_deadline_is_made_longer_once_in_an_overlay(tmp_path: Path) -> None:
    with_track = BASE.read_text(encoding="utf-8").replace(
        "    if_case_ends: out\n",
        "    deadlines: {own: {title: Own, kind: not_before, period: 5 days}}\n    if_case_ends: out\n",
    )
    (tmp_path / "fair.yaml").write_text(with_track, encoding="utf-8")
    body = "lengthen:\n  own: {by: 5 days, why: More}\n  offer.own: {by: 6 days, why: More}\n"
    with pytest.raises(InvalidInput) as wrong:
        load_applied(tmp_path / "fair.yaml", [written(tmp_path, body)], [LIBRARY])
    assert [one.code for one in wrong.value.problems] == ["lengthen-twice"]


def test_it_comes_back_from_its_stored_form_and_no_check_minds_it(tmp_path: Path) -> None:
    body = "lengthen:\n  offers: {by: 40 days, why: More}\n  standstill: {by: 10 days, why: More}\n"
    found = applied(tmp_path, (OURS, body))
    assert canonical.from_plain(Definition, canonical.to_plain(found)) == found
    told = [one.fact for check in checks.CHECKS for one in check.check(found, Around(None, None, None))]
    assert [fact for fact in told if "longer" in fact] == []


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.sampled_from(("days", "weeks")))
def test_whatever_is_added_every_reduction_is_longer_by_just_that(count: int, unit: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        found = applied(Path(folder), (OURS, f"lengthen: {{standstill: {{by: {count} {unit}, why: More}}}}\n"))
    days = count * (7 if unit == "weeks" else 1)
    assert lengths(found, found.main.deadlines["standstill"].period) == [f"{15 + days} days", f"{10 + days} days"]
