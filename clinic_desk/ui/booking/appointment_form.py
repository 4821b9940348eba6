"""The look of the appointment card: patient, facts, texts, history, what can be done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import NOTES_LIMIT, REASON_LIMIT
from clinic_desk.domain.catalogue import Doctor, Mode
from clinic_desk.ui.booking.form import LimitedText
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.history import Line
from clinic_desk.ui.widgets.badge import Badge
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.alert import AlertBar
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, Rule, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.forms.own_reminder import OwnReminder
from clinic_desk.ui.widgets.worded import LEAST, WordedCombo

SIZE = QSize(800, 640)
HISTORY_WIDTH = 280

STATUS_BUTTONS = (
    ("confirmed", "Confirm", "status-confirmed"),
    ("declined", "Decline", "status-cancelled"),
    ("arrived", "Arrived", "status-arrived"),
    ("in_progress", "In room", "status-in_progress"),
    ("completed", "Done", "status-completed"),
    ("no_show", "No-show", "status-no_show"),
)
FACTS = ("Time", "Place", "Doctor", "Booked", "Price", "Code")


class _Choice(WordedCombo):
    """Gives way where there is little room. The wheel scrolls the card, unless the list has the
    focus."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Text(LimitedText):
    """Takes what room is left, and two lines at least."""

    def sizeHint(self) -> QSize:  # noqa: N802
        lines = 2 * self.fontMetrics().lineSpacing()
        edge = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        return QSize(super().sizeHint().width(), lines + edge)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        card = self.window()
        if isinstance(card, AppointmentForm):  # Tab scrolls by itself, Alt and a letter do not
            card.scroller.ensureWidgetVisible(self)


class AppointmentForm(CardDialog):
    """Widgets only; ``appointment`` fills them and answers."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(theme, "Appointment", parent)
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self.alert = AlertBar(theme, self)
        self.name = ElidedInk(theme, "", role="title", bold=True, parent=self)
        self.about = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.patient_button = push("Patient card", self)
        self.status_icon = Label(self)
        self.status_text = InkLabel(theme, "", bold=True, parent=self)
        self.facts: dict[str, InkLabel] = {}
        self.badge = Badge(theme, parent=self)
        self.type_box, self.room_box = _Choice("Kind of visit", self), _Choice("Room", self)
        self.mode_box = _Choice("How they meet", self)
        for mode in Mode:
            self.mode_box.addItem(words.MODE_WORDS[mode], mode)
        # its few words are short, and are read whole; kind and room share what is left
        self.mode_box.setSizeAdjustPolicy(_Choice.SizeAdjustPolicy.AdjustToContents)
        self.mode_box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.mode_box.setMinimumWidth(0)
        self.reminder = OwnReminder(self)
        self.reason = _Text(REASON_LIMIT, "Reason for the visit", self)
        self.notes = _Text(NOTES_LIMIT, "Notes for the doctor and the desk", self)
        self.reason_count = InkLabel(theme, "", role="caption", ink="text2")
        self.notes_count = InkLabel(theme, "", role="caption", ink="text2")
        self.history = QListWidget(self)
        self.history.setWordWrap(True)
        self.history.setUniformItemSizes(False)
        self.history.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.history.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.history.setAccessibleName("History, newest first")
        self.status_buttons: dict[str, QPushButton] = {
            key: push(text, self) for key, text, _icon in STATUS_BUTTONS
        }
        self.back_button = push("Step back", self)
        self.reinstate_button = push("Reinstate…", self)
        self.cancel_visit_button = push("Cancel visit…", self, "danger")
        self.move_button = push("Move…", self)
        self.next_button = push("Next available", self)
        self.copy_button = push("Copy", self)
        self.shelf_button = push("Shelf", self)
        self.series_button = push("Series…", self)
        self.series_button.hide()
        self.save_button = push("Save", self, "primary")
        self.save_button.setToolTip("Save what was changed (Ctrl+S)")
        self.deeds_row = FlowLayout(spacing=8)
        """What can be done with the visit, at the foot of the card."""
        self.scroller = QScrollArea(self)
        """What the visit is: all of it where there is room, in large type what the screen holds."""
        self.money_row = QHBoxLayout()  # for what the visit costs, and who has paid
        self.messages_row = QHBoxLayout()  # for what the patient was told of it
        self.fields_part = QWidget(self)
        """Kind, room and texts: away while a payment is taken, what is typed in them stays."""
        self._lay_out()
        self._align()
        self.restyle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.about)
        head.addLayout(names, 1)
        head.addWidget(self.status_icon)
        head.addWidget(self.status_text)
        head.addWidget(self.patient_button)
        self.body.addWidget(self.message)
        self.body.addLayout(head)
        self.body.addWidget(self.alert)
        steps = FlowLayout(spacing=6)
        for button in self.status_buttons.values():
            steps.addWidget(button)
        steps.addWidget(self.back_button)
        steps.addWidget(self.reinstate_button)
        deeds = QHBoxLayout()
        deeds.setSpacing(6)
        deeds.addLayout(steps, 1)
        deeds.addWidget(self.cancel_visit_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(deeds)
        self.body.addWidget(Rule(self.theme, self))
        columns = QHBoxLayout()
        columns.setSpacing(16)
        inner = QWidget()
        inner.setLayout(self._fact_grid())
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setWidgetResizable(True)
        self.scroller.setWidget(inner)
        columns.addWidget(self.scroller, 1)
        columns.addLayout(self._history_column())
        self.body.addLayout(columns, 1)
        for button in (
            self.move_button, self.next_button, self.copy_button, self.shelf_button,
            self.series_button,
        ):  # fmt: skip
            self.deeds_row.addWidget(button)
        self.footer_row.addLayout(self.deeds_row, 1)
        self.footer_row.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignTop)

    def _fact_grid(self) -> QVBoxLayout:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(7)
        grid.setColumnMinimumWidth(0, 56)
        grid.setColumnStretch(1, 1)
        for number, title in enumerate(FACTS):
            grid.addWidget(InkLabel(self.theme, title, role="grid", ink="text2"), number, 0)
            label = InkLabel(self.theme, "", wrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.facts[title] = label
            if title == "Doctor":
                row = QHBoxLayout()
                row.setSpacing(8)
                row.addWidget(self.badge)
                row.addWidget(label, 1)
                grid.addLayout(row, number, 1)
            else:
                grid.addWidget(label, number, 1)
        invoice = InkLabel(self.theme, "Invoice", role="grid", ink="text2")
        grid.addWidget(invoice, len(FACTS), 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self.money_row, len(FACTS), 1)
        told = InkLabel(self.theme, "Told", role="grid", ink="text2")
        grid.addWidget(told, len(FACTS) + 1, 0)
        grid.addLayout(self.messages_row, len(FACTS) + 1, 1)
        boxes = QHBoxLayout()
        boxes.setSpacing(8)
        for box in (self.type_box, self.room_box, self.mode_box):
            boxes.addWidget(box)
        lower = QVBoxLayout(self.fields_part)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(6)
        lower.addLayout(boxes)
        lower.addWidget(self.reminder)
        for text, field, count in (
            ("&Reason", self.reason, self.reason_count),
            ("&Notes", self.notes, self.notes_count),
        ):
            title_row = QHBoxLayout()
            title_row.addWidget(field_label(text, field, self.theme, self))
            title_row.addStretch(1)
            title_row.addWidget(count)
            lower.addLayout(title_row)
            lower.addWidget(field, 1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(grid)
        column.addWidget(self.fields_part, 1)
        column.addStretch(0)
        return column

    def _history_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(InkLabel(self.theme, "History", role="grid", ink="text2"))
        column.addWidget(self.history, 1)
        return column

    def show_history(self, lines: list[Line]) -> None:
        self.history.clear()
        for line in lines:
            item = QListWidgetItem(f"{line.when}  {line.text}", self.history)
            item.setToolTip(as_text(line.text))
        if not lines:
            QListWidgetItem("Nothing is written about this visit yet.", self.history)

    def show_doctor(self, doctor: Doctor) -> None:
        self.badge.show_doctor(doctor.code, self.theme.doctor_colour(doctor.colour))
        self.facts["Doctor"].setText(
            f"{words.doctor_name(doctor)}{f' · {doctor.specialty}' if doctor.specialty else ''}"
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange and hasattr(self, "save_button"):
            self._align()

    def _align(self) -> None:
        """A label takes its side from its own letters: facts stay beside their titles."""
        flag = Qt.AlignmentFlag
        side = flag.AlignRight | flag.AlignAbsolute if self.isRightToLeft() else flag.AlignLeft
        for label in (self.about, *self.facts.values()):
            label.setAlignment(side | flag.AlignVCenter)

    def restyle(self) -> None:
        if not hasattr(self, "save_button"):
            return
        # on a small screen the facts keep the larger part
        self.history.setFixedWidth(min(self.theme.px(HISTORY_WIDTH), self.width() * 36 // 100))
        for number in range(len(FACTS)):
            self._grid.setRowMinimumHeight(number, self.theme.px(18))
        for key, _text, icon in STATUS_BUTTONS:
            self.status_buttons[key].setIcon(self.theme.qicon(icon))
        self.shelf_button.setIcon(self.theme.qicon("shelf"))
        self.copy_button.setIcon(self.theme.qicon("copy"))
