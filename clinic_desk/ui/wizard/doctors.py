"""Step 4: the doctors, one line each; colour and code come by themselves and can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, SaveRecords
from clinic_desk.services.first_week import active, first_site, templates_of
from clinic_desk.services.roster_checks import checked
from clinic_desk.services.roster_editing import propose_code, propose_doctor_look
from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import Pattern
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.fields import TextField
from clinic_desk.ui.widgets.forms.swatches import Look, SwatchField
from clinic_desk.ui.widgets.worded_menu import WordedMenu
from clinic_desk.ui.wizard.lines import ENTER, Line, LineList
from clinic_desk.ui.wizard.step import INITIATOR, Ground, Step, Unread


class LookButton(QPushButton):
    """The colour of a doctor; a click opens the eight colours and their stripes."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look: Look = ("teal", "solid")
        self.used: dict[Look, tuple[str, ...]] = {}
        self.setAutoDefault(False)
        self.setProperty("square", "true")
        self.clicked.connect(self.choose)
        theme.changed.connect(self._dress)
        self._dress()

    def value(self) -> Look:
        return self._look

    def raw(self) -> list[str]:
        return list(self._look)

    def put(self, value: Sequence[str]) -> None:
        self._look = (value[0], value[1])
        self._dress()

    def choose(self) -> None:
        popup = _Swatches(self._theme, self)
        popup.field.mark_used(self.used)
        popup.field.put(self._look)
        popup.field.edited.connect(lambda: self._chosen(popup.field))
        popup.move(self._spot(popup.sizeHint()))
        popup.show()
        popup.move(self._spot(popup.size()))  # with its frame, which the style adds
        popup.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _spot(self, size: QSize) -> QPoint:
        """Below the button, all of it on the screen."""
        below = self.mapToGlobal(self.rect().bottomLeft())
        screen = self.screen().availableGeometry()
        x = min(below.x(), screen.right() - size.width() + 1)
        y = below.y() if below.y() + size.height() <= screen.bottom() else (
            self.mapToGlobal(self.rect().topLeft()).y() - size.height()
        )  # fmt: skip
        return QPoint(max(screen.left(), x), max(screen.top(), y))

    def _chosen(self, field: SwatchField) -> None:
        self._look = cast(Look, field.value())
        self._dress()
        self.edited.emit()

    def _dress(self) -> None:
        size = QSize(self._theme.px(28), self._theme.px(16))
        picture = QPixmap(size * 2)
        picture.setDevicePixelRatio(2)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        colour = self._theme.doctor_colour(self._look[0], _pattern(self._look[1]))
        paint.badge(painter, QRect(0, 0, size.width(), size.height()), self._theme, "", colour)
        painter.end()
        self.setIcon(QIcon(picture))
        self.setIconSize(size)
        self.setToolTip(f"Colour: {', '.join(self._look)}. Click to choose another.")
        self.setAccessibleDescription(", ".join(self._look))


class _Swatches(QFrame):
    def __init__(self, theme: Theme, parent: LookButton) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = SwatchField(theme)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self.field)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (*ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            self.close()
        else:
            super().keyPressEvent(event)


def _pattern(name: str) -> Pattern:
    return "dashed" if name == "dashed" else "double" if name == "double" else "solid"


class SitesButton(QPushButton):
    """At which sites a doctor works; shown in a clinic of several."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAutoDefault(False)
        self._chosen: tuple[Id, ...] = ()
        self._names: dict[Id, str] = {}
        self._menu = WordedMenu(self)
        self.setMenu(self._menu)
        self._tell()

    def offer(self, roster: Roster) -> None:
        self._names = {row.id: row.name for row in roster.locations.values()}
        self._menu.clear()
        for row_id, name in self._names.items():
            action = QAction(name.replace("&", "&&"), self._menu, checkable=True)
            action.setChecked(row_id in self._chosen)
            action.triggered.connect(lambda _on, row_id=row_id: self._toggle(row_id))
            self._menu.addAction(action)
        self.setVisible(len(self._names) > 1)
        self._tell()

    def value(self) -> tuple[Id, ...]:
        return tuple(one for one in self._names if one in self._chosen)

    def raw(self) -> list[Id]:
        return list(self.value())

    def put(self, value: Sequence[Id]) -> None:
        self._chosen = tuple(value)
        for action, row_id in zip(self._menu.actions(), self._names, strict=True):
            action.setChecked(row_id in self._chosen)
        self._tell()

    def _toggle(self, row_id: Id) -> None:
        chosen = set(self._chosen) ^ {row_id}
        self.put(tuple(one for one in self._names if one in chosen))
        self.edited.emit()

    def _tell(self) -> None:
        names = [self._names[one] for one in self.value()]
        whole = ", ".join(names) if names else "Every site"
        self.setText((whole if len(whole) <= 18 else count_text(len(names), "site")) + " ▾")
        self.setToolTip(f"Works at: {whole}")


class DoctorLine(Line):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "doctor")
        self.title, self.who = TextField("Dr"), TextField("Aylin Demir")
        self.specialty = TextField("General practice")
        self.code = TextField()
        self.look, self.sites = LookButton(theme), SitesButton()
        self.put_field("title", "Title", self.title, width=72)
        self.put_field("name", "Name", self.who, 3)
        self.put_field("specialty", "Specialty", self.specialty, 2)
        self.put_field("code", "Code", self.code, width=60)
        self.put_field("look", "Colour", self.look, width=48)
        self.put_field("location_ids", "Sites", self.sites, width=130)
        self.close_line()

    @property
    def typed(self) -> Sequence[str]:
        return ("title", "name", "specialty")


class DoctorsStep(Step):
    name = "doctors"
    title = "Doctors"
    lead = (
        "Everybody who sees patients and has a column in the calendar. One line each; Enter goes "
        "on to the next."
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._own_codes: set[DoctorLine] = set()
        self.list = LineList(
            theme, self._make,
            (("Title", 72, 0), ("Name", 0, 3), ("Specialty", 0, 2), ("Code", 60, 0),
             ("Colour", 48, 0), ("Sites", 130, 0)),
        )  # fmt: skip
        self.column.addWidget(self.list, 1)
        self.list.edited.connect(self.edited)
        self.list.ended.connect(self.next_requested)

    def _make(self) -> DoctorLine:
        line = DoctorLine(self.theme)
        if self.ground is not None:
            line.sites.offer(self.ground.roster)
        line.who.edited.connect(lambda: self._propose(line))
        line.code.edited.connect(lambda: self._own_codes.add(line))
        line.look.edited.connect(self._mark_used)
        self._dress_new(line)
        return line

    @property
    def lines(self) -> list[DoctorLine]:
        return cast(list[DoctorLine], self.list.lines)

    def prepare(self, ground: Ground) -> None:
        self.list.show_head("Sites", len(ground.roster.locations) > 1)
        for line in self.lines:
            line.sites.offer(ground.roster)

    def fill(self, ground: Ground) -> None:
        self.list.put(
            [
                {
                    "id": row.id, "title": row.title, "name": row.name,
                    "specialty": row.specialty, "code": row.code,
                    "look": [row.colour, row.pattern], "location_ids": list(row.location_ids),
                }
                for row in active(ground.roster)
            ]
        )  # fmt: skip
        self._refresh()

    def raws(self) -> list[dict[str, Any]]:
        return self.list.raws()

    def put_raws(self, raws: Any) -> None:
        if isinstance(raws, list):
            self.list.put([one for one in raws if isinstance(one, dict)])
            self._own_codes = {line for line in self.lines if line.code.value()}
            self._refresh()

    def begin(self) -> bool:
        """Where typing was left, else in the line that waits."""
        if self.dirty:
            self.list.go_on()
        else:
            self.list.begin()
        return True

    def command(self, ground: Ground) -> Command | None:
        roster = ground.roster
        filled = cast(list[DoctorLine], self.list.filled())
        self.list.clear_faults()
        if not filled and not active(roster):
            self.said.emit("Type at least one doctor, or skip this step.")
            raise Unread
        records: list[Record] = []
        fresh = 0
        for place, line in enumerate(filled):
            doctor = self._read(roster, line, place, ground)
            if doctor.id not in roster.doctors:
                fresh += 1
                if ground.hours:
                    site = first_site(roster, doctor)
                    records += templates_of(ground.hours, doctor.id, site, ground.new_id)
            records.append(doctor)
        there = {line.row_id for line in filled}
        gone = [row for row in active(roster) if row.id not in there]
        records += [replace(row, active=False) for row in gone]
        added = f"Add {count_text(fresh, 'doctor')}"
        label = added if fresh and not gone else "Set up the doctors"
        return SaveRecords(records=tuple(records), label=label, initiator=INITIATOR)

    def _read(self, roster: Roster, line: DoctorLine, place: int, ground: Ground) -> Doctor:
        known = roster.doctors.get(line.row_id)
        colour, pattern = line.look.value()
        line.row_id = line.row_id or ground.new_id()
        doctor = replace(
            known or Doctor(id=line.row_id, name="", code=""),
            name=line.who.value(), title=line.title.value(), specialty=line.specialty.value(),
            code=line.code.value(), colour=colour, pattern=pattern, position=place, active=True,
            location_ids=line.sites.value() if line.sites.value() else _all(roster),
        )  # fmt: skip
        try:
            doctor = cast(Doctor, checked(doctor))
            self._apart(roster, line, doctor)
        except Refusal as refusal:
            self.list.fault(line, refusal)
            raise Unread from None
        return doctor

    def _apart(self, roster: Roster, line: DoctorLine, doctor: Doctor) -> None:
        """Two doctors cannot share a code. Raises ``Refusal``."""
        own = {one.row_id: one for one in self.lines}
        others = [
            (one.who.value(), one.code.value()) for one in self.lines[: self.lines.index(line)]
            if not one.empty
        ]  # fmt: skip
        others += [(row.name, row.code) for row in roster.doctors.values() if row.id not in own]
        for name, code in others:
            if code.casefold() == doctor.code.casefold():
                whose = " ".join(name.split())[:60] or "another doctor"
                raise Refusal(
                    "code_taken",
                    f"The code {doctor.code} belongs to {whose}; choose another one.",
                    field="code",
                )

    def show_fault(self, refusal: Refusal) -> bool:
        line = next(iter(self.list.filled()), None)
        if line is None or refusal.field not in line.fields:
            return False
        self.list.fault(line, refusal)
        return True

    # proposals

    def _propose(self, line: DoctorLine) -> None:
        """A code from the name until one is typed, and a look for a new line."""
        if line.row_id or self.ground is None:
            return
        name = line.who.value()
        if line not in self._own_codes:
            taken = [one.code.value() for one in self.lines if one is not line]
            taken += [row.code for row in self.ground.roster.doctors.values()]
            line.code.put(propose_code(name, taken) if name else "")

    def _refresh(self) -> None:
        """After all lines were put anew."""
        self._mark_used()
        if self.lines and self.lines[-1].empty:
            self._dress_new(self.lines[-1])

    def _dress_new(self, line: DoctorLine) -> None:
        if self.ground is None:
            return
        roster = self.ground.roster
        typed = {
            f"line {number}": Doctor(
                id=f"line {number}", name="", code="", colour=one.look.value()[0],
                pattern=one.look.value()[1],
            )
            for number, one in enumerate(self.lines) if one is not line
        }  # fmt: skip
        gone = {k: row for k, row in roster.doctors.items() if not row.active}
        look = propose_doctor_look(replace(roster, doctors=typed | gone))
        line.look.put((look.colour, look.pattern))

    def _mark_used(self) -> None:
        for line in self.lines:
            used: dict[Look, tuple[str, ...]] = {}
            for one in self.lines:
                if one is not line and not one.empty:
                    look = one.look.value()
                    used[look] = (*used.get(look, ()), one.code.value())
            line.look.used = used


def _all(roster: Roster) -> tuple[Id, ...]:
    """The only site is said; of several, none means all of them."""
    return tuple(roster.locations) if len(roster.locations) == 1 else ()
