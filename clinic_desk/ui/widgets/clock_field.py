"""A time of day, typed as people type it.

Qt's own field takes no figure while all of it is selected, and begins with the minutes for whoever
comes backwards: what is typed would be lost, and the old time be taken for the new one.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QTimeEdit

WALKED_IN = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


class ClockField(QTimeEdit):
    """Whatever is selected, a figure begins with the hours."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if event.reason() in WALKED_IN:
            self.setSelectedSection(QTimeEdit.Section.HourSection)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        whole = self.lineEdit().selectedText() == self.text()
        if whole and event.text().isdigit():
            self.setSelectedSection(QTimeEdit.Section.HourSection)
        super().keyPressEvent(event)
