"""The question before the program is closed over somebody's unsaved work."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.card import CardDialog

WIDTH = 460
"""Pixels at scale 1."""


class PartingDialog(CardDialog):
    """``agreed`` when the program may close, and what is open goes with it."""

    agreed = Signal()

    def __init__(self, theme: Theme, sentence: str, parent: QWidget) -> None:
        super().__init__(theme, "Close Clinic Desk?", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(theme.px(WIDTH))
        self.words = InkLabel(theme, sentence, wrap=True, parent=self)
        self.stay = push("&Stay", self, "primary")
        self.go = push("&Close without saving", self)
        self.body.addWidget(self.words)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.go)
        self.footer_row.addWidget(self.stay)
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self.stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        self.accept()
        self.agreed.emit()
