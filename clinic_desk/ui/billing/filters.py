"""The row above the list: text, state, period, doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from clinic_desk.domain.billing import OWED, InvoiceStatus
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.filter_row import DoctorRow, choice_box, turn
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.forms.bits import InkLabel

STATES = (
    ("all", "All invoices"), ("open", "Open"), ("overdue", "Overdue"), ("paid", "Paid"),
    ("draft", "Drafts"), ("void", "Void"),
)  # fmt: skip
PERIODS = (
    ("today", "Today"), ("week", "This week"), ("month", "This month"),
    ("last_month", "Last month"), ("year", "This year"), ("all", "All time"),
)  # fmt: skip
LETTERS = 8


def period(name: str, today: date, first_weekday: int = 0) -> tuple[date | None, date | None]:
    """First and last day of a period by its name, inclusive; None is open."""
    match name:
        case "today":
            return today, today
        case "week":
            first = today - timedelta(days=(today.weekday() - first_weekday) % 7)
            return first, first + timedelta(days=6)
        case "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case "last_month":
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case "year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
    return None, None


class FilterRow(DoctorRow):
    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__(theme, source, "Number or patient", "Filter by number or patient")
        self.state = choice_box(self, "State", LETTERS)
        self.period = choice_box(self, "Period", LETTERS)
        for box, rows in ((self.state, STATES), (self.period, PERIODS)):
            for name, word in rows:
                box.addItem(word, name)
        self.count = InkLabel(theme, "", ink="text2", parent=self)
        doctor = choice_box(self, "Doctor", LETTERS)
        self.lay_out(self.state, self.period, doctor=doctor).addWidget(self.count)

    def wish(self, today: date) -> InvoiceWish:
        roster = self._source.roster
        weekday = roster.practice.first_weekday if roster is not None else 0
        first, last = period(str(self.period.currentData()), today, weekday)
        wish = InvoiceWish(
            first=first,
            last=last,
            doctor_id=self.doctor.currentData(),
            text=self.typed(),
        )
        match self.state.currentData():
            case "open":
                return replace(wish, statuses=tuple(sorted(OWED)))
            case "overdue":
                return replace(wish, overdue_on=today)
            case "all":
                return wish
            case name:
                return replace(wish, statuses=(InvoiceStatus(name),))

    @property
    def on(self) -> bool:
        """Something else than all invoices of all time is shown."""
        chosen = (self.state.currentData(), self.period.currentData(), self.doctor.currentData())
        return chosen != ("all", "all", None) or bool(self.text.text().strip())

    def choose(self, state: str = "all", span: str = "all") -> None:
        """Without ``changed``; text and doctor are cleared."""
        for box, value in ((self.state, state), (self.period, span), (self.doctor, None)):
            turn(box, value)
        self.wipe()
