"""A letter as text, as HTML, in a file and on a terminal."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.delivery.channels import console, file
from inprocap_flow.delivery.hypertext import hypertext
from inprocap_flow.delivery.parcels import Accepted, Failed, Item, Letter
from inprocap_flow.delivery.plain_text import WIDTH, plain_text
from inprocap_flow.errors import visible
from inprocap_flow.records import changed
from tests.delivery.conftest import CLOSING, ITEM, KEY, LATE, LETTER, parcel

TEXT = st.text(max_size=200)


def test_a_digest_as_text_is_exactly_this() -> None:
    letter = changed(LETTER, items=(LATE, ITEM), digest="2 messages for you.")
    assert plain_text(letter) == (Path(__file__).parent / "digest.txt").read_text(encoding="utf-8")


@given(st.builds(Item, TEXT, st.lists(st.tuples(st.text(max_size=12), TEXT)).map(tuple), st.just("To do"), TEXT, TEXT))
def test_text_is_as_wide_as_it_may_be_and_steers_no_terminal(item: Item) -> None:
    made = plain_text(Letter("x", (item,), closing=CLOSING))
    assert "\x1b" not in made
    for line in made.splitlines():
        words = line.split()
        assert len(line) <= WIDTH or len(words) <= 2 or visible(item.command).split()[:1] == words[2:3]


class _Reader(HTMLParser):
    """Reads a page as a mail program does, and keeps what would be fetched or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs}.isdisjoint({"src", "href", "onload", "onclick"})

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "a & b < c", "</td></table>"]
)
def test_nothing_that_people_type_becomes_a_tag(nasty: str) -> None:
    item = Item(nasty, ((nasty, nasty),), "To do", nasty, nasty)
    page = _Reader()
    page.feed(hypertext(Letter(nasty, (item,), "en", nasty, (nasty,))))
    assert set(page.tags) <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "div",
        "p",
        "strong",
        "h1",
        "table",
        "tr",
        "td",
        "code",
        "br",
    }
    assert page.words.count(nasty) == 8


def test_the_page_says_what_the_text_says() -> None:
    page = _Reader()
    page.feed(hypertext(changed(LETTER, items=(LATE,))))
    for part in (LATE.late, ITEM.what, ITEM.command, *(text for _, text in ITEM.facts), *CLOSING):
        assert part in page.words


def test_a_file_is_written_whole_under_its_key_and_for_nobody_else(tmp_path: Path) -> None:
    channel = file.Channel(tmp_path / "outgoing")
    assert channel.send(parcel()) == Accepted()
    assert channel.send(parcel()) == Accepted()
    (written,) = (tmp_path / "outgoing").rglob("*.*")
    assert written == tmp_path / "outgoing" / "ben" / f"{KEY}.txt"
    text = written.read_text(encoding="utf-8")
    assert text.startswith("To: ben@example.org\nDate: 2026-11-23T08:00:00+00:00\nSubject: Receipt of tenders ends")
    assert (tmp_path / "outgoing").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("recipient", ["../../etc", "role:legal", "..", "a/b", ""])
def test_no_recipient_leads_out_of_the_folder(tmp_path: Path, recipient: str) -> None:
    folder = tmp_path / "deep" / "outgoing"
    assert file.Channel(folder).send(parcel(recipient=recipient)) == Accepted()
    (written,) = tmp_path.rglob("*.txt")
    assert written.parent.parent == folder


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_address(tmp_path: Path) -> None:
    (tmp_path / "outgoing").write_text("a file", encoding="utf-8")
    outcome = file.Channel(tmp_path / "outgoing").send(parcel())
    assert isinstance(outcome, Failed)
    assert outcome.unreachable
    assert not outcome.for_good


def test_the_terminal_shows_to_whom_and_what() -> None:
    stream = io.StringIO()
    assert console.Channel(stream).send(parcel()) == Accepted()
    assert stream.getvalue().startswith("To ben: Receipt of tenders ends in 5 days - Robot arms\n=====")
    stream.close()
    assert isinstance(console.Channel(stream).send(parcel()), Failed)
