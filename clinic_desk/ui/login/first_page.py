"""A clinic without accounts: somebody becomes its first manager before it goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.login.frame import Card, Frame
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.widgets.accounts.first import FirstManager
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

LEAD = (
    "From this version on everybody logs in with an account of their own, so that the clinic knows "
    "who has done what. Begin with yours: you become a manager, and make the accounts of the "
    "others in Settings, Staff."
)


NEW = (
    "Nobody works here without a log-in of their own, so that the clinic knows who has done what. "
    "Begin with yours: you become a manager, and make the accounts of the others in Settings, "
    "Staff."
)


class FirstManagerPage(Frame):
    """``made`` carries the ``LoggedIn``, ``finished`` comes when the recovery code was kept.
    ``new``: the clinic is being set up, and ``back`` leads there."""

    made = Signal(object)
    finished = Signal()

    def __init__(
        self, theme: Theme, asking: Asking, parent: QWidget | None = None, *, new: bool = False
    ) -> None:
        super().__init__(theme, parent)
        self.set_wide(600)
        self.form = FirstManager(theme, self)
        self.form.work_with(asking)
        card = Card(theme, self)
        title = InkLabel(theme, "Make the first manager’s account", role="title", bold=True)
        lead = InkLabel(theme, NEW if new else LEAD, ink="text2", wrap=True)
        card.column.addWidget(title)
        card.column.addWidget(lead)
        card.column.addWidget(self.form)
        self.back = push("&Back to the set-up", self, "link")
        self.back.setVisible(new)
        card.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        for told in (title, lead, self.back):  # the code has a title of its own
            self.form.made.connect(lambda _made, told=told: told.hide())
        self.middle.addSpacing(8)
        self.middle.addWidget(card)
        self.middle.addStretch(2)
        self.setFocusProxy(self.form)
        self.form.made.connect(self.made)
        self.form.finished.connect(self.finished)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.form.setFocus()
