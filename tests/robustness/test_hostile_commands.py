"""Whatever somebody types: a clear refusal with its place and mend, no traceback, nothing half done."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Lab

LONG = "a" * 10_000_000
BEN = ("--as", "ben")
REGISTER = ("do", "CASE", "register", "firm=x", "--as", "bo", "--new")
OPEN = ("open", "purchase", "need=x")
CORRECT = ("do", "CASE", "correct", "--reason", "x")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
KEPT = ("cases", "events", "approvals", "deadlines", "documents", "outbox", "sealed_values", "answers", "people")

# what is typed (CASE stands for the case), and a piece of what must be answered
TYPED: dict[str, tuple[tuple[str, ...], str]] = {
    "an amount that is no number": (("set", "CASE", "forecast=NaN EUR", *BEN), "is not a number"),
    "an endless amount": (("set", "CASE", "forecast=1e999 EUR", *BEN), "is not a number"),
    "an infinite amount": (("set", "CASE", "forecast=Infinity EUR", *BEN), "is not a number"),
    "ten thousand digits": (("set", "CASE", f"forecast={'9' * 10_000} EUR", *BEN), "more than"),
    "digits of another script": (("set", "CASE", "forecast=٣٤ EUR", *BEN), "digits 0 to 9"),
    "a price below nothing": (("set", "CASE", "forecast=", "value=-1 EUR", *BEN), "above 0"),
    "the year 9999": (("set", "CASE", "new_closing=9999-12-31", *BEN), "The year 9999 cannot be meant"),
    "the year 1": (("set", "CASE", "new_closing=0001-01-01", *BEN), "The year 1 cannot be meant"),
    "a day that is none": (("set", "CASE", "new_closing=2026-02-30", *BEN), "There is no day 2026-02-30"),
    "a field that is none": (("set", "CASE", "__class__=1", *BEN), "is no field here"),
    "a field with SQL": (("set", "CASE", "x'); DROP TABLE cases; --=1", *BEN), "is no field here"),
    "a field with a bell": (("set", "CASE", "x\x07=1", *BEN), "is no field here"),
    "ten megabytes as a field": (("open", "purchase", f"need={LONG}", "--as", "ada"), "at most 100000 are kept"),
    "a zero byte in a field": (("open", "purchase", "need=a\0b", "--as", "ada"), "control characters"),
    "an escape in a field": (("open", "purchase", "need=\x1b[2J", "--as", "ada"), "control characters"),
    "half a character": (("open", "purchase", "need=a\udcffb", "--as", "ada"), "control characters"),
    "text that turns its direction": (("open", "purchase", "need=\u202egnp.exe", "--as", "ada"), "cannot be seen"),
    "ten megabytes as a title": ((*OPEN, "--title", LONG, "--as", "ada"), "at most 500 are kept"),
    "a title of two lines": ((*OPEN, "--title", "a\nb", "--as", "ada"), "cannot be seen"),
    "a procedure out of a folder": (("open", "../../etc/passwd", "need=x", "--as", "ada"), "no procedure"),
    "ten megabytes as a reason": (("do", "CASE", "correct", "--reason", LONG, *BEN), "at most 10000 are kept"),
    "an escape in a reason": (("do", "CASE", "correct", "--reason", "a\x1b[2Jb", *BEN), "cannot be seen"),
    "ten megabytes as evidence": (
        (*CORRECT, "--happened", "2026-02-01", "--evidence", LONG, *BEN),
        "at most 10000 are kept",
    ),
    "a track out of its folder": ((*REGISTER, "bidder/../x"), "cannot name a"),
    "a track without a name": ((*REGISTER, "bidder/"), "cannot name a"),
    "a track in a track": ((*REGISTER, "bidder/a/b"), "cannot name a"),
    "a track with a space": ((*REGISTER, "bidder/a b"), "cannot name a"),
    "a track of two lines": ((*REGISTER, "bidder/a\nb"), "cannot be seen"),
    "a track of 300 letters": ((*REGISTER, f"bidder/{'a' * 300}"), "kept"),
    "a kind of track that is none": ((*REGISTER, "../bidder/a"), "no line here"),
    "a track that is none": (("set", "CASE", "x=1", "--on", "bidder/../case", *BEN), "is no line of this case"),
    "a step that is an attribute": (("do", "CASE", "__class__", *BEN), "is no step of"),
    "a step with a command": (("do", "CASE", "extend; rm -rf /", *BEN), "is no step of"),
    "a step of ten megabytes": (("do", "CASE", LONG, *BEN), "at most 200 are kept"),
    "an approval out of a folder": (("sign", "CASE", "../launch", "--as", "dora"), "is no approval here"),
    "a case out of a folder": (("show", "../../etc/passwd"), "there is no case"),
    "a case with SQL": (("show", "'; DROP TABLE cases; --"), "there is no case"),
    "a case with an escape": (("show", "\x1b[2J\x1b[31m"), "there is no case"),
    "a case without a name": (("show", ""), "there is no case"),
    "a case of ten megabytes": (("show", LONG), "there is no case"),
    "a person with SQL": ((*CORRECT, "--as", "'; DROP TABLE people; --"), "id"),
    "a person of two lines": ((*CORRECT, "--as", "ben\nada"), "id"),
    "a person that is the system": (("do", "CASE", "close_bidding", "--as", "system"), "Refused"),
    "nobody": ((*CORRECT, "--as", "nobody"), "nobody known here"),
    "a role out of a folder": ((*CORRECT, "--role", "../officer", *BEN), "Refused"),
    "a key of ten kilobytes": ((*CORRECT, "--key", "k" * 10_000, *BEN), "at most 200"),
    "a key of two lines": ((*CORRECT, "--key", "a\nb", *BEN), "cannot be seen"),
    "an empty key": ((*CORRECT, "--key", "", *BEN), "The key is empty"),
    "a version below nothing": ((*CORRECT, "--expect", "-1", *BEN), "version"),
    "a version beyond counting": ((*CORRECT, "--expect", "9" * 30, *BEN), "version"),
    "a moment in the year 9999": ((*CORRECT, "--happened", "9999-12-31", *BEN), "9999"),
    "a moment in the year 1": ((*CORRECT, "--happened", "0001-01-01", *BEN), "0001-01-01"),
    "a moment that is none": ((*CORRECT, "--happened", "NaN", *BEN), "NaN"),
    "a decision below nothing": (("annul", "CASE", "--reason", "x", *BEN, "--", "-1"), "-1 is not in the range"),
    "decision nothing": (("annul", "CASE", "0", "--reason", "x", *BEN), "0 is not in the range"),
    "a decision beyond counting": (("annul", "CASE", "9" * 40, "--reason", "x", *BEN), "number"),
    "a decision that is half": (("annul", "CASE", "1.5", "--reason", "x", *BEN), "'1.5' is not a valid integer"),
    "the opening annulled": (("annul", "CASE", "1", "--reason", "x", *BEN), "cannot be annulled"),
    "a document out of a folder": (("attach", "CASE", "../specification=FILE", *BEN), "is no document here"),
    "a file that is not there": (("attach", "CASE", "specification=/no/such/file", *BEN), "there is no file"),
    "a folder as a file": (("attach", "CASE", "specification=.", *BEN), "is no file"),
    "a device as a file": (("attach", "CASE", "specification=/dev/zero", *BEN), "is no file"),
    "a file with a zero byte in its name": (("attach", "CASE", "specification=a\0b", *BEN), "there is no file a\\x00b"),
    "a file with an escape in its name": (("attach", "CASE", "specification=ESCAPE", *BEN), "cannot be seen"),
    "a file named as a device": (("attach", "CASE", "specification=DEVICE", *BEN), "name of a device"),
    "why of what is no step": (("why", "CASE", "x'; --", *BEN), "x'; --"),
    "an organisation out of a folder": ((*OPEN, "--organisation", "../lab", "--as", "ada"), "no organisation"),
}  # fmt: skip


def _stored(lab: Lab) -> list[list[tuple[object, ...]]]:
    """Return every row that may not change because of a request that is none. (Refusals are kept, and may.)"""
    with sqlite3.connect(lab.folder / "lab.db") as raw:
        found = [raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in KEPT]
    raw.close()
    return found


def _words(lab: Lab, words: tuple[str, ...]) -> list[str]:
    named = {"ESCAPE": lab.folder / "a\x1b[2Jb.pdf", "DEVICE": lab.folder / "con.pdf", "FILE": lab.folder / "plain.pdf"}
    for path in named.values():
        path.write_text("content", encoding="utf-8")
    meant = [lab.case if word == "CASE" else word for word in words]
    for name, path in named.items():
        meant = [re.sub(f"={name}$", f"={path}", word) for word in meant]
    return meant


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_in_ill_will_is_refused_clearly_and_changes_nothing(bid_in: Lab, name: str) -> None:
    words, answer = TYPED[name]
    before = _stored(bid_in)
    result = bid_in("02-11 09:00", *_words(bid_in, words))
    assert result.exit_code in (1, 2, 3, 4), result.output[:2000]
    flat = " ".join(result.output.split())
    assert answer in flat, flat[:2000]
    assert len(result.output) < 5_000, "an answer fits on a screen, whatever was typed"
    assert not UNSEEN.search(result.output), "nothing unseen reaches the terminal"
    assert _stored(bid_in) == before


KINDLY = {
    "SQL": "Robert'); DROP TABLE events; --",
    "emoji": "Kühlung für 4 K ❄️ 👩🏽‍🔬",
    "a script from right to left": "مضخة تبريد",
    "brackets and colours of the terminal's markup": "[bold red]free[/] {{ 7*7 }} ${HOME} %s",
    "markup": "<script>alert(1)</script> & more",
    "two lines": "first\nsecond",
}


@pytest.mark.parametrize("name", KINDLY)
def test_what_only_looks_bad_is_kept_and_shown_as_it_is(bid_in: Lab, name: str) -> None:
    opened = bid_in("02-11 09:00", "open", "purchase", f"need={KINDLY[name]}", "--as", "ada", "--json")
    assert opened.exit_code == 0, opened.output
    case = bid_in.json("02-11 09:00", "open", "purchase", f"need={KINDLY[name]}", "--as", "ada")["case"]
    shown = bid_in.json("02-11 09:01", "show", case)
    assert KINDLY[name] in str(shown).encode().decode("unicode_escape") or KINDLY[name] in _texts(shown)
    assert bid_in("02-11 09:01", "show", case).exit_code == 0
    assert bid_in("02-11 09:01", "audit", "verify").exit_code == 0


def _texts(document: object) -> list[str]:
    if isinstance(document, dict):
        return [text for item in document.values() for text in _texts(item)]
    if isinstance(document, list):
        return [text for item in document for text in _texts(item)]
    return [str(document)]


def test_ten_megabytes_are_a_document(bid_in: Lab) -> None:
    path = bid_in.folder / "large.pdf"
    path.write_bytes(b"x" * 10_000_000)
    before = bid_in.case
    done = bid_in("02-11 09:00", "do", before, "correct", "--reason", "more", "--doc", f"specification={path}", *BEN)
    assert done.exit_code == 0, done.output
    assert bid_in("02-11 09:01", "audit", "verify").exit_code == 0


def test_an_annulment_can_not_be_annulled_into_confusion(bid_in: Lab) -> None:
    """Taking back a decision, then the taking back: whatever is allowed, chain and state stay whole."""
    bid_in.done("02-11 09:00", "do", bid_in.case, "correct", "--reason", "a slip", *BEN)
    last = bid_in.json("02-11 09:01", "history", bid_in.case)
    number = max(int(one) for one in re.findall(r"'decision': (\d+)", str(last)))
    assert bid_in("02-11 09:02", "annul", bid_in.case, str(number), "--reason", "no slip", *BEN).exit_code == 0
    for again in (number, number + 1, number + 1):
        result = bid_in("02-11 09:03", "annul", bid_in.case, str(again), "--reason", "yes", *BEN)
        assert result.exit_code in (0, 3), result.output
        assert bid_in("02-11 09:04", "audit", "verify").exit_code == 0
    assert Path(bid_in.folder / "lab.db").exists()
