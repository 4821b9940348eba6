"""Visits that an import could not place: each waits here until somebody gives it a time."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.services.commands import MoveAppointment
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.booking.cancelling import ask_cancel
from clinic_desk.ui.models import words
from clinic_desk.ui.models.going_past import WAYS
from clinic_desk.ui.models.permitted import why_not
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.visits import VISIT_ROLE, VisitDelegate, VisitRows
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone, message_for
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(720, 520)
INITIATOR = "clashes"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ClashDialog(CardDialog):
    """``finder_requested`` carries the ``AppointmentView`` for ``FinderPage.start_for_visit``,
    ``visit_requested`` a visit's id for the appointment card. ``counted`` tells how many are left
    (also while the dialog is hidden)."""

    finder_requested = Signal(object)
    visit_requested = Signal(str)
    toast_requested = Signal(str, bool)
    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Clash list", parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        theme = context.theme
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self._tried: MoveAppointment | None = None
        self._field = ""
        self.intro = InkLabel(
            theme,
            "These visits came from an import and their place was taken. They occupy nothing "
            "until you give them a time.",
            ink="text2",
            wrap=True,
        )
        self.rows = VisitRows(self.source, self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(VisitDelegate(theme, self.source, self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Visits without a place")
        self.empty = InkLabel(
            theme, "Every visit has its place.", ink="text2", parent=self.list.viewport()
        )
        self.empty.move(16, 14)
        self.place_button = push("Find a time…", self, "primary")
        self.original_button = push("Try its own time", self)
        self.open_button = push("Open", self)
        self.cancel_button = push("Cancel visit…", self, "danger")
        self.body.addWidget(self.message)
        self.body.addWidget(self.intro)
        self.body.addWidget(self.list, 1)
        hints = KeyHints(theme, (("Enter", "find a time"), ("T", "own time"), ("O", "open")), self)
        self.footer_row.addWidget(hints, 1)
        for button in (
            self.cancel_button, self.open_button, self.original_button, self.place_button,
        ):  # fmt: skip
            self.footer_row.addWidget(button)
        self.place_button.clicked.connect(self.find_time)
        self.original_button.clicked.connect(self.try_own_time)
        self.open_button.clicked.connect(self.open_visit)
        self.cancel_button.clicked.connect(self.cancel_visit)
        self.list.doubleClicked.connect(lambda _index: self.find_time())
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.installEventFilter(self)
        self.message.chosen.connect(self._on_way_out)
        self.message.reason_given.connect(self._insist)
        context.operations.changed.connect(self._on_changes)
        self.source.changed.connect(self._on_current)

    def start(self) -> None:
        """Read the list and show it."""
        self.message.clear()
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()
        self.refresh()

    def refresh(self) -> None:
        self.context.operations.ask(
            lambda queries: queries.clashes(),
            done=self._take,
            failed=self.message.say_error,
            key=f"clashes:{id(self)}",
        )

    def _take(self, cells: tuple[Cell, ...]) -> None:
        kept = max(0, self.list.currentIndex().row())
        self.rows.show(sorted(cells, key=lambda cell: cell.start), None)
        self.subtitle_label.setText(f"{words.plural(len(cells), 'visit')} to place")
        self.intro.setVisible(bool(cells))
        self.empty.setVisible(not cells)
        if cells:
            self.list.setCurrentIndex(self.rows.index(min(kept, len(cells) - 1)))
        self._on_current()
        self.counted.emit(len(cells))

    @property
    def current(self) -> Cell | None:
        found = self.list.currentIndex().data(VISIT_ROLE)
        return found if isinstance(found, Cell) else None

    def _on_current(self, _new: QModelIndex | None = None, _old: QModelIndex | None = None) -> None:
        on = self.current is not None
        for button in (
            self.place_button, self.original_button, self.open_button, self.cancel_button,
        ):  # fmt: skip
            button.setEnabled(on)
        for button, action in (
            (self.place_button, "move"),
            (self.original_button, "move"),
            (self.cancel_button, "cancel"),
        ):
            keep_shut(button, self._why_not(action))

    def _why_not(self, action: str) -> str:
        """Why it is not this person's to do to the chosen visit."""
        actor, roster, cell = self.context.actor, self.source.roster, self.current
        if actor.permissions is None or roster is None or cell is None:
            return ""
        return why_not(actor, action, roster.doctors, (cell,))

    def _barred(self, action: str) -> bool:
        """Whether it is not this person's; says why."""
        why = self._why_not(action)
        if why:
            self.message.say(Tone.WARN, why)
        return bool(why)

    def find_time(self) -> None:
        """The finder opens for this visit; Enter there places it."""
        cell = self.current
        if cell is None or self._barred("move"):
            return

        def found(view: AppointmentView) -> None:
            self.hide()
            self.finder_requested.emit(view)

        self.context.operations.ask(
            lambda queries: queries.appointment(cell.id),
            done=found,
            failed=self.message.say_error,
            key=f"clashes.open:{id(self)}",
        )

    def try_own_time(self) -> None:
        """The place may have become free since the import."""
        cell = self.current
        if cell is None or self._barred("move"):
            return
        self._tried = MoveAppointment(
            appointment_id=cell.id,
            expected_revision=cell.revision,
            start=cell.start,
            end=cell.end,
            doctor_id=cell.doctor_id,
            initiator=INITIATOR,
        )
        self._try()

    def _try(self) -> None:
        if self._tried is not None:
            self.context.operations.run(self._tried, done=self._placed, refused=self._refused)

    def _on_way_out(self, way: WayOut) -> None:
        """At its own time all the same, or at another one."""
        if way.action in WAYS and self._tried is not None:
            self._field = WAYS[way.action][0]
            self.message.ask_reason("Give it its own time all the same: why?", "Place anyway")
        else:
            self.find_time()

    def _insist(self, reason: str) -> None:
        if self._tried is not None:
            said = reason if self._field.endswith("_reason") else True
            self._tried = replace(self._tried, **{self._field: said})  # type: ignore[arg-type]
            self.message.clear()
            self._try()

    def _placed(self, outcome: Outcome) -> None:
        self.message.clear()
        self._tried = None
        self.refresh()
        self.toast_requested.emit(outcome.sentence or "Placed", bool(outcome.undo_label))

    def _refused(self, error: ClinicDeskError) -> None:
        """Going past a rule is offered to those who may; another time always."""
        told, may = message_for(error), self.context.actor.may
        ways = [w for w in told.ways_out if w.action not in WAYS or may(WAYS[w.action][1])]
        self.message.say(told.tone, told.sentence, ways)

    def open_visit(self) -> None:
        cell = self.current
        if cell is not None:
            self.hide()
            self.visit_requested.emit(cell.id)

    def cancel_visit(self) -> None:
        cell = self.current
        if cell is not None and not self._barred("cancel"):
            zone = self.source.zone_at(cell.location_id)
            ask_cancel(self.context, self, cell, zone=zone, done=self._placed)

    def _on_changes(self, changes: Changes) -> None:
        if {"appointment", "external"} & changes.kinds:
            self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.list and isinstance(event, QKeyEvent):
            if event.type() is not QEvent.Type.KeyPress or event.modifiers():
                return False
            deeds = {
                Qt.Key.Key_T: self.try_own_time,
                Qt.Key.Key_O: self.open_visit,
                Qt.Key.Key_Delete: self.cancel_visit,
                **dict.fromkeys(ENTER, self.find_time),
            }
            deed = deeds.get(Qt.Key(event.key()))
            if deed is not None:
                deed()
                return True
        return super().eventFilter(watched, event)
