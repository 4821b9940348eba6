"""Step 3: the hours of a usual week, as one table; every doctor begins with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import Command
from clinic_desk.services.first_week import (
    USUAL,
    Hours,
    OpenDay,
    change_week,
    common_hours,
    read_day,
)
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.wording import LONG_DAYS, clock_text
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.forms.fields import SwitchField, TextField
from clinic_desk.ui.widgets.forms.form import FormArea
from clinic_desk.ui.wizard.step import INITIATOR, Ground, Step, Unread

TIMES = ("start", "end", "lunch_start", "lunch_end")
WORDS = {
    "start": "opens", "end": "closes", "lunch_start": "lunch begins", "lunch_end": "lunch ends",
}  # fmt: skip


WIDTH = 84
"""Pixels of a time at usual type."""


class DayRow:
    """One weekday of the table; ``fields`` by ``TIMES``."""

    def __init__(self, theme: Theme, weekday: int) -> None:
        self.weekday = weekday
        self.open = SwitchField(LONG_DAYS[weekday])
        self.open.setAccessibleName(f"{LONG_DAYS[weekday]}, open")
        self.fields = {name: TextField() for name in TIMES}
        theme.changed.connect(self._fit)
        self._theme = theme
        self._fit()
        for name, field in self.fields.items():
            field.setAccessibleName(f"{LONG_DAYS[weekday]}, {WORDS[name]}")
        self.closed = InkLabel(theme, "closed", ink="text3")
        self.error = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.error.hide()

    def _fit(self) -> None:
        for field in self.fields.values():
            field.setMaximumWidth(self._theme.px(WIDTH))

    def show_open(self) -> None:
        for field in self.fields.values():
            field.setVisible(self.open.value())
        self.closed.setVisible(not self.open.value())

    def put(self, day: OpenDay | None) -> None:
        self.open.put(day is not None)
        if day is not None:
            lunch = day.lunch or (None, None)
            for name, minute in zip(TIMES, (day.start, day.end, *lunch), strict=True):
                self.fields[name].put("" if minute is None else clock_text(minute))
        self.show_open()

    def raws(self) -> list[Any]:
        return [self.open.value(), *(self.fields[name].raw() for name in TIMES)]

    def put_raws(self, raws: list[Any]) -> None:
        self.open.put(bool(raws[0]))
        for name, text in zip(TIMES, raws[1:], strict=True):
            self.fields[name].put(str(text))
        self.show_open()

    def read(self) -> OpenDay:
        text = {name: field.text() for name, field in self.fields.items()}
        return read_day(
            self.weekday, text["start"], text["end"], (text["lunch_start"], text["lunch_end"])
        )

    def fault(self, name: str, sentence: str) -> None:
        """Without a sentence the field alone is marked; without a name nothing is wrong."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        for one, field in self.fields.items():
            field.setProperty("invalid", "true" if one == name else "false")
            field.style().unpolish(field)
            field.style().polish(field)


class HoursStep(Step):
    name = "hours"
    title = "Opening hours"
    lead = (
        "The usual week. Every doctor begins with these hours; single doctors, breaks and seasons "
        "are painted later under Weekly hours."
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._before: Hours | None = None
        self._filled = False
        self.same = QCheckBox("Sa&me every day: a time typed for one day holds for all open days")
        self.same.setChecked(True)
        self.same.clicked.connect(lambda _on: self._copy(None))
        self.rows = {day: DayRow(theme, day) for day in range(7)}
        inner = QWidget()
        inner.setMaximumWidth(theme.px(760))
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(20, 4, 24, 20)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, theme.px(140))
        self._grid.setColumnStretch(5, 1)
        self._grid.addWidget(self.same, 0, 0, 1, 6)
        for column, words in enumerate(("", "Opens", "Closes", "Lunch from", "until")):
            head = Label(words)
            head.setProperty("role", "caption")
            self._grid.addWidget(head, 1, column)
        self._order: list[int] = []
        self._arrange(0)
        self._grid.setRowStretch(40, 1)
        self.column.addWidget(FormArea(inner), 1)
        for row in self.rows.values():
            row.open.edited.connect(lambda row=row: self._on_open(row))
            for name, field in row.fields.items():
                field.edited.connect(lambda row=row, name=name: self._on_time(row, name))

    def prepare(self, ground: Ground) -> None:
        self._arrange(ground.roster.practice.first_weekday)

    def fill(self, ground: Ground) -> None:
        self._before = common_hours(ground.roster)
        if self._before is None and self._filled:
            return  # nobody has them yet, so what was typed stays
        self._filled = True
        self.put(self._before or USUAL)

    def put(self, hours: Hours) -> None:
        some = next(iter(hours.values()), USUAL[0])
        for day, row in self.rows.items():
            row.put(some)  # what a closed day would open with
            row.put(hours.get(day))
        self.same.setChecked(len(set(hours.values())) <= 1)

    def raws(self) -> dict[str, Any]:
        days: dict[str, Any] = {str(day): row.raws() for day, row in self.rows.items()}
        return days | {"same": self.same.isChecked()}

    def put_raws(self, raws: Any) -> None:
        if not isinstance(raws, Mapping):
            return
        self.same.setChecked(bool(raws.get("same")))
        for day, row in self.rows.items():
            kept = raws.get(str(day))
            if isinstance(kept, list) and len(kept) == 1 + len(TIMES):
                row.put_raws(kept)

    def read(self) -> Hours:
        """Raises ``Unread``, with the fault said at its day."""
        for row in self.rows.values():
            row.fault("", "")
        hours: dict[int, OpenDay] = {}
        wrong = False
        said: list[list[Any]] = []
        for day in self._order:
            row = self.rows[day]
            if not row.open.value():
                continue
            try:
                hours[day] = row.read()
            except Refusal as refusal:
                # one slip typed for all days is told once
                told = row.raws() in said
                said.append(row.raws())
                row.fault(refusal.field or "start", "" if told else refusal.sentence)
                if not wrong:
                    face = row.fields[refusal.field or "start"]
                    face.setFocus(Qt.FocusReason.OtherFocusReason)
                    announce(face, refusal.sentence, urgent=True)
                wrong = True
        if wrong:
            raise Unread
        if not hours:
            self.said.emit("Open at least one day, or skip this step and paint the hours later.")
            raise Unread
        return hours

    def command(self, ground: Ground) -> Command | None:
        """Nothing yet in a clinic without doctors: they are given the hours with the next step."""
        changes = change_week(ground.roster, self._before, self.read(), ground.new_id)
        if not changes:
            return None
        return Together(commands=changes, label="Set the opening hours", initiator=INITIATOR)

    def begin(self) -> bool:
        first = self.rows[self._order[0]]
        for day in self._order:
            if self.rows[day].open.value():
                first = self.rows[day]
                break
        face = first.fields["start"] if first.open.value() else first.open
        face.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    # inside

    def _arrange(self, first: int) -> None:
        """The week as the clinic begins it."""
        order = [(first + n) % 7 for n in range(7)]
        if order == self._order:
            return
        self._order = order
        before: QWidget = self.same
        for place, day in enumerate(order):
            row = self.rows[day]
            line = 2 + 2 * place
            self._grid.addWidget(row.open, line, 0)
            for column, name in enumerate(TIMES, start=1):
                self._grid.addWidget(row.fields[name], line, column)
            self._grid.addWidget(row.closed, line, 1)
            self._grid.addWidget(row.error, line + 1, 0, 1, 6)
            for widget in (row.open, *row.fields.values()):
                QWidget.setTabOrder(before, widget)
                before = widget

    def _on_open(self, row: DayRow) -> None:
        row.fault("", "")
        if row.open.value() and self.same.isChecked():
            other = self._open_row(row)
            if other is not None:
                for name in TIMES:
                    row.fields[name].put(other.fields[name].text())
        row.show_open()
        self.edited.emit()

    def _on_time(self, row: DayRow, name: str) -> None:
        row.fault("", "")
        if self.same.isChecked():
            for other in self.rows.values():
                if other is not row:
                    other.fields[name].put(row.fields[name].text())
                    other.fault("", "")
        self.edited.emit()

    def _copy(self, _row: DayRow | None) -> None:
        """Ticked again: the first open day holds for the others."""
        first = self._open_row(None)
        if self.same.isChecked() and first is not None:
            for other in self.rows.values():
                for name in TIMES:
                    other.fields[name].put(first.fields[name].text())
        self.edited.emit()

    def _open_row(self, besides: DayRow | None) -> DayRow | None:
        rows = (self.rows[day] for day in self._order)
        return next((row for row in rows if row.open.value() and row is not besides), None)
