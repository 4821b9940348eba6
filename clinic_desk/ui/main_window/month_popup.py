"""The month under the date button."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.mini_month import MiniMonth


class MonthPopup(QWidget):
    """Closes when a day is chosen, by Esc, and by a click elsewhere."""

    day_chosen = Signal(object)
    week_chosen = Signal(object)

    def __init__(self, theme: Theme, today: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.month = MiniMonth(theme, today, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(self.month)
        self.month.day_chosen.connect(self._choose)
        self.month.week_chosen.connect(self._choose_week)

    def open_at(self, corner: QPoint, day: date) -> None:
        self.month.select(day)
        self.setFixedWidth(self._theme.px(264))
        self.move(corner)
        self.show()
        self.month.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.setPen(self._theme.tokens.control_border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _choose(self, day: date) -> None:
        self.close()
        self.day_chosen.emit(day)

    def _choose_week(self, day: date) -> None:
        self.close()
        self.week_chosen.emit(day)
