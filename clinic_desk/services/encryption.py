"""Encryption of the clinic's file, as the settings page and the command line ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from clinic_desk.services.ports import Progress
from clinic_desk.services.secrets import KeyringReport, KeyringState

_PLAIN = "hoever gets hold of this computer’s disk can read the patients’ data."
PLAIN_NOTICE = f"The clinic’s data is not encrypted: w{_PLAIN}"
UNNOTED_NOTICE = (
    "The recovery key has not been printed yet. Without it nobody can open the clinic’s data "
    "when this computer’s keyring is lost."
)


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be told without asking the keyring."""

    encrypted: bool
    noted: bool
    """Whether the recovery key of the present key is on paper; False for a plain file."""


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """``key_kept``: whether this computer's keyring holds the file's key. The backups are those in
    the clinic's own folder that anybody can read."""

    encrypted: bool
    noted: bool
    keyring: KeyringReport
    key_kept: bool
    plain_backups: int = 0
    sealed_backups: int = 0

    @property
    def sentence(self) -> str:
        """What it means for people, below the words "encrypted" or "not encrypted"."""
        if not self.encrypted:
            if self.keyring.usable:
                return f"W{_PLAIN} The key would be kept in this computer’s keyring."
            return f"W{_PLAIN} {self.keyring.sentence}"
        if self.key_kept:
            return (
                "Only this computer’s keyring, or the printed recovery key, opens the "
                "clinic’s data."
            )
        if self.keyring.state is KeyringState.USABLE:
            return (
                "This computer’s keyring does not hold the key: without the recovery key the data "
                "cannot be opened the next time."
            )
        return self.keyring.sentence


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """What stands on the paper. ``key_id`` is not secret and stands there too, so that the paper
    can be told from that of another key."""

    key_id: str
    groups: tuple[str, ...] = field(repr=False)

    @property
    def short_id(self) -> str:
        return self.key_id[:8].upper()


@dataclass(frozen=True, slots=True)
class SealedBackups:
    done: int
    failed: tuple[str, ...] = ()
    """Names of those that could not be read; they are as they were."""
    trouble: str = ""
    """A sentence about what kept those at the second place as they were."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Copies at the second place that anybody can read. ``trouble``: why that cannot be told."""

    plain: int = 0
    trouble: str = ""


class Encryption(Protocol):
    """Nothing here may be called on the thread that draws, but for ``glance``'s answer. Raises
    ``Refusal("not_allowed")`` for who may not change the clinic's settings."""

    def glance(self) -> Glance: ...

    def state(self) -> EncryptionState: ...

    def elsewhere(self) -> Elsewhere:
        """Asks the second place, which may take its time."""
        ...

    def prepare(self) -> RecoveryKey:
        """Makes a new key and keeps it in the keyring; nothing is encrypted yet. Raises
        ``KeyringFault``."""
        ...

    def encrypt(self, key_id: str, progress: Progress | None = None) -> None:
        """With the key that was prepared. Whoever asks the clinic something meanwhile waits.
        Raises ``Refusal("stopped")``, ``Fault`` ("in_use", "disk_full" …); the clinic is then as
        it was."""
        ...

    def decrypt(self, progress: Progress | None = None) -> None:
        """The key stays in the keyring: backups of before need it."""
        ...

    def recovery_key(self) -> RecoveryKey:
        """Of the present key. Raises ``Refusal("not_encrypted")``."""
        ...

    def note(self, key_id: str) -> None:
        """Somebody has the recovery key on paper."""
        ...

    def keep_again(self) -> None:
        """Puts the key with which the file is open into the keyring. Raises ``KeyringFault``."""
        ...

    def seal_backups(self, progress: Progress | None = None) -> SealedBackups:
        """Encrypts the plain backups of both places with the clinic's key, and overwrites the plain
        ones."""
        ...

    def drop_plain_backups(self) -> int:
        """Overwrites and deletes them at both places; how many. Raises ``Fault("second_place")``
        when those here are gone and the others could not be reached."""
        ...
