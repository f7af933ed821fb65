"""`read --overlay` says every kind of change in a sentence of the base that is marked, with what is new in it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.schema.overlay import OverlayDoc

LEND = """
procedure: lend
version: "1"
language: en
title: Something is lent
rulebook: none
counting: plain
may_backdate: [keeper]
own_lengths: {source: Rules of lending, basis: custom, confirmed_on: never}
roles:
  keeper: {title: Keeper}
  council: {title: Council}
begins: {step: ask, by: keeper, to: asked, handed_in: {fields: [what]}}
fields:
  what: {type: text, title: What is lent}
  worth: {type: whole_number, by: keeper, title: What it is worth}
deadlines:
  due_back: {title: Time until it is back, kind: due, period: 4 weeks}
  rest: {title: Time to rest, kind: not_before, period: 4 days}
approvals:
  lending: {title: Lending, signatures: [{role: council}]}
stages:
  asked: {title: Asked for, owner: keeper}
  lent: {title: Lent out, owner: keeper}
  back: {title: Back again, final: completed}
steps:
  lend:
    title: Lend it
    from: asked
    to: lent
    by: keeper
    milestone: lent_out
    starts: [due_back, rest]
    already_there: {approvals: [lending]}
  take_back:
    title: Take it back
    from: lent
    to: back
    by: keeper
    milestone: given_back
    stops: [due_back]
    already_there: {after: [rest]}
"""
HEAD = """
overlay: rules
version: "1"
language: en
title: Rules of the house
organisation: house
for: {lend: "1"}
"""
AGREED = "approvals: {agreed: {title: The board agrees, signatures: [{role: council}]}}\n"
LOOK = """
rules: {seen: {title: It is looked at, basis: house_rule, cite: House rule 9}}
insert:
  look:
    before: lent_out
    rule: seen
    if_not: It is looked at first.
    stages: {look: {title: Under inspection, owner: keeper}}
    steps: {look_at: {title: Inspect it, from: arriving, to: look, by: keeper}}
    leaves_from: look
"""
LIMIT = """
limits:
  dear:
    says: From this value on it is dear
    basis: house_rule
    direction: threshold
    unit: number
    values: [{from: 2026-01-01, value: 777, source: House rule 4, confirmed_on: never}]
at: {lent_out: {already_there: {that: [{holds: worth < limit('dear'), if_not: It is too dear.}]}}}
"""
KINDS = {
    "approvals": (f"{AGREED}at: {{lent_out: {{already_there: {{approvals: [agreed]}}}}}}", "lend", "The board agrees"),
    "at": (
        "at: {given_back: {already_there: {that: [{holds: worth < 333, if_not: It is too dear.}]}}}",
        "take_back",
        "333",
    ),
    "deadlines": (
        (
            "deadlines: {pause: {title: Time to think, kind: not_before, period: 9 days, rests_on: {source: Rule 2, "
            "basis: house_rule, confirmed_on: never}}}\nat: {lent_out: {starts: [pause]}}"
        ),
        "lend",
        "Time to think",
    ),
    "derogations": (
        f"{LOOK}derogations: {{no_look: {{title: In a hurry, lifts: [seen], by: keeper, handed_in: {{reason: yes}}}}}}",
        "lend",
        "In a hurry",
    ),
    "documents": (
        (
            "documents: {receipt: {title: Signed receipt, by: keeper}}\n"
            "at: {lent_out: {handed_in: {documents: [receipt]}}}"
        ),
        "lend",
        "Signed receipt",
    ),
    "fields": (
        "fields: {colour: {type: text, title: Its colour}}\nat: {given_back: {handed_in: {fields: [colour]}}}",
        "take_back",
        "Its colour",
    ),
    "insert": (LOOK, "lend", "Under inspection"),
    "lengthen": ("lengthen: {rest: {by: 7 days, why: Ours are far away}}", "rest", "7 days"),
    "limits": (LIMIT, "lend", "777"),
    "remind": ("remind: {deadlines: {due_back: {role: council, before: 5 days}}}", "due_back", "5 days"),
    "rename": ("rename: {stages: {lent: On loan}}", "lend", "On loan"),
    "replace_role": ("roles: {curator: {title: Curator}}\nreplace_role: {keeper: curator}", "lend", "Curator"),
    "roles": (
        (
            "roles: {board: {title: Board of friends}}\n"
            "at: {lent_out: {already_there: {approvals: [friends]}}}\n"
            "approvals: {friends: {title: Friends agree, signatures: [{role: board}]}}"
        ),
        "friends",
        "Board of friends",
    ),
    "rules": (LOOK, "lend", "It is looked at"),
    "tracks": (
        (
            "tracks:\n  visit:\n    title: Visit of the borrower\n    begins: {step: plan_visit, title: Plan a visit, "
            "by: keeper, to: planned}\n    stages: {planned: {title: Visit planned, owner: keeper}, "
            "made: {title: Visit made, final: completed}}\n"
            "    steps: {make_visit: {title: Make the visit, from: planned, to: made, by: keeper}}\n"
            "    if_case_ends: made"
        ),
        "visit",
        'goes to "Visit made"',
    ),
    "watches": (
        (
            f"{AGREED}watches: {{dearer: {{since: lent_out, until: given_back, when: worth > 555, "
            "needs_approval: agreed, tells: [council]}}"
        ),
        "dearer",
        "555",
    ),
    "limits_from": ("limits_from: {eu-2014-24: standstill}", "", ""),
    "translate": ("translate: {de: {steps: {lend: Ausleihen}}}", "lend", "Ausleihen"),
}
NOTHING_TO_READ = {"limits_from"}  # names of numbers, which are read where they are used
HEADS = {"overlay", "version", "language", "title", "organisation", "national", "for", "estimates", "own_lengths"}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", "definitions")
    monkeypatch.delenv("INPROCAP_FLOW_ORGANISATION", raising=False)
    (tmp_path / "definitions" / "overlays").mkdir(parents=True)
    (tmp_path / "definitions" / "lend.yaml").write_text(LEND, encoding="utf-8")
    return tmp_path / "definitions" / "overlays" / "rules.yaml"


def typed(*words: str) -> str:
    command = ["--now", "2026-03-02T09:00:00+01:00", *words]
    result = CliRunner().invoke(inprocap_flow, command, prog_name="inprocap-flow")
    assert result.exit_code == 0, result.output
    return result.stdout


def marked(said: str) -> str:
    """Return the marked lines with what goes on below them."""
    found, on = [], False
    for line in said.splitlines():
        on = line.lstrip().startswith("+ ") or (on and line.startswith("   ") and not line.lstrip().startswith("- "))
        found += [line] if on else []
    return " ".join(" ".join(found).split())


def test_every_section_of_an_overlay_is_tried_here() -> None:
    keys = {one.alias or name for name, one in OverlayDoc.model_fields.items()}
    assert keys == {*KINDS, *HEADS}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - NOTHING_TO_READ))
def test_a_change_is_read_in_a_marked_line_that_says_what_is_new(own: Path, kind: str) -> None:
    text, name, new = KINDS[kind]
    own.write_text(f"{HEAD}{textwrap.dedent(text)}\n", encoding="utf-8")
    assert new not in typed("read", "lend")
    language = ("--language", "de" if kind == "translate" else "en")
    assert new in marked(typed("read", "lend", name, "--overlay", "rules", *language))
    assert new in marked(typed("read", "lend", "--overlay", "rules", *language))
