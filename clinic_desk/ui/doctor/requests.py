"""What awaits the doctor's answer, one card each; and the doctor's own coming absences."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.doctor_view import DoctorDesk
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.time_off import KIND_WORDS, span_text
from clinic_desk.services.views import Cell
from clinic_desk.ui.doctor.keys import action_of
from clinic_desk.ui.doctor.parts import Sheet, quiet
from clinic_desk.ui.doctor.telling import age_text, minutes, name_of
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import moment_words, plural, since_words
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel

MOST = 12
"""Cards; a doctor with more answers these first."""


class RequestCard(Sheet):
    """A visit that awaits an answer. Y accepts, Delete declines, P proposes another time, Enter
    opens it; the arrows walk from card to card. ``acted``: what is asked for, and the visit."""

    acted = Signal(str, object)
    step_requested = Signal(int)
    reached = Signal()
    others = Signal(str)

    def __init__(self, theme: Theme, cell: Cell, desk: DoctorDesk, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.cell = cell
        self.letters = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        icon = Label(self)
        icon.setPixmap(theme.icon("status-pending", theme.px(16)))
        roster, now = desk.board.roster, desk.board.now
        zone = site_zone(roster, cell.location_id)
        name = ElidedInk(theme, name_of(cell), bold=True, parent=self)
        asked = since_words(cell.created_at, now, zone) if cell.created_at is not None else ""
        since = InkLabel(theme, asked, role="grid", ink="text2",
                         parent=self)  # fmt: skip
        length = minutes(cell.start, cell.end)
        when = moment_words(cell.start, zone, desk.today)
        parts = [f"{cell.type_name or 'Visit'} {length} min", when, age_text(cell, desk.today)]
        what = ElidedInk(theme, " · ".join(part for part in parts if part), role="grid",
                         parent=self)  # fmt: skip
        self.column.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(icon)
        top.addWidget(name, 1)
        top.addWidget(since)
        self.column.addLayout(top)
        self.column.addWidget(what)
        note = " ".join(cell.note.split())
        by = f" — {cell.created_by}" if cell.created_by else ""
        self.column.addWidget(
            ElidedInk(theme, f"{note}{by}" if note else f"Asked for by {cell.created_by}"
                      if cell.created_by else "The place is kept until you answer.",
                      role="grid", ink="text2", parent=self)
        )  # fmt: skip
        if cell.alert:
            alert = ElidedInk(theme, " ".join(cell.alert.split()), role="grid", ink="refuse",
                              parent=self)  # fmt: skip
            self.column.addWidget(alert)
        self.accept_button = quiet("&Accept", self, "The visit stands (Y)", "primary")
        self.accept_button.setIcon(theme.qicon("check", theme.tokens.on_accent))
        self.other_button = quiet("&Propose other…", self, "Find another time for it (P)")
        self.decline_button = quiet("Dec&line…", self, "With a reason, for the patient (Del)")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button, action in (
            (self.accept_button, "accept"),
            (self.other_button, "propose"),
            (self.decline_button, "decline"),
        ):
            button.setProperty("density", "compact")
            button.clicked.connect(lambda _on=False, action=action: self._act(action))
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.setAccessibleName(f"Awaits acceptance: {name_of(cell)}, {parts[0]}, {when}")
        self.setAccessibleDescription("Y accepts, Delete declines, P proposes another time")

    def _act(self, action: str) -> None:
        self.acted.emit(action, self.cell)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.reached.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step_requested.emit(1 if key == Qt.Key.Key_Down else -1)
            return
        action = action_of(event, letters=self.letters)
        if action in ("accept", "propose", "decline", "open", "patient"):
            self._act(action)
        elif action:
            self.others.emit(action)
        else:
            super().keyPressEvent(event)


class TimeOffLine(Sheet):
    """One coming absence. ``acted``: "withdraw" or "show", and the card."""

    acted = Signal(str, object)

    def __init__(self, theme: Theme, card: TimeOffCard, zone: str, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.card = card
        request = card.request
        kind = KIND_WORDS[request.kind].capitalize()
        what = ElidedInk(theme, f"{kind} {span_text(request, zone)}",
                         bold=True, parent=self)  # fmt: skip
        approved = request.status is TimeOffStatus.APPROVED
        hits = f"{plural(card.hits, 'visit')} to move" if card.hits else "no visits affected"
        by = f" by {card.decided_by}" if card.decided_by else ""
        state = f"approved{by}" if approved else "awaits approval"
        self.state = InkLabel(theme, state, role="grid", ink="ok" if approved else "warn",
                              parent=self)  # fmt: skip
        parts = [" ".join(request.reason.split()), hits]
        note = ElidedInk(theme, " · ".join(part for part in parts if part), role="grid",
                         ink="text2", parent=self)  # fmt: skip
        self.show_button = quiet("Show", self, "On the time off page")
        self.withdraw_button = quiet("Withdraw", self, "Take the request back; Ctrl+Z undoes it")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(what)
        words.addWidget(note)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.state)
        for button, action in ((self.show_button, "show"), (self.withdraw_button, "withdraw")):
            button.setProperty("density", "compact")
            button.clicked.connect(lambda _on=False, action=action: self.acted.emit(action, card))
            row.addWidget(button)
        self.column.addLayout(row)
        self.column.setContentsMargins(16, 8, 12, 8)


class Requests(QWidget):
    """Both lists; made anew only when what they show has changed, so that the keyboard stays."""

    acted = Signal(str, object)
    others = Signal(str)
    reached = Signal(object)
    leave_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: object = None
        self.letters = True
        self.cards: list[RequestCard] = []
        self.absences: list[TimeOffLine] = []
        self.title = InkLabel(theme, "Requests", role="title", bold=True, parent=self)
        self.none = InkLabel(theme, "Nothing awaits your answer.", ink="text2", parent=self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.title)
        self._column.addWidget(self.none)
        theme.changed.connect(self._forget)

    def _forget(self) -> None:
        self._shown = None

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSizeHint()

    def show_desk(self, desk: DoctorDesk, answered: frozenset[Id]) -> None:
        """Without those that are ``answered`` and not read back yet."""
        waiting = [cell for cell in desk.awaiting if cell.id not in answered]
        self.title.setText(f"Requests · {len(waiting)}" if waiting else "Requests")
        self.none.setVisible(not waiting)
        day = desk.today
        wanted = (day, tuple(waiting[:MOST]), desk.time_off, self._theme.tokens.canvas.name())
        if wanted == self._shown:
            return
        self._shown = wanted
        held = next((n for n, card in enumerate(self.cards) if card.hasFocus()), -1)
        held_id = self.cards[held].cell.id if held >= 0 else ""
        for old in (*self.cards, *self.absences):
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.cards = [RequestCard(self._theme, cell, desk, self) for cell in waiting[:MOST]]
        for card in self.cards:
            card.letters = self.letters
            card.acted.connect(self.acted)
            card.others.connect(self.others)
            card.reached.connect(partial(self.reached.emit, card))
            card.step_requested.connect(self._step)
            self._column.addWidget(card)
            card.show()  # at once: a key that was typed ahead may take the keyboard there
        zone = desk.board.roster.practice.zone
        self.absences = [TimeOffLine(self._theme, one, zone, self) for one in desk.time_off]
        for line in self.absences:
            line.acted.connect(self.acted)
            self._column.addWidget(line)
        if held >= 0:
            self._back(held, held_id)

    def _back(self, place: int, row_id: Id) -> None:
        """The keyboard to the same card, or to the one that moved up."""
        same = next((card for card in self.cards if card.cell.id == row_id), None)
        if same is not None:
            same.setFocus()
        elif self.cards:
            self.cards[min(place, len(self.cards) - 1)].setFocus()
        else:
            self.leave_requested.emit()

    def take_keyboard(self) -> bool:
        """To the first card; False when there is none."""
        if not self.cards:
            return False
        self.cards[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _step(self, by: int) -> None:
        place = next((n for n, card in enumerate(self.cards) if card.hasFocus()), 0) + by
        if 0 <= place < len(self.cards):
            self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)
        elif place < 0:
            self.leave_requested.emit()
