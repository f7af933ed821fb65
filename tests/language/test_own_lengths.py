"""Every length that no rulebook gives says where it comes from: beside it, else at the head of its own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow import bundled
from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.canonical import from_plain, to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, own_lengths
from inprocap_flow.language.overlays import load_applied
from inprocap_flow.service.own_lengths import lengths_in, lengths_of, owned_by

PROCEDURE = """\
procedure: small
version: 1
language: en
title: Small
rulebook: none
estimates: {{source: A guess of the house, confirmed_on: never}}
own_lengths:
  basis: house_rule
  source: Handbook, page 4
  confirmed_on: 2026-02-03
  confirmed_by: nora
include:
  - {{block: waiting, given: {{how_long: 9 days}}}}
roles:
  officer: {{title: Officer}}
begins: {{step: open_case, by: officer, to: drafted}}
stages:
  drafted:
    owner: officer
    typical: {typical}
  done: {{final: completed}}
steps:
  finish: {{from: drafted, to: done, by: officer, already_there: {{approvals: board}}, starts: [pause, other, reply]}}
approvals:
  board:
    typical: 1 week
    signatures: {{role: officer, valid_for: 30 days}}
deadlines:
  reply:
    title: Reply
    kind: due
    period: 5 days
    {beside}
"""
BLOCK = """\
block: waiting
version: 1
language: en
title: Waiting
own_lengths: {source: The block chose it, confirmed_on: never}
given:
  how_long: {type: period, says: How long}
uses: {roles: [officer]}
deadlines:
  pause: {title: Pause, kind: due, period: given.how_long}
  other: {title: Other, kind: due, period: 2 days}
"""
OVERLAY = """\
overlay: house
version: 1
language: en
title: House
organisation: house
for: {small: 1}
own_lengths: {source: The overlay gives more, confirmed_on: never}
lengthen:
  reply: {period: 8 days, why: Our post is slow}
"""


ORGANISATION = """\
organisation: house
version: 1
title: House
zone: Europe/Berlin
currency: EUR
calendars: {holidays: {public: DE-HH, years: [2026, 2028]}}
"""


def small(folder: Path, typical: str = "3 weeks", beside: str = "cite: Rule 1") -> Definition:
    (folder / "blocks").mkdir(exist_ok=True)
    (folder / "blocks" / "waiting.yaml").write_text(BLOCK, "utf-8")
    path = folder / "small.yaml"
    path.write_text(PROCEDURE.format(typical=typical, beside=beside), "utf-8")
    return load_procedure(path)


def source(definition: Definition, key: str) -> tuple[str, str, str]:
    found = definition.footing(key)
    assert found is not None
    return found.source, found.basis, found.confirmed_on


def test_the_head_of_a_file_stands_for_all_of_its_lengths(tmp_path: Path) -> None:
    definition = small(tmp_path)
    assert source(definition, "stages.drafted.typical") == ("A guess of the house", "convention", "never")
    assert source(definition, "approvals.board.typical")[0] == "A guess of the house"
    said = ("Handbook, page 4", "house_rule", "2026-02-03")
    assert source(definition, "approvals.board.signatures.0.valid_for") == said
    assert source(definition, "deadlines.reply.period") == said


def test_the_source_stands_in_the_file_in_which_the_number_stands(tmp_path: Path) -> None:
    definition = small(tmp_path)
    assert source(definition, "deadlines.other.period")[0] == "The block chose it"
    assert source(definition, "deadlines.pause.period")[0] == "Handbook, page 4"  # handed over by the procedure
    places = {one.length.key: one.place for one in owned_by(definition)}
    assert (places["deadlines.pause.period"].file, places["deadlines.pause.period"].line) == (
        str(tmp_path / "small.yaml"), 13,
    )  # fmt: skip


def test_what_an_overlay_lengthens_rests_on_what_the_overlay_says(tmp_path: Path) -> None:
    own = "rests_on: {source: Beside it, confirmed_on: never}"
    small(tmp_path, beside=own)
    (tmp_path / "organisations").mkdir()
    (tmp_path / "organisations" / "house.yaml").write_text(ORGANISATION, "utf-8")
    (tmp_path / "overlays").mkdir()
    overlay = tmp_path / "overlays" / "house.yaml"
    overlay.write_text(OVERLAY, "utf-8")
    definition = load_applied(tmp_path / "small.yaml", [overlay])
    assert definition.line("").deadlines["reply"].period == "P8D"
    assert source(definition, "deadlines.reply.period")[0] == "The overlay gives more"
    assert source(definition, "deadlines.other.period")[0] == "The block chose it"


def lengthened(folder: Path, body: str, beside: str = "cite: Rule 1", owner: str = "organisation: house") -> Definition:
    """Return the small procedure with an overlay that makes `reply` longer as *body* says."""
    small(folder, beside=beside)
    for name, text in (
        ("organisations/house.yaml", ORGANISATION),
        ("overlays/house.yaml", OVERLAY.replace("{period: 8 days, why: Our post is slow}", body).replace(
            "organisation: house\n", f"{owner}\n")),
    ):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return load_applied(folder / "small.yaml", [folder / "overlays" / "house.yaml"])


MORE = "rests_on: {source: Post of the house, basis: custom, confirmed_on: 2026-04-01, confirmed_by: nora}"


def test_what_an_overlay_lengthens_may_have_a_source_of_its_own(tmp_path: Path) -> None:
    definition = lengthened(tmp_path, f"{{period: 8 days, why: Our post is slow, {MORE}}}")
    assert source(definition, "deadlines.reply.period") == ("Post of the house", "custom", "2026-04-01")
    assert source(definition, "deadlines.other.period")[0] == "The block chose it"


def test_the_other_lengths_of_the_deadline_keep_the_source_that_the_procedure_says(tmp_path: Path) -> None:
    beside = "rests_on: {source: Beside it, confirmed_on: never}\n    at_least: 3 days"
    definition = lengthened(tmp_path, f"{{period: 8 days, why: Our post is slow, {MORE}}}", beside)
    assert source(definition, "deadlines.reply.period")[0] == "Post of the house"
    assert source(definition, "deadlines.reply.at_least")[0] == "Beside it"


def test_what_is_added_rests_on_what_stands_beside_it(tmp_path: Path) -> None:
    definition = lengthened(tmp_path, f"{{by: 3 days, why: Our post is slow, cite: Rule 2, {MORE}}}")
    own = definition.limits["reply_longer"]
    assert own.basis == "custom"
    (value,) = own.values
    assert (value.source, value.confirmed_on, value.confirmed_by) == ("Post of the house", "2026-04-01", "nora")
    assert definition.line("").deadlines["reply"].cite == "Rule 1; Rule 2"


@pytest.mark.parametrize(
    ("body", "owner", "fact", "mend"),
    [
        (
            f"{{period: limit('slow'), why: Our post is slow, {MORE}}}",
            "organisation: house",
            "Nothing is written out here that `rests_on` could be about: `limit('slow')` has a source of its own.",
            "Take `rests_on` out.",
        ),
        (
            f"{{by: limit('slow'), why: Our post is slow, {MORE}}}",
            "organisation: house",
            "Nothing is written out here that `rests_on` could be about: `limit('slow')` has a source of its own.",
            "Take `rests_on` out.",
        ),
        (
            f"{{by: 3 days, why: It is the law there, {MORE}}}",
            "national: DE",
            "What a country adds rests on its law, and `rests_on` is for what rests on none.",
            "Name the law under `cite:`, or declare the number under `limits:` with its days.",
        ),
    ],
)
def test_a_source_that_would_say_nothing_is_refused(
    tmp_path: Path, body: str, owner: str, fact: str, mend: str
) -> None:
    slow = "limits: {slow: {says: Slow, basis: house_rule, unit: period, values: {from: 2020-01-01, value: 9 days, "
    body += f"\n{slow}source: S, confirmed_on: never}}}}}}"
    with pytest.raises(InvalidInput) as wrong:
        lengthened(tmp_path, body, owner=owner)
    (problem,) = wrong.value.problems
    assert (problem.code, problem.fact, problem.mend) == ("lengthen-other", fact, mend)
    assert problem.place.line == 9


def test_a_length_may_have_a_source_of_its_own(tmp_path: Path) -> None:
    typical = "{least: 1 week, likely: 2 weeks, most: 5 weeks, source: Five finished cases, confirmed_on: 2026-03-01}"
    beside = "rests_on: {basis: contract, source: Clause 7, confirmed_on: never}"
    definition = small(tmp_path, typical, beside)
    assert source(definition, "stages.drafted.typical") == ("Five finished cases", "convention", "2026-03-01")
    assert source(definition, "deadlines.reply.period") == ("Clause 7", "contract", "never")
    assert definition.main.stages["drafted"].typical_range == ("P1W", "P5W")


def test_what_lengths_rest_on_is_part_of_what_is_released(tmp_path: Path) -> None:
    definition = small(tmp_path)
    again = from_plain(Definition, to_plain(definition, ordered=True))
    assert again.footings == definition.footings != ()


@pytest.mark.parametrize(
    ("typical", "beside", "code"),
    [
        ("{likely: 2 weeks, source: Five cases}", "cite: Rule 1", "missing-key"),
        ("{likely: 2 weeks, confirmed_on: 2026-03-01}", "cite: Rule 1", "missing-key"),
        ("2 weeks", "rests_on: {basis: law, source: Act, confirmed_on: never}", "unknown-word"),
        ("2 weeks", "rests_on: {source: Clause 7}", "missing-key"),
    ],
)
def test_half_a_source_is_refused_and_law_belongs_in_a_rulebook(
    tmp_path: Path, typical: str, beside: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        small(tmp_path, typical, beside)
    assert code in {problem.code for problem in wrong.value.problems}


def test_every_length_of_the_shipped_definitions_has_a_source_and_none_claims_to_be_confirmed() -> None:
    found = lengths_in((bundled.root("definitions"),))
    assert len(found) > 250
    assert [one.length.key for one in found if one.footing is None] == []
    assert {one.footing.confirmed_on for one in found if one.footing} == {"never"}
    assert {one.footing.basis for one in found if one.footing} <= {"convention", "custom", "house_rule"}


def test_the_lengths_of_a_block_are_those_that_stand_in_its_own_file() -> None:
    folders = (bundled.root("definitions"),)
    of_block = lengths_of(folders, "award_and_signing")
    assert of_block is not None
    assert {one.of for one in of_block} >= {"stages.award.proposed", "stages.award.signing"}
    assert all("open" in one.procedures for one in of_block)
    assert lengths_of(folders, "nothing-of-that-name") is None


def test_keys_of_lengths_are_names_of_one_thing_each(tmp_path: Path) -> None:
    keys = [one.key for one in own_lengths(small(tmp_path))]
    assert len(keys) == len(set(keys)) == 6
