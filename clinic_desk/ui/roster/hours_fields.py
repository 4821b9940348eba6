"""The exact figures beside the week grid: the weeks in which hours hold, a window, a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from clinic_desk.domain.catalogue import AppointmentType, Room
from clinic_desk.domain.ids import Id
from clinic_desk.services.hours_editing import BrushKind, Frame, Layer, Stroke
from clinic_desk.services.hours_painting import Window, parse_clock
from clinic_desk.services.when import parse_day
from clinic_desk.services.wording import LONG_DAYS, clock_text
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.hours_sheet import rhythm
from clinic_desk.ui.roster.typed import FieldGrid, TypedField, choose
from clinic_desk.ui.runtime.formatting import short_day
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.worded import WordedCombo
from clinic_desk.ui.widgets.worded_menu import WordedMenu

RHYTHMS = ((1, "every week"), (2, "every 2nd week"), (3, "every 3rd week"), (4, "every 4th week"))

NUMBERS = {
    "step": ("Step, min", "min", 5),
    "buffer_before": ("Buffer before", "min", 5),
    "max_parallel": ("Side by side", "", 1),
    "priority": ("Priority", "", 1),
}


class TypesButton(QToolButton):
    """The visit types that a part is kept for, ticked in a menu that stays open."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "control")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = WordedMenu(self)
        self.setMenu(self._menu)
        self.actions_: dict[Id, QAction] = {}
        self._types: dict[Id, AppointmentType] = {}

    def offer(self, types: Sequence[AppointmentType]) -> None:
        self._menu.clear()
        self.actions_ = {}
        self._types = {kind.id: kind for kind in types}
        for kind in types:
            action = self._menu.addAction(f"{kind.code}  {kind.name}".replace("&", "&&"))
            action.setCheckable(True)
            action.toggled.connect(self._toggled)
            self.actions_[kind.id] = action

    @property
    def type_ids(self) -> tuple[Id, ...]:
        return tuple(kind for kind, action in self.actions_.items() if action.isChecked())

    def show_types(self, type_ids: Sequence[Id]) -> None:
        for kind, action in self.actions_.items():
            blocked = action.blockSignals(True)
            action.setChecked(kind in type_ids)
            action.blockSignals(blocked)
        self._say()

    def _toggled(self) -> None:
        self._say()
        self.chosen.emit(self.type_ids)

    def _say(self) -> None:
        rows = [self._types[kind] for kind in self.type_ids]
        words = ", ".join(row.name for row in rows) or "Choose visit types"
        room = max(80, self.width() - 24)
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        self.setText(shown)
        self.setToolTip(as_text(words))
        self.setAccessibleName(f"For: {words}")


class PlanFields(QWidget):
    """``edited`` carries the plan as it is wanted; what cannot be read is said at its field."""

    edited = Signal(object)

    def __init__(self, theme: Theme, today: date) -> None:
        super().__init__()
        self._today = today
        self._plan = Layer()
        self.first, self.last, self.anchor = TypedField(), TypedField(), TypedField()
        self.every = WordedCombo()
        for weeks, words in RHYTHMS:
            self.every.addItem(words, weeks)
        self.first.setPlaceholderText("from the start")
        self.last.setPlaceholderText("no end")
        self.first.setToolTip("A day: 1.2.2027, 1 feb, mon. Empty: from the start.")
        self.last.setToolTip("The last day on which these hours hold. Empty: no end.")
        self.grid = FieldGrid(theme, self)
        self.grid.add("valid_from", "&Valid from", self.first)
        self.grid.add("valid_until", "U&ntil", self.last)
        self.grid.add("every_weeks", "Re&peated", self.every)
        self.grid.add("anchor", "Be&ginning", self.anchor)
        self.anchor.setAccessibleName("Beginning with the week of")
        self.anchor.setToolTip("Any day of a week in which these hours hold")
        self.note = Label()
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.grid)
        column.addWidget(self.note)
        for name, field in (("valid_from", self.first), ("valid_until", self.last)):
            field.committed.connect(lambda text, name=name: self._day(name, text))
        self.anchor.committed.connect(self._week)
        self.every.activated.connect(self._rhythm)

    def show_plan(self, plan: Layer, note: str) -> None:
        self._plan = plan
        self.grid.clear()
        self.first.show_value(short_day(plan.valid_from) if plan.valid_from else "")
        self.last.show_value(short_day(plan.valid_until) if plan.valid_until else "")
        if self.every.findData(plan.every_weeks) < 0:  # an import may have any number
            self.every.addItem(f"every {plan.every_weeks} weeks", plan.every_weeks)
        choose(self.every, plan.every_weeks)
        self.grid.show_row("anchor", plan.every_weeks > 1)
        self.anchor.show_value(short_day(self._coming()) if plan.anchor else "")
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _coming(self) -> date:
        """The first such week that is not over."""
        plan = self._plan
        assert plan.anchor is not None
        monday = self._today - timedelta(days=self._today.weekday())
        late = (monday - plan.anchor).days // 7 % plan.every_weeks
        return monday + timedelta(weeks=(plan.every_weeks - late) % plan.every_weeks)

    def _day(self, name: str, text: str) -> None:
        found = parse_day(text, self._today) if text.strip() else None
        if text.strip() and found is None:
            self.grid.refuse(
                name, f"“{text.strip()[:40]}” is no day; type for example 1.2.2027 or 1 feb."
            )
            return
        if name == "valid_from":
            self.edited.emit(replace(self._plan, valid_from=found))
        else:
            self.edited.emit(replace(self._plan, valid_until=found))

    def _week(self, text: str) -> None:
        found = parse_day(text, self._today)
        if found is None:
            self.grid.refuse("anchor", "Name any day of a week in which these hours hold.")
            return
        self.edited.emit(rhythm(self._plan, self._plan.every_weeks, found))

    def _rhythm(self) -> None:
        anchor = self._plan.anchor or self._today
        self.edited.emit(rhythm(self._plan, self.every.currentData(), anchor))

    def pending(self) -> list[TypedField]:
        """Fields with something typed and not yet taken over."""
        return [f for f in (self.first, self.last, self.anchor) if f.isVisible() and f.pending]


class WindowFields(QWidget):
    """``window_edited`` and ``part_edited`` carry a field's name and the value that was read;
    times in minutes of the day. Without a window its edges rest, and the other fields say what is
    painted next."""

    window_edited = Signal(str, object)
    part_edited = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = ElidedLabel()
        self.title.setProperty("role", "heading")
        self.grid = FieldGrid(theme, self)
        self.start, self.end = _clock("From"), _clock("To")
        self.grid.add("work_start", "&From", self.start, ("work_end", "to", self.end))
        self.numbers: dict[str, TypedField] = {}
        for name, (label, unit, by) in NUMBERS.items():
            field = self._number(name, unit, by)
            if name == "buffer_before":
                after = self._number("buffer_after", unit, by)
                after.setAccessibleName("Buffer after")
                self.grid.add(name, label, field, ("buffer_after", "after", after))
            else:
                self.grid.add(name, label, field)
        self.room = WordedCombo()
        self.room.activated.connect(
            lambda _: self.window_edited.emit("room_id", self.room.currentData())
        )
        self.grid.add("room_id", "R&oom", self.room)
        self.part_title = Label()
        self.part_title.setProperty("role", "heading")
        self.parts = FieldGrid(theme, self)
        self.part_start, self.part_end = _clock("Part from"), _clock("Part to")
        self.reason, self.types = TypedField(), TypesButton(self)
        self.parts.add("part_start", "From", self.part_start, ("part_end", "to", self.part_end))
        self.parts.add("label", "Reason", self.reason)
        self.parts.add("type_ids", "For", self.types)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(self.grid)
        column.addSpacing(8)
        column.addWidget(self.part_title)
        column.addLayout(self.parts)
        for name, field in (("work_start", self.start), ("work_end", self.end)):
            field.committed.connect(lambda text, name=name: self._time(name, text))
        for name, field in (("part_start", self.part_start), ("part_end", self.part_end)):
            field.committed.connect(lambda text, name=name: self._time(name, text))
        self.reason.committed.connect(lambda text: self.part_edited.emit("label", text))
        self.types.chosen.connect(lambda chosen: self.part_edited.emit("type_ids", chosen))

    def _number(self, name: str, unit: str, by: int) -> TypedField:
        field = TypedField()
        field.setPlaceholderText(unit)
        field.setToolTip(f"{unit}; ↑ and ↓ change it".strip("; ") if unit else "↑ and ↓ change it")
        field.step = lambda text, way: str(int(text) + way * by) if _figure(text) else text
        field.committed.connect(lambda text: self._figure(name, text))
        self.numbers[name] = field
        return field

    def show_window(
        self,
        window: Window | None,
        part: Stroke | None,
        frame: Frame,
        priority: int,
        where: str,
        rooms: Sequence[Room],
    ) -> None:
        self.grid.clear()
        self.parts.clear()
        if window is None:
            self.title.setText("What you paint next")
        else:
            self.title.setText(f"{LONG_DAYS[window.weekday]}, {where}")
        for name in ("work_start", "work_end"):
            self.grid.show_row(name, window is not None)
        self.start.show_value(clock_text(window.start) if window else "")
        self.end.show_value(clock_text(window.end) if window else "")
        values = {
            "step": frame.step,
            "buffer_before": frame.buffer_before,
            "buffer_after": frame.buffer_after,
            "max_parallel": frame.max_parallel,
            "priority": priority,
        }
        for name, value in values.items():
            self.numbers[name].show_value(str(value))
        self.room.clear()
        self.room.addItem("No room of its own", None)
        for room in rooms:
            self.room.addItem(room.name, room.id)
        choose(self.room, frame.room_id)
        kind = part.brush.kind if part is not None else BrushKind.OPEN
        shown = part is not None and kind is not BrushKind.OPEN
        self.part_title.setVisible(shown)
        for name in ("part_start", "part_end", "label"):
            self.parts.show_row(name, shown)
        self.parts.show_row("type_ids", shown and kind is BrushKind.RESERVED)
        if part is not None and shown:
            pause = kind is BrushKind.BREAK
            self.part_title.setText("Break" if pause else "Reserved part")
            self.parts.labels["label"].setText("Reason" if pause else "Called")
            self.reason.setAccessibleName("Reason of the break" if pause else "Name of the part")
            self.part_start.show_value(clock_text(part.start))
            self.part_end.show_value(clock_text(part.end))
            self.reason.show_value(part.brush.label)
            self.types.show_types(part.brush.type_ids)

    def refuse(self, name: str, sentence: str) -> bool:
        return self.grid.refuse(name, sentence) or self.parts.refuse(name, sentence)

    def pending(self) -> list[TypedField]:
        """Fields with something typed and not yet taken over."""
        every = [*self.grid.fields.values(), *self.parts.fields.values()]
        return [f for f in every if isinstance(f, TypedField) and f.isVisible() and f.pending]

    def _time(self, name: str, text: str) -> None:
        part = name.startswith("part")
        minute = parse_clock(text)
        if minute is None:
            grid = self.parts if part else self.grid
            grid.refuse(name, f"“{text.strip()[:40]}” is no time; type for example 9:05 or 17.30.")
            return
        (self.part_edited if part else self.window_edited).emit(name, minute)

    def _figure(self, name: str, text: str) -> None:
        if not _figure(text):
            self.grid.refuse(name, f"“{text.strip()[:40]}” is no whole number.")
            return
        self.window_edited.emit(name, int(text))


def _figure(text: str) -> bool:
    bare = text.strip().removeprefix("-")
    return bare.isascii() and bare.isdigit() and len(bare) <= 6


def _clock(name: str) -> TypedField:
    field = TypedField()
    field.setAccessibleName(name)
    field.setToolTip("9, 9:05, 17.30; ↑ and ↓ change it by 5 minutes")
    field.step = _stepped
    return field


def _stepped(text: str, way: int) -> str:
    minute = parse_clock(text)
    return text if minute is None else clock_text(min(1440, max(0, minute + 5 * way)))
