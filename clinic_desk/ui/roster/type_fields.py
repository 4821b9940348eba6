"""Two fields of visit types: a lead time in minutes, hours or days, and the reminder plan."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.errors import Refusal
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.fields import ChoiceField
from clinic_desk.ui.widgets.forms.reminder_plan import ReminderPlan, plan_text
from clinic_desk.ui.widgets.forms.yielding import YieldingLine

UNITS: tuple[tuple[int, str], ...] = ((1, "minutes"), (60, "hours"), (1440, "days"))
PRACTICE, NONE, OWN = "practice", "none", "own"


class LeadField(QWidget):
    """ "24 hours" in minutes."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line = YieldingLine()
        self.line.textEdited.connect(self.edited)
        self.unit = ChoiceField(UNITS)
        self.unit.setMinimumContentsLength(7)
        self.unit.setAccessibleName("Unit of the notice")
        self.unit.edited.connect(self.edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line)
        row.addWidget(self.unit)
        row.addStretch(1)
        self.setFocusProxy(self.line)
        theme.changed.connect(self._dress)
        self._dress()

    def value(self) -> int:
        return lead_minutes(self.line.text(), self.unit.value())

    def put(self, value: int) -> None:
        unit = next((u for u in (1440, 60) if value and value % u == 0), 1 if value else 60)
        self.line.setText(str(value // unit))
        self.unit.put(unit)

    def raw(self) -> tuple[str, int]:
        return self.line.text().strip(), self.unit.value()

    def _dress(self) -> None:
        self.line.setFixedWidth(self._theme.px(84))
        self.unit.setFixedWidth(self._theme.px(112))


def lead_minutes(text: str, unit: int) -> int:
    """An empty one is none. Raises ``Refusal`` for what is no whole number."""
    whole = text.strip()
    if not whole:
        return 0
    if not whole.lstrip("-").isdecimal() or len(whole) > 9:
        raise Refusal("bad_number", f"“{whole[:40]}” is no whole number.")
    return int(whole) * unit


class TypeReminders(QWidget):
    """The practice's plan (None), no reminders (empty), or a plan of its own."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.choice = ChoiceField(
            (
                (PRACTICE, "As the practice"),
                (NONE, "No reminders"),
                (OWN, "A plan of its own"),
            )
        )
        self.plan = ReminderPlan(theme)
        self._practice: tuple[str, ...] = ()
        self._said = Label()
        self._said.setProperty("role", "muted")
        self._said.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.choice)
        column.addWidget(self._said)
        column.addWidget(self.plan)
        self.setFocusProxy(self.choice)
        self.choice.edited.connect(self._on_choice)
        self.plan.edited.connect(self.edited)

    def set_practice(self, plan: Sequence[str]) -> None:
        self._practice = tuple(plan)
        self._said.setText(plan_text(plan))

    def value(self) -> tuple[str, ...] | None:
        if self.choice.value() == PRACTICE:
            return None
        return self.plan.value() if self.choice.value() == OWN else ()

    def put(self, value: Sequence[str] | None) -> None:
        self.choice.put(PRACTICE if value is None else OWN if value else NONE)
        self.plan.put(value or ())
        self._tell()

    def raw(self) -> tuple[object, ...]:
        own = self.plan.raw() if self.choice.value() == OWN else ()
        return self.choice.value(), own

    def _on_choice(self) -> None:
        if self.choice.value() == OWN and not self.plan.lines:
            self.plan.put(self._practice)
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        self.plan.setVisible(self.choice.value() == OWN)
        self._said.setVisible(self.choice.value() == PRACTICE)
