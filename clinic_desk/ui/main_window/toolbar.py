"""The 48 px toolbar: where am I, what do I see, find, new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window.bell import Bell
from clinic_desk.ui.main_window.choices import VIEW_WORDS, VIEWS, ZOOMS
from clinic_desk.ui.main_window.who import WhoButton
from clinic_desk.ui.patients.search import PatientSearch
from clinic_desk.ui.runtime.formatting import (
    long_day,
    month_text,
    range_text,
    short_day,
    week_text,
)
from clinic_desk.ui.runtime.page_table import PAGE_VIEWS
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.inline import Inline
from clinic_desk.ui.widgets.key_over import KeyOver
from clinic_desk.ui.widgets.worded import WordedCombo

WIDE = 1500
"""From this width on the toolbar spells dates out and shows keys on buttons."""

LEVELS = 8
"""Of how tight the toolbar can become; 0 is the widest."""


class DateButton(QPushButton):
    """The date on display with its week; opens the month."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._long = self._short = self._week = ""
        self._wide = self._tight = False
        self.setProperty("kind", "ghost")
        self.setToolTip("Go to a date (Ctrl+G)")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_text(self, long: str, short: str, week: str) -> None:
        self._long, self._short, self._week = long, short, week
        said = f", week {week.removeprefix('W')}" if week else ""
        self.setAccessibleName(f"Date: {long}{said}")
        self.updateGeometry()
        self.update()

    def set_wide(self, wide: bool) -> None:
        if wide != self._wide:
            self._wide = wide
            self.updateGeometry()

    def set_tight(self, tight: bool) -> None:
        """Leave the week out."""
        if tight != self._tight:
            self._tight = tight
            self.updateGeometry()

    @property
    def _week_shown(self) -> str:
        return "" if self._tight else self._week

    @property
    def shown(self) -> str:
        return self._long if self._wide else self._short

    def sizeHint(self) -> QSize:  # noqa: N802
        title = QFontMetrics(self._theme.font("title")).horizontalAdvance(self.shown)
        week = QFontMetrics(self._theme.font("caption")).horizontalAdvance(self._week_shown)
        return QSize(title + week + 8 + 10 + 20 + 18, self._theme.px(32))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        line = Inline(self, painter, 8)
        painter.setFont(self._theme.font("title"))
        painter.setPen(self._theme.tokens.text)
        line.text(self.shown)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.tokens.text3)
        line.text(self._week_shown, top=1)
        line.icon(self._theme.icon("chevron-down", 16))


class HintButton(QPushButton):
    """A primary button with its key in smaller type beside the word."""

    def __init__(self, theme: Theme, text: str, hint: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._hint = ""
        self._wide = False
        self.set_hint(hint)
        self.setAccessibleName(text)
        self.setProperty("kind", "primary")

    def set_hint(self, hint: str) -> None:
        """The key, as it is written; empty for none."""
        self._hint = hint
        self.setToolTip(f"{self.text()} ({hint})" if hint else self.text())
        self.updateGeometry()
        self.update()

    def set_wide(self, wide: bool) -> None:
        if wide != self._wide:
            self._wide = wide
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        text = QFontMetrics(self._theme.font("body", bold=True)).horizontalAdvance(self.text())
        hint = self._hint_width() if self._wide else 0
        return QSize(14 + 16 + 8 + text + hint + 14, self._theme.px(32))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        tokens, theme = self._theme.tokens, self._theme
        fill = tokens.accent
        if not self.isEnabled():
            fill = tokens.control_border
        elif self.isDown():
            fill = tokens.accent_pressed
        elif self.underMouse():
            fill = tokens.accent_hover
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self.rect(), 3, 3)
        if self.hasFocus():
            painter.setPen(QPen(tokens.canvas, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 2, 2)
            paint.focus_ring(painter, self.rect(), theme)
        hint = self._hint_width() if self._wide else 0
        painter.setFont(theme.font("body", bold=True))
        metrics = painter.fontMetrics()
        whole = 16 + 8 + metrics.horizontalAdvance(self.text()) + hint
        ink = tokens.on_accent
        line = Inline(self, painter, (self.width() - whole) // 2)
        line.icon(theme.icon("plus", 16, ink))
        painter.setPen(ink)
        line.text(self.text())
        if hint:
            painter.setFont(theme.font("caption"))
            line.text(self._hint, top=1)

    def _hint_width(self) -> int:
        if not self._hint:
            return 0
        return QFontMetrics(self._theme.font("caption")).horizontalAdvance(self._hint) + 8


class Segments(QFrame):
    """One of several, side by side. ``chosen`` carries the key."""

    chosen = Signal(str)

    def __init__(self, rows: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, text in rows:
            button = QPushButton(text, self)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            row.addWidget(button)
            self._buttons[key] = button

    def bar(self, key: str, why: str) -> None:
        """Disables one of them, with the reason as its tooltip; none: it is open."""
        button = self._buttons[key]
        button.setEnabled(not why)
        button.setToolTip(as_text(why))
        button.setAccessibleDescription(why)

    def mark(self, key: str) -> None:
        """An unknown key marks none: a page that is no view is on display."""
        self._group.setExclusive(key in self._buttons)
        for name, button in self._buttons.items():
            button.setChecked(name == key)


class Toolbar(QWidget):
    """Requests end in ``_requested``; the window answers them. Order of Tab is left to right."""

    step_requested = Signal(int)
    today_requested = Signal()
    month_requested = Signal(QPoint)
    view_requested = Signal(str)
    zoom_requested = Signal(int)
    new_requested = Signal()

    def __init__(self, theme: Theme, who: str, desk: str, search: PatientSearch) -> None:
        super().__init__()
        self._theme = theme
        self.menu_button = QToolButton(self)
        self.menu_button.setFixedSize(32, 32)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setToolTip("Menu (F10)")
        self.menu_button.setAccessibleName("Menu")
        self.back = self._arrow("Previous period (Alt+←)", -1)
        self.today = QPushButton("Today", self)
        self.today.setToolTip("Today (Ctrl+T)")
        self.today.clicked.connect(self.today_requested)
        self.forward = self._arrow("Next period (Alt+→)", 1)
        self.date = DateButton(theme, self)
        self.date.clicked.connect(
            lambda: self.month_requested.emit(
                self.date.mapToGlobal(QPoint(0, self.date.height() + 4))
            )
        )
        rows = [*((view, VIEW_WORDS[view]) for view in VIEWS), *PAGE_VIEWS]
        self.views = Segments(rows, self)
        self.views.chosen.connect(self.view_requested)
        self.view_box = WordedCombo(self)
        self.view_box.setPlaceholderText("View")  # on a page that is none of them
        self.view_box.setAccessibleName("View")
        self.view_box.setToolTip("View (Ctrl+1 to Ctrl+4)")
        for view, words in rows:
            self.view_box.addItem(words, view)
        self.view_box.activated.connect(
            lambda row: self.view_requested.emit(self.view_box.itemData(row))
        )
        self.zoom = WordedCombo(self)
        self.zoom.setAccessibleName("Zoom, minutes per slot")
        self.zoom.setToolTip("Zoom (Ctrl+= and Ctrl+−)")
        for minutes in ZOOMS:
            self.zoom.addItem(f"{minutes} min", minutes)
        self.zoom.activated.connect(lambda row: self.zoom_requested.emit(ZOOMS[row]))
        self.search = search
        self._search_key = KeyOver(theme, search.edit, "Ctrl+F")
        self.bell = Bell(theme, self)
        self.new = HintButton(theme, "New", "Ctrl+N", self)
        self.new.clicked.connect(self.new_requested)
        self.who = WhoButton(theme, who, desk, self)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 16, 4)
        row.setSpacing(4)
        row.addWidget(self.menu_button)
        row.addSpacing(4)
        for widget in (self.back, self.today, self.forward):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.date)
        row.addSpacing(8)
        row.addStretch(3)
        row.addWidget(self.views)
        row.addWidget(self.view_box)
        row.addSpacing(4)
        row.addWidget(self.zoom)
        row.addSpacing(8)
        row.addStretch(4)
        row.addWidget(self.search)
        row.addSpacing(4)
        row.addWidget(self.bell)
        row.addSpacing(4)
        row.addWidget(self.new)
        row.addSpacing(10)
        row.addWidget(self.who)
        theme.changed.connect(self._dress)
        self._dress()

    def set_menu(self, menu: QMenu) -> None:
        self.menu_button.setMenu(menu)

    def show_day(self, day: date, view: str, first_weekday: int = 0, weeks: str = "auto") -> None:
        """What the date button says of a view that shows ``day``; ``weeks`` is the rule of
        ``monthgrid.week_of``."""
        week = week_text(day, weeks, first_weekday)
        if view == "week":
            first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
            text = range_text(first, first + timedelta(days=6))
            self.date.show_text(text, text, week)
        elif view == "month":
            self.date.show_text(month_text(day), month_text(day), "")
        else:
            self.date.show_text(long_day(day), short_day(day), week)
        self._fit()

    def show_keys(self, shown: Mapping[str, str]) -> None:
        """The keys in force, as they are written, by the id of the action."""
        self.new.set_hint(shown["book.new"])
        self.bell.set_hint(shown["notices.open"])
        self._search_key.set_keys(shown["search.patient"])
        views = ", ".join(key for view in VIEWS if (key := shown[f"view.{view}"]))
        zooms = ", ".join(key for name in ("in", "out") if (key := shown[f"zoom.{name}"]))
        for widget, words, keys in (
            (self.menu_button, "Menu", shown["menu.open"]),
            (self.back, "Previous period", shown["go.previous"]),
            (self.today, "Today", shown["go.today"]),
            (self.forward, "Next period", shown["go.next"]),
            (self.date, "Go to a date", shown["go.date"]),
            (self.view_box, "View", views),
            (self.zoom, "Zoom", zooms),
            (self.search.edit, "Search patients", shown["search.patient"]),
        ):
            widget.setToolTip(f"{words} ({keys})" if keys else words)
        self._fit()

    def show_desk(self, desk: str) -> None:
        self.who.show_desk(desk)

    def show_view(self, view: str) -> None:
        self.views.mark(view)
        self.view_box.setCurrentIndex(self.view_box.findData(view))
        zoomable = view in ("day", "week")
        self.zoom.setEnabled(zoomable)

    def show_zoom(self, minutes: int) -> None:
        self.zoom.setCurrentIndex(ZOOMS.index(minutes))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """Everything that fits. What gives way, one after the other until the rest fits: long
        words, the person (the status bar names the desk), the week's number, the search's width,
        the four views side by side, the zoom and *Today* (the menu and keys have both)."""
        widest = 0 if self.width() >= self._theme.px(WIDE) else 1
        for level in range(widest, LEVELS):
            self._shrink(level)
            if self._row.minimumSize().width() <= self.width():
                return

    def _shrink(self, level: int) -> None:
        px, wide = self._theme.px, level == 0
        self.date.set_wide(wide)
        self.new.set_wide(wide)
        self.search.edit.setPlaceholderText("Name, phone or birth date" if wide else "Patient")
        self.search.setMaximumWidth(px(280 if wide else 176))
        self.who.fit(0 if level >= 2 else px(160 if wide else 72))
        self.date.set_tight(level >= 3)
        self.search.setMinimumWidth(px(100) if level >= 4 else px(176))
        self.views.setHidden(level >= 5)
        self.view_box.setHidden(level < 5)
        self.zoom.setHidden(level >= 6)
        self.today.setHidden(level >= 7)
        self._row.invalidate()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        line = QRect(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.tokens.grid_major)

    def _arrow(self, hint: str, step: int) -> QPushButton:
        button = QPushButton(self)
        button.setFixedWidth(32)
        button.setToolTip(hint)
        button.setAccessibleName(hint.partition(" (")[0])
        button.setProperty("square", "true")
        button.clicked.connect(lambda: self.step_requested.emit(step))
        return button

    def _dress(self) -> None:
        theme = self._theme
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        names = ("chevron-right", "chevron-left") if mirrored else ("chevron-left", "chevron-right")
        self.back.setIcon(theme.qicon(names[0]))
        self.forward.setIcon(theme.qicon(names[1]))
        self.menu_button.setIcon(theme.qicon("menu"))
        self.setFixedHeight(max(48, theme.px(32) + 16))
        self._fit()
        self.update()
