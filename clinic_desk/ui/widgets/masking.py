"""The net behind the curtain: no widget is painted before its words have been looked through.

Labels, buttons, titles, tooltips and accessible names are told in initials and get their words
back afterwards; fields that hold a person show dots, longer texts are covered. What is typed,
stored and sent stays whole: only what is shown changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QTextEdit,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN

ITEM = int(Qt.ItemDataRole.UserRole) + 991
"""Where an item keeps its whole text."""

PERSON = "person"
"""The property of a line edit in which somebody is named."""

HIDDEN = "Hidden by the curtain – F12"

_Text = tuple[str, Callable[[Any], str], Callable[[Any, str], None]]

_ANY: tuple[_Text, ...] = (
    ("tip", QWidget.toolTip, QWidget.setToolTip),
    ("called", QWidget.accessibleName, QWidget.setAccessibleName),
    ("told", QWidget.accessibleDescription, QWidget.setAccessibleDescription),
)
_TITLE: tuple[_Text, ...] = (("title", QWidget.windowTitle, QWidget.setWindowTitle),)
_LABEL: tuple[_Text, ...] = (("text", QLabel.text, QLabel.setText),)
_BUTTON: tuple[_Text, ...] = (("text", QAbstractButton.text, QAbstractButton.setText),)
_BOX: tuple[_Text, ...] = (("text", QGroupBox.title, QGroupBox.setTitle),)


class Sheet(QWidget):
    """Lies over something and tells why."""

    def __init__(self, theme: Theme, below: QWidget, words: str = HIDDEN) -> None:
        super().__init__(below)
        self._theme, self._below, self.words = theme, below, words
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        below.installEventFilter(self)
        self.lay()

    def lay(self) -> None:
        self.setGeometry(self._below.rect())
        self.show()
        self.raise_()

    def eventFilter(self, below: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and isinstance(below, QWidget):
            self.setGeometry(QRect(0, 0, below.width(), below.height()))
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.setPen(self._theme.tokens.text2)
        painter.setFont(self._theme.font("body"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(4, 0, -4, 0), int(flags), self.words)


class Masking(QObject):
    """Put on the whole program while the curtain is on. ``pressed`` is asked about every key and
    click first: True takes it away from whoever it was for."""

    def __init__(self, theme: Theme, pressed: Callable[[QEvent], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._pressed = theme, pressed
        self._touched: dict[int, QWidget] = {}
        self._sheets: list[Sheet] = []
        self._said: dict[str, str] = {}
        self._busy = False
        self._on = False

    def begin(self) -> None:
        """The names are known: everything there is, and from now on whatever is shown."""
        self._said.clear()
        QToolTip.hideText()
        for widget in QApplication.allWidgets():
            self.mask(widget)
            widget.update()
        app = QApplication.instance()
        if app is not None and not self._on:
            app.installEventFilter(self)
        self._on = True

    def end(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._on = False
        for widget in self._touched.values():
            if isValid(widget):
                self._unmask(widget)
        for sheet in self._sheets:
            if isValid(sheet):
                sheet.hide()
                sheet.deleteLater()
        self._touched, self._sheets = {}, []
        for widget in QApplication.allWidgets():
            widget.update()

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind is QEvent.Type.Paint:
            if isinstance(one, QWidget) and not self._busy:
                self.mask(one)
            return False
        if kind is QEvent.Type.ToolTip:
            QToolTip.hideText()
            return True
        if kind in _HANDS:
            return self._pressed(event)
        return False

    def mask(self, widget: QWidget) -> None:
        self._busy = True
        try:
            self._swap(widget, _ANY)
            if widget.isWindow():
                self._swap(widget, _TITLE)
            if isinstance(widget, QLabel):
                self._swap(widget, _LABEL)
            elif isinstance(widget, QAbstractButton):
                self._swap(widget, _BUTTON)
            elif isinstance(widget, QGroupBox):
                self._swap(widget, _BOX)
            elif isinstance(widget, QLineEdit):
                self._dots(widget)
            elif isinstance(widget, QPlainTextEdit | QTextEdit):
                self._cover(widget)
            elif isinstance(widget, QMenu):
                self._menu(widget)
            view = widget.parentWidget()
            if isinstance(view, QListWidget | QTableWidget) and widget is view.viewport():
                self._items(view)
        finally:
            self._busy = False

    def _say(self, text: str) -> str:
        known = self._said.get(text)
        if known is None:
            if len(self._said) > 5000:
                self._said.clear()
            known = self._said[text] = CURTAIN.said(text)
        return known

    def _swap(self, widget: QWidget, texts: tuple[_Text, ...]) -> None:
        for name, read, write in texts:
            text = read(widget)
            if not text:
                continue
            shown = self._say(text)
            if shown == text:
                continue
            widget.setProperty(f"_whole_{name}", text)
            widget.setProperty(f"_masked_{name}", shown)
            self._touched[id(widget)] = widget
            write(widget, shown)

    def _unmask(self, widget: QWidget) -> None:
        kinds = [*_ANY, *_TITLE]
        if isinstance(widget, QLabel):
            kinds += _LABEL
        elif isinstance(widget, QAbstractButton):
            kinds += _BUTTON
        elif isinstance(widget, QGroupBox):
            kinds += _BOX
        elif isinstance(widget, QLineEdit) and widget.property("_dotted"):
            widget.setEchoMode(QLineEdit.EchoMode.Normal)
            widget.setProperty("_dotted", None)
        elif isinstance(widget, QMenu):
            for action in widget.actions():
                if action.property("_masked") == action.text():
                    action.setText(action.property("_whole"))
        elif isinstance(widget, QListWidget | QTableWidget):
            for item in _items_of(widget):
                whole = item.data(ITEM)
                if whole is not None and item.text() == self._say(whole):
                    item.setText(whole)
        for name, read, write in kinds:
            whole = widget.property(f"_whole_{name}")
            # what has been told anew meanwhile stays
            if whole is not None and read(widget) == widget.property(f"_masked_{name}"):
                write(widget, whole)
            widget.setProperty(f"_whole_{name}", None)

    def _dots(self, edit: QLineEdit) -> None:
        if edit.echoMode() is not QLineEdit.EchoMode.Normal:
            return
        if edit.property(PERSON) or self._say(edit.text()) != edit.text():
            edit.setProperty("_dotted", True)
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            self._touched[id(edit)] = edit

    def _cover(self, edit: QPlainTextEdit | QTextEdit) -> None:
        if edit.toPlainText() and not any(
            isValid(one) and one.parentWidget() is edit.viewport() for one in self._sheets
        ):
            self._sheets.append(Sheet(self._theme, edit.viewport()))

    def _menu(self, menu: QMenu) -> None:
        for action in menu.actions():
            shown = self._say(action.text())
            if shown != action.text():
                action.setProperty("_whole", action.text())
                action.setProperty("_masked", shown)
                action.setText(shown)
                self._touched[id(menu)] = menu

    def _items(self, view: QListWidget | QTableWidget) -> None:
        blocked = view.blockSignals(True)
        for item in _items_of(view):
            shown = self._say(item.text())
            if shown != item.text():
                item.setData(ITEM, item.text())
                item.setText(shown)
                self._touched[id(view)] = view
            if item.toolTip():
                item.setToolTip(as_text(self._say(item.toolTip())))
        view.blockSignals(blocked)


_HANDS = frozenset(
    {
        QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick, QEvent.Type.Shortcut, QEvent.Type.MouseButtonRelease,
        QEvent.Type.TouchBegin,
    }
)  # fmt: skip


def _items_of(view: QListWidget | QTableWidget) -> list[QListWidgetItem] | list[QTableWidgetItem]:
    if isinstance(view, QListWidget):
        return [view.item(row) for row in range(view.count())]
    found = []
    for row in range(view.rowCount()):
        for column in range(view.columnCount()):
            item = view.item(row, column)
            if item is not None:
                found.append(item)
    return found
