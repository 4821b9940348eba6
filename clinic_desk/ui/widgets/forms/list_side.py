"""The left side of a page that edits rows: the list, and its buttons below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.ordered import OrderedList


class ListSide(QWidget):
    """The list with its buttons below: what adds rows, Up, Down, Remove."""

    def __init__(
        self, theme: Theme, name: str, *, width: int = 320, removable: bool = True
    ) -> None:
        super().__init__()
        self._theme, self._width = theme, width
        self._room = 10_000
        self._shut = ""
        self.list = OrderedList(theme, name, self)
        self.add_row = QHBoxLayout()
        self.add_row.setSpacing(8)
        self.up = self._button("chevron-up", "Move up (Alt+Up)")
        self.down = self._button("chevron-down", "Move down (Alt+Down)")
        self.remove = self._button("trash", "Remove (Delete)")
        self.remove.setVisible(removable)
        self.up.clicked.connect(lambda: self.list.move_current(-1))
        self.down.clicked.connect(lambda: self.list.move_current(1))
        self.remove.clicked.connect(lambda: self.list.remove_requested.emit(self.list.current))
        foot = self._foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 8, 8)
        foot.setSpacing(4)
        foot.addLayout(self.add_row)
        foot.addStretch(1)
        for button in (self.up, self.down, self.remove):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self.list.currentItemChanged.connect(lambda *_: self.follow())
        theme.changed.connect(self._dress)
        self._dress()

    def add_button(self, words: str, explained: str = "") -> QPushButton:
        button = push(words, self)
        button.setProperty("density", "compact")
        if explained:
            button.setToolTip(explained)
            button.setAccessibleDescription(explained)
        self.add_row.addWidget(button)
        return button

    def _button(self, icon: str, words: str) -> QPushButton:
        button = push("", self, "ghost")
        button.setProperty("square", "true")
        button.setProperty("icon_name", icon)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setEnabled(False)
        return button

    def shut(self, why: str) -> None:
        """Rows are looked at only; each button says ``why``."""
        self._shut = why
        self.follow()

    def follow(self) -> None:
        """Enable what can be done with the chosen row."""
        if self._shut:
            for button in self.findChildren(QPushButton):
                button.setEnabled(False)
                button.setToolTip(self._shut)
            return
        row = self.list.row_of(self.list.current)
        mates = [r for r in self.list.rows() if row is not None and r.group == row.group]
        movable = row is not None and bool(row.group) and len(mates) > 1
        self.up.setEnabled(movable)
        self.down.setEnabled(movable)
        self.remove.setEnabled(row is not None and not row.fixed)

    def fit(self, room: int) -> None:
        """Narrower than usual where the page has little room."""
        self._room = room
        self._dress()

    def _dress(self) -> None:
        wished = self._theme.px(self._width)
        for button in self.findChildren(QPushButton):
            button.ensurePolished()  # its size is that of its style only from then on
        self._foot.invalidate()
        least = self._foot.sizeHint().width()
        self.setFixedWidth(max(least, min(wished, round(self._room * 0.36))))
        for button in (self.up, self.down, self.remove):
            button.setIcon(self._theme.qicon(str(button.property("icon_name"))))
            button.setFixedWidth(self._theme.px(30))
