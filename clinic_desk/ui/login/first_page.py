"""A clinic from the time before accounts: somebody becomes its first manager before it goes on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.login.frame import Card, Frame
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.widgets.accounts.first import FirstManager
from clinic_desk.ui.widgets.forms.bits import InkLabel

LEAD = (
    "From this version on everybody logs in with an account of their own, so that the clinic knows "
    "who has done what. Begin with yours: you become a manager, and make the accounts of the "
    "others in Settings, Staff."
)


class FirstManagerPage(Frame):
    """``made`` carries the ``LoggedIn``, ``finished`` comes when the recovery code was kept."""

    made = Signal(object)
    finished = Signal()

    def __init__(self, theme: Theme, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_wide(600)
        self.form = FirstManager(theme, self)
        self.form.work_with(asking)
        card = Card(theme, self)
        card.column.addWidget(
            InkLabel(theme, "Make the first manager’s account", role="title", bold=True)
        )
        card.column.addWidget(InkLabel(theme, LEAD, ink="text2", wrap=True))
        card.column.addWidget(self.form)
        self.middle.addSpacing(8)
        self.middle.addWidget(card)
        self.middle.addStretch(2)
        self.setFocusProxy(self.form)
        self.form.made.connect(self.made)
        self.form.finished.connect(self.finished)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.form.setFocus()
