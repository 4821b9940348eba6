"""The middle of the window: calendar, finder, a page, or why there is nothing to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_desk.ui.booking.finder import FinderPage
    from clinic_desk.ui.widgets.page import Page

EDGE = 4
"""Pixels between the message and the edges of the page."""

_SETTLING = frozenset({QEvent.Type.Show, QEvent.Type.LayoutRequest})


class Centre(QWidget):
    """``page_changed`` carries "calendar", "finder", "empty" or the name of a page. ``page_built``
    carries a ``Page`` before it is first shown."""

    page_changed = Signal(str)
    finder_built = Signal(object)
    page_built = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.calendar = CalendarPage(context)
        self.message = MessageBar(context.theme, self)
        self.empty = EmptyState(context.theme)
        self._finder: FinderPage | None = None
        self._pages: dict[str, Page] = {}
        self._what: dict[str, object] = {}
        self._wish: Callable[[], object] | None = None
        self.given_up = False
        """Somebody has agreed that unsaved work goes with the window."""
        self._stack = QStackedWidget()
        self._stack.addWidget(self.calendar)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        # over the page, not above it: what is under the pointer must not move
        self.message.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place_message()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.message and event.type() in _SETTLING:
            self._place_message()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc that nobody on the page had a use for."""
        if event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
        else:
            super().keyPressEvent(event)

    def _place_message(self) -> None:
        """At the upper edge, as wide as the page, as high as its sentence needs."""
        bar = self.message
        width = self.width() - 2 * EDGE
        height = max(bar.minimumHeight(), bar.heightForWidth(width))
        place = QRect(EDGE, EDGE, width, height)
        if bar.geometry() != place:
            bar.setGeometry(place)
        bar.raise_()

    @property
    def page(self) -> str:
        shown = self._stack.currentWidget()
        if shown is self.calendar:
            return "calendar"
        if shown is self.empty:
            return "empty"
        return next((name for name, page in self._pages.items() if page is shown), "finder")

    @property
    def shown_page(self) -> Page | None:
        """The page on display; None for calendar, finder and the empty state."""
        return self._pages.get(self.page)

    def page_named(self, name: str) -> Page:
        """Built when first asked for. Raises ``KeyError`` for a name that no page has."""
        if name not in self._pages:
            page: Page = page_table.load(page_table.PAGES[name])(self._context)
            self._pages[name] = page
            self._stack.addWidget(page)
            page.leave_allowed.connect(self._go_on)
            self.page_built.emit(page)
        return self._pages[name]

    @property
    def finder(self) -> FinderPage:
        if self._finder is None:
            from clinic_desk.ui.booking.finder import FinderPage

            self._finder = FinderPage(self._context)
            self._stack.addWidget(self._finder)
            self.finder_built.emit(self._finder)
        return self._finder

    # Each answers False when the page on display has unsaved work and stays; once that is saved or
    # dropped, it is done after all.

    def show_calendar(self) -> bool:
        return self._show(self.calendar)

    def show_finder(self) -> bool:
        return self._show(self.finder)

    def when_left(self, wish: Callable[[], object]) -> None:
        """After a False: what was wanted is more than another page."""
        self._wish = wish

    def show_page(self, name: str, what: object = None) -> bool:
        """``what`` narrows the page: an id, a section."""
        page = self.page_named(name)
        came = self._stack.currentWidget() is not page
        if not self._show(page):
            self._wish = lambda: self.show_page(name, what)
            return False
        given = QApplication.focusWidget()
        if came and given is not None and page.isAncestorOf(given):
            # a stack hands the keyboard to whatever of the new page comes first, its closing button
            # perhaps; taken away again, it shows whether the page itself knows where to begin
            given.clearFocus()
        self._what[name] = what
        page.open(what)
        focus = QApplication.focusWidget()
        if focus is None or not page.isAncestorOf(focus):
            self.focus_page()
        return True

    def show_empty(self, title: str, text: str, action: str) -> None:
        self.empty.explain("users", title, text, action)
        self._show(self.empty)

    def may_leave(self) -> bool:
        """Asks the page on display, which says itself why not."""
        page = self.shown_page
        self._wish = None
        return page is None or self.given_up or page.leave()

    def _go_on(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            wish()

    def renew(self, *, leave_at_once: bool) -> None:
        """What a person may do has changed, and pages look at it when they are built: each is built
        anew when it is next asked for. The one on display at once, unless it has unsaved work: then
        it says so and is built anew when that is saved or dropped. ``leave_at_once``: it is not
        theirs any more, and gives way to the calendar. What is under way for one that was retired
        still finds it: it goes when nothing is."""
        shown = self.page
        for name in [name for name in self._pages if name != shown]:
            self._retire(name)
        if self._finder is not None and shown != "finder":
            self._give_up(self._finder)
            self._finder = None
        if leave_at_once:
            if self._finder is not None:
                self._finder.stop()
                self._finder.hold.release()
            self._wish = None
            self.message.clear()
            self._stack.setCurrentWidget(self.calendar)
            self.page_changed.emit(self.page)
            self.renew(leave_at_once=False)
        elif shown in self._pages and not self._pages[shown].follow_rights():
            if self.may_leave():
                self._build_again(shown)
            else:
                self._wish = lambda: self._build_again(shown)

    def _build_again(self, name: str) -> None:
        self._retire(name)
        self.show_page(name, self._what.get(name))

    def _retire(self, name: str) -> None:
        page = self._pages.pop(name)
        page.leave_allowed.disconnect(self._go_on)
        self._give_up(page)

    def _give_up(self, page: QWidget) -> None:
        self._stack.removeWidget(page)
        page.hide()
        self._context.operations.when_quiet(lambda: _let_go(page))

    def focus_page(self) -> None:
        shown = self._stack.currentWidget()
        if self.page == "calendar" or shown is None:
            self.calendar.focus_grid()
            return
        first = shown.focusProxy() or shown
        if not _takes_tab(first):
            stops = [child for child in shown.findChildren(QWidget) if _takes_tab(child)]
            first = stops[0] if stops else shown
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, page: QWidget) -> bool:
        if self._stack.currentWidget() is page:
            return True
        if not self.may_leave():
            self._wish = lambda: self._show(page)
            return False
        if self._finder is not None and self.page == "finder":
            self._finder.stop()
            self._finder.hold.release()
        self.message.clear()
        self._stack.setCurrentWidget(page)
        self.page_changed.emit(self.page)
        return True


def _takes_tab(widget: QWidget) -> bool:
    wanted = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return wanted and widget.isVisible() and widget.isEnabled()


def _let_go(page: QWidget) -> None:
    """It goes with the next turn of the event loop; a pause of its own that ended before would have
    it ask something whose answer finds nobody."""
    for timer in page.findChildren(QTimer):
        timer.stop()
    page.deleteLater()
