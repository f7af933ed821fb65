"""What is personal can be exported and erased; what is sealed cannot be read without the key, nor after its end."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, StoreDamaged
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.documents import clean_media_type, clean_name, remove
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.records import Person
from inprocap_flow.store.vault import KeyRing
from tests.store import drafts
from tests.store.drafts import NOW

ANNA = Person("anna", "Anna Berg", {"mail": "anna@example.org"}, ("legal",), ({"from": "2026-07-01"},), "bert")


def _hired(store: DatabaseStore, *people: Person) -> None:
    with store.writing() as work:
        work.put_people("desy", people)


# ---------------------------------------------------------------------------------------------- people


def test_people_come_back_as_they_were_put(store: DatabaseStore) -> None:
    _hired(store, ANNA, Person("bert"))
    _hired(store, Person("bert", "Bert"))
    with store.reading() as view:
        assert view.people("desy") == (ANNA, Person("bert", "Bert"))
        assert view.people("cern") == ()


def test_whoever_is_erased_leaves_an_id_and_a_chain_that_holds(store: DatabaseStore) -> None:
    drafts.opened(store)
    _hired(store, ANNA)
    with store.writing() as work:
        work.erase_person("desy", "anna", now=NOW)
    with store.reading() as view:
        (left,) = view.people("desy")
        assert left == Person("anna", erased_at="2026-03-02T09:00:00.000000Z")
        assert view.events("case-1")[0].actor == "anna"
    assert store.audit("desy").ok


def test_whoever_is_erased_stays_erased(store: DatabaseStore) -> None:
    _hired(store, ANNA)
    with store.writing() as work:
        work.erase_person("desy", "anna", now=NOW)
    with pytest.raises(NotAllowed, match="anna of desy was erased"):
        _hired(store, ANNA)
    with pytest.raises(NotFound), store.writing() as work:
        work.erase_person("desy", "anna", now=NOW)


def test_a_person_gets_all_that_is_known_of_them(store: DatabaseStore) -> None:
    drafts.opened(store)
    _hired(store, ANNA)
    with store.reading() as view:
        found = view.export_person("desy", "anna")
        with pytest.raises(NotFound):
            view.export_person("desy", "carla")
    assert found["contact"] == {"mail": "anna@example.org"}
    assert [(act["case_id"], act["kind"]) for act in found["acts"]] == [("case-1", "opened"), ("case-1", "moved")]


def test_an_erased_name_is_in_no_file_any_more(file_store: DatabaseStore, tmp_path: Path) -> None:
    _hired(file_store, Person("anna", "Anna Q-UNIQUE-Name", {"mail": "Q-UNIQUE@example.org"}))
    with file_store.writing() as work:
        work.erase_person("desy", "anna", now=NOW)
    assert b"Q-UNIQUE" not in b"".join(path.read_bytes() for path in tmp_path.glob("flow.db*") if path.is_file())


# ---------------------------------------------------------------------------------------------- sealed values


def _with_price(store: DatabaseStore, price: object = "SECRET-PRICE") -> str:
    drafts.opened(store)
    mark, value = drafts.sealed(price)
    drafts.does(store, "case-1", drafts.fills(price={"sealed": mark}), sealed={mark: value})
    return mark


def test_a_sealed_value_is_revealed_to_whoever_has_the_key(store: DatabaseStore) -> None:
    mark = _with_price(store, ["140000.00", "EUR"])
    with store.reading() as view:
        assert view.reveal("case-1", mark) == ["140000.00", "EUR"]
        with pytest.raises(NotFound):
            view.reveal("case-1", "0" * 64)


def test_two_sealed_values_of_one_case_share_its_key(store: DatabaseStore) -> None:
    first = _with_price(store, "one")
    second, value = drafts.sealed("two")
    drafts.does(store, "case-1", drafts.fills(offer={"sealed": second}), sealed={second: value})
    with store.reading() as view:
        assert [view.reveal("case-1", first), view.reveal("case-1", second)] == ["one", "two"]


def test_a_value_that_does_not_fit_its_commitment_is_not_sealed(store: DatabaseStore) -> None:
    drafts.opened(store)
    mark, value = drafts.sealed("one")
    with pytest.raises(StoreDamaged, match="does not fit its commitment"):
        drafts.does(store, "case-1", drafts.fills(price={"sealed": mark}), sealed={mark: value | {"value": "two"}})


def test_nothing_is_sealed_without_a_key(url: str) -> None:
    bare = open_store(url)
    bare.create()
    with pytest.raises(NotAllowed, match="key_file"):
        _with_price(bare)
    bare.close()


def test_a_destroyed_key_takes_all_that_was_sealed_with_it_and_the_chain_holds(store: DatabaseStore) -> None:
    mark = _with_price(store)
    with store.writing() as work:
        gone = drafts.decision(work.load("case-1").case, ("protected_data_destroyed", "case", {"reason": "retention"}))
        work.record(gone, now=NOW)
        work.destroy_key("case-1", now=NOW)
    with store.reading() as view, pytest.raises(NotAllowed, match="was destroyed with its key"):
        view.reveal("case-1", mark)
    with pytest.raises(NotFound), store.writing() as work:
        work.destroy_key("case-1", now=NOW)
    assert store.audit("desy").ok


def test_a_new_master_key_seals_and_the_old_one_still_opens(url: str, store: DatabaseStore) -> None:
    mark = _with_price(store, "old")
    assert isinstance(store.keys, KeyRing)
    store.keys = KeyRing({"new": bytes(32), **store.keys.keys})
    made, value = drafts.sealed("new", bytes(32))
    drafts.opened(store, "case-2")
    drafts.does(store, "case-2", drafts.fills(price={"sealed": made}), sealed={made: value})
    with store.reading() as view:
        assert view.reveal("case-1", mark) == "old"
    store.keys = KeyRing({"new": bytes(32)})
    with store.reading() as view:
        assert view.reveal("case-2", made) == "new"


def test_the_key_is_fetched_only_when_something_is_sealed(url: str, keys: KeyRing) -> None:
    fetched: list[KeyRing] = []

    def fetch() -> KeyRing:
        fetched.append(keys)
        return keys

    store = open_store(url, keys=fetch)
    store.create()
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.moves("tendering"))
    assert fetched == []
    mark, value = drafts.sealed("x")
    drafts.does(store, "case-1", drafts.fills(price={"sealed": mark}), sealed={mark: value})
    assert fetched
    store.close()


def test_another_master_key_opens_nothing(file_store: DatabaseStore, tmp_path: Path) -> None:
    mark = _with_price(file_store)
    stranger = open_store(file_store.url, keys=KeyRing.open(tmp_path / "other.key"))
    with stranger.reading() as view, pytest.raises(NotAllowed, match="lacks the key master-"):
        view.reveal("case-1", mark)
    stranger.close()


def test_a_sealed_value_moved_to_another_place_does_not_open(file_store: DatabaseStore) -> None:
    mark = _with_price(file_store)
    other, value = drafts.sealed("other")
    drafts.does(file_store, "case-1", drafts.fills(offer={"sealed": other}), sealed={other: value})
    with file_store.writing() as work:
        work.connection.execute("CREATE TEMP TABLE both AS SELECT * FROM sealed_values")
        work.connection.execute(
            "UPDATE sealed_values SET (nonce, ciphertext) = (SELECT nonce, ciphertext FROM both"
            " WHERE both.commitment <> sealed_values.commitment)"
        )
    with file_store.reading() as view, pytest.raises(StoreDamaged, match="cannot be opened"):
        view.reveal("case-1", mark)


def test_no_file_shows_what_is_sealed(file_store: DatabaseStore, tmp_path: Path) -> None:
    _with_price(file_store)
    file_store.put_sealed_document(io.BytesIO(b"SECRET-BID" * 10_000), "bid.pdf", case_id="case-1", now=NOW)
    raw = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(raw) >= 4  # database, its log, the key, the document
    assert not any(b"SECRET" in content for content in raw)


# ---------------------------------------------------------------------------------------------- the key file


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = KeyRing.open(tmp_path / "new.key")
    assert (tmp_path / "new.key").stat().st_mode & 0o777 == 0o600
    assert KeyRing.open(tmp_path / "new.key") == made
    assert made.keys[made.current].hex() not in repr(made)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    KeyRing.open(tmp_path / "new.key")
    (tmp_path / "new.key").chmod(0o644)
    with pytest.raises(NotAllowed, match="can be read by others\n  mend: chmod 600"):
        KeyRing.open(tmp_path / "new.key")


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"id": "a", "key": "c2hvcnQ="}]}', "\udcff"])
def test_a_broken_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.key"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(0o600)
    with pytest.raises(NotAllowed, match=r"is no key file|holds no key"):
        KeyRing.open(path)


# ---------------------------------------------------------------------------------------------- documents


@pytest.mark.parametrize("size", [0, 1, 65536 - 33, 65536 - 32, 65536 - 31, 65536, 200_000])
def test_a_document_comes_back_byte_for_byte(store: DatabaseStore, size: int) -> None:
    content = os.urandom(size)
    open_one = store.put_document(io.BytesIO(content), "notice.pdf", "application/pdf")
    sealed_one = store.put_sealed_document(io.BytesIO(content), "bid.pdf", case_id="case-1", now=NOW)
    assert (open_one.size, sealed_one.size) == (size, size)
    assert b"".join(store.read_document(open_one.sha256)) == content
    assert b"".join(store.read_document(sealed_one.sha256, case_id="case-1")) == content
    assert open_one.sha256 != sealed_one.sha256


def test_a_large_document_is_never_held_whole(file_store: DatabaseStore) -> None:
    class Endless(io.RawIOBase):
        """Gives 20 MB, and remembers the most that was asked for at once."""

        left, most = 20_000_000, 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1 << 20
            given = min(size, self.left)
            self.left -= given
            return b"x" * given

    handed = file_store.put_sealed_document(Endless(), "big.bin", case_id="case-1", now=NOW)  # type: ignore[arg-type]
    pieces = [len(piece) for piece in file_store.read_document(handed.sha256, case_id="case-1")]
    assert sum(pieces) == handed.size == 20_000_000
    assert max(pieces) <= 1 << 20


def test_a_sealed_document_opens_for_its_own_case_only(store: DatabaseStore) -> None:
    handed = store.put_sealed_document(io.BytesIO(b"bid"), "bid.pdf", case_id="case-1", now=NOW)
    store.put_sealed_document(io.BytesIO(b"bid"), "bid.pdf", case_id="case-2", now=NOW)
    with pytest.raises(StoreDamaged):
        list(store.read_document(handed.sha256, case_id="case-2"))
    with pytest.raises(NotFound):
        list(store.read_document(handed.sha256, case_id="case-3"))


HEADER, PIECE = 40, 64 * 1024 + 16  # of a sealed file

DAMAGES = {
    "shorter": lambda raw: raw[:-1],
    "longer": lambda raw: raw + b"x",
    "changed": lambda raw: raw[: len(raw) // 2] + b"?!?!" + raw[len(raw) // 2 + 4 :],
    "two pieces exchanged": lambda raw: (
        raw[:HEADER]
        + raw[HEADER + PIECE : HEADER + 2 * PIECE]
        + raw[HEADER : HEADER + PIECE]
        + raw[HEADER + 2 * PIECE :]
    ),
    "cut between two pieces": lambda raw: raw[: HEADER + PIECE],
    "empty": lambda raw: b"",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_document_is_noticed(file_store: DatabaseStore, damage: Callable[[bytes], bytes]) -> None:
    content = os.urandom(200_000)
    handed = [
        file_store.put_document(io.BytesIO(content), "a.pdf"),
        file_store.put_sealed_document(io.BytesIO(content), "b.pdf", case_id="case-1", now=NOW),
    ]
    for mark, path in file_store.files.marks():
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(StoreDamaged, match="is not what was filed"):
            list(file_store.read_document(mark, case_id="case-1"))
    assert len(handed) == 2


def test_a_document_that_is_gone_is_not_found(store: DatabaseStore) -> None:
    for mark in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(NotFound):
            list(store.read_document(mark))


def test_a_document_put_again_repairs_the_file(file_store: DatabaseStore) -> None:
    handed = file_store.put_document(io.BytesIO(b"notice"), "a.pdf")
    file_store.files.path(handed.sha256).write_bytes(b"broken")
    file_store.put_document(io.BytesIO(b"notice"), "b.pdf")
    assert b"".join(file_store.read_document(handed.sha256)) == b"notice"


def test_what_a_crash_leaves_behind_is_found_and_nothing_else(store: DatabaseStore) -> None:
    drafts.opened(store)
    kept = store.put_document(io.BytesIO(b"kept"), "kept.pdf")
    left = store.put_document(io.BytesIO(b"left"), "left.pdf")
    drafts.does(store, "case-1", drafts.brings("notice", kept.sha256))
    (store.files.folder / "incoming" / "half").write_bytes(b"ha")
    later = datetime.now(UTC) + timedelta(days=2)
    orphans = store.orphans(now=later)
    assert {path.name for path in orphans} == {left.sha256[2:], "half"}
    assert store.orphans(now=later - timedelta(days=2)) == ()
    assert remove(orphans) == 2
    assert b"".join(store.read_document(kept.sha256)) == b"kept"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\system.ini",
        "notice.pdf:hidden",
        "a\0b.pdf",
        "line\nbreak.pdf",
        "invoice\u202efdp.exe",
        "zero\u200bwidth.pdf",
        " notice.pdf",
        "notice.pdf ",
        "notice.",
        ".hidden",
        "CON",
        "nul.txt",
        "a" * 300 + ".pdf",
        "\udcff.pdf",
    ],
)
def test_a_name_that_plays_tricks_is_refused_with_a_better_one(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"(?s)bad-document-name .*mend: give a plain file name, such as [\w.-]+"):
        clean_name(name)


@pytest.mark.parametrize("name", ["notice.pdf", "Ausschreibung 2026-03 (Entwurf).docx", "Ωμέγα.pdf", "a", "a..b"])
def test_an_honest_name_stays(name: str) -> None:
    assert clean_name(name) == name


def test_one_name_has_one_spelling() -> None:
    assert clean_name("Mu\u0308ller.pdf") == "M\u00fcller.pdf"


def test_a_media_type_is_checked() -> None:
    assert clean_media_type("Application/PDF; charset=utf-8") == "application/pdf"
    for wrong in ("", "pdf", "a/b/c", "text/html\r\nX: y", "<script>/x"):
        with pytest.raises(InvalidInput, match="is no media type"):
            clean_media_type(wrong)
