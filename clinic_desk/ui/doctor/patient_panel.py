"""Who is next, or who is in the room: the patient, the reason, the alert, and what was before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.doctor_view import ON_HAND, DoctorDesk
from clinic_desk.services.views import Cell, PatientView
from clinic_desk.ui.doctor.parts import Sheet, quiet
from clinic_desk.ui.doctor.telling import (
    Before,
    Limits,
    age_text,
    alert_said,
    before,
    name_of,
    room_name,
    state_of,
)
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.languages import language_words
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import clock_words, moment_words, span_words
from clinic_desk.ui.runtime.formatting import phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import ElidedInk, HintButton, InkLabel
from clinic_desk.ui.widgets.forms.covered import Covered

LINES = 4
"""Visits of the history."""


class HistoryLine(QWidget):
    """ "12 May   Follow-up, you   slept badly since" """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.when = InkLabel(theme, role="grid", ink="text2", parent=self)
        self.what = InkLabel(theme, role="grid", parent=self)
        self.note = ElidedInk(theme, role="grid", ink="text2", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.when)
        row.addWidget(self.what)
        row.addWidget(self.note, 1)

    def show_line(self, when: str, what: str, note: str, *, off: bool) -> None:
        self.when.setFixedWidth(self._theme.px(76))
        self.when.setText(when)
        self.what.setText(what)
        self.what.set_ink("text2" if off else "text")
        self.note.setText(note)


class PatientPanel(Sheet):
    """``acted`` carries what is asked for ("start", "done", "open", "patient") and the visit's
    id. ``cell`` is the visit on display; None: nobody."""

    acted = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.cell: Cell | None = None
        self._way = "start"
        self._most = LINES
        self._past: Before | None = None
        self.heading = InkLabel(theme, role="grid", ink="text2", parent=self)
        self.state_icon = Label(self)
        self.state = InkLabel(theme, role="grid", bold=True, parent=self)
        self.name = ElidedInk(theme, role="date", bold=True, parent=self)
        self.about = InkLabel(theme, role="grid", ink="text2", parent=self)
        self.when = ElidedInk(theme, role="body", parent=self)
        self.alert_icon = Label(self)
        self.alert = Covered(theme, role="body", ink="refuse", bold=True, wrap=True, parent=self)
        self.reason = Covered(theme, role="grid", wrap=True, parent=self)
        self.facts = [InkLabel(theme, role="grid", wrap=True, parent=self) for _ in range(2)]
        self.lines = [HistoryLine(theme, self) for _ in range(LINES)]
        self.more = InkLabel(theme, role="caption", ink="text2", parent=self)
        self.go = HintButton(theme, "Call in", "R", self)
        self.go.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.card_button = quiet("Patient &card", self, "Everything about the patient (O)")
        self.visit_button = quiet("Open &visit", self, "The visit with its notes (Enter)")
        self.then = ElidedInk(theme, role="caption", ink="text2", parent=self)
        self.then.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out(theme)
        self.go.clicked.connect(lambda: self._act(self._way))
        self.card_button.clicked.connect(lambda: self._act("patient"))
        self.visit_button.clicked.connect(lambda: self._act("open"))
        self.setAccessibleName("Next patient")

    def _lay_out(self, theme: Theme) -> None:
        top = QHBoxLayout()
        top.setSpacing(5)
        top.addWidget(self.heading, 1)
        top.addWidget(self.state_icon)
        top.addWidget(self.state)
        who = QHBoxLayout()
        who.setSpacing(12)
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        who.addWidget(self.name)
        who.addWidget(self.about)
        who.addStretch(1)
        warned = QHBoxLayout()
        warned.setSpacing(6)
        warned.addWidget(self.alert_icon, 0, Qt.AlignmentFlag.AlignTop)
        warned.addWidget(self.alert, 1)
        self.reason.setContentsMargins(10, 6, 10, 6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(1)
        titles = ("Last visit", "Kept visits")
        self.titles = [InkLabel(theme, one, role="grid", ink="text2", parent=self)
                       for one in titles]  # fmt: skip
        for place, (title, fact) in enumerate(zip(self.titles, self.facts, strict=False)):
            grid.addWidget(title, 0, place)
            grid.addWidget(fact, 1, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.go, self.card_button, self.visit_button):
            buttons.addWidget(button)
        buttons.addWidget(self.then, 1)
        column = self.column
        column.addLayout(top)
        column.addLayout(who)
        column.addWidget(self.when)
        column.addLayout(warned)
        column.addWidget(self.reason)
        column.addLayout(grid)
        for line in self.lines:
            column.addWidget(line)
        column.addWidget(self.more)
        column.addSpacing(2)
        column.addLayout(buttons)

    def _act(self, action: str) -> None:
        if self.cell is not None:
            self.acted.emit(action, self.cell.id)

    def show_nobody(self, title: str, text: str) -> None:
        """Why there is nobody."""
        self.cell = None
        self.stripe = None
        self.heading.setText("Next patient")
        self.name.setText(title)
        self.when.setText(text)
        for widget in (
            self.state, self.state_icon, self.about, self.alert, self.alert_icon, self.reason,
            *self.titles, *self.facts, *self.lines, self.more, self.go, self.card_button,
            self.visit_button, self.then,
        ):  # fmt: skip
            widget.hide()
        self.setAccessibleDescription(f"{title}. {text}")

    def show_visit(
        self,
        desk: DoctorDesk,
        cell: Cell,
        status: Status,
        view: PatientView | None,
        limits: Limits,
        heading: str,
        following: tuple[Cell, ...] = (),
    ) -> None:
        """``following``: who comes after."""
        self.cell = cell
        theme, roster, now = self.theme, desk.board.roster, desk.board.now
        zone = site_zone(roster, cell.location_id)
        doctor = roster.doctors.get(cell.doctor_id)
        self.stripe = theme.doctor_colour(doctor.colour).stripe if doctor is not None else None
        self.heading.setText(heading)
        told = state_of(desk, cell, status, limits)
        self.state.setText(told.words)
        self.state.set_ink(told.ink)
        self.state_icon.setPixmap(theme.icon(f"status-{status}", theme.px(15)))
        self.name.setText(name_of(cell))
        self.about.setText(age_text(cell, desk.today))
        self.about.setVisible(cell.birth_date is not None)
        at = span_words(cell.start, cell.end, zone)
        if desk.day != desk.today:
            at = moment_words(cell.start, zone, desk.today)
        walk_in = "walk-in" if "walk_in" in cell.flags else ""
        language = view.patient.language if view is not None else ""
        asked = "interpreter" in cell.flags and language
        speaks = f"speaks {language_words(language)}" if asked else ""
        phone = phone_text(cell.phone) if view is not None else cell.phone
        parts = [at, cell.type_name or "Visit", walk_in, room_name(roster, cell), phone,
                 speaks]  # fmt: skip
        self.when.setText("  ·  ".join(part for part in parts if part))
        self._show_reason(cell.note)
        past = None
        if view is not None:
            past = before(view, cell, roster, desk.doctor_id, now, LINES)
        alert = " ".join((past.alert if past is not None else cell.alert).split())
        self.alert.setText(alert)
        self.alert_icon.setPixmap(theme.icon("flag-alert", theme.px(16), theme.tokens.refuse))
        for widget in (self.alert, self.alert_icon):
            widget.setVisible(bool(alert))
        self._show_past(past)
        self._way = "done" if status is Status.IN_PROGRESS else "start"
        self.go.set_word("Call in")
        if status is Status.IN_PROGRESS:
            self.go.set_key("D")
            self.go.set_word("Done")
        else:
            self.go.set_key("R")
        today = desk.day == desk.today
        self.go.setVisible(today and (status in ON_HAND or status is Status.IN_PROGRESS))
        self.card_button.setVisible(cell.patient_id is not None)
        for shown in (self.state, self.state_icon, self.visit_button):
            shown.show()
        names = [
            f"{CURTAIN.surname(one) or name_of(one)} {clock_words(one.start, zone)}"
            for one in following
        ]
        self.then.setText(f"then {', '.join(names)}" if names else "")
        self.then.show()
        said = [heading, name_of(cell), told.words, at, alert_said(alert)]
        self.setAccessibleDescription(", ".join(part for part in said if part))

    def _show_reason(self, note: str) -> None:
        text = " ".join(note.split())
        self.reason.setText(text if len(text) <= 280 else f"{text[:279]}…")
        self.reason.setToolTip(note if len(text) > 280 else "")
        self.reason.setVisible(bool(text))
        tokens = self.theme.tokens
        self.reason.setStyleSheet(
            f"color: {tokens.text.name()}; background: {tokens.off.name()};"
            f" border-left: 3px solid {tokens.grid_major.name()};"
        )

    def set_most(self, lines: int) -> None:
        """How many earlier visits there is room for; with none the facts about them stand aside
        too."""
        if lines != self._most:
            self._most = lines
            if self.cell is not None:
                self._show_past(self._past)

    def _show_past(self, past: Before | None) -> None:
        self._past = past
        facts = (past.last, past.kept) if past is not None and self._most else ("", "")
        for title, fact, text in zip(self.titles, self.facts, facts, strict=True):
            title.setVisible(bool(text))
            fact.setText(text)
            fact.setVisible(bool(text))
        visits = past.visits[: self._most] if past is not None else ()
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(visits))
            if place < len(visits):
                one = visits[place]
                line.show_line(one.when, one.what, one.note, off=one.off)
        hidden = len(past.visits) - len(visits) if past is not None else 0
        more = past.more + hidden if past is not None and self._most else 0
        self.more.setText(f"and {more} earlier on the patient card")
        self.more.setVisible(bool(more))


def heading_of(desk: DoctorDesk, cell: Cell, status: Status, following: Id) -> str:
    if status is Status.IN_PROGRESS:
        return "In the room"
    if cell.id == following:
        return "Next patient"
    return "Chosen in the agenda" if desk.find(cell.id) is not None else "Chosen"
