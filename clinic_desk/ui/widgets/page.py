"""What a page in the middle of the window is: a header of 56 px over its content.

The window builds a page on first use, shows it, and listens to its signals. Pages never know each
other: what lies outside a page is asked for by a signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.homed import Homed, in_turn
from clinic_desk.ui.widgets.message_bar import MessageBar
from clinic_desk.ui.widgets.reading import lean_to_start

if TYPE_CHECKING:
    from clinic_desk.domain.ids import Id
    from clinic_desk.ui.runtime.operations import Operations

HEADER = 56
WIDE_FROM = 1200
"""Pixels of the window at normal type from which a ``wide`` page has room beside the sidebar."""


class Page(Homed):
    """``toast_requested`` (sentence, can be undone); ``visit_requested`` and ``patient_requested``
    an id; ``page_requested`` a page's name and what to open it with; ``finder_requested`` a
    ``Wanted`` of ``ui.models.finding``, or the id of a visit that needs another place;
    ``show_day_requested`` a (date, doctor id or None) for the
    calendar; ``close_requested`` leads back to it. ``leave_allowed``: what ``leave`` kept the
    person from may be done now. Buttons of the header go into ``buttons``."""

    key_hints: Sequence[tuple[str, str]] = (("Esc", "Back to the calendar"),)
    """(key, what it does) for the status bar while the page is shown."""

    own_keys = ""
    """Characters that are the page's wherever the keyboard is in it, before the window's keys."""

    alone = False
    """Whether sidebar and shelf stand aside while the page is shown."""

    wide = False
    """Whether they do so where the window is narrow for the size of its type."""

    toast_requested = Signal(str, bool)
    visit_requested = Signal(str)
    patient_requested = Signal(str)
    page_requested = Signal(str, object)
    finder_requested = Signal(object)
    show_day_requested = Signal(object)
    close_requested = Signal()
    leave_allowed = Signal()

    _in_order = False

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = ElidedLabel()
        self.title.setText(title)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.title.setProperty("role", "date")
        self.subtitle = ElidedLabel()
        self.subtitle.setProperty("role", "muted")
        self.closer = QPushButton()
        self.closer.setProperty("kind", "ghost")
        theme.changed.connect(self._dress_closer)
        self._dress_closer()
        self.closer.setAccessibleName("Back to the calendar")
        self.closer.setToolTip("Back to the calendar (Esc)")
        self.closer.clicked.connect(self.close_requested)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(16, 0, 16, 0)
        self.header.setSpacing(12)
        self.header.addWidget(self.title)
        self.header.addWidget(self.subtitle, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.header.addLayout(self.buttons)
        self.header.addWidget(self.closer)
        band = QFrame()
        band.setObjectName("pageHeader")
        self._band = band
        theme.changed.connect(self._follow_type)
        self._follow_type()
        band.setLayout(self.header)
        self.message = MessageBar(theme)
        self.message.hide()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(band)
        column.addWidget(self.message)
        column.addLayout(self.body, 1)

    def _dress_closer(self) -> None:
        self.closer.setIcon(self.theme.qicon("close"))

    def _follow_type(self) -> None:
        self._band.setFixedHeight(self.theme.px(HEADER))

    def open(self, what: object = None) -> None:
        """The page is shown: read what it needs. ``what`` narrows it (an id, a section)."""

    def print_page(self) -> bool:
        """Ctrl+P while the page is shown: True when it prints something of its own."""
        return False

    def leave(self) -> bool:
        """About to be left: False keeps it open (unsaved work, which the page then says)."""
        return True

    def follow_rights(self) -> bool:
        """What the person may do was changed while the page is shown. False: it cannot follow by
        itself, and is built anew."""
        return False

    def wants_room(self) -> bool:
        """Whether sidebar and shelf stand aside for it in this window, at this size of type."""
        return self.alone or (self.wide and self.window().width() < self.theme.px(WIDE_FROM))

    def tell_listed(
        self, operations: Operations, name: str, patient_ids: Iterable[Id | None]
    ) -> None:
        """The audit trail is told whom a list of this page names, where it can be seen."""
        if self.isVisible():
            operations.looked_at_list(name, patient_ids)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        lean_to_start(self)
        if not self._in_order:
            self._in_order = True
            self._order_header()
        super().showEvent(event)

    def _order_header(self) -> None:
        """Tab takes the header as it is read, then the body. The closing button was there before
        all others, so what is put behind it comes before the body."""
        buttons = _in(self.buttons)
        if buttons:
            in_turn(self.closer, *buttons, self.closer)

    def event(self, event: QEvent) -> bool:
        own = isinstance(event, QKeyEvent) and event.text() and event.text() in self.own_keys
        if own and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)


def _in(layout: QLayout) -> list[QWidget]:
    """The widgets that Tab stops at, as they were laid out."""
    found: list[QWidget] = []
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            parts = [widget, *widget.findChildren(QWidget)]
            # the list of a box is a window of its own
            near = (one for one in parts if one.window() is widget.window())
            found += [one for one in near if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        elif inner is not None:
            found += _in(inner)
    return found


AT_ONCE = "Changes apply at once; Ctrl+Z takes them back."
SAVED = "Changes count when they are saved (Ctrl+S); Ctrl+Z takes a save back."


def bring_into_view(widget: QWidget) -> None:
    """In every scrolled area that it lies in."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


class Panel(Homed):
    """One section of the settings page: its own title is in the tree beside it.
    ``leave_allowed``: what ``leave`` kept the person from may be done now."""

    toast_requested = Signal(str, bool)
    page_requested = Signal(str, object)
    visit_requested = Signal(str)
    finder_requested = Signal(object)
    show_day_requested = Signal(object)
    leave_allowed = Signal()

    counts = AT_ONCE
    """When what is changed here counts, for the page's header."""

    _cursor: QWidget | None = None

    def open(self, what: object = None) -> None:
        """The panel is shown: read what it needs."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        lean_to_start(self)
        super().showEvent(event)

    def sought(self) -> Mapping[str, QWidget]:
        """The fields that the settings' search leads to, by the names it knows them under."""
        return {}

    @property
    def unsaved(self) -> bool:
        """Whether ``leave`` would ask."""
        return bool(getattr(self, "dirty", False))

    def show_field(self, name: str) -> None:
        """The field was found and not yet gone into: where it is shall be seen."""

    def focus_on(self, name: str) -> bool:
        """A field by the name under which the search knows it, brought into view; False when it
        is not on display or may not be used."""
        field = self.sought().get(name)
        if field is None or not field.isVisibleTo(self):
            return False
        bring_into_view(field)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return field.isEnabled()

    def note_cursor(self, asked: QWidget) -> None:
        """Where the keyboard works before a question is ``asked``; a question that is asked again
        changes nothing about it."""
        there = self.focusWidget()
        if there is None or there is asked or asked.isAncestorOf(there):
            return
        viewport = there.parentWidget()
        table = viewport.parentWidget() if viewport is not None else None
        # the field of a table's cell closes as soon as the keyboard leaves it
        self._cursor = table if isinstance(table, QAbstractItemView) else there

    def back_to_cursor(self) -> bool:
        """The keyboard to where it was; False when that is gone."""
        kept = self._cursor
        if kept is None or not isValid(kept) or not kept.isVisible() or not kept.isEnabled():
            return False
        kept.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def follow_rights(self) -> bool:
        """As ``Page.follow_rights``."""
        return False

    def leave(self) -> bool:
        """False keeps it open (unsaved work, which the panel then says)."""
        return True
