"""What is sealed is shown by no command before its moment, and by every one after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Lab

LOOKS = (
    ("show", "CASE"),
    ("show", "CASE", "--json"),
    ("next", "CASE", "--json"),
    ("track", "CASE", "bidder/al"),
    ("track", "CASE", "bidder/al", "--json", "--as", "al"),
    ("track", "CASE", "--json", "--as", "june"),
    ("why", "CASE", "take_back", "--on", "bidder/al", "--json"),
    ("do", "CASE", "submit", "--on", "bidder/al", "--as", "al", "price=1 EUR", "--json"),
    ("deadlines", "CASE", "--json"),
    ("cases", "--json"),
    ("people", "export", "al"),
    ("fetch", "CASE", "bid", "--on", "bidder/al", "--to", "-"),
    ("fetch", "CASE", "bid", "--on", "bidder/al", "--to", "-", "--as", "al"),
)


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_no_command_shows_a_sealed_price_or_bid(bid_in: Lab, words: tuple[str, ...]) -> None:
    result = bid_in("02-20 15:59", *(bid_in.case if word == "CASE" else word for word in words))
    for secret in ("51234", "51 234", "the secret bid"):
        assert secret not in result.output


def test_the_answer_to_a_sealed_bid_does_not_repeat_it(called: Lab) -> None:
    called.done("01-20 09:00", "do", called.case, "register", "--new", "bidder/al", "--as", "al", "firm=Al")
    bid = called.file("bid.pdf", "the secret bid")
    words = ("do", called.case, "submit", "--on", "bidder/al", "--as", "al", "price=51234 EUR", "--doc", f"bid={bid}")
    for more in (("--dry-run",), ("--dry-run", "--json"), ("--json",)):
        result = called("02-10 09:00", *words, *more)
        assert result.exit_code == 0
        assert "51234" not in result.output
        assert "51 234" not in result.output


def test_a_sealed_bid_lies_nowhere_in_plain(bid_in: Lab) -> None:
    Path(bid_in.folder / "bid.pdf").unlink()
    found = [path for path in bid_in.folder.rglob("*") if path.is_file()]
    assert found
    for path in found:
        assert b"the secret bid" not in path.read_bytes()


def test_a_sealed_bid_is_shown_and_given_out_once_its_moment_has_come(bid_in: Lab) -> None:
    assert "51 234 EUR" in bid_in.done("02-20 16:00", "track", bid_in.case, "bidder/al")
    assert bid_in.done("02-20 16:00", "fetch", bid_in.case, "bid", "--on", "bidder/al", "--to", "-") == "the secret bid"


def test_a_document_comes_out_as_it_went_in(drafted: Lab) -> None:
    spec = drafted.file("spec.pdf", "line\r\n\x00end")
    drafted.done("01-05 11:00", "attach", drafted.case, "--as", "ada", f"specification={spec}")
    words = ("fetch", drafted.case, "specification", "--to", "copy.pdf")
    assert "it is what was filed" in drafted.done("01-05 12:00", *words)
    assert Path("copy.pdf").read_bytes() == Path(spec).read_bytes()
    assert drafted("01-05 12:00", *words).exit_code == 1  # it never overwrites


def test_a_document_that_was_changed_on_the_disk_is_not_handed_out(drafted: Lab) -> None:
    spec = drafted.file("spec.pdf", "as filed")
    drafted.done("01-05 11:00", "attach", drafted.case, "--as", "ada", f"specification={spec}")
    (kept,) = (path for path in drafted.folder.glob("lab.db.documents/??/*"))
    kept.chmod(0o600)
    kept.write_text("changed")
    result = drafted("01-05 12:00", "fetch", drafted.case, "specification", "--to", "copy.pdf")
    assert result.exit_code == 5
    assert not Path("copy.pdf").exists()


def test_what_a_role_may_not_see_is_left_out_for_those_who_hold_it(bid_in: Lab) -> None:
    report = bid_in.file("report.pdf")
    bid_in.done("02-23 08:00", "interest", bid_in.case, "--none", "--as", "gus")
    bid_in.done("02-23 09:00", "attach", bid_in.case, f"report={report}", "--as", "gus")
    assert "report.pdf" in bid_in.done("02-24 09:00", "show", bid_in.case, "--as", "june")
    assert "report.pdf" not in bid_in.done("02-24 09:00", "show", bid_in.case, "--as", "al")
    result = bid_in("02-24 09:00", "fetch", bid_in.case, "report", "--to", "-", "--as", "al")
    assert result.exit_code == 1
