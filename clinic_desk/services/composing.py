"""Several commands as one step."""

from __future__ import annotations

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.gate import handler_of
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.work import Done, Work


def together(work: Work, command: Together) -> Done:
    """Value: the values of the commands, in order."""
    if not command.commands:
        raise Refusal("nothing_chosen", "Choose at least one thing to do.")
    done = [handler_of(type(one))(work, one) for one in command.commands]
    warnings = dict.fromkeys(text for one in done for text in one.warnings)
    return Done(
        value=tuple(one.value for one in done),
        label=command.label,
        sentence=command.label,
        warnings=tuple(warnings),
    )
