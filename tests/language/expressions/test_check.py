"""Facts about checking: every mistake is found when the file is loaded, with its place and a mend."""

from __future__ import annotations

import pytest

from inprocap_flow.language.expressions.check import check, type_of
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.expressions.types import Type
from tests.language.expressions.world import World

FINDINGS = [
    # text, code, the part pointed at, words of the mend
    ("palces > 1", "unknown-name", "palces", "Did you mean places?"),
    ("count('suplier') > 1", "unknown-word", "'suplier'", "Did you mean supplier?"),
    ("count('supplier', 'rnaked') > 1", "unknown-word", "'rnaked'", "Did you mean ranked?"),
    ("count('supplier', ['ranked', 'gone']) > 1", "unknown-word", "'gone'", "Known are"),
    ("count('supplier', where=each.rnak > 1) > 1", "unknown-name", "each.rnak", "Did you mean rank?"),
    ("total('supplier', each.gone) > 0", "unknown-name", "each.gone", "Known are"),
    ("count('review', of=this) > 1", "not-of-this", "count('review', of=this)", "Those are: supplier."),
    ("stands('review', 'open')", "unknown-word", "'review'", "supplier"),
    ("stands('supplier', 'rnaked')", "unknown-word", "'rnaked'", "Did you mean ranked?"),
    ("over('tenders', of=this)", "wrong-arguments", "over('tenders', of=this)", "over('deadline')"),
    ("over('tender')", "unknown-word", "'tender'", "Did you mean tenders?"),
    ("limit('minimun') > 1", "unknown-word", "'minimun'", "Did you mean minimum?"),
    ("reached('publihsed')", "unknown-word", "'publihsed'", "published"),
    ("has('raport')", "unknown-word", "'raport'", "report"),
    ("lifted('national_rule')", "unknown-word", "'national_rule'", "national"),
    ("listed('member', country)", "unknown-word", "'member'", "members"),
    ("colour != 'rde'", "unknown-choice", "'rde'", "Did you mean red?"),
    ("colour in ['red', 'pink']", "unknown-choice", "'pink'", "red"),
    ("country == 'ch'", "unknown-choice", "'ch'", "capital"),
    ("board.meets > today", "unknown-name", "board.meets", "Did you mean meets_on?"),
    ("bord.meets_on > today", "unknown-name", "bord.meets_on", "Did you mean board?"),
    ("estimate > starts_on", "types-differ", "estimate > starts_on", "one type"),
    ("estimate > '5 EUR'", "types-differ", "estimate > '5 EUR'", "under `limits:`"),
    ("estimate > 5", "types-differ", "estimate > 5", "limit"),
    ("estimate == places", "types-differ", "estimate == places", "limit"),
    ("share > places", "types-differ", "share > places", "percents"),
    ("title == places", "types-differ", "title == places", "one type"),
    ("'places' > 1", "types-differ", "'places' > 1", "without quotes"),
    ("'red' == 'red'", "types-differ", "'red' == 'red'", "without quotes"),
    ("title > 'a'", "no-order", "title > 'a'", "=="),
    ("eu_funded < urgent", "no-order", "eu_funded < urgent", "=="),
    ("length > limit('standstill')", "no-order", "length > limit('standstill')", "deadlines"),
    ("length == length", "no-order", "length == length", "deadlines"),
    ("starts_on + 5 > ends_on", "cannot-compute", "starts_on + 5", "deadline"),
    ("length + length == length", "cannot-compute", "length + length", "deadline"),
    ("estimate * ceiling > 0", "cannot-compute", "estimate * ceiling", "number or a percent"),
    ("estimate + 5 > 0", "cannot-compute", "estimate + 5", "amounts"),
    ("estimate / 3 > 0", "cannot-compute", "estimate / 3", "other side"),
    ("-title == 'x'", "cannot-compute", "-title", "number"),
    ("title + title == 'x'", "cannot-compute", "title + title", "numbers"),
    ("limit() > 1", "wrong-arguments", "limit()", "limit('limit')"),
    ("running('tenders', 'notice')", "wrong-arguments", "running('tenders', 'notice')", "running('deadline')"),
    ("every('supplier')", "wrong-arguments", "every('supplier')", "stages"),
    ("min(1) > 0", "wrong-arguments", "min(1)", "min(value, value)"),
    ("has('report', where=urgent)", "wrong-arguments", "has('report', where=urgent)", "has('document')"),
    ("known('title')", "wrong-argument", "'title'", "field"),
    ("known(today)", "wrong-argument", "today", "field"),
    ("running(tenders)", "not-a-word", "tenders", "Quote"),
    ("limit(minimum) > 1", "not-a-word", "minimum", "Quote"),
    ("count(supplier) > 1", "not-a-word", "supplier", "Quote"),
    ("total('supplier', rank) > 1", "wrong-argument", "rank", "each.field"),
    ("total('supplier', each.asked_on) > 1", "wrong-argument", "each.asked_on", "field"),
    ("in_currency(places, 'CHF') > 0", "wrong-argument", "places", "field"),
    ("in_currency(estimate, 'chf') > 0", "wrong-argument", "'chf'", "capitals"),
    ("days_between(places, today) > 1", "wrong-argument", "places", "field"),
    ("at_least_before(places, starts_on, today)", "wrong-argument", "places", "field"),
    ("at_most_before(limit('standstill'), starts_on, places)", "wrong-argument", "places", "field"),
    ("listed('members', title)", "wrong-argument", "title", "field"),
    ("min(estimate, places) > 0", "types-differ", "places", "amount"),
    ("places", "not-yes-no", "places", "Compare"),
    ("colour", "not-yes-no", "colour", "=="),
    ("urgent and places", "not-yes-no", "places", "Compare"),
    ("not estimate", "not-yes-no", "estimate", "Compare"),
    ("count('supplier', where=each.rank) > 1", "not-yes-no", "each.rank", "Compare"),
    ("each.rank > 1", "misplaced-each", "each.rank", "where"),
    ("min(['red', 'blue'], 1) > 0", "misplaced-list", "['red', 'blue']", "after `in`"),
    ("days_between(['red'], today) > 1", "misplaced-list", "['red']", "after `in`"),
    ("colour in board.meets_on", "not-a-list", "board.meets_on", "Write it out"),
    ("count('supplier', where=colour in each.part) > 1", "not-a-list", "each.part", "Write it out"),
    ("given.places > 1", "unfilled-given", "given.places", "included"),
    ("places in given.numbers", "unfilled-given", "given.numbers", "included"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "part", "mend"), FINDINGS)
def test_a_mistake_is_found_at_its_place_with_a_mend(text: str, code: str, part: str, mend: str) -> None:
    found = next(finding for finding in check(parse(text), World()) if finding.code == code)
    assert text[found.start : found.start + found.width] == part
    assert mend in found.mend
    assert found.fact


@pytest.mark.parametrize(("text", "code", "part", "mend"), [row for row in FINDINGS if row[1] != "unfilled-given"])
def test_one_mistake_gives_one_finding(text: str, code: str, part: str, mend: str) -> None:
    assert [finding.code for finding in check(parse(text), World())] == [code]


def test_all_mistakes_are_told_at_once_in_order_of_place() -> None:
    found = check(parse("palces > 1 and colour == 'rde' and estimate > 5 and over('x')"), World())
    assert [finding.code for finding in found] == ["unknown-name", "unknown-choice", "types-differ", "unknown-word"]
    assert [finding.start for finding in found] == sorted(finding.start for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "estimate > 0", "0 <= estimate", "estimate > limit('threshold')", "share > 50", "share > limit('quota')",
        "estimate * share < ceiling", "estimate * 1.2 < ceiling", "estimate / ceiling > 1.2",
        "total('supplier', each.price) > 0",
        "places >= limit('minimum')", "closes > starts_on", "days_between(closes, today) > 3",
        "at_least_before(limit('standstill'), closes, today)",
        "country in ['CH', 'DE']",
        "colour == colour", "title == 'anything'", "head == 'anna'", "min(0, estimate) < estimate", "firm.sme",
        "board.meets_on > day_of('published')", "listed('members', 'CH')", "count('supplier', 'phase_1.passed') == 0",
        "closes < end_of('tenders')", "eu_funded == yes", "max(share, 50) > 20", "round + 1 <= places",
    ],
)  # fmt: skip
def test_what_makes_sense_has_no_findings(text: str) -> None:
    assert check(parse(text), World()) == []


def test_today_is_refused_where_waiting_would_change_the_answer() -> None:
    found = check(parse("today > starts_on"), World(allows_today=False))
    assert [finding.code for finding in found] == ["today-not-allowed"]
    assert check(parse("today > starts_on"), World()) == []


def test_each_may_stand_alone_where_the_caller_says_which_track() -> None:
    assert check(parse("each.rank <= places"), World(), each="supplier") == []


@pytest.mark.parametrize(
    ("text", "wanted", "fits"),
    [
        ("round + 1", Type("whole_number"), True),
        ("round / 2", Type("whole_number"), False),
        ("round", Type("number"), True),
        ("50", Type("percent"), True),
        ("places", Type("percent"), False),
        ("estimate", Type("money"), True),
        ("0", Type("money"), True),
        ("5", Type("money"), False),
        ("'red'", Type("choice", ("red", "green")), True),
        ("'pink'", Type("choice", ("red", "green")), False),
        ("colour", Type("choice", ("red", "green")), False),
        ("colour", Type("text"), True),
        ("starts_on", Type("moment"), False),
        ("limit('standstill')", Type("period"), True),
        ("yes", Type("yes_no"), True),
        ("places", None, True),
    ],
)
def test_a_value_must_fit_where_it_is_put(text: str, wanted: Type | None, fits: bool) -> None:
    assert (check(parse(text), World(), wanted) == []) is fits


def test_the_type_of_an_expression_can_be_asked() -> None:
    assert type_of(parse("estimate * share"), World()) == Type("money")
    assert type_of(parse("estimate + 5"), World()).name == "any"
