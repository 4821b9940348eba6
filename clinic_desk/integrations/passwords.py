"""Argon2id by argon2-cffi (RFC 9106)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic_desk.services.staff_secrets import Secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@dataclass(frozen=True, slots=True)
class Cost:
    """Passes over the memory, memory in KiB, and lanes."""

    passes: int
    memory: int
    lanes: int


STANDARD = Cost(passes=3, memory=64 * 1024, lanes=4)
"""RFC 9106's second recommendation, for machines that have not 2 GiB to spare for a log-in."""


class Argon2Passwords:
    """See ``services.staff_ports.PasswordHasher``. The library is loaded with the first use, on
    the thread that uses it."""

    def __init__(self, cost: Cost = STANDARD) -> None:
        self._cost = cost

    def _made(self) -> PasswordHasher:
        from argon2 import PasswordHasher, Type

        return PasswordHasher(
            time_cost=self._cost.passes,
            memory_cost=self._cost.memory,
            parallelism=self._cost.lanes,
            type=Type.ID,
        )

    def hash(self, secret: Secret) -> str:
        return self._made().hash(_bytes(secret))

    def verify(self, phc: str, secret: Secret) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._made().verify(phc, _bytes(secret))
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, phc: str) -> bool:
        from argon2.exceptions import InvalidHashError

        try:
            return self._made().check_needs_rehash(phc)
        except InvalidHashError:
            return True


def _bytes(secret: Secret) -> bytes:
    """What cannot be spelt in UTF-8 (half an emoji, pasted) is no reason to fail: it is wrong."""
    return secret.reveal().encode("utf-8", "surrogatepass")
