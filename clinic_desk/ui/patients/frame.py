"""How the patient's page is laid out; what happens on it is the page's own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.permissions import Permission
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.visits import VisitRows
from clinic_desk.ui.patients.finder import WIDTH, PatientFinder
from clinic_desk.ui.patients.head import HEIGHT, Head
from clinic_desk.ui.patients.key_list import KeyList
from clinic_desk.ui.patients.side import PatientSide
from clinic_desk.ui.patients.timeline import TimelineLine, TimelineRows
from clinic_desk.ui.patients.visit_line import VisitLine
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.alert import AlertBar
from clinic_desk.ui.widgets.forms.bits import leading_icon, push
from clinic_desk.ui.widgets.page import Page

SIDE = 340
WIDEST_SIDE = 0.42
"""Of the page, so that large letters leave room for the visits."""

VISIT_KEYS = {
    "Return": "open", "Enter": "open", "R": "find", "M": "move", "Del": "cancel", "A": "again",
}  # fmt: skip
PAGE_KEYS = {
    "B": "book", "E": "edit", "N": "edit_notes", "W": "wait", "G": "merge", "H": "history",
    "V": "visits", "I": "invoices", "/": "search", "Shift+F10": "menu", "Menu": "menu",
}  # fmt: skip
KEYS = frozenset(VISIT_KEYS) | frozenset(PAGE_KEYS)


class Upright(QWidget):
    """A hairline between two columns."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), self._theme.tokens.grid_major)


class PatientFrame(Page):
    """The widgets; the keys of its lists are in ``VISIT_KEYS`` and ``PAGE_KEYS``."""

    key_hints = (
        ("Enter", "Open"), ("R", "Reschedule"), ("Del", "Cancel"), ("A", "Again"), ("B", "Book"),
        ("E", "Edit"), ("G", "Merge"), ("H", "History"), ("Esc", "Back to the calendar"),
    )  # fmt: skip

    wide = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Patient", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.head = Head(theme, self)
        self.alert = AlertBar(theme, self)
        self.alert_box = QWidget(self)
        self.segments = QButtonGroup(self)
        self.visits_button, self.history_button = (
            self._segment(text) for text in ("&Visits", "&History")
        )
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search visits")
        self.search.setAccessibleName("Search this patient’s visits and history")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(100)
        leading_icon(self.search, theme, "search")
        self.rows = VisitRows(self.source, self)
        self.visits = KeyList(self.rows, "Visits, coming and earlier", KEYS, self)
        self.visit_line = VisitLine(theme, self.source, self.visits)
        self.visits.dress_rows(self.visit_line)
        self.timeline = TimelineRows(self)
        self.history = KeyList(self.timeline, "What happened, newest first", KEYS, self)
        self.history.dress_rows(TimelineLine(theme, self.history))
        self.no_visits = EmptyState(theme)
        self.side = PatientSide(theme, self.source, self)
        self.finder = PatientFinder(
            context, self.source, self, "Whose page? Type a name, a phone number or a birth date."
        )
        self.seen_button = push("", self)
        self.seen_button.setAccessibleName("Who has seen this?")
        self.seen_button.setToolTip("Who has seen this? (audit trail)")
        self.seen_button.setVisible(context.actor.may(Permission.SEE_AUDIT))
        self.merge_button = push("Mer&ge…", self)
        self.print_button = push("&Print…", self)
        self.edit_button = push("&Edit…", self)
        self.find_button = push("&Reschedule", self)
        self.book_button = push("&Book", self, "primary")
        self.open_button = push("&Open visit", self)
        self.move_button = push("&Move…", self)
        self.cancel_button = push("&Cancel…", self, "danger")
        self.again_button = push("Book &again", self)
        self._lay_out()

    def _segment(self, text: str) -> QPushButton:
        button = push(text, self, "segment")
        button.setCheckable(True)
        self.segments.addButton(button)
        return button

    def _lay_out(self) -> None:
        theme = self.theme
        theme.changed.connect(self._fit)
        self._fit()
        self.header.removeWidget(self.title)
        self.header.removeWidget(self.subtitle)
        self.header.insertWidget(0, self.head, 1)
        self.header.insertWidget(1, self.title)
        self.header.insertStretch(2, 0)
        self.subtitle.hide()
        self.head_buttons = (
            self.merge_button, self.print_button, self.edit_button, self.book_button,
        )  # fmt: skip
        for button in (self.seen_button, *self.head_buttons):
            self.buttons.addWidget(button)
        warned = QVBoxLayout(self.alert_box)
        warned.setContentsMargins(16, 8, 16, 0)
        warned.addWidget(self.alert)
        switch = QFrame()
        switch.setObjectName("segments")
        pair = QHBoxLayout(switch)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(0)
        for button in (self.visits_button, self.history_button):
            pair.addWidget(button)
        self.visits_button.setChecked(True)
        top = QHBoxLayout()
        top.setContentsMargins(16, 10, 12, 8)
        top.setSpacing(8)
        top.addWidget(switch)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        self.lists = QStackedWidget()
        for widget in (self.visits, self.history, self.no_visits):
            self.lists.addWidget(widget)
        strip = QWidget()
        below = FlowLayout(strip)
        for button in (self.open_button, self.find_button, self.move_button, self.again_button,
                       self.cancel_button):  # fmt: skip
            below.addWidget(button)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 12, 8)
        foot.addWidget(strip)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.lists, 1)
        column.addLayout(foot)
        record = QWidget()
        both = QHBoxLayout(record)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(left, 1)
        both.addWidget(Upright(theme, self))
        both.addWidget(self.side)
        asking = QWidget()
        middle = QHBoxLayout(asking)
        middle.addStretch(1)
        middle.addWidget(self.finder, 6)
        middle.addStretch(1)
        self.stack = QStackedWidget()
        self.record_view, self.asking_view = record, asking
        self.stack.addWidget(asking)
        self.stack.addWidget(record)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.alert_box)
        self.body.addWidget(self.stack, 1)

    def _fit(self) -> None:
        """What grows with the letters."""
        self.seen_button.setIcon(self.theme.qicon("eye"))
        band = self.findChild(QFrame, "pageHeader")
        assert isinstance(band, QFrame)
        band.setFixedHeight(self.theme.px(HEIGHT))
        self.search.setMaximumWidth(self.theme.px(240))
        self.finder.setMaximumWidth(self.theme.px(WIDTH))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        wanted = min(self.theme.px(SIDE), round(self.width() * WIDEST_SIDE))
        self.side.setFixedWidth(wanted)
        self.history.doItemsLayout()

    def on_search_key(self, watched: QObject, event: QEvent) -> Qt.Key | None:
        """Of a key press in the search field those that lead out of it."""
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return None
        if event.type() is not QEvent.Type.KeyPress:
            return None
        keys = (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return next((key for key in keys if event.key() == key), None)
