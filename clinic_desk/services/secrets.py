"""Where secrets are kept that no file may hold: the port of the computer's keyring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from clinic_desk.domain.errors import Fault


class KeyringState(StrEnum):
    USABLE = "usable"
    LOCKED = "locked"
    MISSING = "missing"
    FAILING = "failing"


SENTENCES: dict[KeyringState, str] = {
    KeyringState.USABLE: "Keys and tokens are kept in this computer’s keyring.",
    KeyringState.LOCKED: (
        "This computer’s keyring is locked; unlock it with your log-in password, then try again."
    ),
    KeyringState.MISSING: (
        "This computer has no keyring, so it cannot keep keys or tokens for this program."
    ),
    KeyringState.FAILING: (
        "This computer’s keyring does not answer; log out of the computer and in again, "
        "then try again."
    ),
}
"""One for each state: what is the matter, and the way out where there is one."""


@dataclass(frozen=True, slots=True)
class KeyringReport:
    state: KeyringState

    @property
    def usable(self) -> bool:
        return self.state is KeyringState.USABLE

    @property
    def sentence(self) -> str:
        return SENTENCES[self.state]


class KeyringFault(Fault):
    """The keyring could not do what it was asked; codes "keyring_locked", "keyring_missing",
    "keyring_failing"."""

    def __init__(self, state: KeyringState) -> None:
        super().__init__(f"keyring_{state}", SENTENCES[state])
        self.state = state


class SecretKeeper(Protocol):
    """Every call may take seconds (a person may have to unlock the keyring) and must not be made
    on the thread that draws. None takes longer than its limit."""

    def report(self) -> KeyringReport:
        """How it stands. Nothing is read, written or asked of a person."""
        ...

    def get(self, name: str) -> str | None:
        """None when nothing is kept under this name. Raises ``KeyringFault``."""
        ...

    def keep(self, name: str, secret: str) -> None:
        """Kept and read back. Raises ``KeyringFault``."""
        ...

    def drop(self, name: str) -> None:
        """Nothing is kept under this name afterwards. Raises ``KeyringFault``."""
        ...
