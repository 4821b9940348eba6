"""What the keys, buttons and menus of the patient's page do.

What writes asks the store itself; what lies outside the page is asked for by the page's signals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.appointments import TRANSITIONS, Status
from clinic_desk.domain.billing import InvoiceStatus, PaymentMethod
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.waitlist import WaitStatus
from clinic_desk.services.billing_commands import RecordPayment
from clinic_desk.services.command import Command
from clinic_desk.services.day_commands import SeparatePatients
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import WithdrawFromWaitlist
from clinic_desk.ui.models import permitted
from clinic_desk.ui.patients.editing import EditPatientDialog
from clinic_desk.ui.patients.key_list import KeyList
from clinic_desk.ui.patients.merging import MergeDialog
from clinic_desk.ui.patients.side import name_of
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.patients.page import PatientPage

INITIATOR = "patient-page"
WITHDRAWALS = ("Booked elsewhere", "No longer needed", "Cannot be reached", "Entered by mistake")
SEPARATIONS = ("Two persons after all", "Mother and daughter", "Father and son", "Twins",
               "Merged by mistake")  # fmt: skip
NEEDS: dict[str, Permission] = {
    "book": Permission.BOOK,
    "again": Permission.BOOK,
    "find": Permission.MOVE,
    "move": Permission.MOVE,
    "cancel": Permission.CANCEL,
    "edit": Permission.EDIT_PATIENT,
    "edit_notes": Permission.EDIT_PATIENT,
    "merge": Permission.MERGE_PATIENTS,
    "twin": Permission.MERGE_PATIENTS,
    "separate": Permission.MERGE_PATIENTS,
    "wait": Permission.WAITLIST,
    "withdraw": Permission.WAITLIST,
    "pay": Permission.BILLING,
}
OF_A_VISIT = frozenset({"open", "find", "move", "cancel", "again"})


class PatientDeeds(QObject):
    def __init__(self, page: PatientPage) -> None:
        super().__init__(page)
        self._page = page
        self._edit: EditPatientDialog | None = None
        self._merging: MergeDialog | None = None
        self.reason_dialog: ReasonDialog | None = None
        self._paying: Id = ""
        self._busy = False

    # what may be done now

    def why_not(self, action: str) -> str:
        """Why this desk may not, or this visit cannot; empty when it can be done."""
        page, needed = self._page, NEEDS.get(action)
        told = why_not(page.context.actor, needed) if needed is not None else ""
        if told or action not in OF_A_VISIT:
            return told
        cell = page.current_visit()
        if cell is None:
            return "Choose a visit of the list first."
        if action in ("find", "move") and not page.movable(cell):
            return "This visit is over or under way; book another one (A)."
        if why := self._not_theirs(action, cell):
            return why
        if action == "cancel" and Status.CANCELLED not in TRANSITIONS[cell.status]:
            return "This visit is over or under way; it cannot be cancelled any more."
        return ""

    def _not_theirs(self, action: str, cell: Cell) -> str:
        """Why the visit is in a schedule that is not this person's to change."""
        actor, roster = self._page.context.actor, self._page.source.roster
        if actor.permissions is None or roster is None:
            return ""
        wanted = {"find": "move", "move": "move", "cancel": "cancel"}.get(action, "")
        return permitted.why_not(actor, wanted, roster.doctors, (cell,))

    def follow(self) -> None:
        """Buttons say what is possible with the chosen visit, and why not."""
        page = self._page
        buttons: dict[str, tuple[QPushButton, str]] = {
            "merge": (page.merge_button, "Merge with another entry of the same person (G)"),
            "print": (page.print_button, "Print the list of the visits (Ctrl+P)"),
            "edit": (page.edit_button, "Change what is on file (E)"),
            "book": (page.book_button, "Book another visit (B)"),
            "find": (page.find_button, "Find the chosen visit another time (R)"),
            "open": (page.open_button, "Open the chosen visit (Enter)"),
            "move": (page.move_button, "Pick it up and place it on the calendar (M)"),
            "cancel": (page.cancel_button, "Cancel the chosen visit with a reason (Delete)"),
            "again": (page.again_button, "Book the same kind with the same doctor again (A)"),
            "edit_notes": (page.side.notes_head.link, "Change the notes (N)"),
            "wait": (page.side.waits_head.link, "Put the patient on the waiting list (W)"),
        }
        for action, (button, tip) in buttons.items():
            why = self.why_not(action)
            if why:
                shut([button], why)
            else:
                button.setEnabled(True)
                button.setToolTip(tip)
                button.setAccessibleDescription("")
        link = page.side.contact_head.link
        link.setEnabled(page.edit_button.isEnabled())
        link.setToolTip(page.edit_button.toolTip())

    # doing

    def act(self, action: str) -> None:
        page = self._page
        record = page.record
        if action == "search":
            page.search.setFocus()
            page.search.selectAll()
            return
        if action in ("visits", "history"):
            page.show_list(action)
            return
        if record is None:
            return
        why = self.why_not(action)
        if why:
            page.message.show_message(Message(why, Tone.INFO))
            return
        cell, patient = page.current_visit(), record.patient
        match action:
            case "open" if cell is not None:
                page.visit_requested.emit(cell.id)
            case "find" if cell is not None:
                page.finder_requested.emit(cell.id)
            case "move" if cell is not None:
                page.move_requested.emit(cell.id)
            case "cancel" if cell is not None:
                page.cancel_requested.emit(cell)
            case "again" if cell is not None:
                page.again_requested.emit(cell)
            case "book":
                page.book_requested.emit(patient.id)
            case "wait":
                page.wait_requested.emit(patient.id)
            case "edit" | "edit_notes":
                self._edit_patient(patient.id, "notes" if action == "edit_notes" else "last_name")
            case "print":
                page.print_requested.emit(patient.id)
            case "merge":
                self.merge()
            case "invoices":
                page.page_requested.emit("billing", ("patient", patient.id))
            case "menu":
                self._menu_at_row()

    def from_side(self, what: str, row_id: str) -> None:
        page = self._page
        if not row_id:
            self.act(what)
            return
        if what.startswith("menu_"):
            self._side_menu(what.removeprefix("menu_"), row_id)
            return
        why = self.why_not(what)
        if why:
            page.message.show_message(Message(why, Tone.INFO))
            return
        match what:
            case "invoice":
                page.page_requested.emit("billing", row_id)
            case "entry":
                page.page_requested.emit("waitlist", row_id)
            case "pay":
                self._start_pay(row_id)
            case "withdraw":
                self._withdraw(row_id)
            case "twin":
                self.merge(row_id)
            case "separate":
                self._separate(row_id)

    def _edit_patient(self, patient_id: Id, field: str) -> None:
        page = self._page
        if self._edit is None:
            self._edit = EditPatientDialog(page.context, page)
            self._edit.toast_requested.connect(page.toast_requested)
        self._edit.open_for(patient_id, field)

    # merging

    def merge(self, other_id: Id = "") -> None:
        """With nobody named the dialog asks with whom."""
        page, record = self._page, self._page.record
        if record is None:
            return
        if self._merging is None:
            self._merging = MergeDialog(page.context, page.source, page)
            self._merging.merged.connect(self._on_merged)
            self._merging.toast_requested.connect(page.toast_requested)
        self._merging.start(record.patient, other_id)

    def _on_merged(self, kept_id: Id) -> None:
        self._page.show_patient(kept_id)

    def _separate(self, other_id: Id) -> None:
        record = self._page.record
        entry = (
            next((m for m in record.merged if m.patient.id == other_id), None) if (record) else None
        )
        if record is None or entry is None:
            return
        self._ask(
            "Separate again",
            f"{name_of(entry.patient)} stands for itself again, with the visits it brought. What "
            f"was added since stays with {name_of(record.patient)}.",
            SEPARATIONS,
            "Separate",
            lambda reason: SeparatePatients(other_id=other_id, reason=reason, initiator=INITIATOR),
        )

    # the waiting list

    def _withdraw(self, entry_id: Id) -> None:
        record = self._page.record
        card = next((w for w in record.waits if w.entry.id == entry_id), None) if record else None
        if record is None or card is None:
            return
        if card.entry.status is not WaitStatus.WAITING:
            self._say("This wish is no longer on the list.")
            return
        self._ask(
            "Take off the waiting list",
            f"{record.patient.listed_name} no longer waits for {card.type_name}.",
            WITHDRAWALS,
            "Take off",
            lambda reason: WithdrawFromWaitlist(
                entry_id=entry_id,
                reason=reason,
                expected_revision=card.entry.revision,
                initiator=INITIATOR,
            ),
        )

    def _ask(
        self,
        title: str,
        sentence: str,
        usual: Sequence[str],
        button: str,
        command: Callable[[str], Command],
    ) -> None:
        page = self._page
        dialog = ReasonDialog(page.theme, title, sentence, usual, button, page, limit=500)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason_dialog = dialog

        def done(outcome: Outcome) -> None:
            dialog.hide()
            dialog.deleteLater()
            self._done(outcome)

        dialog.given.connect(
            lambda reason, _scope: page.context.operations.run(
                command(reason), done=done, refused=dialog.refuse
            )
        )
        dialog.open()

    # money

    def _card(self, invoice_id: Id) -> InvoiceCard | None:
        record = self._page.record
        cards = record.invoices if record is not None else ()
        return next((card for card in cards if card.invoice.id == invoice_id), None)

    def _start_pay(self, invoice_id: Id) -> None:
        page, card = self._page, self._card(invoice_id)
        if card is None:
            return
        one = card.invoice
        owed = 0 if one.status is InvoiceStatus.VOID else one.total_minor - one.paid_minor
        if not owed:
            self._say(f"Nothing is owed on {one.number or 'this draft'}.")
            return
        roster = page.source.roster
        self._paying = invoice_id
        form = page.side.pay
        form.ask(owed, one.currency, roster.practice.locale if roster else "en_GB")
        form.title.setText(f"Take payment · {one.number or 'draft, issued now'}")
        form.show()
        form.start()
        # where it stands is known once it has been laid out
        QTimer.singleShot(0, form, lambda: page.side.ensureWidgetVisible(form))

    def leave_pay(self) -> None:
        form, page = self._page.side.pay, self._page
        if form.isHidden():
            return
        form.hide()
        row = page.side.bills.buttons.get(self._paying)
        (row or page.visits).setFocus()

    def pay(self, minor: int, method: str, note: str) -> None:
        """One at a time: a second Enter while the first is written takes no second payment."""
        card, form = self._card(self._paying), self._page.side.pay
        if card is None or self._busy:
            return
        self._busy = True

        def done(outcome: Outcome) -> None:
            self._busy = False
            self.leave_pay()
            self._done(outcome)

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            form.refuse(error)

        self._page.context.operations.run(
            RecordPayment(
                invoice_id=card.invoice.id,
                amount_minor=minor,
                method=PaymentMethod(method),
                note=note,
                expected_revision=card.invoice.revision,
                initiator=INITIATOR,
            ),
            done=done,
            refused=refused,
        )

    # menus

    def menu(self, at: QPoint) -> None:
        page = self._page
        menu = WordedMenu(page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        icon = page.theme.qicon
        for action, text, name in (
            ("open", "Open visit\tEnter", "calendar"), ("find", "Find another time\tR", "search"),
            ("move", "Move on the calendar\tM", "move"), ("again", "Book again\tA", "repeat"),
            ("cancel", "Cancel with reason…\tDel", "trash"),
        ):  # fmt: skip
            entry = menu.addAction(icon(name), text)
            entry.setEnabled(not self.why_not(action))
            entry.triggered.connect(lambda _on=False, action=action: self.act(action))
        menu.popup(at)

    def _menu_at_row(self) -> None:
        shown = self._page.lists.currentWidget()
        if isinstance(shown, KeyList):
            rect = shown.visualRect(shown.currentIndex())
            self.menu(shown.viewport().mapToGlobal(rect.bottomLeft()))

    def _side_menu(self, kind: str, row_id: Id) -> None:
        page = self._page
        entries = {
            "invoice": (("invoice", "Open the invoice\tEnter"), ("pay", "Take payment…\tP")),
            "entry": (("entry", "Open the entry\tEnter"), ("withdraw", "Take off…\tDel")),
            "twin": (("twin", "Compare and merge…\tEnter"),),
            "separate": (("separate", "Separate again…\tEnter"),),
        }.get(kind, ())
        boxes = {"invoice": page.side.bills, "entry": page.side.waits,
                 "twin": page.side.twins, "separate": page.side.merged}  # fmt: skip
        button = boxes[kind].buttons.get(row_id) if kind in boxes else None
        if button is None:
            return
        menu = WordedMenu(page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for what, text in entries:
            entry = menu.addAction(text)
            entry.setEnabled(not self.why_not(what))
            entry.triggered.connect(lambda _on=False, what=what: self.from_side(what, row_id))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    # telling

    def _done(self, outcome: Outcome) -> None:
        said = ". ".join([outcome.sentence, *outcome.warnings])
        self._page.toast_requested.emit(said, bool(outcome.undo_label))
        self._page.take_keyboard()

    def _say(self, sentence: str) -> None:
        self._page.toast_requested.emit(sentence, False)
