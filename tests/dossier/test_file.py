"""The procurement file: complete, self-contained, silent about what is sealed, and verifiable without us."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from inprocap_flow.service.dossier import markup
from tests.cli.conftest import Lab

VOID = {"meta", "br", "link", "img", "hr"}


def _written(lab: Lab, at: str = "02-20 15:59", *more: str) -> Path:
    lab.done(at, "file", lab.case, "--output", "out", *more)
    return lab.folder / "out"


def _verify(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the folder by plain Python: isolated, from elsewhere, with nothing of ours."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, check=False)


class _Page(HTMLParser):
    """What stands in a page: open tags, ids, links, and how tables are headed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        self.sources += [found[name] or "" for name in ("src", "srcset", "action", "data") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_file_holds_page_data_documents_and_script(bid_in: Lab) -> None:
    folder = _written(bid_in)
    assert {path.name for path in folder.iterdir()} == {
        "README.txt", "data", "documents", "index.html", "verify.py",
    }  # fmt: skip
    manifest = json.loads((folder / "data" / "manifest.json").read_text())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest) == there - {"data/manifest.json"}


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere(bid_in: Lab) -> None:
    text = (_written(bid_in) / "index.html").read_text(encoding="utf-8")
    page = _Page(text)
    assert page.open == []
    assert page.sources == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert not [link for link in page.links if re.match(r"[a-z]+:|//", link)]
    assert not re.search(r"<script|<link|@import|url\(", text)
    assert 'lang="en"' in text


def test_every_link_to_a_document_leads_to_its_copy(bid_in: Lab) -> None:
    folder = _written(bid_in)
    links = [link for link in _Page((folder / "index.html").read_text()).links if link.startswith("documents/")]
    assert links
    assert all((folder / link).is_file() for link in links)


def test_the_page_has_every_section_an_auditor_asks_for(bid_in: Lab) -> None:
    text = (_written(bid_in) / "index.html").read_text()
    for name in ("glance", "standing", "history", "deadlines", "approvals", "documents", "treatment", "refusals"):
        assert f'<section id="{name}"' in text
    assert "[not confirmed]" in text
    assert "An invented act, Art. 3" in text
    assert "Stands in" in text


def test_nothing_sealed_stands_anywhere_in_the_file(bid_in: Lab) -> None:
    folder = _written(bid_in)
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (b"51234", b"51 234", b"the secret bid"):
                assert secret not in content, path
    listed = {one["document"]: one for one in json.loads((folder / "data" / "documents.json").read_text())}
    assert listed["bid"]["path"] is None
    assert listed["bid"]["withheld"] == "sealed until bids_closed"


def test_what_was_sealed_is_in_the_file_once_its_moment_has_come(bid_in: Lab) -> None:
    bid_in.done("02-23 08:00", "interest", bid_in.case, "--none", "--as", "gus")
    folder = _written(bid_in, "02-23 09:00")
    assert "51 234 EUR" in (folder / "index.html").read_text()
    listed = {one["document"]: one for one in json.loads((folder / "data" / "documents.json").read_text())}
    assert (folder / listed["bid"]["path"]).read_text() == "the secret bid"
    assert _verify(folder).returncode == 0


def test_names_stand_in_one_table_of_the_page_and_can_be_left_out(bid_in: Lab) -> None:
    folder = _written(bid_in)
    text = (folder / "index.html").read_text()
    table = text[text.index('<section id="people"') : text.index('<section id="proof"')]
    assert "Ben Invented" in table
    assert "Invented" not in text.replace(table, "").replace("An invented", "")
    for path in (folder / "data").iterdir():
        assert "Ben Invented" not in path.read_text()
    shutil.rmtree(folder)
    assert "Ben Invented" not in (_written(bid_in, "02-20 15:59", "--without-names") / "index.html").read_text()


def test_what_people_typed_never_becomes_markup(called: Lab) -> None:
    evil = "<script>alert(1)</script><b>"
    called.done("01-09 09:00", "do", called.case, "correct", "--as", "ben", "--reason", evil)
    text = (_written(called, "01-10 09:00") / "index.html").read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_characters_that_steer_become_visible() -> None:
    assert markup.esc("a\u202eb\x1b[2J<") == "a\ufffdb\ufffd[2J&lt;"


def test_a_folder_that_holds_something_is_never_written_into(called: Lab) -> None:
    (called.folder / "out").mkdir()
    kept = called.folder / "out" / "mine.txt"
    kept.write_text("mine")
    result = called("01-10 09:00", "file", called.case, "--output", "out")
    assert result.exit_code == 1
    assert "nothing is overwritten" in result.output
    assert [path.name for path in (called.folder / "out").iterdir()] == ["mine.txt"]


def test_somebody_who_may_not_see_all_gets_no_file(bid_in: Lab) -> None:
    result = bid_in("02-20 15:59", "file", bid_in.case, "--output", "out", "--as", "al")
    assert result.exit_code == 1
    assert "may not see all of it" in result.output
    assert not (bid_in.folder / "out").exists()


def test_a_damaged_document_is_said_to_be_damaged(called: Lab) -> None:
    for path in called.folder.glob("lab.db.documents/??/*"):
        path.chmod(0o600)
        path.write_text("changed")
    result = called("01-10 09:00", "file", called.case, "--output", "out")
    assert result.exit_code == 5
    assert "DAMAGED" in result.output
    assert "not what was filed" in (called.folder / "out" / "index.html").read_text()


# ---------------------------------------------------------------------------------------------- verify.py


def test_plain_python_verifies_the_file(bid_in: Lab) -> None:
    folder = _written(bid_in)
    done = _verify(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("ok     ") == 8
    head = json.loads((folder / "data" / "heads.json").read_text())["organisation_head"]
    assert _verify(folder, "--against", head).returncode == 0
    other = re.sub(r"[0-9a-f]{64}", "0" * 64, head)
    assert _verify(folder, "--against", other).returncode == 1


def test_an_annulled_and_a_late_decision_still_add_up(called: Lab) -> None:
    late = ("--happened", "2026-01-08 12:00", "--reason", "the system was down", "--evidence", "mail")
    called.done("01-12 09:00", "set", called.case, "--as", "ben", "forecast=80000 EUR", *late)
    called.done("01-12 10:00", "set", called.case, "--as", "ben", "forecast=85000 EUR")
    number = str(called.json("01-12 11:00", "history", called.case)["history"][-1]["decision"])
    called.done("01-12 12:00", "annul", called.case, number, "--as", "ben", "--reason", "typed wrongly")
    done = _verify(_written(called, "01-13 09:00"))
    assert done.returncode == 0, done.stdout
    assert "<s>" in (called.folder / "out" / "index.html").read_text()


def _edit(name: str, change: Callable[[str], str]) -> Callable[[Path], object]:
    def edit(folder: Path) -> None:
        path = folder / name
        before = path.read_text(encoding="utf-8")
        assert change(before) != before
        path.write_text(change(before), encoding="utf-8")

    return edit


def _without_line(number: int) -> Callable[[str], str]:
    return lambda text: "\n".join(line for n, line in enumerate(text.split("\n")) if n != number)


TAMPERINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an event is changed": (
        _edit("data/events.jsonl", lambda text: text.replace("90000", "91000")), "its hash differs"),
    "an event is taken out": (_edit("data/events.jsonl", _without_line(4)), "is missing"),
    "the last event is cut off": (
        _edit("data/events.jsonl", lambda text: "\n".join(text.split("\n")[:-2]) + "\n"), "were recorded"),
    "the state is changed": (
        _edit("data/case.json", lambda text: text.replace('"bidding.running"', '"award.free"')),
        "the state of the state",
    ),
    "a value of the state is changed": (
        _edit("data/case.json", lambda text: text.replace("90000", "10000")), "the fields of the state"),
    "the definition is changed": (
        _edit("data/definition.json", lambda text: text.replace("P35D", "P5D")), "definition"),
    "a document is changed": (
        lambda folder: next(folder.glob("documents/*/*")).write_text("other"), "is not what was filed"),
    "a document is gone": (lambda folder: next(folder.glob("documents/*/*")).unlink(), "is missing"),
    "the list of documents is shortened": (
        lambda folder: (folder / "data/documents.json").write_text("[]"), "not complete"),
    "the head is changed": (
        _edit("data/heads.json", lambda text: re.sub(r'"hash":"[0-9a-f]{4}', '"hash":"0000', text)), "checkpoint"),
    "the page is changed": (
        _edit("index.html", lambda text: text.replace("Cooling", "Heating")), "index.html is not what was written"),
    "a file is added": (lambda folder: (folder / "more.txt").write_text("more"), "was not written with the file"),
    "the data are no data": (lambda folder: (folder / "data/heads.json").write_text("{"), "cannot be read"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(bid_in_: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound file of the case with a bid in it, written once."""
    from tests.cli.conftest import Snapshot, at_home, copied

    assert isinstance(bid_in_, Snapshot)
    lab = copied(bid_in_, tmp_path_factory.mktemp("sound"))
    with at_home(lab.folder):
        return _written(lab)


@pytest.mark.parametrize(("tamper", "says"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_plain_python_finds_tampering(sound: Path, tmp_path: Path, tamper: Callable[[Path], object], says: str) -> None:
    folder = tmp_path / "file"
    shutil.copytree(sound, folder)
    tamper(folder)
    done = _verify(folder)
    assert done.returncode == 1, done.stdout
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def opened(bid_in_: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound file of the case after the bid was opened, written once."""
    from tests.cli.conftest import Snapshot, at_home, copied

    assert isinstance(bid_in_, Snapshot)
    lab = copied(bid_in_, tmp_path_factory.mktemp("opened"))
    with at_home(lab.folder):
        return _written(lab, "02-23 09:00")


def test_a_salt_is_given_out_only_when_what_it_proves_is_open(sound: Path, opened: Path) -> None:
    assert json.loads((sound / "data/opened.json").read_text()) == []
    assert {one["salt"] for one in json.loads((sound / "data/documents.json").read_text())} == {None}
    (price,) = json.loads((opened / "data/opened.json").read_text())
    assert (price["line"], price["field"], price["value"]["amount"]) == ("bidder/al", "price", "51234")
    salts = {one["document"]: one["salt"] for one in json.loads((opened / "data/documents.json").read_text())}
    assert re.fullmatch(r"[0-9a-f]{64}", salts.pop("bid"))
    assert set(salts.values()) == {None}


def _another_bid(folder: Path) -> None:
    """Exchange the tender, and say so wherever the folder can be made to agree with itself."""
    path = next(path for path in folder.glob("documents/*/*") if path.read_text() == "the secret bid")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text("another bid")
    _edit("data/documents.json", lambda text: text.replace(before, hashlib.sha256(b"another bid").hexdigest()))(folder)


EXCHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "the price": (_edit("data/opened.json", lambda text: text.replace("51234", "49000")), "is not the value that was"),
    "price and commitment": (
        _edit("data/opened.json", lambda text: re.sub(r'"commitment":"\w+"', f'"commitment":"{"0" * 64}"', text)),
        "no event holds this commitment",
    ),
    "the tender": (_another_bid, "is not what was filed"),
}  # fmt: skip


@pytest.mark.parametrize(("exchange", "says"), EXCHANGES.values(), ids=EXCHANGES.keys())
def test_plain_python_finds_what_was_exchanged_after_sealing(
    opened: Path, tmp_path: Path, exchange: Callable[[Path], object], says: str
) -> None:
    folder = tmp_path / "file"
    shutil.copytree(opened, folder)
    assert _verify(folder).returncode == 0
    exchange(folder)
    done = _verify(folder)
    assert done.returncode == 1
    assert says in done.stdout


def test_a_file_is_written_where_the_key_is_not(bid_in: Lab) -> None:
    bid_in.done("02-23 08:00", "interest", bid_in.case, "--none", "--as", "gus")
    (bid_in.folder / "sealing.key").unlink()
    bid_in("02-23 09:00", "file", bid_in.case, "--output", "out")
    assert json.loads((bid_in.folder / "out/data/opened.json").read_text()) == []


@pytest.mark.parametrize("typed", ["foo", "head-lab-1-12ab", "0" * 64])
def test_what_is_no_head_is_a_slip_of_typing_and_no_finding(sound: Path, typed: str) -> None:
    done = _verify(sound, "--against", typed)
    assert done.returncode == 2
    assert f"{typed} is no head" in done.stderr
    assert "WRONG" not in done.stdout


def test_a_consistent_rewrite_of_everything_is_found_only_against_a_head(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    shutil.copytree(sound, folder)
    head = json.loads((folder / "data" / "heads.json").read_text())["organisation_head"]
    _rewrite(folder)
    assert _verify(folder).returncode == 0, _verify(folder).stdout
    done = _verify(folder, "--against", head)
    assert done.returncode == 1
    assert "the head given is none of those" in done.stdout


def _rewrite(folder: Path) -> None:
    """Change a reason and carry it through everywhere, with the script's own functions."""
    import runpy

    made = runpy.run_path(str(folder / "verify.py"))
    events = made["events_of"](folder)
    events[1]["actor"] = "somebody"
    prev = events[0]["prev"]
    for event in events:
        event["prev"] = prev
        event["hash"] = prev = made["hash_of_event"](prev, event)
    (folder / "data/events.jsonl").write_text("".join(made["canonical"](event) + "\n" for event in events))
    heads = json.loads((folder / "data/heads.json").read_text())
    (taken,) = heads["checkpoints"]
    heads["head"] = taken["covers"][0]["head"] = prev
    taken["hash"] = made["hash_of_checkpoint"](taken)
    heads["organisation_head"] = f"head-{taken['organisation']}-{taken['number']}-{taken['hash']}"
    (folder / "data/heads.json").write_text(made["canonical"](heads) + "\n")
    manifest = json.loads((folder / "data/manifest.json").read_text())
    manifest = {name: made["hash_of_file"](folder / name) for name in manifest}
    (folder / "data/manifest.json").write_text(made["canonical"](manifest) + "\n")
