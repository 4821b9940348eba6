"""Hands on the real window: what a receptionist does in a day, by keys and by the pointer.

Every deed ends when what it was for is seen: the card in its column, the row in its state. Nothing
is waited for by the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster, Verdict
from clinic_desk.domain.billing import Invoice, InvoiceStatus
from clinic_desk.domain.ids import Id
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.shelf_cards import CARD_ROLE
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.flow.cards import Card, Station
from clinic_desk.ui.flow.page import FlowPage
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.plan_rows import PlanRow, RowState
from clinic_desk.ui.planning.time_off import TimeOffPage
from tests.fakes.day_clinic import DAY, DOCTORS, DayClinic
from tests.fakes.keyboard import focused

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ENTER = Qt.Key.Key_Return

COLUMN = {station: number for number, station in enumerate(Station)}


@dataclass
class Hands:
    clinic: DayClinic
    window: MainWindow
    gestures: dict[str, int] = field(default_factory=dict)

    # -- the plain things ------------------------------------------------------------------

    def settle(self, until: Callable[[], object]) -> None:
        self.clinic.front.settle(until)

    def key(self, key: Qt.Key, mods: Any = NONE) -> None:
        """Where the keyboard is."""
        if QApplication.activeWindow() is None:
            self.window.activateWindow()
        QTest.keyClick(focused(), key, mods)

    def type(self, text: str) -> None:
        QTest.keyClicks(focused(), text)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.settle(lambda: widget.isVisible() and widget.isEnabled())
        QTest.mouseClick(widget, LEFT, NONE, at or widget.rect().center())

    def at(self, moment: datetime) -> None:
        self.clinic.front.clock.set(moment)

    def cell(self, visit: Id) -> Cell:
        return self.clinic.front.store.queries.appointment(visit).cell

    def menu(self) -> QMenu:
        def shown() -> bool:
            menu = QApplication.activePopupWidget()
            return isinstance(menu, QMenu) and bool(menu.actions())

        self.settle(shown)
        found = QApplication.activePopupWidget()
        assert isinstance(found, QMenu)
        return found

    def choose_in_menu(self, begins: str) -> None:
        """By the arrows and Enter, in the menu that is open."""
        menu = self.menu()
        for _step in range(60):
            QTest.keyClick(menu, Key.Key_Down)
            action = menu.activeAction()
            if action is not None and action.text().startswith(begins):
                QTest.keyClick(menu, ENTER)
                return
        raise AssertionError([action.text() for action in menu.actions()])

    def said(self) -> str:
        return " ".join(label.text() for label in self.window.toast.findChildren(QLabel))

    def command(self, words: str, page: str) -> None:
        """A page by its name, in the palette."""
        self.key(Key.Key_K, CTRL)
        palette = self.window.cards.palette
        self.settle(lambda: palette.isVisible() and palette.field.hasFocus())
        self.type(words)
        self.key(ENTER)
        self.settle(lambda: self.window.centre.page == page)

    def to_calendar(self) -> None:
        self.key(Key.Key_1, CTRL)
        self.settle(lambda: self.window.centre.page == "calendar")
        grid = self.window.page.grid()
        self.settle(lambda: grid.isVisible() and grid.slice is not None)
        self.window.page.focus_grid()
        self.settle(grid.hasFocus)
        if self.window.day != DAY:
            self.key(Key.Key_T, CTRL)
        gestures = self.window.page.gestures
        self.settle(
            lambda: (
                self.window.day == DAY
                and grid.hasFocus()
                and (shown := grid.slice) is not None
                and shown.first <= DAY <= shown.last
                and {column.day for column in gestures.surface.columns} == {DAY}
                and (judge := gestures.judge) is not None
                and judge.covers(DAY)
            )
        )

    def on_grid(self, visit: Id) -> TimeGridView:
        """The cursor stands on the visit, and the keyboard is there."""
        grid = self.window.page.grid()
        self.settle(lambda: self.window.page.gestures.judge is not None and grid.focus_cell(visit))
        grid.setFocus()
        self.settle(grid.hasFocus)
        return grid

    def move_to_next_free(self, visit: Id) -> None:
        """M carries, N finds the next free place, Enter drops."""
        before = self.cell(visit)
        grid = self.on_grid(visit)
        gestures = self.window.page.gestures
        QTest.keyClick(grid, Key.Key_M)
        self.settle(lambda: gestures.gesture.carrying)
        self._drop_in_next_free(before)

    def _drop_in_next_free(self, before: Cell) -> None:
        grid, gestures = self.window.page.grid(), self.window.page.gestures
        self.settle(grid.hasFocus)
        QTest.keyClick(grid, Key.Key_Down)  # its own place is no other one
        QTest.keyClick(grid, Key.Key_N)
        self.settle(
            lambda: (
                self.window.centre.page == "finder"
                or (
                    (chip := gestures.scene.picture.chip) is not None and chip.verdict is Verdict.OK
                )
            )
        )
        if self.window.centre.page == "finder":
            finder = self.window.centre.finder  # nothing more today: it looks further
            self.settle(lambda: not finder.searching and finder.current is not None)
            self.settle(finder.list.hasFocus)
        self.key(ENTER)
        self.settle(lambda: self.cell(before.id).revision > before.revision)
        self.settle(lambda: not gestures.active)
        self.to_calendar()

    def drag_to_shelf(self, visit: Id) -> None:
        grid = self.on_grid(visit)
        view, shelf = grid.viewport(), self.window.shelf
        rect = grid.cell_rect(visit)
        assert rect is not None
        start = rect.center()
        goal = view.mapFromGlobal(shelf.mapToGlobal(shelf.rect().center()))
        QTest.mousePress(view, LEFT, NONE, start)
        for step in range(1, 9):
            QTest.mouseMove(view, start + (goal - start) * (step / 8))
        assert self.window.page.gestures.active
        QTest.mouseRelease(view, LEFT, NONE, goal)
        self.settle(lambda: visit in self.shelf())

    def shelf(self) -> list[Id]:
        return [card.cell.id for card in self.clinic.front.store.queries.shelf()]

    def place_from_shelf(self, visit: Id) -> None:
        """Down to its card, Enter takes it up, N finds a place, Enter drops it there."""
        before, cards = self.cell(visit), self.window.shelf
        self.settle(lambda: self._row_of(visit) >= 0)
        cards.focus_cards()
        self.settle(cards.list.hasFocus)
        QTest.keyClick(cards.list, Key.Key_Home)
        for _step in range(self._row_of(visit)):
            QTest.keyClick(cards.list, Key.Key_Down)
        QTest.keyClick(cards.list, ENTER)
        self.settle(lambda: self.window.page.gestures.gesture.carrying)
        self._drop_in_next_free(before)
        self.settle(lambda: visit not in self.shelf())

    def _row_of(self, visit: Id) -> int:
        model = self.window.shelf.model
        rows = [model.index(row).data(CARD_ROLE) for row in range(model.rowCount())]
        return next((n for n, card in enumerate(rows) if card.cell.id == visit), -1)

    def cancel_on_grid(self, visit: Id, why: str) -> None:
        QTest.keyClick(self.on_grid(visit), Key.Key_Delete)
        self.settle(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
        self.type(why)
        self.key(ENTER)
        self.settle(lambda: self.cell(visit).status is Status.CANCELLED)
        self.settle(self.window.page.grid().hasFocus)

    # -- a doctor falls ill ------------------------------------------------------------------

    def ask_sick_leave(self, code: str, first: str, last: str) -> Id:
        """Today from one clock to the other, asked for and approved; the planner opens."""
        self.command("time off", "time_off")
        page = self.window.centre.shown_page
        assert isinstance(page, TimeOffPage)
        form = page.form
        self.settle(lambda: form.doctor.count() >= len(DOCTORS))
        self.click(page.new_button)
        self.settle(lambda: page.isAncestorOf(focused()))
        name = next(work.name for work in DOCTORS if work.code == code)
        self.pick(form.doctor, name)
        self.pick(form.kind, "Sick")
        self.click(form.whole, QPoint(10, form.whole.height() // 2))
        self.settle(form.first_time.isEnabled)
        for field_, clock in ((form.first_time, first), (form.last_time, last)):
            field_.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClicks(field_, clock.replace(":", ""))
            QTest.keyClick(field_, Key.Key_Tab)
            assert field_.time().toString("HH:mm") == clock
        form.reason.setFocus()
        self.type("Fell ill")
        before = {row.id for row in self.roster().time_off}
        self.key(ENTER)

        def asked() -> list[Id]:
            return [row.id for row in self.roster().time_off if row.id not in before]

        self.settle(asked)
        (made,) = asked()
        self.settle(lambda: (c := page.list.current()) is not None and c.request.id == made)
        self.settle(page.list.hasFocus)
        self.key(Key.Key_A)
        self.settle(lambda: self.window.centre.page == "absence")
        self.settle(lambda: self.plan() and all(row.looked for row in self.plan()))
        return made

    def roster(self) -> Roster:
        return self.clinic.front.store.queries.roster()

    @property
    def planner(self) -> AbsencePage:
        page = self.window.centre.shown_page
        assert isinstance(page, AbsencePage)
        return page

    def plan(self) -> list[PlanRow]:
        book = self.planner.book
        return book.rows if book is not None else []

    def plan_row(self, key: Qt.Key, becomes: RowState, *, other: bool = False) -> Id:
        """One key for the row that the cursor is on."""
        chosen = self.planner.table.current_id()
        assert next(row for row in self.plan() if row.id == chosen).state is RowState.OPEN
        if other:
            self.key(Key.Key_O)
            self.key(Key.Key_Down)
            self.settle(lambda: self.planner.panel.choice is not None)
        self.key(key)
        self.settle(lambda: next(row for row in self.plan() if row.id == chosen).state is becomes)
        self.settle(lambda: self.planner.table.current_id() != chosen)
        return chosen

    def colleagues_first(self) -> None:
        """Not the same doctor, but soon: all of it is looked for anew."""
        chip = self.planner.criteria.same_doctor
        assert chip.isChecked()
        self.click(chip)
        self.settle(
            lambda: not chip.isChecked() and not self.planner.criteria.wishes.same_doctor_first
        )
        self.settle(
            lambda: (
                all(row.looked for row in self.plan() if row.state is RowState.OPEN)
                and not self.planner.counters.stop.isVisible()
            )
        )
        self.planner.table.setFocus()

    def plan_the_rest(self) -> None:
        """Everything that has a proposal at once, and what has none to the shelf."""
        page = self.planner
        self.settle(lambda: not page.counters.stop.isVisible())
        self.key(ENTER, CTRL)
        self.settle(lambda: page.book is not None and not page.book.acceptable())
        if any(row.state is RowState.OPEN for row in self.plan()):
            self.click(page.counters.rest)
        self.settle(lambda: not any(row.state is RowState.OPEN for row in self.plan()))

    # -- the doctor's own page ---------------------------------------------------------------

    def in_doctors_view(self, code: str, key: Qt.Key, visit: Id, becomes: Status) -> None:
        """One letter on the page of a doctor, who has that visit before them."""
        self.key(Key.Key_7, CTRL)
        self.settle(lambda: self.window.centre.page == "doctor")
        page = self.window.centre.shown_page
        assert isinstance(page, DoctorPage)
        if page.source.doctor_id != self.clinic.names[code]:
            page.open(code)
        self.settle(
            lambda: (
                page.source.desk is not None
                and page.source.desk.doctor_id == self.clinic.names[code]
                and page.source.desk.find(visit) is not None
                and page.agenda.hasFocus()
            )
        )
        self.key(key)
        self.settle(lambda: self.cell(visit).status is becomes)

    # -- booking ---------------------------------------------------------------------------

    def book(self, name: str, kind: str, *, walk_in: bool = False, why: str = "") -> Id:
        """For somebody on file, in the first place offered; ``why`` insists where it is taken."""
        dialog = self.window.doors.booking
        made: list[str] = []
        dialog.booked.connect(made.append)
        if walk_in:
            QTest.keyClick(self.board.surface, Key.Key_W)
        else:
            self.key(Key.Key_N, CTRL)
        self.settle(lambda: dialog.isVisible() and dialog.who.edit.hasFocus())
        self.settle(lambda: dialog.source.roster is not None)
        assert dialog.walk_in.isChecked() == walk_in
        self.type(name)
        self.key(ENTER)
        self.settle(lambda: dialog.caller.known and dialog.openings.current is not None)
        self.pick(dialog.type_box, kind)
        self.settle(
            lambda: (
                dialog.openings.current is not None
                and not dialog.openings.searching
                and dialog.hold.settled
                and not dialog.caller.asking
            )
        )
        self.key(ENTER, CTRL)
        if why:
            way = self._overbook(dialog, made)
            if way is not None:
                way.setFocus()
                self.key(Key.Key_Space)
                self.settle(dialog.message.reason.hasFocus)
                self.type(why)
                self.key(ENTER)
        self.settle(lambda: bool(made) and not dialog.isVisible())
        dialog.booked.disconnect(made.append)
        return made[0]

    def _overbook(self, dialog: BookingDialog, made: list[str]) -> QPushButton | None:
        """The button of the refusal of this booking; None when it is booked at once."""

        def ways() -> list[QPushButton]:
            if dialog.submission.busy or dialog.book_when_held:
                return []
            found = dialog.message.buttons()
            return [b for b in found if b.text().startswith("Overbook") and b.isVisible()]

        self.settle(lambda: bool(made) or ways())
        return None if made else ways()[0]

    def pick(self, box: QComboBox, text: str) -> None:
        """In a list that drops down, by the arrows."""
        wanted = next(n for n in range(box.count()) if box.itemText(n).startswith(text))
        box.setFocus()
        for _step in range(abs(wanted - box.currentIndex())):
            QTest.keyClick(box, Key.Key_Down if wanted > box.currentIndex() else Key.Key_Up)
        assert box.currentIndex() == wanted, (text, box.currentText())

    # -- money -----------------------------------------------------------------------------

    def open_billing(self, state: str) -> BillingPage:
        self.key(Key.Key_B, CTRL | SHIFT)
        self.settle(lambda: self.window.centre.page == "billing")
        page = self.window.centre.shown_page
        assert isinstance(page, BillingPage)
        self.pick(page.filters.state, state)
        wish = page.filters.wish(DAY)
        found = {card.invoice.id for card in self.queries.invoices(wish)}
        self.settle(lambda: {card.invoice.id for card in page.model.cards} == found)
        page.table.setFocus()
        QTest.keyClick(page.table, Key.Key_Home)
        self.settle(lambda: page.current is not None)
        return page

    @property
    def queries(self) -> Queries:
        return self.clinic.front.store.queries

    def bill(self, invoice: Id) -> Invoice:
        (card,) = self.queries.invoices(InvoiceWish(invoice_id=invoice))
        return card.invoice

    def pay(self, page: BillingPage, *, amount: str = "", how: str = "", back: bool = False) -> Id:
        """The invoice under the cursor; what it takes is there already, Enter takes it."""
        card = page.current
        assert card is not None
        before = card.invoice.revision
        QTest.keyClick(page.table, Key.Key_G if back else Key.Key_P)
        form = page.side.pay
        self.settle(form.amount.hasFocus)
        if amount:
            self.type(amount)
        if how:
            self.pick(form.method, how)
            form.amount.setFocus()
        self.key(ENTER)
        self.settle(lambda: self.bill(card.invoice.id).revision > before)
        self.settle(page.table.hasFocus)
        self.settle(lambda: page.current is None or page.current.invoice.revision
                    == self.bill(page.current.invoice.id).revision)  # fmt: skip
        return card.invoice.id

    def refused_payment(self, page: BillingPage, amount: str, said: str) -> None:
        """It is said at the field, and Esc leaves everything as it was."""
        card = page.current
        assert card is not None
        QTest.keyClick(page.table, Key.Key_P)
        self.settle(page.side.pay.amount.hasFocus)
        self.type(amount)
        self.key(ENTER)
        self.settle(lambda: said in page.side.pay.message.sentence)
        self.key(Key.Key_Escape)
        self.settle(page.table.hasFocus)
        assert self.bill(card.invoice.id) == card.invoice

    def void(self, page: BillingPage, why: str) -> None:
        card = page.current
        assert card is not None
        QTest.keyClick(page.table, Key.Key_V)
        self.settle(lambda: (d := page.reason_dialog) is not None and d.reason.hasFocus())
        self.type(why)
        self.key(ENTER)
        self.settle(lambda: self.bill(card.invoice.id).status is InvoiceStatus.VOID)
        self.settle(page.table.hasFocus)

    # -- the board -------------------------------------------------------------------------

    def open_board(self) -> None:
        if self.window.centre.page != "flow":
            self.key(Key.Key_5, CTRL)
        self.settle(lambda: self.window.centre.page == "flow" and self.board.surface.hasFocus())
        self.look_at_board()

    @property
    def board(self) -> FlowPage:
        page = self.window.centre.page_named("flow")
        assert isinstance(page, FlowPage)
        return page

    def look_at_board(self) -> None:
        """As it is at this minute: the board follows the clock by itself, once a minute."""
        now = self.clinic.front.clock.now()
        self.board.source.read()
        self.settle(lambda: self.board.source.board is not None
                    and self.board.source.board.now == now)  # fmt: skip

    def station(self, visit: Id) -> Station | None:
        card = self.board.surface.flow.find(visit)
        return card.station if card is not None else None

    def card(self, visit: Id) -> Card:
        card = self.board.surface.flow.find(visit)
        assert card is not None
        return card

    def take_up(self, visit: Id) -> None:
        """A click on the card, beside its buttons; far ones are unfolded first."""
        surface = self.board.surface
        if surface.spot(visit) is None:
            bar = surface.verticalScrollBar()
            bar.setValue(bar.maximum())
            self.settle(lambda: not surface.more_rect().isNull())
            QTest.mouseClick(surface.viewport(), LEFT, NONE, surface.more_rect().center())
            self.settle(lambda: surface.spot(visit) is not None)
        surface.reveal(visit)
        QTest.mouseClick(surface.viewport(), LEFT, NONE, self.grip(visit))
        assert surface.selected == visit
        self.settle(surface.hasFocus)

    def grip(self, visit: Id) -> QPoint:
        return self.board.surface.card_rect(visit).topLeft() + QPoint(40, 12)

    def press_card(self, visit: Id, key: Qt.Key, goal: Station, mods: Any = NONE) -> None:
        self.take_up(visit)
        QTest.keyClick(self.board.surface, key, mods)
        self.reached(visit, goal)

    def press_button(self, visit: Id, action: str, goal: Station) -> None:
        surface = self.board.surface
        surface.reveal(visit)
        if surface.button_rect(visit, action).isNull():
            self.take_up(visit)  # a chosen card has more of them
            surface.reveal(visit)
        spot = surface.button_rect(visit, action)
        assert not spot.isNull(), action
        QTest.mouseClick(surface.viewport(), LEFT, NONE, spot.center())
        self.reached(visit, goal)

    def drag_card(self, visit: Id, goal: Station) -> None:
        surface = self.board.surface
        surface.reveal(visit)
        view, start = surface.viewport(), self.grip(visit)
        end = QPoint(surface.column_rect(COLUMN[goal]).center().x(), start.y())
        QTest.mousePress(view, LEFT, NONE, start)
        QTest.mouseMove(view, start + QPoint(20, 4))
        QTest.mouseMove(view, end)
        QTest.mouseRelease(view, LEFT, NONE, end)
        self.reached(visit, goal)

    def from_menu(self, visit: Id, words: str, goal: Station) -> None:
        self.take_up(visit)
        QTest.keyClick(self.board.surface, Key.Key_F10, SHIFT)
        self.choose_in_menu(words)
        self.reached(visit, goal)

    def reached(self, visit: Id, goal: Station) -> None:
        self.settle(lambda: self.station(visit) is goal)

    def bring(self, visit: Id, goal: Station) -> None:
        """One step on, each time by another of the ways there are."""
        letter, words = {
            Station.ARRIVED: (Key.Key_A, "Arrived"),
            Station.IN_ROOM: (Key.Key_R, "In room"),
            Station.DONE: (Key.Key_D, "Done"),
        }[goal]
        ways: tuple[tuple[str, Callable[[], None]], ...] = (
            ("letter", lambda: self.press_card(visit, letter, goal)),
            ("space", lambda: self.press_card(visit, Key.Key_Space, goal)),
            ("button", lambda: self.press_button(visit, "next", goal)),
            ("letter", lambda: self.press_card(visit, letter, goal)),
            ("drag", lambda: self.drag_card(visit, goal)),
            ("carry", lambda: self.press_card(visit, Key.Key_Right, goal, SHIFT)),
            ("letter", lambda: self.press_card(visit, letter, goal)),
            ("menu", lambda: self.from_menu(visit, words, goal)),
        )
        number = sum(self.gestures.values())
        name, deed = ways[number % len(ways)]
        self.gestures[name] = self.gestures.get(name, 0) + 1
        deed()
