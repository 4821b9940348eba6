"""The booking rules at a glance: each type's, each doctor's day, and what holds for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Practice, is_override
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, SaveRecords
from clinic_desk.services.roster_checks import checked
from clinic_desk.services.wording import doctor_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.board import Editor
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.results import listed
from clinic_desk.ui.roster.rule_table import CHECKED, UNCHECKED, Cell, Column, RuleTable
from clinic_desk.ui.roster.type_fields import lead_minutes
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.forms.fields import SwitchField
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.reminder_plan import lead_text

RULES_ID = "rules"
UNITS = {"": 1, "min": 1, "minute": 1, "minutes": 1, "h": 60, "hour": 60, "hours": 60,
         "d": 1440, "day": 1440, "days": 1440}  # fmt: skip


def read_lead(text: str) -> int:
    """Minutes of "24 h", "3 days", "45 min" or "90"; empty is none."""
    whole = text.strip().casefold()
    number = whole.rstrip("abcdefghijklmnopqrstuvwxyz. ")
    unit = whole[len(number) :].strip(" .")
    if unit not in UNITS:
        raise Refusal("bad_notice", f"“{text[:40]}” is no time; type it like 24 h or 3 days.")
    return lead_minutes(number, UNITS[unit])


def write_lead(minutes: int) -> str:
    return lead_text(minutes) if minutes else "none"


def read_number(text: str) -> int | None:
    whole = text.strip()
    if whole.casefold() in ("", "none", "no limit"):
        return None
    if not whole.lstrip("-").isdecimal() or len(whole) > 9:
        raise Refusal("bad_number", f"“{whole[:40]}” is no whole number.")
    return int(whole)


def read_days(text: str) -> int:
    whole = text.strip().casefold().removesuffix("days").removesuffix("day").strip()
    number = read_number(whole)
    if number is None:
        raise Refusal("missing", "Type a number of days.")
    return number


def write_number(number: int | None) -> str:
    return "" if number is None else str(number)


TYPE_RULES = (
    Column(
        "min_notice", "Notice", write_lead, lambda t: 0 if t == "none" else read_lead(t),
        explained="How long before its start a visit is booked at the latest: 24 h, 3 days",
    ),
    Column(
        "max_future_days", "Days ahead", str, read_days,
        explained="How many days ahead a visit is booked at the most",
    ),
    Column(
        "max_reschedules", "Moved at most", write_number, read_number,
        explained="How often a visit may be moved; empty for no limit",
    ),
    Column(
        "patient_may_reschedule", "Patient may move",
        lambda on: CHECKED if on else UNCHECKED, lambda text: text == CHECKED, tick=True,
        explained="Whether a visit is moved at the patient’s wish",
    ),
    Column(
        "max_per_day", "Per day", write_number, read_number,
        explained="How many visits of the type a doctor has on one day; empty for no limit",
    ),
)  # fmt: skip
DAY_RULES = (
    Column(
        "max_per_day", "Visits per day", write_number, read_number,
        explained="How many patients the doctor sees on one day; empty for no limit",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook(Record):
    """Every rule as one thing to edit; never stored itself. ``rows`` are the rows it shows."""

    practice: Practice
    rows: Mapping[Id, AppointmentType | Doctor] = field(default_factory=dict)


def rule_book(roster: Roster) -> RuleBook:
    rows: dict[Id, AppointmentType | Doctor] = {}
    for kind in roster.types.values():
        if kind.active and not is_override(roster.types, kind):
            rows[kind.id] = kind
    rows |= {row.id: row for row in roster.doctors.values() if row.active}
    return RuleBook(id=RULES_ID, practice=roster.practice, rows=rows)


class RulesEditor:
    def __init__(self, theme: Theme) -> None:
        form = self.form = Form(theme, widest=1120)
        self.types = RuleTable(theme, TYPE_RULES, "Rules of the visit types")
        self.days = RuleTable(theme, DAY_RULES, "Visits per day of each doctor")
        self.heard = InkLabel(theme, "", ink="text2", wrap=True)
        self._book: RuleBook | None = None
        form.heading("Visit types")
        form.add_wide("types", "Rules of the visit types", self.types)
        form.heading("Doctors")
        form.add_wide("days", "Visits per day", self.days)
        form.heading("Patients")
        form.add(
            "one_visit_at_a_time", "One patient",
            SwitchField("A patient cannot have two visits at the same time"),
            "The desk can book a second one on purpose, where it has the right to.",
        )  # fmt: skip
        self.types.check = self.days.check = self._judge
        self.types.looked_at.connect(self.tell)
        self.days.looked_at.connect(self.tell)
        for table in (self.types, self.days):
            table.edited.connect(lambda t=table: self._tell_current(t))

    def prepare(self, roster: Roster, record: RuleBook) -> None:
        self._book = record
        kinds = [(row.id, _type_name(roster, row)) for row in record.rows.values()
                 if isinstance(row, AppointmentType)]  # fmt: skip
        self.types.offer(kinds)
        self.days.offer(
            [(row.id, doctor_text(row)) for row in record.rows.values() if isinstance(row, Doctor)]
        )

    def values(self, roster: Roster, record: RuleBook) -> Mapping[str, Any]:  # noqa: ARG002
        types: dict[Cell, Any] = {}
        days: dict[Cell, Any] = {}
        for row in record.rows.values():
            if isinstance(row, Doctor):
                days[row.id, "max_per_day"] = row.max_per_day
            else:
                types |= {(row.id, c.name): getattr(row, c.name) for c in TYPE_RULES}
        if not self.types.currentIndex().isValid():
            self.heard.setText(
                "Type into a cell; an empty one has no limit. What the desk hears stands here."
            )
        return {
            "types": types,
            "days": days,
            "one_visit_at_a_time": record.practice.one_visit_at_a_time,
        }

    def base(self, roster: Roster, record: RuleBook) -> None:  # noqa: ARG002
        return None

    def changed(self, roster: Roster, record: RuleBook, values: Mapping[str, Any]) -> RuleBook:  # noqa: ARG002
        rows = dict(record.rows)
        for table, cells in ((self.types, values["types"]), (self.days, values["days"])):
            for (row_id, name), value in cells.items():
                if row_id not in rows:
                    continue
                rows[row_id] = replace(rows[row_id], **{name: value})
                try:
                    checked(rows[row_id])
                except Refusal as refusal:
                    table.fault((row_id, refusal.field or name), refusal.sentence)
                    where = "types" if table is self.types else "days"
                    called = dict(table.rules.rows).get(row_id, "")
                    raise Refusal(
                        refusal.code, f"{called}: {refusal.sentence}", field=where
                    ) from None
        practice = replace(record.practice, one_visit_at_a_time=values["one_visit_at_a_time"])
        return replace(record, practice=practice, rows=rows)

    def command(self, roster: Roster, before: RuleBook | None, after: RuleBook) -> Command:
        old = before or rule_book(roster)
        written: list[Record] = []
        for row_id, row in after.rows.items():
            stored = old.rows.get(row_id)
            if stored is None or stored == row:
                continue
            written.append(replace(row, revision=stored.revision))
        if after.practice != old.practice:
            written.append(replace(after.practice, revision=old.practice.revision))
        names = [_called(row) for row in written]
        what = listed(list(dict.fromkeys(names)))
        return SaveRecords(records=tuple(written), label=f"Booking rules: {what}")

    def title(self, roster: Roster, record: RuleBook) -> tuple[str, str]:  # noqa: ARG002
        return "", ""

    def tell(self, cell: Cell) -> None:
        """What the receptionist hears when this rule is in the way."""
        row = self._book.rows.get(cell[0]) if self._book is not None else None
        if row is None:
            return
        table = self.days if isinstance(row, Doctor) else self.types
        column = next(c for c in table.rules.columns if c.name == cell[1])
        fault = table.rules.faults.get(cell)
        self.heard.set_ink("refuse" if fault else "text2")
        if fault:
            self.heard.setText(fault)
            return
        self.heard.setText(heard(row, cell[1], column.read(table.rules.text(cell))))

    def _judge(self, cell: Cell, value: Any) -> None:
        """Raises ``Refusal`` for a figure that its row cannot have."""
        row = self._book.rows.get(cell[0]) if self._book is not None else None
        if row is not None:
            checked(replace(row, **{cell[1]: value}))

    def _tell_current(self, table: RuleTable) -> None:
        self.form.rows["days" if table is self.days else "types"].fault(table.complaint())
        if table.currentIndex().isValid():
            self.tell(table.rules.cell(table.currentIndex()))


def heard(row: AppointmentType | Doctor, rule: str, value: Any) -> str:
    """The sentence of a refusal by this rule, with the way past it."""
    past = " With the right to it, it can be booked with a reason."
    if isinstance(row, Doctor):
        if value is None:
            return f"{doctor_text(row)} has no limit of visits per day."
        most = say.count(value, "patient")
        return f"“{doctor_text(row)} sees {most} a day at most, and this day has {value}.”{past}"
    name = row.name
    if rule == "min_notice":
        if value <= 0:
            return f"{name} can be booked at once: no notice is needed."
        return f"“{name} needs {say.notice_text(value)}.”{past}"
    if rule == "max_future_days":
        return f"“{name} can be booked up to {say.count(value, 'day')} ahead.”{past}"
    if rule == "max_reschedules":
        if value is None:
            return f"{name} may be moved as often as need be."
        return f"“{name} may be moved {say.count(value, 'time')}, and that has been done.” With " \
               "the right to it, it can be moved with a reason."  # fmt: skip
    if rule == "patient_may_reschedule":
        if value:
            return f"Patients may move {name} visits."
        return (
            f"“{name} visits are not moved at a patient’s wish.” They are moved when the clinic "
            "asks for it."
        )
    if value is None:
        return f"A day holds as many {name} visits as there is room for."
    return f"“{say.count(value, name + ' visit')} a day with one doctor at most.”{past}"


def _name_of(row: AppointmentType | Doctor) -> str:
    return doctor_text(row) if isinstance(row, Doctor) else row.name


def _rule_words(rule: str, value: Any) -> str:
    """ "at least 2 h notice"."""
    if rule == "min_notice":
        return f"at least {lead_text(value)} notice" if value else "without notice"
    if rule == "max_future_days":
        return f"at most {say.count(value, 'day')} ahead"
    if rule == "max_reschedules":
        return (
            "moved as often as need be"
            if value is None
            else f"moved {say.count(value, 'time')} at most"
        )
    if rule == "patient_may_reschedule":
        return "moved at a patient’s wish" if value else "not moved at a patient’s wish"
    return "no limit per day" if value is None else f"{value} a day at most"


def _type_name(roster: Roster, row: AppointmentType) -> str:
    doctor = roster.doctors.get(row.doctor_id or "")
    return f"{row.name} ({doctor_text(doctor)})" if doctor is not None else row.name


def _called(row: Record) -> str:
    if isinstance(row, Practice):
        return "one patient at a time"
    return str(getattr(row, "name", ""))[:60]


class PoliciesPanel(RecordPanel):
    def __init__(self, context: Context) -> None:
        super().__init__(context, None, ("No rules yet", "This clinic’s file is empty."))
        self.rules = RulesEditor(context.theme)
        self.add_editor(self.rules)
        self.named = "The booking rules"
        # it stays in sight, however far down the table is
        self.titles.addWidget(self.rules.heard)

    def stored(self, roster: Roster, row_id: Id) -> Record | None:  # noqa: ARG002
        return rule_book(roster)

    def first(self, roster: Roster) -> Id:  # noqa: ARG002
        return RULES_ID

    def focus_on(self, name: str) -> bool:
        """A rule: its cell of the first row."""
        book = self.record
        tables = ((self.rules.types, TYPE_RULES), (self.rules.days, DAY_RULES))
        for table, columns in tables:
            if isinstance(book, RuleBook) and any(one.name == name for one in columns):
                if table.rules.rows:
                    self.form.seek("types" if table is self.rules.types else "days")
                    table.go_to((table.rules.rows[0][0], name))
                return bool(table.rules.rows)
        return super().focus_on(name)

    def result(self, editor: Editor, before: Record | None, after: Record) -> str:  # noqa: ARG002
        if not isinstance(before, RuleBook) or not isinstance(after, RuleBook):
            return ""
        told = [
            f"{_name_of(row)} {_rule_words(one.name, getattr(row, one.name))}"
            for row_id, row in after.rows.items()
            for one in (DAY_RULES if isinstance(row, Doctor) else TYPE_RULES)
            if row_id in before.rows
            and getattr(row, one.name) != getattr(before.rows[row_id], one.name)
        ]
        at_once = after.practice.one_visit_at_a_time
        if at_once != before.practice.one_visit_at_a_time:
            told.append(
                "one patient, one visit at a time"
                if at_once
                else "one patient, also two visits at a time"
            )
        return listed(told)

    def show_fault(self, refusal: Refusal) -> bool:
        """A refusal of the store names a rule, not a row: it is told above its table."""
        where = refusal.field
        if where not in self.form.rows:
            where = "types" if where in {c.name for c in TYPE_RULES} else None
        return self.form.show_fault(where, refusal.sentence)
