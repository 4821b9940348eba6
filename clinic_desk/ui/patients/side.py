"""Beside the visits: figures, contact and consent, notes, waiting list, invoices, messages, and the
other entries of this person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desk.domain.billing import INVOICE_WORDS, InvoiceStatus
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import CHANNEL_WORDS, MessageStatus
from clinic_desk.domain.people import Patient
from clinic_desk.domain.waitlist import WaitStatus
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.message_ports import MessageCard
from clinic_desk.services.patient_views import MergedEntry, PatientRecord, Twin
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import messages, waiting, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.patients.contact import contact_lines
from clinic_desk.ui.patients.parts import RowButton, SectionHead, Tile
from clinic_desk.ui.runtime.formatting import local_day
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.forms.covered import Covered
from clinic_desk.ui.widgets.pay_form import PayForm

if TYPE_CHECKING:
    from datetime import date, datetime

NOT_TOLD = "Invoices are not told to this role."

SHOWN = 5
"""Invoices and entries that are listed; the rest is on the pages of their own."""

NEXT = 2
"""Messages to come that are listed."""

MOST_NOTES = 1200
"""Characters of the notes that are shown; the dialog shows all."""


class Rows(QWidget):
    """Row buttons by id: those that stay keep the keyboard."""

    def __init__(self, theme: Theme, parent: QWidget, keys: frozenset[str] = frozenset()) -> None:
        super().__init__(parent)
        self._theme, self._keys = theme, keys
        self.buttons: dict[Id, RowButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def keep(self, ids: Sequence[Id], made: Callable[[Id, RowButton], None]) -> None:
        """``made`` connects a new row."""
        for gone in self.buttons.keys() - set(ids):
            button = self.buttons.pop(gone)
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        for place, row_id in enumerate(ids):
            button = self.buttons.get(row_id) or RowButton(self._theme, self, keys=self._keys)
            if row_id not in self.buttons:
                self.buttons[row_id] = button
                made(row_id, button)
            self._column.removeWidget(button)
            self._column.insertWidget(place, button)
            button.show()
        self.setVisible(bool(ids))


SHARES = (3, 5, 4, 4)
"""Of the width, by what the tiles hold: "148", "13 · 25%", "12", "10 min"."""


class PatientSide(QScrollArea):
    """``asked`` carries what is wanted and of which row: ("edit_notes", ""), ("invoice", id),
    ("pay", id), ("entry", id), ("withdraw", id), ("twin", id), ("separate", id), …"""

    asked = Signal(str, str)

    def __init__(self, theme: Theme, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._source = theme, source
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tiles = [Tile(theme, self) for _ in range(4)]
        self.contact_head = SectionHead(theme, "Contact and consent", self, "&Edit")
        self.facts: dict[str, InkLabel] = {}
        self.contact = QFormLayout()
        self.contact.setHorizontalSpacing(12)
        self.contact.setVerticalSpacing(5)
        self.notes_head = SectionHead(theme, "Notes", self, "Edit &notes")
        self.notes = Covered(theme, "", wrap=True, parent=self)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.waits_head = SectionHead(theme, "Waiting list", self, "&Add")
        self.waits = Rows(theme, self, frozenset({"Del"}))
        self.no_waits = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.bills_head = SectionHead(theme, "Invoices", self, "Show a&ll")
        self.bills = Rows(theme, self, frozenset({"P"}))
        self.no_bills = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.pay = PayForm(theme, self)
        self.pay.hide()
        self.messages_head = SectionHead(theme, "Messages and reminders", self, "Show all")
        self.messages = Rows(theme, self)
        self.no_messages = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.twins_head = SectionHead(theme, "Likely the same person", self, "&Merge…")
        self.twins = Rows(theme, self)
        self.merged_head = SectionHead(theme, "Entries that became part of this one", self)
        self.merged = Rows(theme, self)
        self._lay_out()
        for head, what in (
            (self.contact_head, "edit"), (self.notes_head, "edit_notes"),
            (self.waits_head, "wait"), (self.bills_head, "invoices"), (self.twins_head, "merge"),
            (self.messages_head, "messages"),
        ):  # fmt: skip
            head.link.clicked.connect(lambda _on=False, what=what: self.asked.emit(what, ""))

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        tiles = QHBoxLayout()
        tiles.setSpacing(6)
        for tile, share in zip(self.tiles, SHARES, strict=True):
            tiles.addWidget(tile, share)
        column.addLayout(tiles)
        column.addSpacing(8)
        column.addWidget(self.contact_head)
        column.addLayout(self.contact)
        for parts in (
            (self.notes_head, self.notes),
            (self.twins_head, self.twins),
            (self.waits_head, self.waits, self.no_waits),
            (self.bills_head, self.bills, self.no_bills, self.pay),
            (self.messages_head, self.messages, self.no_messages),
            (self.merged_head, self.merged),
        ):
            column.addSpacing(8)
            for part in parts:
                column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inner)

    # telling

    def tell(self, record: PatientRecord, now: datetime, today: date) -> None:
        facts = record.facts
        missed = f"{facts.missed} · {facts.no_show_share}%" if facts.missed else "0"
        wait = f"{facts.usual_wait} min" if facts.usual_wait is not None else "–"
        told = words.plural(facts.missed, "no-show")
        tips = (
            f"{words.plural(facts.completed, 'visit')} completed",
            f"{told} of {words.plural(facts.finished, 'visit')} that were kept or missed"
            f" ({facts.no_show_share}%)",
            f"{facts.cancelled} cancelled or declined",
            "Usual wait from arrival to start, over the last visits",
        )
        figures = (
            (str(facts.completed), "visits"),
            (missed, "no-shows"),
            (str(facts.cancelled), "cancelled"),
            (wait, "usual wait"),
        )
        for tile, (figure, what), tip in zip(self.tiles, figures, tips, strict=True):
            tile.tell(figure, what, tip)
        self._tell_contact(record)
        notes = record.patient.notes.strip()
        cut = notes if len(notes) <= MOST_NOTES else f"{notes[:MOST_NOTES]}… (more in Edit notes)"
        self.notes.setText(cut or "No notes.")
        self.notes.set_ink("text" if notes else "text2")
        self._tell_waits(record.waits, today)
        self._tell_bills(record, today)
        self._tell_messages(record.messages, record, now, today)
        self._tell_twins(record.twins)
        self._tell_merged(record.merged, today)

    def _tell_contact(self, record: PatientRecord) -> None:
        for title, text in contact_lines(record, self._source.roster):
            if title not in self.facts:
                self._add_fact(title)
            self.facts[title].setText(text)
            self.facts[title].setAccessibleName(f"{title}: {text}")

    def _add_fact(self, title: str) -> None:
        label = InkLabel(self._theme, title, role="grid", ink="text2", parent=self)
        kind = Covered if title == "Emergency" else InkLabel
        value = kind(self._theme, "", role="grid", wrap=True, parent=self)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.contact.addRow(label, value)
        self.facts[title] = value

    def _tell_waits(self, cards: Sequence[WaitlistCard], today: date) -> None:
        now = [card for card in cards if card.entry.status is WaitStatus.WAITING]
        shown = [*now, *(card for card in cards if card not in now)][: max(len(now), SHOWN)]
        self.waits_head.title.setText(f"Waiting list · {len(now)}" if now else "Waiting list")
        self.waits.keep([card.entry.id for card in shown], self._connect("entry", "withdraw"))
        for card in shown:
            button = self.waits.buttons[card.entry.id]
            wants = waiting.wishes(card.entry, today)
            since = words.short_date(local_day(card.since, self._source.zone), today)
            who = card.doctor_name or "any doctor"
            state = "" if card in now else card.entry.status.value
            roster = self._source.roster
            doctor = roster.doctors.get(card.entry.doctor_id or "") if roster else None
            colours = self._theme.doctor_colour(doctor.colour) if doctor else None
            button.stripe = colours.stripe if colours is not None else None
            parts = [who, wants, f"since {since}"]
            button.tell(card.type_name or "A visit", " · ".join(p for p in parts if p), tag=state)
        self.no_waits.setText("Waits for nothing.")
        self.no_waits.setVisible(not shown)

    def _tell_bills(self, record: PatientRecord, today: date) -> None:
        owed = ", ".join(words.price_words(minor, currency) for currency, minor in record.owed)
        title = f"Invoices · {owed} open" if owed else "Invoices"
        self.bills_head.title.setText(title)
        self.bills_head.link.setVisible(record.invoice_count > 0)
        cards = sorted(record.invoices, key=lambda card: not card.invoice.open_minor)[:SHOWN]
        self.bills.keep([card.invoice.id for card in cards], self._connect("invoice", "pay"))
        for card in cards:
            self.bills.buttons[card.invoice.id].tell(*bill_words(card, today))
        more = record.invoice_count - len(cards)
        if not record.money_told:
            none = NOT_TOLD
        else:
            none = f"and {words.plural(more, 'invoice')} more" if more > 0 else "No invoice yet."
        self.no_bills.setText(none)
        self.no_bills.setVisible(more > 0 or not cards)

    def _tell_messages(
        self, sent: Sequence[MessageCard], record: PatientRecord, now: datetime, today: date
    ) -> None:
        zone = self._source.zone
        shown = _worth_telling(sent)
        visits = {cell.id: cell for cell in record.visits}
        self.messages.keep([one.message.id for one in shown], self._connect("message", ""))
        for card in shown:
            one, about = card.message, ""
            visit = visits.get(one.appointment_id or "")
            if visit is not None:
                at = words.moment_words(visit.start, self._source.zone_at(visit.location_id), today)
                about = f"about {at}"
            when = words.moment_words(one.sent_at or one.due_at, zone, today)
            state = messages.state_of(card, now, zone)
            by = CHANNEL_WORDS[one.channel]
            self.messages.buttons[one.id].tell(
                f"{messages.what_text(one)} · {when}",
                " · ".join(part for part in (by, about) if part),
                tag=state.text.partition(" · ")[0],
                tag_ink=state.ink,
            )
        self.messages_head.link.setVisible(bool(sent))
        self.no_messages.setText("No message was sent or is planned.")
        self.no_messages.setVisible(not shown)

    def _tell_twins(self, twins: Sequence[Twin]) -> None:
        shown = [twin for twin in twins if twin.strong][:SHOWN]
        self.twins.keep([twin.patient.id for twin in shown], self._connect("twin", ""))
        for twin in shown:
            self.twins.buttons[twin.patient.id].tell(
                f"{twin.patient.listed_name} · No. {twin.patient.record_number}",
                ", ".join(twin.why),
                words.plural(twin.holdings.visits, "visit"),
            )
        self.twins_head.setVisible(bool(shown))

    def _tell_merged(self, merged: Sequence[MergedEntry], today: date) -> None:
        self.merged.keep([one.patient.id for one in merged], self._connect("separate", ""))
        for one in merged:
            when = ""
            if one.at is not None:
                when = words.short_date(local_day(one.at, self._source.zone), today)
            by = f"merged {when} by {one.by}" if one.by else f"merged {when}"
            name = f"No. {one.patient.record_number} · {one.patient.listed_name}"
            self.merged.buttons[one.patient.id].tell(name, f"Separate again… · {by}")
        self.merged_head.setVisible(bool(merged))

    def _connect(self, opens: str, key: str) -> Callable[[Id, RowButton], None]:
        def made(row_id: Id, button: RowButton) -> None:
            button.clicked.connect(lambda _on=False: self.asked.emit(opens, row_id))
            if key:
                button.acted.connect(lambda _key: self.asked.emit(key, row_id))
            button.menu_requested.connect(lambda: self.asked.emit(f"menu_{opens}", row_id))

        return made


def _worth_telling(cards: Sequence[MessageCard]) -> list[MessageCard]:
    """What goes next, and the last that went or did not; the rest is on the messages page."""
    planned = [card for card in cards if card.message.status is MessageStatus.PLANNED]
    others = [card for card in cards if card not in planned]
    after = planned[-NEXT:]
    return after + others[: SHOWN - len(after)]


def bill_words(card: InvoiceCard, today: date) -> tuple[str, str, str, str, str]:
    """Title, line below, amount, state, ink of the state."""
    one = card.invoice
    price = words.price_words(one.total_minor, one.currency)
    overdue = bool(one.open_minor and one.due_on is not None and one.due_on < today)
    state = "overdue" if overdue else INVOICE_WORDS[one.status]
    ink = "refuse" if overdue else "ok" if one.status is InvoiceStatus.PAID else "text2"
    below = card.type_name or "Visit"
    if one.open_minor:
        below += f" · {words.price_words(one.open_minor, one.currency)} open"
    if card.to_return:
        below += f" · {words.price_words(card.to_return, one.currency)} to give back"
    day = words.short_date(one.visit_day, today)
    return f"{one.number or 'Draft'} · {day}", below, price, state, ink


def name_of(patient: Patient) -> str:
    """ "Lee, Ana (No. P000123)"."""
    return f"{patient.listed_name} (No. {patient.record_number})"
