"""Keys of encrypted files: which file needs which, and what this process holds.

A clinic's file is plain, or encrypted with a random key of 32 bytes. An encrypted one begins with
``MARK`` and the key's id: SQLCipher keeps a file's salt there, unencrypted, and ours is made of the
key. So a file, a backup and a copy on a stick all say themselves which key they need, and none can
be parted from what says it. A raw key needs no salt of its own; the salt only sets apart the keys
that authenticate pages, and there the key is random already.

The program's own keys come from whoever was named with ``ask_with``; each is asked for once. What
is plain asks for nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import NoReturn

from clinic_desk.domain.errors import Fault

LENGTH = 32
PLAIN = b"SQLite format 3\x00"
MARK = b"CDk1"
_ID_BYTES = 12
NEW, OLD = ".converting", ".replaced"
"""Endings beside a file that is being written anew; see ``store.conversion``."""

NO_KEY = (
    "The file {name} is encrypted, and its key is not on this computer. Type the recovery key that "
    "was printed when encryption was switched on."
)


class StoreKey:
    """Thirty-two secret bytes. Nothing that prints, logs or stores objects sees them."""

    __slots__ = ("_raw", "id")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != LENGTH:
            raise ValueError("a key has 32 bytes")
        self._raw = bytes(raw)
        self.id = hashlib.sha256(b"clinic-desk key id" + self._raw).digest()[:_ID_BYTES].hex()
        """24 hexadecimal digits; not secret."""

    @classmethod
    def made(cls, random: Callable[[int], bytes] = os.urandom) -> StoreKey:
        return cls(random(LENGTH))

    @classmethod
    def told(cls, text: str) -> StoreKey:
        """From what ``secret`` answered. Raises ``ValueError``."""
        return cls(bytes.fromhex(text))

    def secret(self) -> str:
        """64 hexadecimal digits, for the keyring alone."""
        return self._raw.hex()

    def raw(self) -> bytes:
        return self._raw

    def spelled(self) -> str:
        """As SQLCipher wants it: key and salt, each as it is, nothing derived."""
        return f"x'{self._raw.hex()}{MARK.hex()}{self.id}'"

    def __repr__(self) -> str:
        return "StoreKey(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoreKey) and hmac.compare_digest(self._raw, other._raw)

    def __hash__(self) -> int:
        return hash(self.id)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not handed on")


KeyFor = Callable[[str], StoreKey]
"""Answers the key of an id. Raises ``Fault``: "no_key", or "locked_store" where it is kept but
cannot be had now."""


def has_leftovers(path: Path) -> bool:
    """Whether a conversion is under way, or was ended in the middle."""
    names = (path.name + end for end in (NEW, OLD, f"-wal{OLD}"))
    return any(path.with_name(name).exists() for name in names)


def is_plain(path: Path) -> bool:
    return _head(path) == PLAIN


def is_new(path: Path) -> bool:
    """Nothing is written there yet."""
    return not _head(path)


def id_in(path: Path) -> str | None:
    """The id of the key that the file needs; None when it is plain, missing, empty or no file of
    ours (which is for whoever reads it to tell)."""
    head = _head(path)
    return head[len(MARK) :].hex() if head.startswith(MARK) and len(head) == len(PLAIN) else None


def _head(path: Path) -> bytes:
    try:
        if os.name != "nt" and _log(path).exists():
            return os.pread(_handle(path), len(PLAIN), 0)
        with path.open("rb", buffering=0) as handle:
            return handle.read(len(PLAIN))
    except OSError:  # whoever opens it in earnest says why
        return b""


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


_lock = RLock()
_handles: dict[tuple[int, int], tuple[int, Path]] = {}
"""Of files in use, by device and inode."""


def _handle(path: Path) -> int:
    """One that stays open while the file is in use. To close any handle of a file gives up every
    lock that this process has on it, SQLite's too: that is how POSIX has it. Another program that
    ends would then take itself for the last one and remove the log under our eyes."""
    with _lock:
        told = path.stat()
        known = _handles.get((told.st_dev, told.st_ino))
        if known is not None:
            # By another name, maybe: a clinic is made beside its folder, and moved.
            _handles[told.st_dev, told.st_ino] = (known[0], path)
        for key, (number, where) in [*_handles.items()]:
            if not (_log(where).exists() and os.fstat(number).st_nlink):
                os.close(_handles.pop(key)[0])
        found = _handles.get((told.st_dev, told.st_ino))
        if found is None:
            number = os.open(path, os.O_RDONLY)
            told = os.fstat(number)
            _handles[told.st_dev, told.st_ino] = found = (number, path)
        return found[0]


def _nobody(_key_id: str) -> StoreKey:
    raise Fault("no_key", NO_KEY.format(name="clinic.db"))


_held: dict[str, StoreKey] = {}
_asked: KeyFor = _nobody


def ask_with(key_for: KeyFor) -> None:
    """Who is asked for keys that this process does not hold yet."""
    global _asked
    _asked = key_for


def hold(key: StoreKey) -> None:
    """A key that somebody typed, or that was just made."""
    with _lock:
        _held[key.id] = key


def held(key_id: str) -> StoreKey | None:
    """The key if this process has it already."""
    with _lock:
        return _held.get(key_id)


def forget() -> None:
    """All keys, and who is asked."""
    with _lock:
        _held.clear()
    ask_with(_nobody)


def key_of(path: Path) -> StoreKey | None:
    """The key that the file needs; None when it needs none. Several threads wait for one answer.

    Raises ``Fault``: "no_key", "locked_store"."""
    key_id = id_in(path)
    if key_id is None:
        return None
    with _lock:
        key = _held.get(key_id)
        if key is None:
            try:
                key = _asked(key_id)
            except Fault as fault:
                if fault.code != "no_key":
                    raise
                raise Fault("no_key", NO_KEY.format(name=path.name)) from None
            if key.id != key_id:
                raise Fault("no_key", NO_KEY.format(name=path.name))
            _held[key_id] = key
    return key
