"""What is wrong, refused, too late or nonsense: the right status, every reason, and what would mend it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Lab

# (command, what it says). CASE stands for the id of a case whose draft is finished.
USAGE = [
    (("open", "purchase"), "Who acts?"),
    (("open", "purchase", "need", "--as", "ada"), "is no field"),
    (("open", "purchase", "need=a", "need=b", "--as", "ada"), "given twice"),
    (("do", "CASE"), "Missing argument"),
    (("do", "CASE", "register", "--as", "al"), "--new bidder/NAME"),
    (("do", "CASE", "submit", "--as", "al"), "name it with --on"),
    (("do", "CASE", "submit", "--on", "case", "--new", "bidder/x", "--as", "al"), "give one of them"),
    (("do", "CASE", "submit", "--of", "case", "--as", "al"), "give --new, too"),
    (("set", "CASE", "--as", "ben"), "Missing argument"),
    (("sign", "CASE", "launch"), "Who acts?"),
    (("interest", "CASE", "--as", "gus"), "either --none or --conflict"),
    (("interest", "CASE", "--none", "--conflict", "--as", "gus"), "either --none or --conflict"),
    (("annul", "CASE", "two", "--as", "ben"), "not a valid"),
    (("annul", "CASE", "0", "--as", "ben"), "0 is not in the range"),
    (("absence", "emil", "--from", "soon", "--until", "2026-02-01", "--as", "ben"), "does not match"),
    (("deadlines", "--explain"), "needs a CASE"),
    (("sign", "CASE", "launch", "--as", "dora", "--expect", "x"), "not a valid integer"),
    (("cases", "--now", "yesterday"), "is no moment"),
    (("cases", "--now", "2026-01-01 10:00"), "has no zone"),
]
PROBLEMS = [
    (("show", "case-ffff"), "there is no case case-ffff"),
    (("show", "ab"), "there is no case ab"),
    (("show", ""), "there is no case"),
    (("show", "../../etc/passwd"), "there is no case"),
    (("open", "nothing", "--as", "ada"), "no procedure nothing is released"),
    (("open", "purchase", "ned=x", "--as", "ada"), "ned is no field here"),
    (("open", "purchase", "need=x", "--as", "ada", "--version", "9"), "no procedure purchase 9 is released"),
    (("open", "purchase", "need=x", "--as", "ada", "--organisation", "none"), "no organisation none is released"),
    (("set", "CASE", "value=lots", "--as", "ben"), "not an amount with its currency"),
    (("set", "CASE", "closing_day=31.12.2026", "--as", "ben"), "is not a day"),
    (("set", "CASE", "value=1 EUR", "--on", "bidder/none", "--as", "ben"), "no line of this case"),
    (("attach", "CASE", "specification=none.pdf", "--as", "ada"), "there is no file none.pdf"),
    (("attach", "CASE", "specification=.", "--as", "ada"), ". is no file"),
    (("attach", "CASE", "specification=", "--as", "ada"), "no path is given"),
    (("attach", "CASE", "plan=lab.db", "--as", "ada"), "plan is no document here"),
    (("attach", "CASE", "specification=nul\0.pdf", "--as", "ada"), "there is no file"),
    (("fetch", "CASE", "notice"), "no document notice is filed"),
    (("fetch", "CASE", "specification", "--number", "9"), "number 9 is filed"),
    (("fetch", "CASE", "specification", "--to", "no/such/folder/x"), "cannot be written"),
    (("why", "CASE", "sing"), "did you mean sign?"),
    (("why", "CASE", "submit"), "there is none yet"),
    (("why", "CASE", "submit", "--on", "bidder/x"), "there is no bidder/x"),
    (("track", "CASE", "bidder/x"), "no line of this case"),
    (("sign", "CASE", "launch", "--as", "dora", "--happened", "then"), "is not a moment"),
    (("absence", "nobody", "--from", "2026-02-01", "--until", "2026-02-02", "--as", "ben"), "has no person nobody"),
    (("absence", "emil", "--from", "2026-02-02", "--until", "2026-02-01", "--as", "ben"), "lies before"),
    (
        ("absence", "emil", "--from", "2026-02-01", "--until", "2026-02-02", "--substitute", "emil", "--as", "ben"),
        "stands in for themselves",
    ),
    (("absence", "emil", "--from", "2026-05-01", "--until", "2026-05-02", "--cancel", "--as", "ben"), "is not away"),
    (("people", "show", "nobody"), "has no person nobody"),
    (("people", "export", "nobody"), "has no person nobody"),
    (("people", "erase", "nobody", "--yes", "--as", "ben"), "has no person nobody"),
    (("cases", "--db", "mysql://x"), "no database of kind"),
    (("cases", "--as", "two words"), "it is no id"),
]
REFUSED = [
    (("open", "purchase", "--as", "ada"), ["field-missing"]),
    (("open", "purchase", "need=x", "--as", "dora"), ["not-entitled"]),
    (("do", "CASE", "send_call", "--as", "ben"), ["document-missing", "field-missing", "approval-missing"]),
    (("do", "CASE", "redraft", "--as", "ben"), ["reason-missing"]),
    (("do", "CASE", "sign", "--as", "june"), ["not-offered"]),
    (("do", "CASE", "nonsense", "--as", "june"), ["not-offered"]),
    (("do", "CASE", "sign", "--as", "nobody"), ["not-entitled", "not-offered"]),
    (("do", "CASE", "nonsense", "--as", "nobody"), ["not-entitled", "not-offered"]),
    (("sign", "CASE", "nothing", "--as", "nobody"), ["not-entitled", "unknown-approval"]),
    (("do", "CASE", "redraft", "--as", "nobody"), ["not-entitled", "reason-missing"]),
    (("do", "CASE", "register", "--new", "bidder/x", "firm=X", "--as", "al"), ["case-elsewhere"]),
    (("set", "CASE", "award_value=1 EUR", "--as", "ben"), ["not-asked-for"]),
    (("set", "CASE", "value=0 EUR", "--as", "ben"), ["out-of-range"]),
    (("set", "CASE", "value=5 EUR", "--as", "dora"), ["not-entitled"]),
    (("sign", "CASE", "launch", "--as", "june"), ["approval-order"]),
    (("sign", "CASE", "launch", "--as", "al"), ["not-entitled"]),
    (("sign", "CASE", "nothing", "--as", "dora"), ["unknown-approval"]),
    (("ask", "CASE", "award", "--as", "ben"), ["not-signable"]),
    (("decline", "CASE", "launch", "--as", "dora"), ["reason-missing"]),
    (("withdraw", "CASE", "launch", "--as", "dora", "--reason", "x"), ["not-signed"]),
    (("interest", "CASE", "--conflict", "--as", "gus"), ["reason-missing"]),
    (("annul", "CASE", "99", "--as", "ben", "--reason", "x"), ["no-such-decision"]),
    (("annul", "CASE", "1", "--as", "ben", "--reason", "x"), ["not-annullable"]),
    (("annul", "CASE", "2", "--as", "ada"), ["not-entitled", "reason-missing"]),
]


def _words(lab: Lab, words: tuple[str, ...]) -> list[str]:
    return [lab.case if word == "CASE" else word for word in words]


@pytest.mark.parametrize(
    ("words", "says"), USAGE, ids=lambda given: " ".join(given) if isinstance(given, tuple) else ""
)
def test_a_command_written_wrongly_is_explained(ready: Lab, words: tuple[str, ...], says: str) -> None:
    result = ready("01-06 10:00", *_words(ready, words))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in " ".join(result.stderr.split())


@pytest.mark.parametrize(("words", "says"), PROBLEMS, ids=lambda given: repr(given) if isinstance(given, tuple) else "")
def test_a_problem_of_the_input_names_the_fact(ready: Lab, words: tuple[str, ...], says: str) -> None:
    result = ready("01-06 10:00", *_words(ready, words))
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert says in " ".join(result.stderr.split())
    told = json.loads(ready("01-06 10:00", *_words(ready, words), "--json").stdout)
    assert says in f"{told['error']['message']} {told['error']['mend']}"


@pytest.mark.parametrize(
    ("words", "codes"), REFUSED, ids=lambda given: " ".join(given) if isinstance(given, tuple) else ""
)
def test_a_refusal_lists_every_blocker(ready: Lab, words: tuple[str, ...], codes: list[str]) -> None:
    result = ready("01-06 10:00", *_words(ready, words), "--json")
    assert result.exit_code == 3, result.output
    told = json.loads(result.stdout)
    assert (told["outcome"], sorted(b["code"] for b in told["blockers"])) == ("refused", sorted(codes))
    shown = ready("01-06 10:00", *_words(ready, words))
    assert (shown.exit_code, shown.stdout.split(",")[0]) == (3, "Refused")
    assert shown.stdout.count("\n  - ") == len(codes)


def test_what_is_typed_wrongly_is_told_in_lines_that_fit_with_the_name_that_was_meant(ready: Lab) -> None:
    wrong = ready("01-06 10:00", "set", ready.case, "valu=1 EUR", "zzz=1", "--as", "ben").stderr
    assert "field valu: valu is no field here\n  mend: did you mean value?" in wrong
    assert "mend: choose of: " in wrong
    assert "unknown-field" not in wrong
    paper = ready("01-06 10:00", "do", ready.case, "send_call", "notice=notice.pdf", "--as", "ben").stderr
    assert "notice is a document and no field" in paper
    assert "mend: give its file: --doc notice=PATH with a step, or attach" in paper
    usage = ready("01-06 10:00", "do", ready.case, "submit", "--on", "case", "--new", "bidder/x", "--as", "al").stderr
    assert max(map(len, (wrong + usage).splitlines())) <= 80


def test_the_same_reason_is_given_once_however_many_fields_it_is_about(ready: Lab) -> None:
    answer = ready.refused("01-06 10:00", "set", ready.case, "forecast=1 EUR", "closing_day=2026-03-01", "--as", "gus")
    assert answer.startswith("Refused, for one reason:")
    assert answer.count("  - ") == 1


def test_a_step_too_early_and_one_done_already_are_told_by_titles(ready: Lab) -> None:
    early = " ".join(ready.refused("01-06 10:00", "do", ready.case, "sign", "--as", "june").split())
    assert "sign is not offered: the case stands in Preparation > Ready." in early
    again = " ".join(ready.refused("01-06 10:00", "do", ready.case, "finish_draft", "--as", "ben").split())
    assert "finish_draft was carried out already: the case now stands in Preparation > Ready." in again
    assert "possible from: Preparation > Drafted" in again


def test_whoever_is_unknown_is_told_so_beside_what_else_is_wrong_with_the_name_that_was_meant(ready: Lab) -> None:
    answer = " ".join(ready.refused("01-06 10:00", "do", ready.case, "sign", "--as", "jun").split())
    assert answer.startswith("Refused, for 2 reasons: - jun is nobody known here. mend did you mean june?")
    assert "sign is not offered: the case stands in Preparation > Ready." in answer
    known = ready.refused("01-06 10:00", "do", ready.case, "sign", "--as", "ben")  # not for ben either: first the step
    assert known.startswith("Refused, for one reason:")


def test_an_empty_file_is_filed_with_a_word_of_warning(ready: Lab) -> None:
    result = ready("01-06 10:00", "attach", ready.case, "--as", "ada", f"specification={ready.file('spec.pdf', '')}")
    assert result.exit_code == 0
    assert "spec.pdf is empty" in result.stderr


def test_an_act_after_the_deadline_is_refused_with_its_moment(bid_in: Lab) -> None:
    bid = bid_in.file("late.pdf")
    words = ("do", bid_in.case, "submit", "--on", "bidder/bo", "--as", "bo", "price=9 EUR", "--doc", f"bid={bid}")
    answer = bid_in.refused("02-20 16:00", *words)
    assert "bidder/bo" in answer


def test_whoever_expects_another_version_is_told_who_was_faster(ready: Lab) -> None:
    result = ready("01-07 09:00", "sign", ready.case, "launch", "--as", "dora", "--expect", "1")
    assert result.exit_code == 4
    assert "the case was changed by ben" in result.stderr


def test_below_the_floor_the_earliest_lawful_day_is_named_and_the_law_marked(ready: Lab) -> None:
    for hour, person in (("09", "dora"), ("10", "emil"), ("11", "june")):
        ready.done(f"01-07 {hour}:00", "sign", ready.case, "launch", "--as", person)
    ready.done("01-08 08:00", "set", ready.case, "--as", "ben", "closing_day=2026-01-20")
    notice = ready.file("notice.pdf")
    words = ("do", ready.case, "send_call", "--as", "ben", "--doc", f"notice={notice}")
    answer = ready.refused("01-08 09:00", *words)
    assert "must not end before Fri 2026-02-13 16:00" in answer
    assert re.search(r"source    An invented act, Art. 3 .*\[not confirmed\]", answer)
    (blocker,) = ready.json("01-08 09:00", *words)["blockers"]
    assert blocker["confirmed"] is False


def test_several_cases_with_the_same_beginning_are_listed(drafted: Lab) -> None:
    drafted.done("01-05 10:00", "open", "purchase", "--as", "ada", "need=x")
    result = drafted("01-05 10:00", "show", "case-")
    assert result.exit_code == 1
    assert "may mean 2 cases" in result.stderr
    assert "type more of it" in result.stderr


def test_nobody_is_authenticated_and_every_act_says_so(drafted: Lab) -> None:
    result = drafted("01-05 10:00", "set", drafted.case, "--as", "ben", "value=1 EUR")
    assert re.fullmatch(r"\(acting as Ben Invented \(ben\), not authenticated; account .+\)\n", result.stderr)
    told = drafted.json("01-05 10:00", "set", drafted.case, "--as", "ben", "value=2 EUR")
    assert told["authenticated"] is False
    assert told["events"][0]["account"] == told["account"]


def test_no_answer_is_wider_than_80_columns(bid_in: Lab) -> None:
    narrow: list[Any] = [
        ("cases",), ("cases", "--waiting"), ("show", "CASE"), ("next", "CASE"), ("track", "CASE"), ("deadlines",),
        ("deadlines", "CASE", "--explain"), ("people", "list"), ("people", "show", "emil"), ("why", "CASE", "sign"),
        ("why", "CASE", "rank_all"), ("do", "CASE", "rank_all", "--as", "gus"), ("track", "CASE", "bidder/al"),
        ("annul", "CASE", "2", "--as", "ben", "--reason", "x"), ("interest", "CASE", "--none", "--as", "hana"),
    ]  # fmt: skip
    for words in narrow:
        result = bid_in("02-11 10:00", *_words(bid_in, words))
        for line in result.output.splitlines():
            assert len(line) <= 80, (words, line)


def test_who_may_not_bring_papers_is_told_which_once_for_all_of_them(drafted: Lab) -> None:
    paper = drafted.file("paper.pdf")
    said = drafted.refused(
        "01-06 09:00", "attach", drafted.case, "--as", "june", f"specification={paper}", f"notice={paper}"
    )
    text = " ".join(said.split())
    assert '"Specification": This is for' in text or '"Specification", "' in text
    assert text.count("june is not.") == text.count('": This is for')


def test_what_is_not_there_to_sign_is_named_by_its_title(drafted: Lab) -> None:
    said = " ".join(drafted.refused("01-06 09:00", "sign", drafted.case, "launch", "--as", "dora").split())
    assert '"Specification" is not there, so there is nothing to sign.' in said


def test_where_the_case_stands_is_said_with_titles(ready: Lab) -> None:
    said = ready("01-06 10:00", "do", ready.case, "register", "--new", "bidder/x", "firm=X", "--as", "al").stdout
    assert "The case stands in Preparation > Ready; this is possible only in Bidding > Open for bids." in " ".join(
        said.split()
    )


def test_a_field_of_a_track_that_is_set_on_the_case_says_how_to_name_the_track(ready: Lab) -> None:
    said = ready("01-06 10:00", "set", ready.case, "price=1 EUR", "--as", "ben").stderr
    assert "it is given for each bidder apart: say for which with --on bidder/NAME" in " ".join(said.split())


def test_what_comes_after_the_closing_is_told_that_the_time_is_over(bid_in: Lab) -> None:
    late = ("do", bid_in.case, "submit", "--on", "bidder/bo", "--as", "bo", "price=1 EUR")
    answer = " ".join(bid_in.refused("02-20 16:00", *late, "--doc", f"bid={bid_in.file('b.pdf')}").split())
    assert 'The time for it is over: "Receipt of bids" ended on 2026-02-20 16:00. submit is not offered' in answer
    assert "stands in Left; it left by lapse. mend no step takes what comes late" in answer


def test_a_paper_that_comes_only_with_a_step_is_refused_with_the_step_as_it_is_typed(called: Lab) -> None:
    letters = f"letters={called.file('letters.pdf')}"
    result = called.refused("01-20 10:00", "attach", called.case, letters, "--as", "ben")
    assert f"mend hand in letters with notify: do {called.case} notify --doc letters=FILE" in " ".join(result.split())


def test_what_a_signature_of_a_track_needs_is_typed_with_its_track(bid_in: Lab) -> None:
    refused = " ".join(bid_in("02-21 09:00", "why", bid_in.case, "reject", "--on", "bidder/al").output.split())
    assert f"mend sign {bid_in.case} rejection --as PERSON --on bidder/al" in refused
