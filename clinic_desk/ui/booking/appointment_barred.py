"""What of a visit's card is not this person's: disabled, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.models.permitted import STEPS, why_not
from clinic_desk.ui.runtime.allowed import keep_shut

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog


def barred(dialog: AppointmentDialog, action: str = "edit") -> str:
    """Why the action on the visit on show would be refused; empty when it would not."""
    actor, view = dialog.context.actor, dialog.view
    roster = dialog.source.roster
    if actor.permissions is None or view is None or roster is None:
        return ""
    return why_not(actor, action, roster.doctors, (view.cell,))


def bar_card(dialog: AppointmentDialog) -> None:
    """After everything has been shown as it is for anybody."""
    if dialog.context.actor.permissions is None or dialog.view is None:
        return
    pending = dialog.view.cell.status is Status.PENDING
    steps = {
        button: "accept" if pending and key == Status.CONFIRMED else STEPS[Status(key)]
        for key, button in dialog.status_buttons.items()
    }
    others = {
        dialog.back_button: "step_back",
        dialog.cancel_visit_button: "cancel",
        dialog.reinstate_button: "reinstate",
        dialog.move_button: "move",
        dialog.next_button: "move",
        dialog.shelf_button: "park",
        dialog.copy_button: "copy_mode",
    }
    for button in (
        dialog.back_button, dialog.cancel_visit_button, dialog.reinstate_button,
        dialog.copy_button,
    ):  # fmt: skip
        button.setEnabled(True)  # nobody else does
    for button, action in {**steps, **others}.items():
        keep_shut(button, barred(dialog, action))
    why = barred(dialog)
    for field in (dialog.mode_box, dialog.reminder, dialog.reason, dialog.notes):
        field.setEnabled(True)
        keep_shut(field, why)
    for widget in (dialog.type_box, dialog.room_box, dialog.save_button):
        keep_shut(widget, why)
