"""The end of the program waits a moment for messages that are due: five seconds at most, seen, and
nobody need wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.sending import Finish
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

WIDTH = 420


class LastMessages(QObject):
    """Begun with ``start``; ``then`` is called once, when nothing is due any more, the time is up,
    or nobody wants to wait."""

    def __init__(self, theme: Theme, finish: Finish, then: Callable[[], None]) -> None:
        super().__init__(finish)
        self._theme, self._finish = theme, finish
        self._then: Callable[[], None] | None = then
        self.card: LastCard | None = None
        finish.waiting.connect(self._show)
        finish.over.connect(self._end)

    def start(self) -> None:
        self._finish.start()

    def _show(self) -> None:
        if self.card is None and self._then is not None:
            self.card = LastCard(self._theme)
            self.card.without.clicked.connect(self._finish.cut)
            self.card.show()

    def _end(self) -> None:
        then, self._then = self._then, None
        if self.card is not None:
            self.card.over = True
            self.card.close()
            self.card.deleteLater()
            self.card = None
        if then is not None:
            then()


def begin(theme: Theme, finish: Finish, then: Callable[[], None]) -> None:
    LastMessages(theme, finish, then).start()


class LastCard(QWidget):
    """A small window of its own: the program's has gone. Esc and its closing leave without."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Dialog)
        self.over = False
        self.setWindowTitle("Clinic Desk")
        self.setFixedWidth(theme.px(WIDTH))
        self.words = InkLabel(theme, "Sending the last messages…", bold=True, parent=self)
        self.more = InkLabel(
            theme,
            "A few seconds at most. What is left goes when the program runs again, here or at "
            "another desk.",
            ink="text2",
            wrap=True,
            parent=self,
        )
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Messages are being sent")
        self.without = push("&Leave now", self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.without)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addWidget(self.more)
        column.addLayout(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.without.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        super().closeEvent(event)
        if not self.over:
            self.without.click()
