"""A reminder plan as a little list: "24 h before: SMS, e-mail"."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.fields import ChoiceField
from clinic_desk.ui.widgets.forms.yielding import YieldingLine

CHANNELS: tuple[tuple[str, str], ...] = (
    ("sms", "SMS"), ("email", "E-mail"), ("whatsapp", "WhatsApp"), ("desktop", "Desk"),
)  # fmt: skip
UNITS: tuple[tuple[int, str], ...] = ((1440, "days"), (60, "hours"), (1, "minutes"))


def plan_text(plan: Sequence[str]) -> str:
    """ "24 h before: SMS, e-mail · 2 h before"; "no reminders" for an empty one."""
    return " · ".join(item_text(item) for item in plan) or "no reminders"


def item_text(item: str) -> str:
    minutes, _, channels = item.partition(":")
    names = [dict(CHANNELS).get(one, one) for one in channels.split(",") if one]
    names = [name if name in ("SMS", "WhatsApp") else name.lower() for name in names]
    sent = f": {', '.join(names)}" if names else ""
    return f"{lead_text(int(minutes))} before{sent}"


def lead_text(minutes: int) -> str:
    """ "24 h", "3 days", "45 min"."""
    if minutes > 1440 and minutes % 1440 == 0:
        return f"{minutes // 1440} days"
    if minutes >= 60 and minutes % 60 == 0:
        return f"{minutes // 60} h"
    return f"{minutes} min"


class ReminderPlan(QWidget):
    """Its value is a tuple as of ``Practice.reminders``. No channel ticked leaves the choice to
    what the patient prefers."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: list[_Line] = []
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._empty = Label("No reminders.")
        self._empty.setProperty("role", "muted")
        self.add = push("Add a reminder", self)
        self.add.setProperty("density", "compact")
        self.add.clicked.connect(self._add)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self._empty)
        whole.addLayout(self._column)
        whole.addLayout(foot)
        self.setFocusProxy(self.add)

    def value(self) -> tuple[str, ...]:
        return tuple(line.value() for line in self.lines)

    def put(self, value: Sequence[str]) -> None:
        for line in list(self.lines):
            self._drop(line)
        for item in value:
            self._append(item)
        self._tell()

    def raw(self) -> tuple[object, ...]:
        return tuple(line.raw() for line in self.lines)

    def _append(self, item: str) -> _Line:
        line = _Line(self._theme, item)
        line.edited.connect(self.edited)
        line.removed.connect(lambda: self._remove(line))
        self.lines.append(line)
        self._column.addWidget(line)
        self._tell()
        return line

    def _add(self) -> None:
        taken = {line.raw()[:2] for line in self.lines}
        wish = next((m for m in (1440, 120, 60, 2880, 10080, 30) if _split(m) not in taken), 1440)
        line = self._append(f"{wish}:")
        line.number.setFocus()
        line.number.selectAll()
        self.edited.emit()

    def _remove(self, line: _Line) -> None:
        self._drop(line)
        self._tell()
        self.add.setFocus()
        self.edited.emit()

    def _drop(self, line: _Line) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _tell(self) -> None:
        self._empty.setVisible(not self.lines)
        for place, line in enumerate(self.lines, 1):
            line.name(place)


class _Line(QWidget):
    """ "[24] [hours] before, by ☐ SMS ☐ E-mail …  ✕"."""

    edited = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, item: str) -> None:
        super().__init__()
        minutes, _, channels = item.partition(":")
        number, unit = _split(int(minutes))
        self.number = YieldingLine(number)
        self.number.setFixedWidth(theme.px(46))
        self.number.textEdited.connect(self.edited)
        self.unit = ChoiceField(UNITS)
        self.unit.setMinimumContentsLength(7)
        self.unit.setFixedWidth(theme.px(100))
        self.unit.put(unit)
        self.unit.edited.connect(self.edited)
        self.boxes: dict[str, QCheckBox] = {}
        parts = QWidget()
        row = FlowLayout(parts)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        for one in (self, parts):
            one.setSizePolicy(policy)
        before = Label("before, by")
        before.setMinimumHeight(theme.px(32))
        for widget in (self.number, self.unit, before):
            row.addWidget(widget)
        wanted = channels.split(",")
        for key, words in CHANNELS:
            box = QCheckBox(words)
            box.setChecked(key in wanted)
            box.clicked.connect(self._on_click)
            box.setMinimumHeight(theme.px(32))
            self.boxes[key] = box
            row.addWidget(box)
        # the order in which channels are tried is kept as it came
        self._order = [one for one in wanted if one in self.boxes]
        self.close_button = push("", self, "ghost")
        self.close_button.setProperty("square", "true")
        self.close_button.setFixedWidth(theme.px(28))
        self.close_button.setIcon(theme.qicon("close"))
        self.close_button.clicked.connect(self.removed)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(parts, 1)
        across.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.setToolTip("With nothing ticked a reminder goes the way the patient prefers.")

    def name(self, place: int) -> None:
        self.number.setAccessibleName(f"Reminder {place}: how long before")
        self.unit.setAccessibleName(f"Reminder {place}: unit")
        for key, words in CHANNELS:
            self.boxes[key].setAccessibleName(f"Reminder {place}: by {words}")
        self.close_button.setAccessibleName(f"Remove reminder {place}")
        self.close_button.setToolTip(f"Remove reminder {place}")

    def value(self) -> str:
        text = self.number.text().strip()
        if not text.isdecimal():
            raise Refusal(
                "bad_reminder", f"“{text[:20]}” is no time before a visit; type a whole number."
            )
        return f"{int(text) * self.unit.value()}:{','.join(self._order)}"

    def raw(self) -> tuple[object, ...]:
        return self.number.text().strip(), self.unit.value(), tuple(self._order)

    def _on_click(self) -> None:
        on = [key for key, box in self.boxes.items() if box.isChecked()]
        self._order = [one for one in self._order if one in on]
        self._order += [one for one in on if one not in self._order]
        self.edited.emit()


def _split(minutes: int) -> tuple[str, int]:
    """In the largest unit that leaves no rest; a day stays 24 hours, as people say it."""
    for unit, _ in UNITS:
        if minutes and minutes % unit == 0 and (unit != 1440 or minutes > 1440):
            return str(minutes // unit), unit
    return str(minutes), 1
