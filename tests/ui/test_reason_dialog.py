"""The card that asks for a reason shows the whole of what it was told."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from clinic_desk.domain.errors import Refusal
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.reason import ReasonDialog

USUAL = ("Billed by mistake", "Wrong patient", "Wrong amount", "No charge")
REFUSED = "£20.50 was paid on INV-2026-1078. Give it back first, then void it."


def test_a_refusal_of_two_lines_takes_no_room_from_the_usual_reasons(qapp: QApplication) -> None:
    theme = Theme.for_tests()
    style.apply(qapp, theme)
    dialog = ReasonDialog(
        theme,
        "Void the invoice",
        "INV-2026-1078 of Nilsson, Astrid: its number stays in the books.",
        USUAL,
        "Void it",
    )
    dialog.show()
    qapp.processEvents()
    dialog.refuse(Refusal("paid", REFUSED))
    qapp.processEvents()
    message = dialog.message
    cut = [
        chip.text()
        for chip in dialog.chips
        if not chip.visibleRegion().boundingRect().contains(chip.rect())
    ]
    room = message.height(), message.heightForWidth(message.width())
    dialog.hide()
    dialog.deleteLater()
    assert cut == []
    assert room[0] >= room[1]
