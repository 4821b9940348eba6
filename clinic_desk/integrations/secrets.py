"""The computer's keyring behind ``services.secrets.SecretKeeper``.

A keyring is another program: it may be locked, gone, or hang. Every question is asked on a thread
of its own and waited for so long and no longer; a thread whose keyring never answers is left
behind, and until it ends nobody is kept waiting again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from clinic_desk.services.secrets import KeyringFault, KeyringReport, KeyringState

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Clinic Desk"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. ``answer``: for what needs nobody; ``person``: while somebody may be typing the
    password that unlocks the keyring."""

    answer: float = 5.0
    person: float = 90.0


class SystemKeyring:
    """``services.secrets.SecretKeeper`` over whatever keyring the computer has."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = Lock()
        self._stuck: Thread | None = None

    def report(self) -> KeyringReport:
        try:
            return KeyringReport(self._asked(_look, self._limits.answer))
        except KeyringFault as fault:
            return KeyringReport(fault.state)

    def get(self, name: str) -> str | None:
        return self._asked(lambda: _usable().get_password(SERVICE, name), self._patience())

    def keep(self, name: str, secret: str) -> None:
        def work() -> bool:
            backend = _usable()
            backend.set_password(SERVICE, name, secret)
            return backend.get_password(SERVICE, name) == secret

        if not self._asked(work, self._patience()):
            raise KeyringFault(KeyringState.FAILING)

    def drop(self, name: str) -> None:
        def work() -> None:
            backend = _usable()
            if backend.get_password(SERVICE, name) is not None:
                backend.delete_password(SERVICE, name)

        self._asked(work, self._patience())

    def _patience(self) -> float:
        """A look first: one that does not answer even that is not waited for again."""
        state = self._asked(_look, self._limits.answer)
        if state in (KeyringState.MISSING, KeyringState.FAILING):
            raise KeyringFault(state)
        return self._limits.person if state is KeyringState.LOCKED else self._limits.answer

    def _asked(self, work: Callable[[], T], limit: float) -> T:
        answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put((work(), None))
            except BaseException as error:
                answers.put((None, error))

        thread = Thread(target=ask, name="keyring", daemon=True)
        # A keyring is asked one thing at a time; who waits for another's question waits no longer.
        if not self._lock.acquire(timeout=limit):
            raise KeyringFault(KeyringState.FAILING)
        try:
            if self._stuck is not None and self._stuck.is_alive():
                raise KeyringFault(KeyringState.FAILING)
            thread.start()
            try:
                value, error = answers.get(timeout=limit)
            except Empty:
                self._stuck = thread
                raise KeyringFault(KeyringState.FAILING) from None
            thread.join()
        finally:
            self._lock.release()
        if error is not None:
            # Not chained: whatever the keyring's own error holds is not for our logs.
            raise _fault_of(error) from None
        return value  # type: ignore[return-value]


def _fault_of(error: BaseException) -> BaseException:
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(error, KeyringFault):
        return error
    if isinstance(error, KeyringLocked):
        return KeyringFault(KeyringState.LOCKED)
    if isinstance(error, NoKeyringError):
        return KeyringFault(KeyringState.MISSING)
    if isinstance(error, Exception):  # each backend has a family of errors of its own
        return KeyringFault(KeyringState.FAILING)
    return error


def _backend() -> KeyringBackend | None:
    """None where there is no keyring, or where somebody switched it off."""
    import keyring
    from keyring.backends import fail, null

    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring) and sys.platform == "linux":
        # The choice is made once in a process; the daemon may have come since.
        from keyring.backends import SecretService

        if SecretService.Keyring.viable:
            return SecretService.Keyring()  # type: ignore[no-untyped-call]
    return None if isinstance(found, (fail.Keyring, null.Keyring)) else found


def _usable() -> KeyringBackend:
    found = _backend()
    if found is None:
        raise KeyringFault(KeyringState.MISSING)
    return found


def _look() -> KeyringState:
    backend = _backend()
    if backend is None:
        return KeyringState.MISSING
    if sys.platform == "linux" and _is_secret_service(backend):
        return _look_at_service()
    return KeyringState.USABLE


def _is_secret_service(backend: Any) -> bool:
    """It, or a chain of backends that asks it first."""
    from keyring.backends import SecretService, chainer

    if isinstance(backend, chainer.ChainerBackend):
        first = next(iter(backend.backends), None)
        return isinstance(first, SecretService.Keyring)
    return isinstance(backend, SecretService.Keyring)


def _look_at_service() -> KeyringState:
    """Without the question for a password that reading would raise."""
    import secretstorage
    from secretstorage.exceptions import (
        ItemNotFoundException,
        SecretServiceNotAvailableException,
    )

    try:
        with closing(secretstorage.dbus_init()) as bus:
            locked = secretstorage.Collection(bus).is_locked()
    except ItemNotFoundException:
        # No collection yet: it is made with the first secret, and a person chooses its password.
        return KeyringState.LOCKED
    except SecretServiceNotAvailableException:
        return KeyringState.MISSING
    return KeyringState.LOCKED if locked else KeyringState.USABLE
