"""Named sets of columns on Alt+1 … Alt+9."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.main_window.choices import MOST_SAVED, Choices
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.worded_menu import WordedMenu


class SavedRow(QPushButton):
    """28 px: name, key; the one on display is marked."""

    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, name: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name, self._key = name, key
        self._current = False
        self.setProperty("kind", "row")
        self.setAccessibleName(f"{name}, {key}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def mark(self, current: bool) -> None:
        self._current = current
        state = ", on display" if current else ""
        self.setAccessibleName(f"{self._name}, {self._key}{state}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(100, self._theme.px(28))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is Qt.MouseButton.RightButton:
            self.menu_requested.emit(event.globalPosition().toPoint())
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        theme, tokens = self._theme, self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._current or self.underMouse():
            painter.setBrush(
                over(tokens.selected if self._current else tokens.hatch, tokens.window)
            )
            painter.drawRoundedRect(self.rect(), 3, 3)
        width = paint.key_cap_width(theme, self._key)
        cap = QRect(self.width() - width - 8, (self.height() - 16) // 2, width, 16)
        direction = self.layoutDirection()
        cap_at = QStyle.visualRect(direction, self.rect(), cap)
        paint.key_cap(painter, cap_at, theme, self._key)
        painter.setPen(tokens.text)
        painter.setFont(theme.font("body", bold=self._current))
        box = QRect(8, 0, cap.left() - 16, self.height())
        paint.elided(painter, QStyle.visualRect(direction, self.rect(), box), self._name)
        if QFontMetrics(painter.font()).horizontalAdvance(self._name) > box.width():
            self.setToolTip(as_text(self._name))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme)


class SavedViews(QWidget):
    """``chosen`` carries the place; ``deleted`` the view. Low windows fold the rows
    behind "Saved views · n"."""

    chosen = Signal(int)
    save_requested = Signal()
    deleted = Signal(object)

    def __init__(self, theme: Theme, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices = choices
        self._folded = False
        self._rows: list[SavedRow] = []
        self._title = Label("Saved views", self)
        self._title.setProperty("role", "heading")
        self._add = QToolButton(self)
        self._add.setFixedSize(24, 24)
        self._add.setToolTip("Save this view under a name")
        self._add.setAccessibleName("Save this view")
        self._add.clicked.connect(self.save_requested)
        self._open = QToolButton(self)
        self._open.setFixedSize(24, 24)
        self._open.setAccessibleName("Show saved views")
        self._open.clicked.connect(self._pop)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 2, 0)
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        head.addWidget(self._add)
        head.addWidget(self._open)
        self._empty = Label("Save the columns you look at often, and call them with Alt+1.", self)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "caption")
        self._empty.setContentsMargins(8, 0, 8, 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 0, 8, 0)
        self._column.setSpacing(1)
        self._column.addLayout(head)
        self._column.addWidget(self._empty)
        choices.saved_changed.connect(self._fill)
        theme.changed.connect(self._dress)
        self._fill()
        self._dress()

    def set_folded(self, folded: bool) -> None:
        if folded != self._folded:
            self._folded = folded
            self._fill()

    def _fill(self) -> None:
        names = [view.name for view in self._choices.saved]
        if [row.objectName() for row in self._rows] != names:
            for old in self._rows:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._rows = [self._row(place, name) for place, name in enumerate(names)]
        current = self._choices.current_saved()
        for place, row in enumerate(self._rows):
            row.mark(place == current)
            row.setVisible(not self._folded)
        self._title.setText(
            f"Saved views · {len(names)}" if self._folded and names else "Saved views"
        )
        self._empty.setVisible(not names and not self._folded)
        self._open.setVisible(self._folded and bool(names))
        self._add.setVisible(len(names) < MOST_SAVED)

    def _row(self, place: int, name: str) -> SavedRow:
        row = SavedRow(self._theme, name, f"Alt+{place + 1}", self)
        row.setObjectName(name)
        row.clicked.connect(lambda: self.chosen.emit(place))
        row.menu_requested.connect(lambda at: self._menu(place, at))
        row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        row.customContextMenuRequested.connect(lambda at: self._menu(place, row.mapToGlobal(at)))
        self._column.addWidget(row)
        return row

    def _menu(self, place: int, at: QPoint) -> None:
        name = self._choices.saved[place].name
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show").triggered.connect(lambda: self.chosen.emit(place))
        replace = menu.addAction(f"Save what is on display as “{name}”")
        replace.triggered.connect(lambda: self._choices.save_as(name))
        menu.addAction("Rename…").triggered.connect(lambda: self._rename(place))
        menu.addAction("Delete").triggered.connect(lambda: self._delete(place))
        menu.popup(at)

    def _rename(self, place: int) -> None:
        old = self._choices.saved[place].name
        from clinic_desk.ui.widgets.name_prompt import ask_name

        ask_name(
            self._theme,
            self,
            "Rename saved view",
            lambda name: self._choices.rename_saved(place, name),
            old,
        )

    def _delete(self, place: int) -> None:
        self.deleted.emit(self._choices.delete_saved(place))

    def _pop(self) -> None:
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self._choices.current_saved()
        for place, view in enumerate(self._choices.saved):
            action = menu.addAction(f"{view.name}\tAlt+{place + 1}")
            action.setCheckable(True)
            action.setChecked(place == current)
            action.triggered.connect(lambda _on=False, place=place: self.chosen.emit(place))
        if current is not None:
            menu.addSeparator()
            menu.addAction("Rename…").triggered.connect(lambda: self._rename(current))
            menu.addAction("Delete").triggered.connect(lambda: self._delete(current))
        menu.popup(self._open.mapToGlobal(QPoint(0, self._open.height())))

    def _dress(self) -> None:
        self._add.setIcon(self._theme.qicon("plus"))
        self._open.setIcon(self._theme.qicon("chevron-right"))
