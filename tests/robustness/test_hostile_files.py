"""Definitions written in ill will: refused by `check` with the place and the mend, quickly, and nothing is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

SMALL = (Path(__file__).parents[1] / "language" / "accepted" / "small.yaml").read_text(encoding="utf-8")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def changed(old: str, new: str) -> bytes:
    assert old in SMALL
    return SMALL.replace(old, new, 1).encode("utf-8", "surrogatepass")


def expression(text: str) -> bytes:
    return changed("holds: value > 0", f"holds: {text!r}")


def included(block: str) -> bytes:
    return changed("rulebook: none\n", f"rulebook: none\ninclude:\n  - {{block: {block!r}}}\n")


# the file, and the code of a problem that must be among those told
FILES: dict[str, tuple[bytes, str]] = {
    "a billion laughs": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", "anchor"),
    "a merge key": (b"base: &b {x: 1}\nother:\n  <<: *b\n", "anchor"),
    "a tag that runs": (b"procedure: !!python/object/apply:os.system ['true']\n", "tag"),
    "a hundred thousand brackets": (b"procedure: " + b"[" * 100_000, "too-deep"),
    "two hundred maps": (b"procedure:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 200)), "too-deep"),
    "ten megabytes": (b"procedure: x\ntitle: " + b"a" * 10_000_000, "too-large"),
    "a hundred thousand keys": (b"".join(b"k%d: 1\n" % n for n in range(100_500)), "too-"),
    "broken UTF-8": (b"procedure: \xff\xfe\n", "not-utf8"),
    "UTF-16": (SMALL.encode("utf-16"), "not-utf8"),
    "a zero byte": (b"procedure: x\x00y\n", "control-character"),
    "an escape": (b"procedure: x\ntitle: \x1b[2J\n", "control-character"),
    "text that turns its direction": ("procedure: x\ntitle: \u202egnp\n".encode(), "control-character"),
    "half a character": (b"procedure: x\ntitle: \xed\xa0\x80\n", "not-utf8"),
    "the same key twice": (b"procedure: x\nprocedure: y\n", "duplicate-key"),
    "an import": (expression("__import__('os').system('true')"), "expression"),
    "an attribute": (expression("value.__class__.__bases__ == 1"), "expression"),
    "a lambda": (expression("(lambda: 1)() == 1"), "expression"),
    "a comprehension": (expression("[x for x in value] == 1"), "expression"),
    "a call of eval": (expression("eval('1') == 1"), "expression"),
    "a format": (expression("'{0.__class__}'.format(value) == 'x'"), "expression"),
    "a power": (expression("9 ** 9 ** 9 > 0"), "expression"),
    "a shift": (expression("1 << 1000000 > 0"), "expression"),
    "a repetition": (expression("'a' * 1000000000 == 'b'"), "cannot-compute"),
    "a number of a thousand digits": (expression(f"value > {'9' * 1000} EUR"), "expression"),
    "an expression without end": (expression("(" * 300), "expression"),
    "an expression of ten kilobytes": (expression("1 + " * 2_500 + "1 > 0"), "expression"),
    "a walrus": (expression("(x := 1) == 1"), "expression"),
    "an f-string": (expression("f'{value}' == 'x'"), "expression"),
    "a block out of its folder": (included("../../secret"), "name"),
    "a block with a path": (included("/etc/passwd"), "name"),
    "a block with a zero byte": (included("a\\0b"), ""),
    "a rulebook out of its folder": (changed("rulebook: none", "rulebook: ../../etc/passwd"), "name"),
    "a procedure with a separator": (changed("procedure: small", "procedure: ../small"), "name"),
    "a stage with a separator": (changed("drafted: {}", '"drafted/ready": {}'), "name"),
    "a step with a dot": (changed("send_call:", "send.call:"), "name"),
    "a step of a thousand letters": (changed("send_call:", f"{'a' * 1000}:"), "name"),
    "a step with SQL": (changed("send_call:", "\"x'; DROP TABLE cases; --\":"), "name"),
}  # fmt: skip


def check(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(inprocap_flow, ["check", str(path)], prog_name="inprocap-flow")
    return result.exit_code, result.output


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_ill_will_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    content, code = FILES[name]
    path = tmp_path / "small.yaml"
    path.write_bytes(content)
    status, output = check(path)
    assert status == 1, output[:2000]
    assert "Traceback" not in output
    assert code in output, output[:1500]
    assert re.search(r"small\.yaml(:\d+:\d+)?: ", output), output[:1500]
    assert len(output) < 40_000
    assert not UNSEEN.search(output)


def test_the_file_that_all_of_these_are_made_from_is_sound(tmp_path: Path) -> None:
    """Else every one of them would be refused for another reason."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert check(path)[0] == 0


ORGANISATION = """\
organisation: lab
version: 1
language: en
title: Lab
zone: Europe/Berlin
currency: EUR
calendars: {holidays: CALENDAR}
people:
  ada: {name: Ada, roles: [officer]}
"""

PLACES = {
    "a calendar out of its folder": ("CALENDAR", "['../../../etc/passwd']"),
    "a calendar with a path": ("CALENDAR", "['/etc/passwd']"),
    "a zone out of its folder": ("Europe/Berlin", "../../../etc/passwd"),
    "a zone with a path": ("Europe/Berlin", "/etc/localtime"),
    "an organisation out of its folder": ("organisation: lab", "organisation: ../lab"),
    "a person with a separator": ("  ada:", "  ada/../ben:"),
    "a person that is the system": ("  ada:", "  system:"),
    "a person of two lines": ("  ada:", '  "ada\\nben":'),
    "a role with SQL": ("roles: [officer]", 'roles: ["x\'; --"]'),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_organisation_in_ill_will_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    old, new = PLACES[name]
    text = ORGANISATION.replace(old, new, 1).replace("CALENDAR", "[]")
    path = tmp_path / "lab.yaml"
    path.write_text(text, encoding="utf-8")
    status, output = check(path)
    assert status == 1, output[:2000]
    assert "lab.yaml" in output
    assert "Traceback" not in output
