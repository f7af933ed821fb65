"""A firm that the officer registered gets its letters once somebody says where it is reached."""

from __future__ import annotations

import pytest

from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation
from inprocap_flow.settings import Settings
from tests.cli.conftest import HERE, Lab

ADDRESS = "office@cy.example"
REACHED = ("--email", ADDRESS, "--name", "Zoe Invented", "--as", "ben")


@pytest.fixture
def registered(called: Lab) -> Lab:
    """The officer has registered bidder/cy, for whom nobody speaks."""
    called.done("01-08 09:05", "deliveries", "send")
    called.done("01-20 09:00", "do", called.case, "register", "--new", "bidder/cy", "--as", "ben", "firm=C")
    return called


def _told(lab: Lab, at: str) -> list[str]:
    """Correct the specification, which every bidder is told; return to whom mail has gone by then, and not to staff."""
    lab.done(f"{at} 10:00", "do", lab.case, "correct", "--as", "ben", "--reason", "A slip of typing")
    lab.done(f"{at} 10:05", "deliveries", "send")
    listed = lab.json(f"{at} 10:06", "deliveries", "list", "--all", "--case", lab.case)["deliveries"]
    return [one["recipient"] for one in listed if one["state"] == "sent" and one["recipient"] not in ("ben", "dora")]


def test_what_a_registered_firm_is_told_reaches_the_address_that_was_given_for_it(registered: Lab) -> None:
    assert _told(registered, "01-20") == []
    said = registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED)
    assert said.startswith("bidder/cy is reached.")
    assert max(map(len, said.splitlines())) <= 80
    (reader,) = _told(registered, "01-21")
    (text,) = [file.read_text() for file in (registered.folder / "outgoing" / reader).glob("*.txt")]
    assert (ADDRESS in text, "bidder/cy" in text, "Done: Correct" in text) == (True, True, True), text


def test_what_found_nobody_before_goes_out_when_it_is_tried_again(registered: Lab) -> None:
    assert _told(registered, "01-20") == []
    registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED)
    registered.done("01-20 11:01", "deliveries", "retry", "--all")
    registered.done("01-20 11:02", "deliveries", "send")
    assert len(list((registered.folder / "outgoing").glob("reader-*/*.txt"))) == 1


def test_whoever_reads_for_a_firm_may_neither_act_nor_look(registered: Lab) -> None:
    registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED, "--person", "zoe")
    answer = registered.refused("01-21 09:00", "do", registered.case, "withdraw", "--on", "bidder/cy", "--as", "zoe")
    assert "zoe" in answer


def test_a_reader_who_is_taken_off_is_told_nothing_any_more(registered: Lab) -> None:
    track = (registered.case, "bidder/cy")
    registered.done("01-20 11:00", "people", "reach", *track, *REACHED, "--person", "zoe")
    assert "zoe" in registered.done("01-20 11:30", "people", "unreach", *track, "--as", "ben")
    assert _told(registered, "01-21") == []
    assert "nobody was named" in registered("01-22 09:00", "people", "unreach", *track, "--as", "ben").stderr


def test_a_forgotten_reader_is_told_nothing_any_more(registered: Lab) -> None:
    registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED, "--person", "zoe")
    registered.done("01-20 11:30", "people", "erase", "zoe", "--yes", "--as", "ben")
    assert _told(registered, "01-21") == []
    assert ADDRESS not in registered.done("01-21 12:00", "people", "export", "zoe")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bidder/cy", "--email", "nowhere", "--as", "ben"), "'nowhere' is no mail address"),
        (("bidder/cy", "--email", "a@b\nBcc: c@d", "--as", "ben"), "is no mail address"),
        (("bidder/no", "--email", ADDRESS, "--as", "ben"), "bidder/no is no line of this case"),
        (("case", "--email", ADDRESS, "--as", "ben"), "nobody speaks for case by itself"),
        (("bidder/cy", "--email", ADDRESS, "--as", "al"), "al has no role on the buyer's side"),
        (("bidder/cy", "--email", ADDRESS, "--as", "ben", "--person", "dora"), "dora serves the buyer in this case"),
    ],
)
def test_an_address_is_given_by_the_buyer_for_a_firm_and_for_nobody_of_the_buyer(
    registered: Lab, words: tuple[str, ...], said: str
) -> None:
    refused = registered("01-20 11:00", "people", "reach", registered.case, *words)
    assert refused.exit_code in (1, 2)
    assert said in " ".join(refused.stderr.split())


def test_a_new_release_of_the_house_keeps_for_whom_somebody_of_the_file_reads(registered: Lab) -> None:
    registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED, "--person", "al")
    desk = open_desk(Settings(database=str(registered.folder / "lab.db"), key_file=registered.folder / "sealing.key"))
    release_organisation(desk, HERE / "lab.yaml", by="ben")
    desk.store.close()
    assert _told(registered, "01-21") == ["al"]


def test_the_list_of_people_says_for_which_firm_somebody_reads(registered: Lab) -> None:
    listed = registered.done("01-20 09:05", "people", "list")
    assert "reads for" not in listed
    registered.done("01-20 11:00", "people", "reach", registered.case, "bidder/cy", *REACHED, "--person", "zoe")
    assert "(reads for bidder/cy)" in registered.done("01-20 12:00", "people", "list")
