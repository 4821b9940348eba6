"""What can go wrong with an effect outside."""

from __future__ import annotations

from datetime import timedelta

from clinic_desk.domain.errors import Fault, Refusal


class Unreachable(Fault):
    """The other side did not answer, or not so that one could know: it is tried again.
    ``after``: how long it wants to be left alone. ``counts``: it answered, and what gets too many
    such answers is put aside. ``unknown``: it may have taken the message before it broke off."""

    def __init__(
        self,
        sentence: str,
        *,
        after: timedelta | None = None,
        counts: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__("unreachable", sentence)
        self.after = after
        self.counts = counts
        self.unknown = unknown


class Unsettled(Unreachable):
    """What the clinic has set up itself is at fault: an address, a log-in, a password that the
    keyring has not. Nothing was handed over, and no message is to blame: it waits."""


class Rejected(Refusal):
    """The other side read it and will never take it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("rejected", sentence)
