"""What is sealed: encrypted with a key per case, which is wrapped by a master key outside the database (ruling 1).

AES-256-GCM throughout, a fresh random nonce each time, and what the text belongs to (case, commitment) bound in, so
that no row can be put in the place of another. Destroying the wrapped key of a case destroys all it has sealed.
The cryptography package is imported only when something is sealed or revealed.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from inprocap_flow.engine.case.sealing import commitment
from inprocap_flow.errors import NotAllowed, StoreDamaged
from inprocap_flow.language.canonical import canonical_json

KEY_BYTES = 32
NONCE_BYTES = 12


class Opening(NamedTuple):
    """A value that was sealed, encoded, and the salt of its commitment in hexadecimal: together they prove it."""

    value: Any
    salt: str


class Sealed(NamedTuple):
    """An encrypted text and its nonce."""

    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The master keys of an installation: the first one wraps, all of them unwrap, so that keys can be changed."""

    keys: Mapping[str, bytes]

    @classmethod
    def open(cls, path: Path) -> KeyRing:
        """Read the key file at *path*, or make it (mode 0600) if there is none. Raises NotAllowed.

        A file that others may read is refused: whoever has it and the database can read everything sealed.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _read(path)
        except OSError as wrong:
            mend = "name a file in a folder that exists and may be written"
            raise NotAllowed(f"the key file {path} cannot be made: {wrong.strerror}", mend=mend) from wrong
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(_fresh())
            file.flush()
            os.fsync(file.fileno())
        return _read(path)

    def save(self, path: Path) -> None:
        """Put this ring in the place of the key file at *path*, whole or not at all, for its owner only.

        Raises NotAllowed.
        """
        entries = [{"id": name, "key": base64.b64encode(key).decode()} for name, key in self.keys.items()]
        beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(json.dumps({"keys": entries}, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _sync(path.parent)
        except OSError as wrong:
            beside.unlink(missing_ok=True)
            mend = "make the folder of the key file writable for this"
            raise NotAllowed(f"the key file {path} cannot be changed: {wrong.strerror}", mend=mend) from wrong

    def with_fresh(self) -> KeyRing:
        """Return this ring with a new key in front: it wraps from now on, the others still unwrap."""
        name, key = _drawn()
        return KeyRing({name: key, **self.keys})

    def without(self, name: str) -> KeyRing:
        """Return this ring without one of its old keys."""
        return KeyRing({other: key for other, key in self.keys.items() if other != name})

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def __repr__(self) -> str:
        """Say the ids only: keys do not belong into a log line."""
        return f"KeyRing({', '.join(self.keys)})"


def _fresh() -> str:
    name, key = _drawn()
    return json.dumps({"keys": [{"id": name, "key": base64.b64encode(key).decode()}]}, indent=2) + "\n"


def _drawn() -> tuple[str, bytes]:
    return f"master-{os.urandom(4).hex()}", os.urandom(KEY_BYTES)


def _sync(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened, and renaming is durable enough
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> KeyRing:
    try:
        open_to_others = os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_text(encoding="utf-8")
        keys = {entry["id"]: base64.b64decode(entry["key"], validate=True) for entry in json.loads(text)["keys"]}
    except OSError as wrong:
        raise NotAllowed(f"the key file {path} cannot be read: {wrong.strerror}", mend="make it readable") from wrong
    except (ValueError, KeyError, TypeError) as wrong:
        mend = "take the file back from its backup; without it nothing sealed can be read"
        raise NotAllowed(f"{path} is no key file", mend=mend) from wrong
    if open_to_others:
        raise NotAllowed(f"the key file {path} can be read by others", mend=f"chmod 600 {path}")
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise NotAllowed(f"{path} holds no key of {KEY_BYTES} bytes", mend="take the file back from its backup")
    return KeyRing(keys)


# A way to get the ring when it is first needed: most commands never touch anything sealed.
Keys = KeyRing | Callable[[], KeyRing] | None


def needed(keys: Keys) -> KeyRing:
    """Return the key ring, or refuse what cannot be sealed without one. Raises NotAllowed."""
    if keys is None:
        raise NotAllowed("something is to be sealed, but there is no key", mend="set key_file in the settings")
    return keys if isinstance(keys, KeyRing) else keys()


# ---------------------------------------------------------------------------------------------- keys of cases


class WrappedKey(NamedTuple):
    """The data key of a case, encrypted by the master key of that id."""

    master: str
    nonce: bytes
    wrapped: bytes


def new_key(keys: KeyRing, case_id: str) -> tuple[bytes, WrappedKey]:
    """Draw a data key for a case; return it plain and wrapped."""
    key = os.urandom(KEY_BYTES)
    nonce, wrapped = encrypt(keys.keys[keys.current], key, f"case-key {case_id}")
    return key, WrappedKey(keys.current, nonce, wrapped)


def rewrap(keys: KeyRing, case_id: str, found: WrappedKey) -> WrappedKey:
    """Return the same data key under the current master key. Raises as `unwrap` does."""
    key = unwrap(keys, case_id, found)
    nonce, wrapped = encrypt(keys.keys[keys.current], key, f"case-key {case_id}")
    return WrappedKey(keys.current, nonce, wrapped)


def unwrap(keys: KeyRing, case_id: str, found: WrappedKey) -> bytes:
    """Return the plain data key of a case. Raises NotAllowed if it was destroyed or its master key is missing."""
    if not found.wrapped:
        raise NotAllowed(f"what case {case_id} had sealed was destroyed with its key")
    if found.master not in keys.keys:
        mend = f"add the key {found.master} to the key file, from its backup"
        raise NotAllowed(f"the key file lacks the key {found.master}, which case {case_id} needs", mend=mend)
    return decrypt(keys.keys[found.master], Sealed(found.nonce, found.wrapped), f"case-key {case_id}")


# ---------------------------------------------------------------------------------------------- values


def seal(key: bytes, case_id: str, mark: str, sealed: Mapping[str, Any]) -> Sealed:
    """Encrypt ``{"value": ..., "salt": hex}`` under its commitment *mark*. Raises StoreDamaged if they do not agree."""
    _must_agree(case_id, mark, sealed)
    plain = canonical_json({"value": sealed["value"], "salt": sealed["salt"]})
    return encrypt(key, plain.encode(), f"value {case_id} {mark}")


def reveal(key: bytes, case_id: str, mark: str, found: Sealed) -> Any:
    """Return the value that was sealed under *mark*. Raises StoreDamaged if it is another one."""
    return opening(key, case_id, mark, found).value


def opening(key: bytes, case_id: str, mark: str, found: Sealed) -> Opening:
    """Return what was sealed under *mark* with the salt that proves it. Raises StoreDamaged if it is another value."""
    plain = json.loads(decrypt(key, found, f"value {case_id} {mark}"))
    _must_agree(case_id, mark, plain)
    return Opening(plain["value"], plain["salt"])


def _must_agree(case_id: str, mark: str, sealed: Mapping[str, Any]) -> None:
    if commitment(bytes.fromhex(sealed["salt"]), sealed["value"]) != mark:
        raise StoreDamaged(f"a sealed value of case {case_id} does not fit its commitment {mark[:12]}")


def encrypt(key: bytes, plain: bytes, belongs_to: str) -> Sealed:
    """Encrypt *plain* so that it opens only with the same *belongs_to*."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return Sealed(nonce, AESGCM(key).encrypt(nonce, plain, belongs_to.encode()))


def decrypt(key: bytes, sealed: Sealed, belongs_to: str) -> bytes:
    """Return the plain bytes. Raises StoreDamaged if the text was changed, moved, or sealed by another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(bytes(sealed.nonce), bytes(sealed.ciphertext), belongs_to.encode())
    except InvalidTag as wrong:
        kind = belongs_to.partition(" ")[0]
        raise StoreDamaged(f"what was sealed ({kind}) cannot be opened: it was changed") from wrong
