"""The recovery key on the screen, until somebody says that it is on paper."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinic_desk.services.encryption import RecoveryKey
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.settings.recovery_paper import IN_A_ROW, print_key
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class RecoveryCard(QFrame):
    """``noted``: it is on paper; ``dropped``: it was closed without that."""

    noted = Signal(object)
    dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recoveryCard")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Recovery key")
        self._theme = theme
        self._key: RecoveryKey | None = None
        self.title = InkLabel(theme, "", bold=True, parent=self)
        self.told = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        # whichever way the window reads: the groups are typed in from left to right
        table = QWidget(self)
        table.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._grid = QGridLayout(table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)
        self._cells: list[QLabel] = []
        self.number = InkLabel(theme, "", ink="text2", parent=self)
        self.print = push("&Print…", self)
        self.print.clicked.connect(self._print)
        self.done = push("It is &on paper", self, "primary")
        self.done.clicked.connect(self._done)
        self.drop = push("Cancel", self)
        self.drop.clicked.connect(self.dropped)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.done, self.print, self.drop):
            buttons.addWidget(button)
        buttons.addStretch(1)
        groups = QHBoxLayout()
        groups.addWidget(table)
        groups.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.told)
        column.addLayout(groups)
        column.addWidget(self.number)
        column.addLayout(buttons)
        self.hide()

    @property
    def key(self) -> RecoveryKey | None:
        return self._key

    def show_key(self, key: RecoveryKey, sentence: str, button: str, drop: str) -> None:
        """``button`` says that it is on paper, ``drop`` closes it without."""
        self._key = key
        self.title.setText("The recovery key")
        self.told.setText(sentence)
        self.number.setText(f"Number {key.short_id}; 13 groups of 5 characters.")
        self.done.setText(button)
        self.drop.setText(drop)
        self._fill(key.groups)
        self.show()
        self.print.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Nothing of it stays in the window."""
        self._key = None
        self._fill(())
        self.hide()

    def _fill(self, groups: tuple[str, ...]) -> None:
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.clear()
            cell.deleteLater()
        self._cells = []
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._theme.px(17))
        font.setBold(True)
        for i, group in enumerate(groups):
            cell = Label(group, self)
            cell.setFont(font)
            cell.setAccessibleName(f"Group {i + 1}: {' '.join(group)}")
            cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(cell, i // IN_A_ROW, i % IN_A_ROW)
            self._cells.append(cell)

    def _print(self) -> None:
        if self._key is not None:
            print_key(self, self._key)

    def _done(self) -> None:
        if self._key is not None:
            self.noted.emit(self._key)
