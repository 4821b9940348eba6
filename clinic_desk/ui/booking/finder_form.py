"""The look of the finder page: title line, criteria, results, the day, *why not*."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Load
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.ui.booking.day_strip import DayStrip
from clinic_desk.ui.booking.kept_bar import KeptBar
from clinic_desk.ui.booking.why_not import WhyNotPanel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.grouped_openings import GroupedDelegate, GroupedOpenings
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import (
    Chip,
    HintButton,
    InkLabel,
    Rule,
    badge_rect,
    leading_icon,
    paint_badge,
    push,
)
from clinic_desk.ui.widgets.forms.message import InlineMessage

LIST_WIDTH, PANEL_WIDTH = 580, 320
LEAST_LIST, LEAST_DAY, LEAST_PANEL = 330, 190, 260
STRIP_HEADER = 52
CONTROL = 32


class StripHeader(QWidget):
    """Badge, name and load above each column of the day."""

    def __init__(self, theme: Theme, strip: DayStrip, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._strip = theme, strip
        self._columns: list[tuple[Doctor, Load]] = []
        theme.changed.connect(self._grow)
        self._grow()

    def _grow(self) -> None:
        self.setFixedHeight(self._theme.px(STRIP_HEADER))
        self.update()

    def show_columns(self, columns: Sequence[tuple[Doctor, Load]]) -> None:
        self._columns = list(columns)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.canvas)
        painter.fillRect(0, self.height() - 1, self.width(), 1, tokens.grid_major)
        for index, (doctor, load) in enumerate(self._columns):
            column = self._strip.column(index)
            left, room = column.left() + 8, column.width() - 14
            badge = badge_rect(theme, left, px(17))
            paint_badge(painter, badge, theme, doctor)
            beside = badge.width() + 6
            font = theme.font("body", bold=True)
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(tokens.text)
            forms = (words.doctor_name(doctor), words.doctor_short(doctor))
            fits = [form for form in forms if metrics.horizontalAdvance(form) <= room - beside]
            where = QRect(left + beside, px(6), room - beside, px(22))
            paint.elided(painter, where, fits[0] if fits else forms[1])
            figures = f"{load.booked}/{load.capacity}"
            small = theme.font("caption")
            painter.setFont(small)
            painter.setPen(tokens.text2)
            width = QFontMetrics(small).horizontalAdvance(figures)
            line = QRect(left, px(28), room, px(16))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(line, right, figures)
            share = load.booked / load.capacity if load.capacity else 0.0
            bar = QRect(line.right() - width - px(30), line.center().y() - 1, px(24), 4)
            paint.load_bar(painter, bar, theme, share, theme.doctor_colour(doctor.colour).stripe)
            if bar.left() - left > px(40):
                paint.elided(painter, line.adjusted(0, 0, -width - px(36), 0), doctor.specialty)
            if index:
                painter.fillRect(column.left(), 0, 1, self.height(), tokens.grid_major)


class FinderForm(QWidget):
    """Widgets only; ``finder`` fills them and answers."""

    def __init__(self, context: Context, source: RosterSource, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.theme = theme = context.theme
        self.asking = self._own_sizes = False
        self.setAccessibleName("Find an opening")
        self.title = InkLabel(theme, "Find an opening", role="date", bold=True)
        self.subtitle = InkLabel(theme, "", ink="text2")
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.offer_button = push(" Offer list", self)
        self.offer_button.setToolTip("Copy three openings as a sentence (Ctrl+C)")
        self.wait_button = push("&Waiting list", self)
        self.wait_button.setToolTip("Nothing suits: onto the waiting list (Alt+W)")
        self.hold_button = push(" Keep", self)
        self.hold_button.setToolTip("Keep this opening for the caller and go on looking (H)")
        self.book_button = HintButton(theme, "Book", "Enter", self)
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName("Close the finder")
        self.close_button.setToolTip("Close (Esc)")
        self.message = InlineMessage(theme, self)
        self.type_box = QComboBox(self)
        self.type_box.setAccessibleName("Kind of visit")
        self.when = QLineEdit(self)
        self.when.setPlaceholderText("after 4 · in 2w · tue pm")
        self.when.setAccessibleName("When, for example after 4, in 2w, tue pm")
        self.when.setClearButtonEnabled(True)
        leading_icon(self.when, theme, "clock")
        self.kept_bar = KeptBar(theme, self)
        self.doctors_chip = Chip(theme, "Doctors", self, key="D", arrow=True, checkable=False)
        self.any_chip = Chip(theme, "Any doctor", self, key="A")
        self.length_chip = Chip(theme, "30 min", self, key="L", arrow=True, checkable=False)
        self.mornings_chip = Chip(theme, "Mornings", self, key="M")
        self.afternoons_chip = Chip(theme, "Afternoons", self, key="N")
        self.weekdays_chip = Chip(theme, "Weekdays", self, key="W")
        self.place_chip = Chip(theme, "Any place", self, key="P", arrow=True, checkable=False)
        self.room_chip = Chip(theme, "Any room", self, key="R", arrow=True, checkable=False)
        self.together_chip = Chip(theme, "All of them at once", self, key="T")
        self.weeks_chip = Chip(theme, "Next 4 weeks", self, key="X", arrow=True, checkable=False)
        self.counted = InkLabel(theme, "", role="grid", ink="text2")
        self.rows = GroupedOpenings(source, self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.delegate = GroupedDelegate(theme, source, self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Openings by day")
        self.note = InkLabel(theme, "", ink="text2", wrap=True, parent=self.list.viewport())
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.day_title = InkLabel(theme, "", role="title", bold=True)
        self.strip = DayStrip(theme, self, detailed=True)
        self.strip_header = StripHeader(theme, self.strip, self)
        self.panel = WhyNotPanel(context, source, self)
        self._lay_out()
        theme.changed.connect(self.restyle)
        self.restyle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 10)
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.subtitle, 1)
        for button in (
            self.wait_button, self.offer_button, self.hold_button, self.book_button,
            self.close_button,
        ):  # fmt: skip
            head.addWidget(button)
        chips = QWidget(self)
        flow = FlowLayout(chips)
        self.chips = (
            self.doctors_chip, self.any_chip, self.together_chip, self.length_chip,
            self.mornings_chip, self.afternoons_chip, self.weekdays_chip, self.place_chip,
            self.room_chip, self.weeks_chip,
        )  # fmt: skip
        for chip in (self.type_box, self.when, *self.chips, self.counted):
            flow.addWidget(chip)
        policy = chips.sizePolicy()
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        criteria = QHBoxLayout()
        criteria.setContentsMargins(16, 8, 16, 8)
        criteria.setSpacing(12)
        criteria.addWidget(chips, 1)
        splitter = self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.list)
        self.day_pane = self._day_pane()
        splitter.addWidget(self.day_pane)
        splitter.addWidget(self.panel)
        splitter.splitterMoved.connect(self._on_splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule(self.theme, self))
        column.addLayout(criteria)
        column.addWidget(self.kept_bar)
        message = QHBoxLayout()
        message.setContentsMargins(16, 0, 16, 0)
        message.addWidget(self.message)
        column.addLayout(message)
        column.addWidget(Rule(self.theme, self))
        column.addWidget(splitter, 1)

    def _day_pane(self) -> QWidget:
        pane = QWidget(self)
        self.day_scroll = QScrollArea(pane)
        self.day_scroll.setWidgetResizable(True)
        self.day_scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.day_scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.day_scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.day_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.day_scroll.setWidget(self.strip)
        title = QHBoxLayout()
        title.setContentsMargins(16, 8, 16, 8)
        title.addWidget(self.day_title)
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, self.day_scroll.verticalScrollBar().sizeHint().width(), 0)
        header.addWidget(self.strip_header)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(title)
        column.addLayout(header)
        column.addWidget(self.day_scroll, 1)
        return pane

    # Sizes

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.arrange()

    def _on_splitter(self) -> None:
        self._own_sizes = True

    def arrange(self) -> None:
        """Share the width among the three panes, until somebody drags their borders. Where there
        is no room for all, *why not* takes the place of the day while it is asked."""
        px, width = self.theme.px, self.width()
        crowded = width < px(LEAST_LIST + LEAST_DAY + LEAST_PANEL)
        self.panel.setVisible(not crowded or self.asking)
        self.day_pane.setVisible(not crowded or not self.asking)
        if self._own_sizes:
            return
        panel = px(LEAST_PANEL if width < px(1250) else PANEL_WIDTH)
        listed = min(px(LIST_WIDTH), max(px(LEAST_LIST), width * 2 // 5))
        if crowded:
            self.splitter.setSizes([listed, width - listed, width - listed])
        else:
            self.splitter.setSizes([listed, width - listed - panel, panel])

    def ask_why(self, on: bool) -> None:
        """*Why not* is being used, or no longer."""
        self.asking = on
        self.arrange()

    def say(self, text: str) -> None:
        """In the empty list."""
        self.note.setText(text)
        self.note.setGeometry(self.list.viewport().rect().adjusted(24, 0, -24, 0))
        self.note.setVisible(bool(text))

    def restyle(self) -> None:
        """Sizes that follow the type, icons that follow the theme."""
        px = self.theme.px
        for chip in self.chips:
            chip.setMinimumHeight(px(CONTROL))
        self.counted.setMinimumHeight(px(CONTROL))
        self.type_box.setFixedWidth(px(170))
        self.when.setFixedWidth(px(210))
        self.panel.setMinimumWidth(px(LEAST_PANEL))
        self.list.setMinimumWidth(px(LEAST_LIST))
        # less than its panes ask for together: one of them goes when room is short
        self.splitter.setMinimumWidth(px(LEAST_LIST + LEAST_DAY))
        self.arrange()
        self.close_button.setIcon(self.theme.qicon("close"))
        self.offer_button.setIcon(self.theme.qicon("copy"))
        self.hold_button.setIcon(self.theme.qicon("hourglass"))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1200, 760)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), self.theme.tokens.window)
