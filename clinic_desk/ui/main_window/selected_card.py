"""The chosen visit at the foot of the sidebar, with the things done to visits most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import FINAL, STATUS_WORDS, TRANSITIONS, SlotState, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import patterns
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.look.unseen import never_waits
from clinic_desk.ui.models.sites import both_spans
from clinic_desk.ui.runtime.allowed import keep_shut, say_why, shut_entries
from clinic_desk.ui.runtime.formatting import age_text, phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.badge import Badge
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.worded import WordedButton
from clinic_desk.ui.widgets.worded_menu import WordedMenu

STEP_WORDS: dict[Status, str] = {
    Status.SCHEDULED: "Accept",
    Status.CONFIRMED: "Confirm",
    Status.ARRIVED: "Arrived",
    Status.IN_PROGRESS: "In room",
    Status.COMPLETED: "Done",
    Status.NO_SHOW: "No-show",
    Status.DECLINED: "Decline",
}

STEPS: dict[Status, str] = {
    Status.SCHEDULED: "accept",
    Status.CONFIRMED: "confirmed",
    Status.ARRIVED: "arrived",
    Status.IN_PROGRESS: "in_room",
    Status.COMPLETED: "done",
    Status.NO_SHOW: "no_show",
}
"""What ``models.permitted`` calls the step to a status."""

NEXT: dict[Status, Status] = {
    Status.PENDING: Status.SCHEDULED,
    Status.SCHEDULED: Status.CONFIRMED,
    Status.CONFIRMED: Status.ARRIVED,
    Status.ARRIVED: Status.IN_PROGRESS,
    Status.IN_PROGRESS: Status.COMPLETED,
}
"""The step on the middle button: what usually comes next."""

_WAITS = frozenset({Status.ARRIVED, Status.IN_PROGRESS})


class SelectedCard(QWidget):
    """Asks, never does: ``action_requested`` carries one of "move", "shelf", "copy", "cancel",
    "open", "step_back", "seen", ``status_requested`` a ``Status``."""

    action_requested = Signal(str)
    status_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cell: Cell | None = None
        self._roster: Roster | None = None
        self._now: datetime | None = None
        self._compact = False
        self.why_not: Callable[[str, Cell], str] = lambda _action, _cell: ""
        """Why an action of ``models.permitted`` is not this person's; empty when it is."""
        self._build()
        self.hide()
        theme.changed.connect(self._dress)
        CURTAIN.changed.connect(self._dress)
        self._dress()

    @property
    def cell(self) -> Cell | None:
        return self._cell

    def show_cell(self, cell: Cell | None, roster: Roster | None, now: datetime) -> None:
        """None hides the card. ``now`` is UTC and only tells how long a patient waits."""
        self._cell, self._roster, self._now = cell, roster, now
        self._fill()

    def set_now(self, now: datetime) -> None:
        self._now = now
        self._fill()

    def set_compact(self, compact: bool) -> None:
        """Low windows leave doctor and phone out; an alert is never left out."""
        if compact != self._compact:
            self._compact = compact
            self._fill()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(tokens.grid_major)
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(rect, 6, 6)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setClipPath(path)
        stripe = QRect(0, 0, 4, self.height())
        direction = self.layoutDirection()
        painter.fillRect(QStyle.visualRect(direction, self.rect(), stripe), self._stripe())

    def _stripe(self) -> QColor:
        doctor = self._doctor()
        if doctor is None:
            return self._theme.tokens.control_border
        return self._theme.doctor_colour(doctor.colour).stripe

    def _doctor(self) -> Doctor | None:
        if self._cell is None or self._roster is None:
            return None
        return self._roster.doctors.get(self._cell.doctor_id)

    def _build(self) -> None:
        self._name = ElidedLabel(self)
        self._name.setProperty("role", "title")
        self._icon = Label(self)
        self._state = Label(self)
        self._state.setProperty("role", "caption")
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._name, 1)
        top.addWidget(self._icon)
        top.addWidget(self._state)
        self._facts = ElidedLabel(self)
        self._badge = Badge(self._theme, parent=self)
        self._place = ElidedLabel(self)
        place = QHBoxLayout()
        place.setSpacing(6)
        place.addWidget(self._badge)
        place.addWidget(self._place, 1)
        self._phone_icon, self._phone = Label(self), ElidedLabel(self)
        phone = QHBoxLayout()
        phone.setSpacing(8)
        phone.addWidget(self._phone_icon)
        phone.addWidget(self._phone, 1)
        self._alert_icon, self._alert = Label(self), ElidedLabel(self)
        alert = QHBoxLayout()
        alert.setSpacing(8)
        alert.addWidget(self._alert_icon)
        alert.addWidget(self._alert, 1)
        self._move = self._button("Move", "Pick it up and place it with one click (M)")
        self._move.clicked.connect(lambda: self.action_requested.emit("move"))
        self._step = self._button("", "")
        self._step.clicked.connect(self._do_step)
        self._shelf = self._button("Shelf", "Park it on the shelf (P)")
        self._shelf.clicked.connect(lambda: self.action_requested.emit("shelf"))
        self._more = self._button("", "More for this visit")
        self._more.setProperty("square", True)
        self._more.setAccessibleName("More for this visit")
        self._more.clicked.connect(self._menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self._move, self._step, self._shelf, self._more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 10, 10)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._facts)
        column.addLayout(place)
        column.addLayout(phone)
        column.addLayout(alert)
        column.addSpacing(4)
        column.addLayout(buttons)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = WordedButton(text, self)
        button.setProperty("density", "compact")
        button.setToolTip(as_text(hint))
        return button

    def _fill(self) -> None:
        cell = self._cell
        self.setVisible(cell is not None)
        if cell is None or self._now is None:
            return
        theme, tokens = self._theme, self._theme.tokens
        zone = self._zone(cell)
        today = self._now.date()
        held = cell.status is Status.HELD
        name = cell.listed_name or ("Held" if held else "No name")
        self._name.setText(name)
        self._icon.setPixmap(theme.icon(f"status-{_shape(cell.status)}", 14))
        self._state.setText(self._state_words(cell))
        age = age_text(cell.birth_date, today)
        home = self._roster.practice.zone if self._roster else zone
        over = "overbooked" if "overbooked" in cell.flags else ""
        facts = [both_spans(cell.start, cell.end, zone, home), cell.type_name, age, over]
        self._facts.setText(" · ".join(part for part in facts if part))
        doctor = self._doctor()
        room = self._roster.rooms.get(cell.room_id) if self._roster and cell.room_id else None
        place = [doctor.name if doctor else "", room.name if room else ""]
        self._place.setText(" · ".join(part for part in place if part))
        if doctor is not None and self._roster is not None:
            pattern = pattern_of(patterns(self._roster).get(doctor.id, "solid"))
            self._badge.show_doctor(doctor.code, theme.doctor_colour(doctor.colour, pattern))
        self._badge.setVisible(doctor is not None and not self._compact)
        self._place.setVisible(bool(self._place.text()) and not self._compact)
        self._phone.setText(phone_text(cell.phone))
        self._phone_icon.setPixmap(theme.icon("phone", 12, tokens.text2))
        for widget in (self._phone, self._phone_icon):
            widget.setVisible(bool(cell.phone) and not self._compact)
        self._alert.setText(CURTAIN.hidden(cell.alert))
        self._alert_icon.setPixmap(theme.icon("warn", 12, tokens.refuse))
        for widget in (self._alert, self._alert_icon):
            widget.setVisible(bool(cell.alert))
        _ink(self._alert, tokens.refuse)
        for label in (self._facts, self._place, self._phone):
            _ink(label, tokens.text2)
            label.setFont(theme.font("grid"))
        self._alert.setFont(theme.font("grid"))
        following = NEXT.get(cell.status)
        self._step.setVisible(following is not None)
        if following is not None:
            self._step.setText(STEP_WORDS[following])
            self._step.setToolTip(f"Mark as {STATUS_WORDS[following]}")
            say_why(self._step, self.why_not(STEPS[following], cell), self._step.toolTip())
        for button, action in ((self._move, "move"), (self._shelf, "park")):
            keep_shut(button, "")
            button.setEnabled(True)
            keep_shut(button, self.why_not(action, cell))
        movable = not held and cell.status not in FINAL
        self._move.setVisible(movable)
        self._shelf.setVisible(movable and "parked" not in cell.flags)
        self._more.setVisible(not held)
        self.setAccessibleName(f"Selected: {name}, {self._facts.text()}, {self._state.text()}")
        self.updateGeometry()
        self.update()

    def _dress(self) -> None:
        self._more.setIcon(self._theme.qicon("more"))
        self._more.setFixedWidth(self._theme.px(28))
        self._fill()

    def _zone(self, cell: Cell) -> str:
        if self._roster is None:
            return "UTC"
        place = self._roster.locations.get(cell.location_id)
        return place.zone if place else self._roster.practice.zone

    def _state_words(self, cell: Cell) -> str:
        words = STATUS_WORDS[cell.status].capitalize()
        if cell.slot_state is SlotState.CONTESTED:
            words = "To be placed"
        elif "parked" in cell.flags:
            words = "Parked"
        elif cell.status in _WAITS and cell.status_since and self._now:
            minutes = int((self._now - cell.status_since).total_seconds() // 60)
            words = f"{words} · {max(0, minutes)}′"
        return words

    def _do_step(self) -> None:
        if self._cell is not None and self._cell.status in NEXT:
            self.status_requested.emit(NEXT[self._cell.status])

    def _menu(self) -> None:
        cell = self._cell
        if cell is None:
            return
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open…\tEnter").triggered.connect(lambda: self.action_requested.emit("open"))
        for wanted in (
            Status.SCHEDULED,
            Status.CONFIRMED,
            Status.ARRIVED,
            Status.IN_PROGRESS,
            Status.COMPLETED,
            Status.NO_SHOW,
        ):
            if wanted in TRANSITIONS[cell.status] or (
                cell.status is Status.SCHEDULED and wanted in _WAITS
            ):
                action = menu.addAction(STEP_WORDS[wanted])
                action.setObjectName(STEPS[wanted])
                action.setIcon(self._theme.qicon(f"status-{wanted.value}"))
                action.triggered.connect(
                    lambda _on=False, to=wanted: self.status_requested.emit(to)
                )
        if cell.status in _WAITS or cell.status in FINAL or cell.status is Status.CONFIRMED:
            back = menu.addAction("One step back\tU")
            back.setObjectName("step_back")
            back.triggered.connect(lambda: self.action_requested.emit("step_back"))
        menu.addSeparator()
        menu.addAction("Copy\tCtrl+C").triggered.connect(lambda: self.action_requested.emit("copy"))
        if Status.CANCELLED in TRANSITIONS[cell.status]:
            cancel = menu.addAction("Cancel with reason…\tDel")
            cancel.setObjectName("cancel")
            cancel.triggered.connect(lambda: self.action_requested.emit("cancel"))
        menu.addSeparator()
        seen = menu.addAction("Who has seen this?")
        seen.triggered.connect(lambda: self.action_requested.emit("seen"))
        shut_entries(menu, lambda name: self.why_not(name, cell))
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))


def _shape(status: Status) -> str:
    """The icon's name: visits that came to nothing share one."""
    if status in (Status.DECLINED, Status.RELEASED):
        return Status.CANCELLED.value
    return status.value


def _ink(label: QLabel, colour: QColor) -> None:
    never_waits(label)
    palette = QPalette(label.palette())
    palette.setColor(QPalette.ColorRole.WindowText, colour)
    label.setPalette(palette)
