"""What the log-in screens ask of the accounts, always on another thread: a hash is slow on purpose.

Everything that hashes, and so waits, runs on the pool that answers questions, never on the one that
writes and never on the one that draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.ui.runtime.operations import Operations

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.domain.ids import Id
    from clinic_desk.domain.staff import SecretKind
    from clinic_desk.services.log_in import SessionState
    from clinic_desk.services.staff_ports import LoggedIn, StaffTile
    from clinic_desk.services.staff_secrets import HashedSecret, Secret

T = TypeVar("T")


class Accounts(Protocol):
    """What ``services.log_in.LogIn`` does for a person in front of this desk. Every method reads or
    writes the store, and most of them hash: never on the main thread. Each raises ``Refusal``."""

    def tiles(self) -> tuple[StaffTile, ...]: ...

    def needed(self) -> bool: ...

    def state(self, actor: Actor) -> SessionState: ...

    def log_in(self, staff_id: Id, secret: Secret, *, keep: Id = "") -> LoggedIn: ...

    def log_out(self, actor: Actor) -> None: ...

    def lock(self, actor: Actor, why: str = "") -> None: ...

    def prepare(self, secret: Secret, kind: SecretKind, name: str, log_in: str) -> HashedSecret: ...

    def one_time(self, kind: SecretKind) -> Secret: ...

    def change_secret(
        self, staff_id: Id, old: Secret, new: Secret, kind: SecretKind, *, keep: Id = ""
    ) -> LoggedIn: ...

    def recover(self, staff_id: Id, code: Secret, new: Secret, kind: SecretKind) -> LoggedIn: ...

    def new_recovery_code(self, staff_id: Id, secret: Secret) -> str: ...

    def first_manager(
        self, name: str, log_in: str, secret: Secret, kind: SecretKind, colour: str = ""
    ) -> LoggedIn: ...


class Asking:
    """The accounts behind the threads of one window; ``accounts`` makes them there, for what they
    need is not loaded before."""

    def __init__(self, operations: Operations, accounts: Callable[[], Accounts]) -> None:
        self._operations, self._accounts = operations, accounts

    def work(
        self,
        job: Callable[[Accounts], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[ClinicDeskError], None],
        key: str | None = None,
    ) -> None:
        self._operations.ask(
            lambda _queries: job(self._accounts()), done=done, failed=failed, key=key
        )
