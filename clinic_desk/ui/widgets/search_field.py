"""A search line with its answers below it, in the same window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.entries import Entry, EntryDelegate, EntryModel

DEBOUNCE = 60


class SearchField(QLineEdit):
    """``asked`` carries the text, 60 ms after the last key; answer with ``show_entries``.

    Enter runs the marked entry, ↑ ↓ move the mark, Esc closes the list and then clears."""

    asked = Signal(str)

    def __init__(
        self, theme: Theme, placeholder: str, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hint = hint
        self._enter_waits = False
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.model = EntryModel(self)
        self._popup: QFrame | None = None
        self._list: QListView | None = None
        self._nothing: QLabel | None = None
        self._wait = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._wait.timeout.connect(lambda: self.asked.emit(self.text().strip()))
        self.textEdited.connect(self._typed)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def popup_open(self) -> bool:
        return self._popup is not None and self._popup.isVisible()

    def show_entries(self, entries: Sequence[Entry], nothing: str = "Nobody found.") -> None:
        if not self.text().strip() or not self.hasFocus():
            self.close_popup()
            return
        popup, view, empty = self._ensure_popup()
        self.model.show(entries)
        view.setVisible(bool(entries))
        empty.setVisible(not entries)
        empty.setText(nothing)
        if entries:
            view.setCurrentIndex(self.model.index(0))
        view.setFixedHeight(min(len(entries), 10) * self._theme.px(36) + 2)
        self._place(popup)
        popup.show()
        popup.raise_()
        count = len(entries)
        announce(self, nothing if not count else f"{count} found. {entries[0].title}")
        if self._enter_waits:
            self._enter_waits = False
            self._run(view.currentIndex().row())

    def close_popup(self) -> None:
        self._enter_waits = False
        if self._popup is not None:
            self._popup.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        view = self._list
        if key == Qt.Key.Key_Escape:
            if self.popup_open:
                self.close_popup()
            elif self.text():
                self.clear()
            else:
                event.ignore()
            return
        if self.popup_open and view is not None and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            count = self.model.rowCount()
            if count:
                row = (view.currentIndex().row() + (1 if key == Qt.Key.Key_Down else -1)) % count
                view.setCurrentIndex(self.model.index(row))
                entry = self.model.entry(row)
                announce(self, f"{entry.title} {entry.detail}" if entry else "")
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._wait.isActive() or (not self.popup_open and self.text().strip()):
                # Enter came before the answer: take the top match as soon as it is there
                self._enter_waits = True
                self._wait.stop()
                self.asked.emit(self.text().strip())
            elif self.popup_open and view is not None:
                self._run(view.currentIndex().row())
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.close_popup()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._hint and not self.text() and not self.hasFocus():
            width = paint.key_cap_width(self._theme, self._hint)
            rect = QRect(self.width() - width - 8, (self.height() - 18) // 2, width, 18)
            paint.key_cap(QPainter(self), rect, self._theme, self._hint)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if self._popup is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place(self._popup)
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._enter_waits = False
        if self.text().strip():
            self._wait.start()
        else:
            self._wait.stop()
            self.close_popup()

    def _run(self, row: int) -> None:
        entry = self.model.entry(row)
        if entry is not None:
            self.close_popup()
            self.clear()
            entry.run()

    def _ensure_popup(self) -> tuple[QFrame, QListView, QLabel]:
        if self._popup is None or self._list is None or self._nothing is None:
            popup = QFrame(self.window())
            popup.setObjectName("searchPopup")
            popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            view = QListView(popup)
            view.setModel(self.model)
            view.setItemDelegate(EntryDelegate(self._theme, view))
            view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            view.setStyleSheet("QListView { border: 0; } QListView::item { padding: 0; }")
            view.clicked.connect(lambda index: self._run(index.row()))
            empty = QLabel(popup)
            empty.setProperty("role", "muted")
            empty.setContentsMargins(12, 8, 12, 8)
            empty.setWordWrap(True)
            column = QVBoxLayout(popup)
            column.setContentsMargins(1, 4, 1, 4)
            column.setSpacing(0)
            column.addWidget(view)
            column.addWidget(empty)
            self.window().installEventFilter(self)
            self._popup, self._list, self._nothing = popup, view, empty
            self._dress()
        return self._popup, self._list, self._nothing

    def _place(self, popup: QFrame) -> None:
        window = self.window()
        wide = max(self.width(), min(440, window.width() - 32))
        corner = self.mapTo(window, QPoint(0, self.height() + 4))
        popup.setFixedWidth(wide)
        popup.adjustSize()
        popup.move(max(8, min(corner.x(), window.width() - wide - 8)), corner.y())

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self._glass.setIcon(self._theme.qicon("search", tokens.text2))
        if self._popup is not None:
            self._popup.setStyleSheet(
                f"#searchPopup {{ background: {tokens.canvas.name()}; border-radius: 6px;"
                f" border: 1px solid {tokens.grid_major.name()}; }}"
            )
        self.update()
