"""Documents beside the database: files named by their own hash, streamed both ways, never loaded whole.

A document lies at ``ab/cdef...`` under its SHA-256, a sealed one at ``ab/cdef....sealed`` under a salted commitment.
The file is complete and on the disk before anything in the database names it, so a crash leaves at most a file
that nothing names. Names that people gave lie in the database only and never become a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from inprocap_flow.engine.case.records import Handed
from inprocap_flow.errors import InvalidInput, NotFound, Place, Problem, StoreDamaged
from inprocap_flow.store import sealed_files
from inprocap_flow.store.connection import StoreUnavailable

CHUNK = 64 * 1024
LONGEST_NAME = 255  # bytes of UTF-8: what file systems take
_MARK = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_SEPARATORS = frozenset('/\\:*?"<>|')  # of one system or another; a name must survive being carried between them
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


class Documents:
    """The folder of documents of one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # ------------------------------------------------------------------------------------------ in

    def put(self, content: BinaryIO, filename: str, media_type: str = "application/octet-stream") -> Handed:
        """Take in a document and return what a request hands over. Raises InvalidInput for a bad name or type."""
        name, kind = clean_name(filename), clean_media_type(media_type)
        whole = hashlib.sha256()
        with self._incoming() as (path, file):
            size = 0
            for chunk in _chunks(content):
                whole.update(chunk)
                size += len(chunk)
                file.write(chunk)
            self._settle(path, file, self.path(whole.hexdigest()))
        return Handed(whole.hexdigest(), name, kind, size)

    def put_sealed(
        self,
        content: BinaryIO,
        filename: str,
        media_type: str = "application/octet-stream",
        *,
        key: bytes,
        case_id: str,
    ) -> Handed:
        """Take in a document encrypted with the case's *key*; its mark is a commitment, which says nothing of it."""
        name, kind = clean_name(filename), clean_media_type(media_type)
        with self._incoming() as (path, file):
            mark, size = sealed_files.write(_chunks(content), file, key=key, case_id=case_id)
            self._settle(path, file, self.path(mark, sealed=True))
        return Handed(mark, name, kind, size)

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Give a new file to write into, removed in the end. Raises StoreUnavailable: nothing can be kept there."""
        folder = self.folder / "incoming"
        path = folder / uuid4().hex
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                yield path, file
        except OSError as wrong:  # no room, read only, not ours, or somebody's file in its place
            fact = f"no document can be kept in {self.folder}: {wrong.strerror or wrong}"
            mend = "make room there, or let the folder be written by you, then do the same again; nothing was recorded"
            raise StoreUnavailable(fact, mend=mend) from wrong
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _settle(self, path: Path, file: BinaryIO, target: Path) -> None:
        """Make the file durable and give it its name; a copy that was there before is replaced by the same."""
        file.flush()
        os.fsync(file.fileno())
        file.close()
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        for folder in (target.parent, self.folder):
            _sync_folder(folder)

    # ------------------------------------------------------------------------------------------ out

    def read(self, mark: str) -> Iterator[bytes]:
        """Give the document's bytes; raise StoreDamaged after the last one if they are not what was filed.

        So whoever writes them somewhere must not call the copy good before the iteration has ended. Raises NotFound.
        """
        whole = hashlib.sha256()
        with self._found(mark, sealed=False) as file:
            for chunk in _chunks(file):
                whole.update(chunk)
                yield chunk
        if whole.hexdigest() != mark:
            raise StoreDamaged(f"document {mark[:12]} is not what was filed", mend="take it back from a backup")

    def read_sealed(self, mark: str, *, key: bytes, case_id: str) -> Iterator[bytes]:
        """Give the bytes of a sealed document, each chunk only after it has been checked. Raises as `read` does."""
        with self._found(mark, sealed=True) as file:
            yield from sealed_files.read(file, mark, key=key, case_id=case_id)

    def salt(self, mark: str, *, key: bytes, case_id: str) -> str:
        """Return the salt of a sealed document's commitment. Raises NotFound, StoreDamaged."""
        with self._found(mark, sealed=True) as file:
            return sealed_files.salt_of(file, mark, key=key, case_id=case_id)

    def is_sealed(self, mark: str) -> bool:
        """Return whether the document lies here encrypted."""
        return self.path(mark, sealed=True).exists()

    def _found(self, mark: str, *, sealed: bool) -> BinaryIO:
        try:
            return self.path(mark, sealed=sealed).open("rb")
        except FileNotFoundError:
            mend = "take it back from a backup of the documents folder"
            raise NotFound(f"the document {mark[:12]} is not there", mend=mend) from None

    def path(self, mark: str, *, sealed: bool = False) -> Path:
        """Return where a document lies. Raises NotFound for what is no mark, so nothing else ever becomes a path."""
        if _MARK.fullmatch(mark) is None:
            raise NotFound(f"{mark[:80]!r} names no document", mend="name it by the 64 digits of its hash")
        return self.folder / mark[:2] / (mark[2:] + (".sealed" if sealed else ""))

    # ------------------------------------------------------------------------------------------ left behind

    def marks(self) -> Iterator[tuple[str, Path]]:
        """Return the mark and the place of every document that is here, and of every upload that never ended ("")."""
        for path in sorted(self.folder.glob("??/*")):
            yield path.parent.name + path.name.removesuffix(".sealed"), path
        for path in sorted(self.folder.glob("incoming/*")):
            yield "", path

    def orphans(self, known: Callable[[str], bool], *, before: float) -> tuple[Path, ...]:
        """Return files that nothing names and that were last touched before *before* (seconds of the epoch).

        Younger ones may belong to a request that is about to be recorded.
        """
        return tuple(path for mark, path in self.marks() if not known(mark) and path.stat().st_mtime < before)


def remove(paths: Iterable[Path]) -> int:
    """Remove files that `Documents.orphans` found; return how many."""
    found = tuple(paths)
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and renaming is durable enough
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ---------------------------------------------------------------------------------------------- names


def clean_name(filename: str) -> str:
    """Return *filename* in Unicode's composed form. Raises InvalidInput for a path, or a name that pretends.

    It is shown to people and written into exports: no separators, no control or direction characters, no device
    names, at most 255 bytes.
    """
    name = unicodedata.normalize("NFC", filename)
    fact = _wrong_with(name)
    if fact:
        mend = f"give a plain file name, such as {_suggested(name)}"
        raise InvalidInput([Problem(Place("document name"), "bad-document-name", f"{name[:80]!r} {fact}", mend)])
    return name


def _wrong_with(name: str) -> str:
    if not name or name != name.strip() or name.strip(".") != name:
        return "is empty, or begins or ends with a space or a dot"
    if any(character in _SEPARATORS for character in name):
        return "holds a character that separates folders or is special in file names"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
        return "holds a character that cannot be seen"
    if _RESERVED.fullmatch(name):
        return "is the name of a device on some systems"
    if len(name.encode()) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} bytes"
    return ""


def _suggested(name: str) -> str:
    plain = re.sub(r"[^\w.-]+", "_", re.split(r"[/\\:]", name)[-1], flags=re.ASCII).strip("._")
    return plain[:60] if plain and not _RESERVED.fullmatch(plain) else "document.pdf"


def clean_media_type(media_type: str) -> str:
    """Return *media_type* in small letters without its parameters. Raises InvalidInput if it is none."""
    kind = media_type.partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(kind) is None:
        mend = "write one such as application/pdf, or application/octet-stream if it is not known"
        fact = f"{media_type[:80]!r} is no media type"
        raise InvalidInput([Problem(Place("media type"), "bad-media-type", fact, mend)])
    return kind
