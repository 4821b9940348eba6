"""The appointment card when a rule stands against what was changed: the reason, or another room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.services.commands import Command, EditAppointment
from clinic_desk.ui.runtime.allowed import hold_back
from clinic_desk.ui.runtime.wording import message_for

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog


class RuleAsker(QObject):
    """Keeps the edit that was sent last, so that it can be sent again with the reason."""

    def __init__(self, dialog: AppointmentDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._sent: EditAppointment | None = None
        dialog.message.reason_given.connect(self._send_again)

    def sent(self, command: Command) -> None:
        self._sent = command if isinstance(command, EditAppointment) else None

    def say(self, error: ClinicDeskError) -> None:
        """The refusal, with buttons that say what they do here."""
        told = message_for(error)
        ways = tuple(
            replace(way, label="Save with a reason") if way.action == "override" else way
            for way in told.ways_out
        )
        self._dialog.message.say(told.tone, told.sentence, ways)
        hold_back(self._dialog.context.actor, self._dialog.message.buttons(), ways)

    def take(self, way: WayOut) -> bool:
        """Whether the way out was one for the card itself."""
        dialog = self._dialog
        if self._sent is None:
            return False
        if way.action == "override":
            dialog.message.ask_reason("Save against the rule: why?", "Save anyway")
            return True
        room = dialog.room_box.findData(way.data.get("room_id"))
        if way.action == "use_room" and room >= 0:
            dialog.room_box.setCurrentIndex(room)
            dialog.message.clear()
            dialog.save()
            return True
        return False

    def _send_again(self, reason: str) -> None:
        if self._sent is not None:
            self._dialog.message.clear()
            self._dialog.run(replace(self._sent, override_reason=reason))
