"""The look of the booking dialog: its fields and where they stand. What they do is in
``dialog``."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import NOTES_LIMIT, REASON_LIMIT
from clinic_desk.ui.booking.day_strip import DayStrip
from clinic_desk.ui.booking.repeat_part import RepeatPart
from clinic_desk.ui.booking.who import WhoField
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.openings import OpeningRows
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import OpeningDelegate
from clinic_desk.ui.models.wait_fields import WaitFields
from clinic_desk.ui.widgets.forms.bits import (
    BADGE,
    Chip,
    ElidedInk,
    HintButton,
    InkLabel,
    KeyHints,
    LengthStepper,
    Rule,
    field_label,
    leading_icon,
    push,
)
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.forms.own_reminder import OwnReminder
from clinic_desk.ui.widgets.forms.yielding import YieldingText

SIZE = QSize(720, 520)
LABEL_WIDTH = 56
STRIP_WIDTH = 176
TEXTS_HEIGHT = 96
HINTS = (("↑ ↓", "other opening"), ("Alt+letter", "field"), ("Esc", "keep draft 10 min"))
WAIT_HINTS = (("Alt+letter", "field"), ("Esc", "back to booking"))


class LimitedText(YieldingText):
    """A few lines with an upper limit; Tab goes on. ``remaining`` is what may still be typed."""

    def __init__(self, limit: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.limit = limit
        self.setTabChangesFocus(True)
        self.setAccessibleName(f"{name}, at most {limit} characters")
        self.setPlaceholderText(name)

    @property
    def text(self) -> str:
        return self.toPlainText()

    @property
    def over(self) -> int:
        """How many characters are too many; nothing typed is cut off."""
        return max(0, len(self.text) - self.limit)


class BookingForm(CardDialog):
    """Who, What, When, Where, notes; the sentence to read out, Cancel and Book."""

    def __init__(
        self, theme: Theme, source: RosterSource, searcher: PatientSearcher, parent: QWidget | None
    ) -> None:
        super().__init__(theme, "New booking", parent)
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self.who = WhoField(theme, source, searcher, self)
        self.type_box = QComboBox(self)
        self.type_box.setAccessibleName("Kind of visit")
        self.length = LengthStepper(theme, self)
        self.when = QLineEdit(self)
        self.when.setPlaceholderText("tue pm · after 4 · in 2w · 10:15")
        self.when.setAccessibleName("When, for example tue pm, after 4, in 2w, 10:15")
        self.when.setClearButtonEnabled(True)
        leading_icon(self.when, theme, "clock")
        self.usual_chip = Chip(theme, "Usual doctor", self)
        self.any_chip = Chip(theme, "Any doctor", self)
        self.mornings_chip = Chip(theme, "Mornings", self)
        self.more_chip = Chip(theme, "More", self, checkable=False)
        self.more_chip.setToolTip("Find an opening on the full page (Ctrl+J)")
        self.more_chip.setAccessibleName("More openings on the finder page")
        self.rows = OpeningRows(source, self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.delegate = OpeningDelegate(theme, source, self.list, wide=False)
        self.list.setItemDelegate(self.delegate)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Openings, best first")
        self.list_note = InkLabel(theme, "", ink="text2", wrap=True, parent=self.list.viewport())
        self.list_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        around = QVBoxLayout(self.list.viewport())
        around.setContentsMargins(12, 0, 12, 0)
        around.addWidget(self.list_note)
        self.strip_title = InkLabel(theme, "", role="grid", bold=True)
        self.strip_doctor = InkLabel(theme, "", role="caption", ink="text2")
        self.strip = DayStrip(theme, self, detailed=False)
        self.doctor_box, self.room_box = QComboBox(self), QComboBox(self)
        self.doctor_box.setIconSize(BADGE)
        self.doctor_box.setAccessibleName("Doctor")
        self.room_box.setAccessibleName("Room")
        self.fold = QToolButton(self)
        self.fold.setText("&Reason, notes, reminder")
        self.fold_summary = InkLabel(theme, "no note", role="grid", ink="text2")
        self.repeat_fold = QToolButton(self)
        self.repeat_fold.setText("Re&peat")
        self.repeat_fold.setToolTip("Repeat this visit (Alt+P), or type “every 2 weeks x6” in When")
        for fold in (self.fold, self.repeat_fold):
            fold.setCheckable(True)
            fold.setAutoRaise(True)
            fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.repeat_summary = ElidedInk(theme, "once", role="grid", ink="text2")
        self.repeat_part = RepeatPart(theme, searcher.today, self)
        self.walk_in = QCheckBox("Wal&k-in: starts now, checked in", self)
        self.reason = LimitedText(REASON_LIMIT, "Reason for the visit", self)
        self.notes = LimitedText(NOTES_LIMIT, "Notes for the doctor and the desk", self)
        self.remind = OwnReminder(self)
        self.sentence = InkLabel(theme, "", bold=True, wrap=True, parent=self)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hints = KeyHints(theme, HINTS, self)
        self.wait_row = QWidget(self)
        self.wait_fields = WaitFields(theme, searcher.today, self.wait_row)
        self.wait_button = push("&Waiting list", self)
        self.wait_button.setToolTip("Nothing suits: onto the waiting list (Alt+W)")
        self.wait_save = HintButton(theme, "Save to the list", "Enter", self)
        self.wait_save.hide()
        self.cancel_button = push("Cancel", self)
        self.cancel_button.setMinimumWidth(68)
        self.book_button = HintButton(theme, "Book", "Enter", self)
        self.book_button.setMinimumWidth(112)
        self.book_button.setToolTip("Book (Enter, or Ctrl+Enter from any field)")
        self._regrow = QTimer(self, singleShot=True, interval=0)
        self._regrow.timeout.connect(self._grow)
        self._lay_out()
        self._order_focus()
        self.message.installEventFilter(self)
        self.restyle()

    def _lay_out(self) -> None:
        self.body.setContentsMargins(16, 12, 16, 8)
        self.body.setSpacing(6)
        self.body.addWidget(self.message)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        labels = (
            ("Wh&o", self.who),
            ("Wh&at", self.type_box),
            ("Whe&n", self.when),
            ("Wh&ere", self.doctor_box),
        )
        what, when, where = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        what.addWidget(self.type_box, 1)
        what.addWidget(self.length)
        when.addWidget(self.when, 1)
        for chip in (self.usual_chip, self.any_chip, self.mornings_chip, self.more_chip):
            when.addWidget(chip)
        where.addWidget(self.doctor_box, 1)
        where.addWidget(self.room_box, 1)
        for row in (what, when, where):
            row.setSpacing(8)
        for number, (text, buddy) in zip((0, 1, 2, 4), labels, strict=True):
            grid.addWidget(field_label(text, buddy, self.theme, self), number, 0)
        grid.addWidget(self.who, 0, 1)
        grid.addLayout(what, 1, 1)
        grid.addLayout(when, 2, 1)
        grid.addLayout(self._openings(), 3, 1)
        grid.addLayout(where, 4, 1)
        grid.setRowStretch(3, 1)
        self.body.addLayout(grid, 1)
        fold_row = QHBoxLayout()
        fold_row.setSpacing(8)
        fold_row.addWidget(self.fold)
        fold_row.addWidget(self.fold_summary)
        fold_row.addSpacing(8)
        fold_row.addWidget(self.repeat_fold)
        fold_row.addWidget(self.repeat_summary, 1)
        fold_row.addWidget(self.walk_in)
        self.body.addLayout(fold_row)
        self.texts = QWidget(self)
        texts = QHBoxLayout()
        texts.setSpacing(8)
        texts.addWidget(self.reason)
        texts.addWidget(self.notes)
        folded = QVBoxLayout(self.texts)
        folded.setContentsMargins(0, 0, 0, 0)
        folded.setSpacing(6)
        folded.addLayout(texts, 1)
        folded.addWidget(self.remind)
        self.texts.hide()
        self.body.addWidget(self.texts)
        self.repeat_part.hide()
        self.body.addWidget(self.repeat_part)
        waiting = QVBoxLayout(self.wait_row)
        waiting.setContentsMargins(0, 4, 0, 0)
        waiting.setSpacing(4)
        waiting.addWidget(Rule(self.theme, self.wait_row))
        waiting.addWidget(self.wait_fields)
        self.wait_row.hide()
        self.body.addWidget(self.wait_row)
        spoken = QVBoxLayout()
        spoken.setSpacing(4)
        spoken.addWidget(self.sentence)
        spoken.addWidget(self.hints)
        self.footer_row.addLayout(spoken, 1)
        self.footer_row.addWidget(self.wait_button)
        self.footer_row.addWidget(self.cancel_button)
        self.footer_row.addWidget(self.book_button)
        self.footer_row.addWidget(self.wait_save)

    def _openings(self) -> QHBoxLayout:
        frame = self.strip_frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        head = QHBoxLayout()
        head.setContentsMargins(8, 5, 8, 3)
        head.addWidget(self.strip_title, 1)
        head.addWidget(self.strip_doctor)
        column = QVBoxLayout(frame)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.strip, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list, 1)
        row.addWidget(frame)
        return row

    def _order_focus(self) -> None:
        chain: list[QWidget] = [
            self.who.edit, self.who.line, self.who.new_row.last_name, self.who.new_row.first_name,
            self.who.new_row.phone, self.who.new_row.birth, self.type_box, self.length.box,
            self.when, self.usual_chip, self.any_chip, self.mornings_chip, self.more_chip,
            self.list, self.doctor_box, self.room_box, self.fold, self.repeat_fold,
            self.walk_in, self.reason, self.notes, self.remind.when, self.remind.way,
            *self.repeat_part.rule.chain(),
            self.repeat_part.list, self.repeat_part.solve, self.wait_fields.when,
            self.wait_fields.urgency, self.wait_fields.note,
            self.book_button, self.wait_save, self.wait_button, self.cancel_button,
        ]  # fmt: skip
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def note(self, text: str) -> None:
        """A sentence in the empty list (searching, nothing found)."""
        self.list_note.setText(text)
        self.list_note.setVisible(bool(text))

    def unfold(self, on: bool) -> None:
        """Reason, notes and reminder."""
        self.texts.setVisible(on)
        self._grow()

    def unfold_repeat(self, on: bool) -> None:
        """The rule and its dates."""
        self.repeat_part.setVisible(on)
        self._grow()

    def open_waiting(self, on: bool) -> None:
        """The line of the waiting list, whose Save then stands in the place of Book."""
        self.wait_row.setVisible(on)
        self.wait_button.setVisible(not on)
        self.book_button.setVisible(not on)
        self.wait_save.setVisible(on)
        self.hints.set_pairs(WAIT_HINTS if on else HINTS)
        self._grow()

    def _grow(self) -> None:
        """By what is unfolded, where the screen has room for it, so that as many openings stay in
        view."""
        more = 0 if self.texts.isHidden() else self.texts_height + self.body.spacing()
        if not self.message.isHidden():
            more += self._message_height() + self.body.spacing()
        if not self.wait_row.isHidden():
            more += self.wait_row.sizeHint().height() + self.body.spacing()
        screen, px = self.screen().availableGeometry(), self.theme.scale
        room = round((screen.height() - 16) / px) - SIZE.height()
        if not self.repeat_part.isHidden():
            high = self.repeat_part.height_in(room - round(more / px) - self.body.spacing())
            self.repeat_part.fit(high)
            more += self.theme.px(high) + self.body.spacing()
        self.keep_size(SIZE + QSize(0, max(0, min(round(more / px), room))))
        self.move(self.x(), max(0, min(self.y(), screen.bottom() + 1 - self.height())))
        self.restyle()

    def _message_height(self) -> int:
        margins, layout = self.body.contentsMargins(), self.message.layout()
        wide = self.width() - margins.left() - margins.right()
        high = layout.totalHeightForWidth(wide) if layout is not None else -1
        return high if high > 0 else self.message.sizeHint().height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What the message takes is added below, so that nothing is cut for it."""
        told = QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.LayoutRequest
        if watched is self.message and event.type() in told:
            self._regrow.start()
        return super().eventFilter(watched, event)

    @property
    def texts_height(self) -> int:
        return self.theme.px(TEXTS_HEIGHT)

    def restyle(self) -> None:
        if not hasattr(self, "strip_frame"):
            return
        self.texts.setFixedHeight(self.texts_height)
        self.strip_frame.setFixedWidth(self.theme.px(STRIP_WIDTH))
        self.who.setFixedHeight(self.theme.px(32))
        for fold in (self.fold, self.repeat_fold):
            arrow = "chevron-down" if fold.isChecked() else "chevron-right"
            fold.setIcon(self.theme.qicon(arrow))
