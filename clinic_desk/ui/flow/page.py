"""The day-flow board as a page: who is expected, here, in a room, done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.board_deeds import BoardDeeds
from clinic_desk.ui.flow.cards import STATIONS, Card, Flow, Limits, Way, make_flow
from clinic_desk.ui.flow.counters import CounterRow, DoctorFilter
from clinic_desk.ui.flow.lanes import Lane
from clinic_desk.ui.flow.naming import Naming
from clinic_desk.ui.flow.source import FlowSource
from clinic_desk.ui.flow.surface import FlowSurface
from clinic_desk.ui.models.words import doctor_name, long_day
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.page import Page

if TYPE_CHECKING:
    from clinic_desk.services.ports import Maintenance
    from clinic_desk.ui.flow.wall import WallScreen
    from clinic_desk.ui.models.shortcuts import Shortcuts
    from clinic_desk.ui.runtime.settings import Settings


WALL = "wall"


@dataclass(slots=True)
class Chosen:
    """What the desk remembers of the board, where no settings are given."""

    hidden: frozenset[Id] = frozenset()
    lanes: bool = False
    wall: str = "initials"


class FlowPage(Page):
    """``open`` takes a doctor's id, who is then shown alone, a visit's, which is then chosen, or
    "wall", which shows or closes the wall screen.
    ``walk_in_requested`` asks for the booking of somebody who is at the desk now."""

    key_hints = (
        ("A", "Arrived"), ("R", "In room"), ("D", "Done"), ("X", "No-show"), ("U", "Step back"),
        ("W", "Walk-in"), ("L", "Late"), ("F11", "Wall"), ("Esc", "Calendar"),
    )  # fmt: skip
    wide = True
    walk_in_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Day flow", parent)
        self.context = context
        theme = context.theme
        self.source = FlowSource(context, self)
        self.deeds = BoardDeeds(self)
        self.settings: Settings | None = None
        self.private = False
        self.all_day = False
        self.wall: WallScreen | None = None
        self._chosen = Chosen()
        self._wanted: Id = ""
        self._flow = Flow()
        self.counters = CounterRow(theme)
        self.filter = DoctorFilter(theme)
        self.surface = FlowSurface(theme)
        self.empty = EmptyState(theme)
        self.walk_in_button = push("&Walk-in…", self, "primary")
        self.late_button = push("Running &late…", self)
        self.wall_button = push("Wa&ll screen", self)
        self.call_button = push("To ring", self)
        self.lanes_button = QPushButton("By doctor", self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.header.removeWidget(self.subtitle)
        self.subtitle.hide()
        self.header.insertWidget(1, self.counters, 1)
        self.walk_in_button.setToolTip("Somebody without a booking joins the queue (W)")
        self.late_button.setToolTip("A doctor runs late: likely starts shift, bookings stay (L)")
        self.wall_button.setToolTip("Big type without names, on the second screen (F11)")
        self.lanes_button.setToolTip("A lane for each doctor (G)")
        self.call_button.setToolTip("Whom to tell that they may come later (C)")
        self.lanes_button.setCheckable(True)
        for button in (self.late_button, self.wall_button, self.walk_in_button):
            self.buttons.addWidget(button)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 4)
        row.setSpacing(8)
        row.addWidget(self.filter, 1)
        for button in (self.call_button, self.lanes_button):
            button.setAutoDefault(False)
            button.setProperty("density", "compact")
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.surface)
        self.stack.addWidget(self.empty)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addLayout(row)
        self.body.addWidget(self.stack, 1)
        self.setFocusProxy(self.surface)

    def _connect(self) -> None:
        self.source.read_done.connect(self._show)
        self.source.failed.connect(self.refused)
        self.surface.acted.connect(self.act)
        self.surface.moved.connect(self._move)
        self.surface.barred = self.deeds.why_not_go
        self.surface.later_requested.connect(self._toggle_later)
        self.filter.changed.connect(self._show_only)
        self.counters.card_requested.connect(self.choose)
        self.counters.waiting_requested.connect(self.surface.first)
        self.counters.doctor_requested.connect(self.show_doctor)
        self.walk_in_button.clicked.connect(self.walk_in_requested)
        self.late_button.clicked.connect(lambda: self.deeds.ask_late(None))
        self.wall_button.clicked.connect(self.toggle_wall)
        self.call_button.clicked.connect(self.deeds.show_calls)
        self.lanes_button.clicked.connect(lambda on: self._use_lanes(on))
        self.empty.action_requested.connect(self._from_empty)
        self.message.chosen.connect(self._way_out)

    def furnish(
        self,
        settings: Settings,
        shortcuts: Shortcuts,  # noqa: ARG002
        maintenance: Maintenance | None,  # noqa: ARG002
    ) -> None:
        self.settings = settings
        settings.changed.connect(self._on_setting)
        hidden = frozenset(str(key) for key in settings.get("flow.hidden"))
        self._chosen = Chosen(hidden, settings.get("flow.lanes"), settings.get("flow.wall"))
        self._obey()

    def _on_setting(self, key: str) -> None:
        if self.settings is None or not key.startswith(("flow.", "calendar.letters")):
            return
        self._chosen.hidden = frozenset(str(k) for k in self.settings.get("flow.hidden"))
        self._chosen.lanes = self.settings.get("flow.lanes")
        self._chosen.wall = self.settings.get("flow.wall")
        self._obey()
        self._show()

    def _obey(self) -> None:
        settings = self.settings
        if settings is None:
            return
        self.surface.letters = settings.get("calendar.letters")
        self.source.use(
            Limits(
                settings.get("flow.amber"), settings.get("flow.red"), settings.get("flow.no_show"),
                settings.get("flow.call"), settings.get("flow.ahead"),
            )
        )  # fmt: skip

    # showing

    def open(self, what: object = None) -> None:
        if isinstance(what, str) and what != WALL:
            self._wanted = what
        self.source.read()
        self.surface.setFocus()
        if what == WALL:
            self.toggle_wall()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.source.look(self)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.surface.stop_drag()
        self.source.leave(self)

    def set_private(self, private: bool) -> None:
        """Initials for names everywhere on the board, no tooltips."""
        self.private = private
        self._show()

    def _show(self) -> None:
        board = self.source.board
        if board is None:
            return
        roster = board.roster
        naming = Naming(roster, private=self.private)
        doctors = self.source.doctors()
        self._aim(doctors)
        hidden = self._chosen.hidden & set(doctors)
        flow = make_flow(board, self.source.limits, hidden, all_day=self.all_day)
        self._flow = flow
        self.filter.show_doctors([roster.doctors[key] for key in doctors], hidden)
        self.lanes_button.setChecked(self._chosen.lanes)
        lanes = self._lanes(flow, naming, [d for d in doctors if d not in hidden])
        whole = make_flow(board, self.source.limits, hidden, all_day=True)
        later = make_flow(board, self.source.limits, hidden).later
        last = max((card.cell.start for card in later), default=None)
        until = naming.clock(later[-1].cell, last) if later and last is not None else ""
        self.surface.ahead = f"next {self.source.limits.ahead} h"
        self.surface.show_flow(flow, lanes, naming, headed=self._chosen.lanes, until=until)
        self.counters.show_counters(whole.counters, naming)
        calls = whole.counters.call
        self.call_button.setText(f"To ring: {len(calls)}")
        self.call_button.setVisible(bool(calls))
        self._tell_empty(bool(board.flow.cells), bool(whole.cards()))
        self.deeds.on_read(whole)
        if self._wanted and flow.find(self._wanted) is not None:
            self.choose(self._wanted)
            self._wanted = ""

    def _aim(self, doctors: tuple[Id, ...]) -> None:
        """A doctor who was asked for is shown alone."""
        if self._wanted in doctors:
            doctor_id, self._wanted = self._wanted, ""
            self._keep_hidden(frozenset(doctors) - {doctor_id})

    def _lanes(self, flow: Flow, naming: Naming, doctors: list[Id]) -> list[Lane]:
        if not self._chosen.lanes:
            return [Lane(columns=tuple(flow.columns.get(s, ()) for s in STATIONS))]
        board = self.source.board
        assert board is not None
        made = []
        for doctor_id in doctors:
            columns = tuple(
                tuple(c for c in flow.columns.get(s, ()) if c.cell.doctor_id == doctor_id)
                for s in STATIONS
            )
            doctor = naming.doctor(doctor_id)
            behind = board.forecast.lateness.get(doctor_id, 0)
            said = board.flow.delays.get(doctor_id)
            told = [f"{len(columns[1])} waiting" if columns[1] else "nobody waiting"]
            told.append(f"{behind} min behind plan" if behind else "on time")
            if said is not None and said.minutes:
                note = f" ({said.note})" if said.note else ""
                told.append(f"said: {said.minutes} min late{note}")
            title = doctor_name(doctor) if doctor is not None else ""
            made.append(Lane(doctor_id, title, " · ".join(told), columns))
        return made

    def _tell_empty(self, any_today: bool, any_shown: bool) -> None:
        self.stack.setCurrentWidget(self.surface if any_shown else self.empty)
        if not any_today:
            self.empty.explain(
                "calendar",
                f"No visits on {long_day(self.source.day())}",
                "Visits booked for today appear here by themselves. Somebody at the desk now can "
                "join the queue without a booking.",
                "Walk-in…",
            )
        elif not any_shown:
            self.empty.explain(
                "users", "None of these doctors has a visit today",
                "Other doctors have; show them again.", "Show all doctors",
            )  # fmt: skip

    def _from_empty(self) -> None:
        if self.source.board is not None and self.source.board.flow.cells:
            self._show_only(frozenset())
        else:
            self.walk_in_requested.emit()

    # choosing

    def choose(self, row_id: Id) -> None:
        """Selects a visit, wherever it is on the board."""
        if self.surface.spot(row_id) is None and any(c.id == row_id for c in self._flow.later):
            self._toggle_later()
        self.surface.select(row_id)
        self.surface.setFocus()

    def show_doctor(self, doctor_id: Id) -> None:
        self._show_only(frozenset(self.source.doctors()) - {doctor_id})

    def _show_only(self, hidden: frozenset[Id]) -> None:
        self._keep_hidden(hidden)
        self._show()

    def _keep_hidden(self, hidden: frozenset[Id]) -> None:
        self._chosen.hidden = hidden
        if self.settings is not None:
            self.settings.put("flow.hidden", sorted(hidden))

    def _use_lanes(self, on: bool) -> None:
        self._chosen.lanes = on
        if self.settings is not None:
            self.settings.put("flow.lanes", on)
        self._show()

    def _toggle_later(self) -> None:
        self.all_day = not self.all_day
        self._show()

    # doing

    def act(self, action: str, card: Card | None) -> None:
        match action:
            case "walk_in":
                self.walk_in_requested.emit()
            case "lanes":
                self._use_lanes(not self._chosen.lanes)
            case "call":
                self.deeds.show_calls()
            case "late":
                self.deeds.ask_late(card)
            case _ if card is not None:
                self.deeds.act(action, card)

    def _move(self, card: Card, way: Way) -> None:
        self.deeds.go(card, way)

    def refused(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _way_out(self, way: WayOut) -> None:
        row_id = way.data.get("appointment_id") or way.data.get("id")
        if isinstance(row_id, str):
            self.visit_requested.emit(row_id)
        else:
            self.source.read()

    # the wall

    def toggle_wall(self) -> None:
        from clinic_desk.ui.flow.wall import WallScreen  # with its first use

        if self.wall is not None and self.wall.isVisible():
            self.wall.close()
            return
        if self.wall is None:
            self.wall = WallScreen(self.context.theme, self.source, self.window())
        self.wall.numbers = self._chosen.wall == "numbers"
        self.wall.open_beside(self.window())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_F11:
            self.toggle_wall()
        elif event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
        else:
            super().keyPressEvent(event)
