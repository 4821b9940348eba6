"""The look of the finder page: title line, criteria, results, the day, *why not*."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
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
    leading_icon,
    paint_badge,
    push,
)
from clinic_desk.ui.widgets.forms.message import InlineMessage

LIST_WIDTH = 560
PANEL_WIDTH = 320
STRIP_HEADER = 52


class StripHeader(QWidget):
    """Badge, name and load above each column of the day."""

    def __init__(self, theme: Theme, strip: DayStrip, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._strip = theme, strip
        self._columns: list[tuple[Doctor, Load]] = []
        self.setFixedHeight(STRIP_HEADER)

    def show_columns(self, columns: Sequence[tuple[Doctor, Load]]) -> None:
        self._columns = list(columns)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.canvas)
        painter.fillRect(0, self.height() - 1, self.width(), 1, tokens.grid_major)
        for index, (doctor, load) in enumerate(self._columns):
            column = self._strip.column(index)
            left, room = column.left() + 10, column.width() - 20
            paint_badge(painter, QRect(left, 8, 28, 18), theme, doctor)
            font = theme.font("body", bold=True)
            painter.setFont(font)
            painter.setPen(tokens.text)
            full = words.doctor_name(doctor)
            fits = QFontMetrics(font).horizontalAdvance(full) <= room - 36
            name = QFontMetrics(font).elidedText(
                full if fits else words.doctor_short(doctor), Qt.TextElideMode.ElideRight, room - 36
            )
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRect(left + 36, 6, room - 36, 22), middle, name)
            figures = f"{load.booked}/{load.capacity}"
            small = theme.font("caption")
            painter.setFont(small)
            painter.setPen(tokens.text2)
            width = QFontMetrics(small).horizontalAdvance(figures)
            painter.drawText(QRect(left + room - width, 28, width + 2, 16), middle, figures)
            share = load.booked / load.capacity if load.capacity else 0.0
            bar = QRect(left + room - width - 32, 34, 24, 4)
            paint.load_bar(painter, bar, theme, share, theme.doctor_colour(doctor.colour).stripe)
            if room - width > 100:
                text = QFontMetrics(small).elidedText(
                    doctor.specialty, Qt.TextElideMode.ElideRight, room - width - 40
                )
                painter.drawText(QRect(left, 28, room - width - 36, 16), middle, text)
            if index:
                painter.fillRect(column.left(), 0, 1, self.height(), tokens.grid_major)


class FinderForm(QWidget):
    """Widgets only; ``finder`` fills them and answers."""

    def __init__(self, context: Context, source: RosterSource, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.theme = theme = context.theme
        self.setAccessibleName("Find an opening")
        self.title = InkLabel(theme, "Find an opening", role="date", bold=True)
        self.subtitle = InkLabel(theme, "", ink="text2")
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.offer_button = push("Offer list", self)
        self.offer_button.setToolTip("Copy three openings as a sentence (Ctrl+C)")
        self.hold_button = push("Hold 3 min", self)
        self.hold_button.setToolTip("Keep this opening for the caller (H)")
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
        self.when.setFixedWidth(theme.px(210))
        for field in (self.type_box, self.when):
            field.setFixedHeight(theme.px(26))
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
        for button in (self.offer_button, self.hold_button, self.book_button, self.close_button):
            head.addWidget(button)
        chips = QWidget(self)
        flow = FlowLayout(chips)
        self.type_box.setMinimumWidth(self.theme.px(150))
        for chip in (
            self.type_box, self.when, self.doctors_chip, self.any_chip, self.length_chip,
            self.mornings_chip, self.afternoons_chip, self.weekdays_chip, self.place_chip,
            self.room_chip, self.together_chip, self.weeks_chip,
        ):  # fmt: skip
            flow.addWidget(chip)
        policy = chips.sizePolicy()
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        criteria = QHBoxLayout()
        criteria.setContentsMargins(16, 8, 16, 8)
        criteria.setSpacing(12)
        criteria.addWidget(chips, 1)
        criteria.addWidget(self.counted)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.list)
        splitter.addWidget(self._day_pane())
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 4)
        splitter.setStretchFactor(1, 4)
        splitter.setStretchFactor(2, 0)
        splitter.setSizes([LIST_WIDTH, 560, PANEL_WIDTH])
        self.panel.setMinimumWidth(self.theme.px(250))
        self.list.setMinimumWidth(self.theme.px(300))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule(self.theme, self))
        column.addLayout(criteria)
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

    def say(self, text: str) -> None:
        """In the empty list."""
        self.note.setText(text)
        self.note.setGeometry(self.list.viewport().rect().adjusted(24, 0, -24, 0))
        self.note.setVisible(bool(text))

    def restyle(self) -> None:
        self.close_button.setIcon(self.theme.qicon("close"))
        self.offer_button.setIcon(self.theme.qicon("copy"))
        self.hold_button.setIcon(self.theme.qicon("hourglass"))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1200, 760)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), self.theme.tokens.window)
