"""Step 5: the rooms, and the kinds of visit with their minutes and prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Room
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.fields import slug_of
from clinic_desk.services.first_week import primary_site
from clinic_desk.services.money import typed_text
from clinic_desk.services.roster_checks import checked
from clinic_desk.services.roster_commands import RemoveRecords, Together
from clinic_desk.services.roster_editing import propose_code
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.forms.fields import (
    ChoiceField,
    NumberField,
    PriceField,
    SwitchField,
    TextField,
)
from clinic_desk.ui.wizard.lines import Line, LineList
from clinic_desk.ui.wizard.step import INITIATOR, Ground, Step, Unread

MINUTES = 30
"""Of a kind of visit that nobody has given a length."""

LABEL = "Set up rooms and visit types"


class RoomLine(Line):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "room")
        self.called = TextField("Room 2")
        self.site = ChoiceField(widest=theme.px(180))
        self.put_field("name", "Room", self.called, 3)
        self.put_field("location_id", "Site", self.site, 2)
        self.close_line()

    @property
    def typed(self) -> Sequence[str]:
        return ("name",)


class TypeLine(Line):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "visit type")
        self.offered = SwitchField()
        self.offered.put(True)
        self.called = TextField("Vaccination")
        self.minutes = NumberField(theme, "min", none=str(MINUTES), step=5, width=60)
        self.price = PriceField(theme)
        self.called.setMinimumWidth(theme.px(130))
        self.put_field("active", "Offered", self.offered, width=26)
        self.put_field("name", "Visit type", self.called, 1)
        self.put_field("duration", "Minutes", self.minutes, width=100)
        self.put_field("price_minor", "Price", self.price, width=156)
        self.close_line()

    @property
    def typed(self) -> Sequence[str]:
        return ("name", "price_minor")

    def put_raw(self, name: str, raw: Any) -> None:
        """Minutes and price stand as they were typed, a slip included."""
        if name == "duration":
            self.minutes.line.setText(str(raw))
        elif name == "price_minor":
            self.price.line.setText(str(raw))
        else:
            super().put_raw(name, raw)


class OffersStep(Step):
    name = "offers"
    title = "Rooms and visit types"
    lead = (
        "Rooms are optional. Untick a kind of visit that you do not offer, and add your own below; "
        "buffers, rules and reminders are set later under Visit types."
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.rooms = LineList(theme, self._make_room, (("Room", 0, 3), ("Site", 0, 2)))
        self.types = LineList(
            theme, self._make_type,
            (("", 26, 0), ("Visit type", 0, 1), ("Minutes", 100, 0), ("Price", 156, 0)),
        )  # fmt: skip
        self._two = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._two.setSpacing(0)
        self._types_head, self._rooms_head = _head(theme, "&Visit types"), _head(theme, "&Rooms")
        self._two.addWidget(_titled(self._types_head, self.types), 5)
        self._two.addWidget(_titled(self._rooms_head, self.rooms), 3)
        self.column.addLayout(self._two, 1)
        for one in (self.rooms, self.types):
            one.edited.connect(self.edited)
        self.types.ended.connect(self.rooms.begin)
        self.rooms.ended.connect(self.next_requested)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Side by side where there is room for both."""
        super().resizeEvent(event)
        side = self.width() >= self.theme.px(860)
        way = QBoxLayout.Direction
        self._two.setDirection(way.LeftToRight if side else way.TopToBottom)

    def _make_room(self) -> RoomLine:
        line = RoomLine(self.theme)
        self._offer(line)
        return line

    def _make_type(self) -> TypeLine:
        line = TypeLine(self.theme)
        if self.ground is not None:
            practice = self.ground.roster.practice
            line.price.set_money(practice.currency, practice.locale)
        return line

    def _offer(self, line: RoomLine) -> None:
        if self.ground is None:
            return
        sites = self.ground.roster.locations
        line.site.offer([(row.id, row.name) for row in sites.values()])
        if not line.site.value():
            line.site.put(primary_site(self.ground.roster))
        line.site.setVisible(len(sites) > 1)

    def prepare(self, ground: Ground) -> None:
        self.rooms.show_head("Site", len(ground.roster.locations) > 1)
        for line in cast(list[RoomLine], self.rooms.lines):
            self._offer(line)
        practice = ground.roster.practice
        for one in cast(list[TypeLine], self.types.lines):
            one.price.set_money(practice.currency, practice.locale)

    def fill(self, ground: Ground) -> None:
        roster = ground.roster
        practice = roster.practice
        self.rooms.put(
            [
                {"id": row.id, "name": row.name, "location_id": row.location_id}
                for row in _rooms(roster)
            ]
        )
        self.types.put(
            [
                {
                    "id": row.id, "active": row.active, "name": row.name,
                    "duration": str(row.duration),
                    "price_minor": typed_text(row.price_minor, practice.currency, practice.locale)
                    if row.price_minor else "",
                }
                for row in _types(roster)
            ]
        )  # fmt: skip

    def raws(self) -> dict[str, Any]:
        return {"rooms": self.rooms.raws(), "types": self.types.raws()}

    def put_raws(self, raws: Any) -> None:
        if not isinstance(raws, dict):
            return
        for name, lines in (("rooms", self.rooms), ("types", self.types)):
            kept = raws.get(name)
            if isinstance(kept, list):
                lines.put([one for one in kept if isinstance(one, dict)])

    def begin(self) -> bool:
        """All of it is proposed already, so Enter goes on; Alt+V and Alt+R lead to the lines."""
        for label, lines in ((self._types_head, self.types), (self._rooms_head, self.rooms)):
            label.setBuddy(lines.lines[0].fields["name"])
        return False

    def command(self, ground: Ground) -> Command | None:
        for lines in (self.types, self.rooms):
            lines.clear_faults()
        types = [
            self._type(ground, line, place)
            for place, line in enumerate(cast(list[TypeLine], self.types.filled()))
        ]
        rooms = [
            self._room(ground, line, place)
            for place, line in enumerate(cast(list[RoomLine], self.rooms.filled()))
        ]
        roster = ground.roster
        kept = {row.id for row in (*types, *rooms)}
        off = [replace(r, active=False) for r in _types(roster) if r.id not in kept and r.active]
        gone = tuple((RecordKind.ROOM, row.id) for row in _rooms(roster) if row.id not in kept)
        records: tuple[Record, ...] = (*types, *rooms, *off)
        save = SaveRecords(records=records, label=LABEL, initiator=INITIATOR)
        if not gone:
            return save
        # first away, so that a new room may have the name of one that goes
        return Together(commands=(RemoveRecords(rows=gone), save), label=LABEL, initiator=INITIATOR)

    def _type(self, ground: Ground, line: TypeLine, place: int) -> AppointmentType:
        roster = ground.roster
        try:
            minutes = line.minutes.value()
        except Refusal as refusal:
            self._fault(self.types, line, refusal, "duration")
        try:
            price = line.price.value()
        except Refusal as refusal:
            self._fault(self.types, line, refusal, "price_minor")
        line.row_id = line.row_id or ground.new_id()
        called = " ".join(line.called.value().split())
        known = roster.types.get(line.row_id)
        if known is None:
            known = AppointmentType(
                id=line.row_id, slug=self._slug(roster, called), name=called, duration=MINUTES,
                code=self._code(roster, called, place),
            )  # fmt: skip
        row = replace(
            known, name=called, duration=MINUTES if minutes is None else minutes,
            price_minor=price, active=line.offered.value(), position=place,
        )  # fmt: skip
        try:
            row = cast(AppointmentType, checked(row))
            self._apart(line, self.types, called, "visit type")
        except Refusal as refusal:
            self._fault(self.types, line, refusal)
        return row

    def _room(self, ground: Ground, line: RoomLine, place: int) -> Room:
        line.row_id = line.row_id or ground.new_id()
        site = line.site.value() or primary_site(ground.roster)
        known = ground.roster.rooms.get(line.row_id)
        row = replace(
            known or Room(id=line.row_id, location_id=site, name=""),
            name=line.called.value(), location_id=site, position=place,
        )  # fmt: skip
        try:
            row = cast(Room, checked(row))
            self._apart(line, self.rooms, row.name, "room", site)
        except Refusal as refusal:
            self._fault(self.rooms, line, refusal)
        return row

    def _apart(
        self, line: Line, lines: LineList, name: str, noun: str, site: object = None
    ) -> None:
        """No two of a name. Raises ``Refusal``."""
        for other in lines.filled():
            if other is line:
                return
            same = " ".join(str(other.part("name").value()).split()).casefold() == name.casefold()
            if same and (site is None or other.part("location_id").value() == site):
                raise Refusal(
                    "same_name",
                    f"There is a {noun} called {name[:60]} already; give this one another name.",
                    field="name",
                )

    def _fault(
        self, lines: LineList, line: Line, refusal: Refusal, field: str | None = None
    ) -> None:
        """Always raises ``Unread``."""
        there = field or refusal.field
        if there not in line.fields:
            there = "name"
        lines.fault(line, Refusal(refusal.code, refusal.sentence, field=there))
        raise Unread

    def _slug(self, roster: Roster, name: str) -> str:
        """A short name that no type has, the one that is no longer offered included."""
        wanted = slug_of(name)[:70]
        taken = {row.slug for row in roster.types.values() if row.doctor_id is None}
        number = 2
        found = wanted
        while found in taken:
            found, number = f"{wanted}-{number}", number + 1
        return found

    def _code(self, roster: Roster, name: str, place: int) -> str:
        taken = [row.code for row in roster.types.values()]
        taken += [
            _first_code(one.called.value())
            for one in cast(list[TypeLine], self.types.filled()[:place])
            if one.row_id not in roster.types
        ]
        first = _first_code(name)
        known = {code.casefold() for code in taken}
        return first if first and first.casefold() not in known else propose_code(name, taken)


def _first_code(name: str) -> str:
    """ "Vaccination" → "VAC"."""
    return "".join(c for c in slug_of(name) if c.isalnum())[:3].upper()


def _head(theme: Theme, text: str) -> InkLabel:
    head = InkLabel(theme, text, bold=True)
    head.setTextFormat(Qt.TextFormat.AutoText)  # the letter of Alt is underlined
    head.setContentsMargins(20, 0, 20, 0)
    return head


def _titled(head: InkLabel, lines: LineList) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(head, 0, Qt.AlignmentFlag.AlignLeading)
    column.addWidget(lines, 1)
    return box


def _rooms(roster: Roster) -> list[Room]:
    return sorted(roster.rooms.values(), key=lambda row: (row.location_id, row.position, row.name))


def _types(roster: Roster) -> list[AppointmentType]:
    rows = (row for row in roster.types.values() if row.doctor_id is None)
    return sorted(rows, key=lambda row: (row.position, row.name))
