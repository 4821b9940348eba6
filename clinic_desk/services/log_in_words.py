"""What is answered to who logs in, and how a wait is told."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.wording import count_text

KIND_WORDS = {SecretKind.PASSWORD: "password", SecretKind.PIN: "PIN"}


class LogInRefused(Refusal):
    """``seconds`` to wait before the next attempt counts. Codes: "wrong_secret", "wait",
    "inactive", "must_change", "no_recovery"."""

    def __init__(self, code: str, sentence: str, *, field: str = "secret", seconds: int = 0):
        super().__init__(code, sentence, field=field)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class SessionState:
    """``status``: "active", "ended" (``sentence`` says why), or "unknown": the store does not
    answer, so nobody can be let on. Not ``final``: more may be known in a moment."""

    status: str
    sentence: str = ""
    final: bool = True


def duration_text(seconds: int) -> str:
    """ "12 seconds", "2 minutes" (rounded up)."""
    if seconds < 90:
        return count_text(seconds, "second")
    return count_text(-(-seconds // 60), "minute")


def pause_text(seconds: int) -> str:
    return f" Wait {duration_text(seconds)} before you try again." if seconds else ""
