"""Commands about several held slots of one caller."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.appointments import HOLD_SECONDS
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewHolds(Command, by="caller_holds:renew", needs=Permission.HOLD):
    """One key for all that is held for a caller. Value: the ids that are held for ``seconds`` from
    now; those that ran out meanwhile are told in a warning. Raises ``Refusal("hold_expired")``
    when none is left."""

    hold_ids: tuple[Id, ...]
    seconds: int = HOLD_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHolds(Command, by="caller_holds:release", needs=Permission.HOLD):
    """Lets all of them go. Value: their ids. ``on_purpose`` as of ``ReleaseHold``."""

    hold_ids: tuple[Id, ...]
    on_purpose: bool = False
