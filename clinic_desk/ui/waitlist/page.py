"""The waiting list: who waits for what, since when, and what became of the calls."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.waitlist import Urgency
from clinic_desk.services import waiting as service
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.waitlist_commands import WithdrawFromWaitlist
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.waitlist.filters import FilterRow
from clinic_desk.ui.waitlist.model import CARD_ROLE, PATIENT, WaitModel
from clinic_desk.ui.waitlist.side import EntrySide
from clinic_desk.ui.waitlist.table import WaitTable
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.page import Page
from clinic_desk.ui.widgets.worded_menu import WordedMenu

MATTERS = frozenset(
    {"waitlist_entry", "waitlist_offer", "patient", "appointment", "external", "appointment_type"}
)
USUAL_REASONS = ("Booked elsewhere", "No longer needed", "Cannot be reached", "Entered by mistake")
SIDE = 400


class WaitlistPage(Page):
    """``open`` takes an entry's id. ``new_entry_requested`` asks for somebody new."""

    key_hints = (
        ("Enter", "Change"), ("F", "Find openings"), ("O", "Patient"), ("Delete", "Take off"),
        ("/", "Filter"), ("Esc", "Back to the calendar"),
    )  # fmt: skip
    alone = True
    new_entry_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Waiting list", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.model = WaitModel(theme)
        self._wanted: Id = ""
        self._loaded = self._leaving = False
        self.reason_dialog: ReasonDialog | None = None
        self.filters = FilterRow(theme, self.source)
        self.table = WaitTable(theme, self.model)
        self.empty = EmptyState(theme)
        self.side = EntrySide(context, self.source, self.today)
        self.find_button = push("&Find openings", self, "primary")
        self.off_button = push("&Take off the list…", self)
        self.add_button = push("&Add…", self)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.read)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for button in (self.add_button, self.off_button, self.find_button):
            self.buttons.addWidget(button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(16, 12, 8, 0)
        rows.setSpacing(10)
        rows.addWidget(self.filters)
        rows.addWidget(self.stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([900, self.theme.px(SIDE)])
        self.theme.changed.connect(self._dress)
        self._dress()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.splitter, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.source.changed.connect(self._on_roster)
        self.context.operations.changed.connect(self._on_changes)
        self.filters.changed.connect(self.read)
        table = self.table
        table.selectionModel().currentRowChanged.connect(self._on_row)
        table.doubleClicked.connect(lambda _index: self.edit())
        table.customContextMenuRequested.connect(self._menu)
        table.key_pressed.connect(self._key)
        self.find_button.clicked.connect(self.find_openings)
        self.off_button.clicked.connect(self.take_off)
        self.add_button.clicked.connect(self.new_entry_requested)
        self.empty.action_requested.connect(self._on_empty)
        self.side.left.connect(table.setFocus)
        self.side.saved.connect(self.read)
        self.side.saved.connect(self._settled)
        self.side.discarded.connect(self._settled)
        self.side.form.edited.connect(self._stay)
        self.side.toast_requested.connect(self.toast_requested)

    def _dress(self) -> None:
        self.side.setMinimumWidth(self.theme.px(SIDE - 60))

    # reading

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def open(self, what: object = None) -> None:
        """``what``: the entry that is shown, whatever the filters say."""
        if isinstance(what, str) and what:
            self._wanted = what
            self.filters.clear()
        self.table.setFocus()
        self.read()

    def leave(self) -> bool:
        if not self.side.dirty:
            return True
        self._leaving = True
        self.side.say_unsaved()
        return False

    def _settled(self) -> None:
        """Nothing is typed any more: what the typing kept somebody from is done now."""
        leaving, self._leaving = self._leaving, False
        if leaving and not self.side.dirty:
            self.leave_allowed.emit()

    def read(self) -> None:
        self._pause.stop()
        filters = self.filters.values()
        self.context.operations.ask(
            lambda queries: (service.waitlist(queries, **filters), len(queries.waitlist())),
            done=lambda found: self._take(*found),
            failed=self._failed,
            key=f"waitlist:{id(self)}",
        )

    def _take(self, cards: tuple[WaitlistCard, ...], total: int) -> None:
        roster = self.source.roster
        self._loaded = True
        if roster is None:
            return  # its coming reads again
        before = self.current
        place = self.table.currentIndex().row()
        wanted = self._wanted or (before.entry.id if before is not None else "")
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(cards, roster, self.context.clock.now())
        whose = [card.entry.patient_id for card in cards]
        self.tell_listed(self.context.operations, "Waiting list", whose)
        row = self.model.row_of(wanted)
        if self._wanted and row >= 0:
            self._wanted = ""
        if row < 0 and self.model.cards and not self.side.dirty:
            row = max(0, min(place, len(self.model.cards) - 1))
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, PATIENT))
        self._on_row()
        self._tell(total)

    def _tell(self, total: int) -> None:
        shown = len(self.model.cards)
        told = (
            f"{shown:,} of {total:,}" if shown != total else words.plural(total, "person", "people")
        )
        self.filters.count.setText(told)
        now = self.context.clock.now()
        days = max(((now - card.since).days for card in self.model.cards), default=0)
        long = f" · the longest for {words.plural(days, 'day')}" if days else ""
        urgent = sum(card.entry.urgency is Urgency.URGENT for card in self.model.cards)
        self.subtitle.setText(f"{urgent} urgent{long}" if urgent else long.removeprefix(" · "))
        self.stack.setCurrentWidget(self.table if shown else self.empty)
        if not shown and total:
            self.empty.explain(
                "search", "Nobody like that is waiting", "Try fewer filters.", "Clear the filters"
            )
        elif not shown:
            self.empty.explain(
                "users",
                "Nobody is waiting",
                "Press W on a visit in the calendar, or Alt+W in the booking dialog, when "
                "somebody wants to come earlier or nothing suits. Freed slots are then offered.",
                "Add somebody…",
            )
        self.side.setVisible(bool(shown) or self.side.dirty)

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & MATTERS and self.isVisible():
            self._pause.start()

    def _on_roster(self) -> None:
        if self._loaded and self.isVisible():
            self.read()

    @property
    def current(self) -> WaitlistCard | None:
        card = self.table.currentIndex().data(CARD_ROLE)
        return card if isinstance(card, WaitlistCard) else None

    def _on_row(self, _now: QModelIndex | None = None, _before: QModelIndex | None = None) -> None:
        card = self.current
        if self.side.dirty and (card is None or card.entry.id != _id(self.side.card)):
            return  # what has been typed is finished or discarded first
        if card is not None and card.entry.id != _id(self.side.card):
            looked = self.context.operations.looked
            looked("waitlist_entry", card.entry.id, card.entry.patient_id or "")
        self.side.show_card(card)
        for button in (self.find_button, self.off_button):
            button.setEnabled(card is not None)

    def _stay(self) -> None:
        self._leaving = False

    # deeds

    def edit(self) -> None:
        if self.current is not None:
            self.side.form.focus("urgency")

    def find_openings(self) -> None:
        """Openings for these wishes; what is booked there settles the entry."""
        card = self.current
        if card is not None:
            wanted: Wanted = waiting.wanted_of(card, self.today())
            self.finder_requested.emit(wanted)

    def take_off(self) -> None:
        card = self.current
        if card is None:
            return
        who = card.patient.listed_name
        dialog = ReasonDialog(
            self.theme,
            "Take off the waiting list",
            f"{who} no longer waits for {card.type_name}.",
            USUAL_REASONS,
            "Take off",
            self,
            limit=500,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason_dialog = dialog

        def done(outcome: Outcome) -> None:
            dialog.hide()
            dialog.deleteLater()
            self.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))
            self.table.setFocus()

        def given(reason: str, _scope: object) -> None:
            self.context.operations.run(
                WithdrawFromWaitlist(
                    entry_id=card.entry.id,
                    reason=reason,
                    expected_revision=card.entry.revision,
                    initiator="waitlist-page",
                ),
                done=done,
                refused=dialog.refuse,
            )

        dialog.given.connect(given)
        dialog.open()

    def _on_empty(self) -> None:
        if self.filters.on:
            self.filters.clear()
            self.read()
        else:
            self.new_entry_requested.emit()

    def _key(self, text: str) -> None:
        card = self.current
        match text:
            case "/":
                self.filters.text.setFocus()
            case "N":
                self.new_entry_requested.emit()
            case "F" | "B":
                self.find_openings()
            case "Del":
                self.take_off()
            case "O" if card is not None:
                self.patient_requested.emit(card.entry.patient_id)
            case "Shift+F10" | "Menu":
                self._menu(self.table.visualRect(self.table.currentIndex()).bottomLeft())
            case "Return" | "Enter":
                self.edit()

    def _menu(self, at: QPoint) -> None:
        card = self.current
        if card is None:
            return
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.theme.qicon("search"), "Find openings\tF", self.find_openings)
        menu.addAction(self.theme.qicon("edit"), "Change\tEnter", self.edit)
        menu.addAction(
            self.theme.qicon("user"),
            "Patient card\tO",
            lambda: self.patient_requested.emit(card.entry.patient_id),
        )
        visit = card.entry.appointment_id
        if visit is not None:
            menu.addAction(
                self.theme.qicon("calendar"),
                "The visit that they have",
                lambda: self.visit_requested.emit(visit),
            )
        menu.addSeparator()
        menu.addAction(self.theme.qicon("trash"), "Take off the list…\tDelete", self.take_off)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and not self.table.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)


def _id(card: WaitlistCard | None) -> Id:
    return card.entry.id if card is not None else ""
