"""What every command is: the base of ``services.commands``, for those who only pass them on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from clinic_desk.domain.permissions import Permission

AUTO = "auto"
"""As a room: choose a free one by the template, the type, then the location's order."""

PLAN_RUN = "plan:"
"""How the ``undo_run`` of a plan begins; the request's id follows."""


class Scope(StrEnum):
    ONLY_THIS = "only_this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands. ``initiator`` names the window or job that asked. Undoable commands
    of one ``undo_run`` that follow each other are taken back together, as one step.

    ``by`` names the handler in ``services`` as "module:function", which is loaded on first use;
    ``needs`` is the permission without which the gate refuses the command; ``takes`` says which
    ones this very instance takes, where that depends on what it asks for."""

    handled_by: ClassVar[str] = ""
    needs: ClassVar[Permission | None] = None

    initiator: str = ""
    undo_run: str = ""

    def takes(self) -> Iterator[Permission]:
        """Permissions for the command itself, the commands within it left out."""
        if self.needs is not None:
            yield self.needs

    def __init_subclass__(cls, by: str = "", needs: Permission | None = None) -> None:
        # slots make each class twice, the second time without these words
        if by:
            cls.handled_by, cls.needs = by, needs
