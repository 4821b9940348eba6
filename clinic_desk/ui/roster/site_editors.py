"""The forms of a site, of a room, and of the ways between the sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Location, Room, TravelTime
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.fields import check_zone
from clinic_desk.services.roster_commands import RemoveRecords, Together
from clinic_desk.services.wording import time_text
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.fields import (
    ChoiceField,
    LongTextField,
    NumberField,
    SwitchField,
    TextField,
)
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.searching import SearchField, countries, zone_field

TRAVEL_ID = "travel"
Pair = tuple[Id, Id]


class DegreeField(TextField):
    """A latitude or longitude; empty is fine, a comma is as good as a point."""

    def value(self) -> Any:
        text = self.text().strip().replace("\u2212", "-").replace(",", ".").rstrip("°").strip()
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise Refusal(
                "bad_position", f"“{self.text().strip()[:40]}” is no number of degrees."
            ) from None

    def put(self, value: Any) -> None:
        super().put("" if value is None else f"{value:g}" if isinstance(value, int) else str(value))


class SiteEditor:
    def __init__(self, theme: Theme, clock: Clock) -> None:
        self._clock = clock
        form = self.form = Form(theme)
        form.heading("Site")
        form.add("name", "Name", TextField("Such as Elm Park"))
        self.zone = zone_field()
        form.add("zone", "Time zone", self.zone, "All times at this site are told on its clock.")
        form.add(
            "primary", "Primary", SwitchField("This is the main site"),
            "The main site stands first and is proposed first.",
        )  # fmt: skip
        form.heading("Where it is")
        form.add("address", "Address", LongTextField(theme, 2))
        form.add("city", "City", TextField())
        form.add("country", "Country", SearchField(countries, "Such as Turkey"))
        form.add("phone", "Phone", TextField(widest=220))
        form.add("latitude", "Latitude", DegreeField("Optional", widest=140))
        form.add("longitude", "Longitude", DegreeField("Optional", widest=140))
        self.zone.edited.connect(self._tell_time)

    def prepare(self, roster: Roster, record: Location) -> None:
        """Nothing depends on the row."""

    def values(self, roster: Roster, record: Location) -> Mapping[str, Any]:  # noqa: ARG002
        self._tell_time(record.zone)
        return {name: getattr(record, name) for name in self.form.rows}

    def base(self, roster: Roster, record: Location) -> None:  # noqa: ARG002
        return None

    def changed(self, roster: Roster, record: Location, values: Mapping[str, Any]) -> Location:  # noqa: ARG002
        return replace(record, **values)

    def command(self, roster: Roster, before: Location | None, after: Location) -> Command:  # noqa: ARG002
        name = " ".join(after.name.split())[:60]
        return SaveRecords(
            records=(after,), label=f"Add site {name}" if before is None else f"Edit site {name}"
        )

    def title(self, roster: Roster, record: Location) -> tuple[str, str]:  # noqa: ARG002
        return record.name or "New site", record.zone

    def _tell_time(self, zone: str = "") -> None:
        label = self.form.rows["zone"].help
        if label is None:
            return
        try:
            name = check_zone(zone or self.zone.value())
            now = time_text(self._clock.now(), name)
            label.setText(f"All times at this site are told on its clock: {now} now.")
        except Refusal:
            label.setText("All times at this site are told on its clock.")


class RoomEditor:
    def __init__(self, theme: Theme) -> None:
        form = self.form = Form(theme)
        form.heading("Room")
        form.add("name", "Name", TextField("Such as Room 3"))
        self.site = ChoiceField()
        form.add("location_id", "Site", self.site)
        form.add(
            "capacity", "Visits at once", NumberField(theme, "at the same time"),
            "How many visits the room holds at the same time, usually one.",
        )  # fmt: skip
        form.add(
            "virtual", "Kind", SwitchField("A virtual room, for video and phone"),
        )  # fmt: skip

    def prepare(self, roster: Roster, record: Room) -> None:  # noqa: ARG002
        self.site.offer([(row.id, row.name) for row in roster.locations.values()])

    def values(self, roster: Roster, record: Room) -> Mapping[str, Any]:  # noqa: ARG002
        return {name: getattr(record, name) for name in self.form.rows}

    def base(self, roster: Roster, record: Room) -> None:  # noqa: ARG002
        return None

    def changed(self, roster: Roster, record: Room, values: Mapping[str, Any]) -> Room:  # noqa: ARG002
        return replace(record, **values)

    def command(self, roster: Roster, before: Room | None, after: Room) -> Command:  # noqa: ARG002
        name = _called(after.name)
        return SaveRecords(
            records=(after,), label=f"Add {name}" if before is None else f"Edit {name}"
        )

    def title(self, roster: Roster, record: Room) -> tuple[str, str]:
        site = roster.locations.get(record.location_id)
        return record.name or "New room", site.name if site is not None else ""


def _called(name: str) -> str:
    """ "room 3", "room Elm": never "room Room 3"."""
    words = " ".join(name.split())[:60]
    return f"room {words[5:]}" if words.casefold().startswith("room ") else f"room {words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTable(Record):
    """All the ways between sites as one thing to edit; never stored itself."""

    ways: Mapping[Pair, TravelTime] = field(default_factory=dict)


def travel_table(roster: Roster) -> TravelTable:
    known = {frozenset((row.location_id, row.other_location_id)): row for row in roster.travel}
    pairs = combinations(roster.locations, 2)
    return TravelTable(
        id=TRAVEL_ID,
        ways={pair: known[frozenset(pair)] for pair in pairs if frozenset(pair) in known},
    )


class MatrixField(QWidget):
    """A number of minutes for each pair of sites; an empty one is the practice's usual time."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._sites: list[tuple[Id, str]] = []
        self._usual = -1
        self.cells: dict[Pair, NumberField] = {}

    def offer(self, sites: list[tuple[Id, str]], usual: int) -> None:
        if (self._sites, self._usual) == (sites, usual):
            return
        kept = {pair: cell.raw() for pair, cell in self.cells.items()}
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._sites, self._usual, self.cells = sites, usual, {}
        for column, (_, name) in enumerate(sites[1:], 1):
            self._grid.addWidget(_head(name), 0, column)
        for line, (one, name) in enumerate(sites[:-1], 1):
            self._grid.addWidget(_head(name), line, 0)
            for column in range(line, len(sites)):
                two, other = sites[column]
                cell = NumberField(self._theme, "min", none=str(usual), step=5, width=64)
                cell.line.setAccessibleName(f"Minutes between {name} and {other}")
                cell.line.setText(kept.get((one, two), ""))
                cell.edited.connect(self.edited)
                self.cells[one, two] = cell
                self._grid.addWidget(cell, line, column)
        if self.cells:
            self.setFocusProxy(next(iter(self.cells.values())))

    def value(self) -> dict[Pair, int | None]:
        return {pair: cell.value() for pair, cell in self.cells.items()}

    def put(self, value: Mapping[Pair, int | None]) -> None:
        for pair, cell in self.cells.items():
            cell.put(value.get(pair))

    def raw(self) -> dict[Pair, str]:
        return {pair: cell.raw() for pair, cell in self.cells.items()}


def _head(name: str) -> QLabel:
    label = Label(name if len(name) < 24 else f"{name[:22]}…")
    label.setToolTip(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "caption")
    return label


class TravelEditor:
    def __init__(self, theme: Theme) -> None:
        self.form = Form(theme)
        self.form.heading("Minutes between the sites")
        self.matrix = MatrixField(theme)
        self.form.add(
            "minutes", "Travel times", self.matrix,
            "In either direction, for a doctor who changes the site within a day. An empty field "
            "takes the practice’s usual time, shown in grey.",
        )  # fmt: skip

    def prepare(self, roster: Roster, record: TravelTable) -> None:  # noqa: ARG002
        sites = [(row.id, row.name) for row in roster.locations.values()]
        self.matrix.offer(sites, roster.practice.travel_minutes)

    def values(self, roster: Roster, record: TravelTable) -> Mapping[str, Any]:  # noqa: ARG002
        return {"minutes": {pair: way.minutes for pair, way in record.ways.items()}}

    def base(self, roster: Roster, record: TravelTable) -> None:  # noqa: ARG002
        return None

    def changed(
        self,
        roster: Roster,  # noqa: ARG002
        record: TravelTable,
        values: Mapping[str, Any],
    ) -> TravelTable:
        ways = {}
        for pair, minutes in values["minutes"].items():
            old = record.ways.get(pair)
            if minutes is None:
                continue
            fresh = TravelTime(
                id="", location_id=pair[0], other_location_id=pair[1], minutes=minutes
            )
            ways[pair] = replace(old, minutes=minutes) if old is not None else fresh
        return replace(record, ways=ways)

    def command(self, roster: Roster, before: TravelTable | None, after: TravelTable) -> Command:
        label = "Travel times between sites"
        stored = travel_table(roster).ways
        gone = tuple(
            (RecordKind.TRAVEL, way.id) for p, way in stored.items() if p not in after.ways
        )
        kept = before.ways if before is not None else {}
        rows = tuple(way for pair, way in after.ways.items() if way != kept.get(pair))
        commands: tuple[Command, ...] = ()
        if rows:
            commands += (SaveRecords(records=rows, label=label),)
        if gone:
            commands += (RemoveRecords(rows=gone, label=label),)
        return commands[0] if len(commands) == 1 else Together(commands=commands, label=label)

    def title(self, roster: Roster, record: TravelTable) -> tuple[str, str]:  # noqa: ARG002
        usual = roster.practice.travel_minutes
        return "Travel times", f"Usually {usual} min" if usual else "Usually no time is kept"
