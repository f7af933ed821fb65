"""The format of a sealed document: chunks that open only in their order, to their end, for their case.

Header: eight bytes that name the format, 32 random bytes from which the key of this file is derived. Then chunks of
64 KiB (the last one shorter), each AES-256-GCM with its number and "last or not" as nonce, so that none can be
changed, moved, left out or added. The first 32 bytes of the content are the salt of the commitment that names the file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from inprocap_flow.errors import StoreDamaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"IPFSEAL1"
CHUNK = 64 * 1024
TAG = 16
SALT = 32


def commitment(salt: bytes, content_hash: bytes) -> str:
    """Return the commitment to a document, in hexadecimal; it can be opened by showing salt and document."""
    return hashlib.sha256(b"inprocap-flow document\0" + salt + content_hash).hexdigest()


def write(content: Iterable[bytes], file: BinaryIO, *, key: bytes, case_id: str) -> tuple[str, int]:
    """Encrypt *content* into *file*; return the commitment and how many bytes the document has."""
    salt, seed = os.urandom(SALT), os.urandom(32)
    cipher = _cipher(key, seed)
    file.write(MAGIC + seed)
    whole, size = hashlib.sha256(), 0
    waiting, number = bytearray(salt), 0
    for piece in content:
        whole.update(piece)
        size += len(piece)
        waiting += piece
        while len(waiting) > CHUNK:  # never the last one: something is left behind it
            file.write(cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), case_id.encode()))
            del waiting[:CHUNK]
            number += 1
    file.write(cipher.encrypt(_nonce(number, last=True), bytes(waiting), case_id.encode()))
    return commitment(salt, whole.digest()), size


def read(file: BinaryIO, mark: str, *, key: bytes, case_id: str) -> Iterator[bytes]:
    """Give the content back. Raises StoreDamaged as soon as something is not what was written."""
    magic, seed = file.read(len(MAGIC)), file.read(32)
    if magic != MAGIC or len(seed) != 32:
        raise _changed(mark)
    whole, salt = hashlib.sha256(), b""
    for number, piece in enumerate(_opened(file, _cipher(key, seed), mark, case_id)):
        given = piece
        if number == 0:
            salt, given = piece[:SALT], piece[SALT:]
        whole.update(given)
        yield given
    if commitment(salt, whole.digest()) != mark:
        raise _changed(mark)


def salt_of(file: BinaryIO, mark: str, *, key: bytes, case_id: str) -> str:
    """Return the salt of the commitment in hexadecimal. Raises StoreDamaged; the content after it is not looked at."""
    magic, seed = file.read(len(MAGIC)), file.read(32)
    if magic != MAGIC or len(seed) != 32:
        raise _changed(mark)
    return next(_opened(file, _cipher(key, seed), mark, case_id))[:SALT].hex()


def _opened(file: BinaryIO, cipher: AESGCM, mark: str, case_id: str) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag

    number, chunk = 0, file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, case_id.encode())
        except InvalidTag:
            raise _changed(mark) from None
        if not following:
            return
        number, chunk = number + 1, following


def _cipher(key: bytes, seed: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    # A key of its own for every file: so numbers can be nonces without ever repeating under one key.
    return AESGCM(hmac.digest(key, b"inprocap-flow document key\0" + seed, "sha256"))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _changed(mark: str) -> StoreDamaged:
    mend = "take it back from a backup; if it belongs to another case, name that one"
    return StoreDamaged(f"the sealed document {mark[:12]} is not what was filed", mend=mend)
