"""Filter chips, and a row of them that wraps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLayout, QLayoutItem, QPushButton, QWidget

from clinic_desk.ui.look.theme import Theme


class FlowLayout(QLayout):
    """Left to right, then down; mirrored in right-to-left interfaces."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._entries: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._entries.append(item)

    def count(self) -> int:
        return len(self._entries)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._entries.pop(index) if 0 <= index < len(self._entries) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._place(QRect(0, 0, width, 0), dry=True)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._place(rect, dry=False)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        size = QSize()
        for item in self._entries:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, dry: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for item in self._entries:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if not dry:
                left = rect.right() + rect.x() - x - hint.width() + 1 if mirrored else x
                item.setGeometry(QRect(QPoint(left, y), hint))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        return y + line - rect.y()


class Chip(QPushButton):
    """24 px high; checkable as a filter, or plain as a suggestion."""

    def __init__(
        self, text: str, *, key: str = "", checkable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.key = key or text
        self.setCheckable(checkable)
        self.setProperty("density", "compact")
        self.setAutoDefault(False)


class ChipRow(QWidget):
    """``toggled`` carries a chip's key and its new state; ``clicked`` the key of a plain chip."""

    toggled = Signal(str, bool)
    clicked = Signal(str)

    def __init__(
        self, theme: Theme, *, exclusive: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._exclusive = exclusive
        self._chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self)

    def set_chips(self, chips: Sequence[tuple[str, str]], *, checkable: bool = True) -> None:
        """Replace all: (key, text) each."""
        for chip in self._chips.values():
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self._chips = {}
        for key, text in chips:
            chip = Chip(text, key=key, checkable=checkable, parent=self)
            chip.setAutoExclusive(self._exclusive)
            if checkable:
                chip.toggled.connect(lambda on, key=key: self.toggled.emit(key, on))
            else:
                chip.clicked.connect(lambda _on=False, key=key: self.clicked.emit(key))
            self._flow.addWidget(chip)
            self._chips[key] = chip

    def chip(self, key: str) -> Chip:
        return self._chips[key]

    def checked(self) -> list[str]:
        return [key for key, chip in self._chips.items() if chip.isChecked()]
