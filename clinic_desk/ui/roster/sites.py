"""Sites with their rooms, and how long it takes from one to another."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Location, Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.wording import count_text
from clinic_desk.ui.roster.board import Editor
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.site_editors import (
    TRAVEL_ID,
    RoomEditor,
    SiteEditor,
    TravelEditor,
    TravelTable,
    travel_table,
)
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.list_side import ListSide
from clinic_desk.ui.widgets.forms.ordered import Row

SITES = "sites"


class SitesPanel(RecordPanel):
    """The list holds each site with its rooms below it; the primary site stands first."""

    def __init__(self, context: Context) -> None:
        side = ListSide(context.theme, "Sites and rooms")
        super().__init__(
            context, side,
            ("No site yet", "Visits take place at a site, in one of its rooms.", "Add a site"),
        )  # fmt: skip
        self._site = SiteEditor(context.theme, context.clock)
        self._room = RoomEditor(context.theme)
        self._travel = TravelEditor(context.theme)
        for editor in (self._site, self._room, self._travel):
            self.add_editor(editor)
        self.add_site = side.add_button("Add site")
        self.add_room = side.add_button("Add room", "A room at the chosen site")
        self.add_site.clicked.connect(self.start_first)
        self.add_room.clicked.connect(self.start_room)
        for button in (self.add_site, self.add_room):
            button.setEnabled(self.may)

    def rows(self, roster: Roster) -> list[Row]:
        rows = []
        for site in roster.locations.values():
            rooms = _rooms(roster, site.id)
            parts = [count_text(len(rooms), "room"), site.city, site.zone]
            rows.append(
                Row(
                    site.id, site.name or "New site", " · ".join(p for p in parts if p),
                    icon="door", group="" if site.primary else SITES,
                    tag="primary" if site.primary else "",
                )
            )  # fmt: skip
            for room in rooms:
                parts = ["virtual"] if room.virtual else []
                parts += [f"{room.capacity} at once"] if room.capacity > 1 else []
                rows.append(
                    Row(
                        room.id, room.name or "New room", group=site.id, level=1,
                        tag=" · ".join(parts),
                    )
                )  # fmt: skip
        if len(roster.locations) > 1:
            rows.append(Row("", "Between the sites"))
            rows.append(Row(TRAVEL_ID, "Travel times", icon="clock", fixed=True))
        return rows

    def stored(self, roster: Roster, row_id: Id) -> Record | None:
        if row_id == TRAVEL_ID:
            return travel_table(roster) if len(roster.locations) > 1 else None
        return roster.locations.get(row_id) or roster.rooms.get(row_id)

    def editor_of(self, record: Record) -> Editor:
        if isinstance(record, Room):
            return self._room
        return self._travel if isinstance(record, TravelTable) else self._site

    def start_first(self) -> None:
        roster = self.source.roster
        if roster is None:
            return
        last = max((row.position for row in roster.locations.values()), default=-1)
        primary = next((row for row in roster.locations.values() if row.primary), None)
        self.begin(
            Location(
                id=self.context.new_id(), name="", position=last + 1, primary=primary is None,
                zone=roster.practice.zone, country=primary.country if primary else "",
            )
        )  # fmt: skip

    def start_room(self) -> None:
        """At the site on display, or at that of the room on display."""
        roster, record = self.source.roster, self.record
        if roster is None or not roster.locations:
            return
        here = record.location_id if isinstance(record, Room) else record.id if record else ""
        site = here if here in roster.locations else next(iter(roster.locations))
        last = max((room.position for room in _rooms(roster, site)), default=-1)
        self.begin(Room(id=self.context.new_id(), location_id=site, name="", position=last + 1))

    def reordered(self, roster: Roster, group: str, ids: list[Id]) -> Command | None:
        if group == SITES:
            sites = [row for row in (roster.locations.get(one) for one in ids) if row is not None]
            return SaveRecords(
                records=tuple(replace(row, position=n) for n, row in enumerate(sites, 1)),
                label="Order of the sites",
            )
        rooms = [row for row in (roster.rooms.get(one) for one in ids) if row is not None]
        site = roster.locations.get(group)
        return SaveRecords(
            records=tuple(replace(row, position=n) for n, row in enumerate(rooms)),
            label=f"Order of the rooms at {site.name}" if site is not None else "Order of rooms",
        )

    def removal(self, roster: Roster, record: Record) -> Command | None:  # noqa: ARG002
        if isinstance(record, Location):
            return RemoveRecords(
                rows=((RecordKind.LOCATION, record.id),), label=f"Remove site {record.name}"
            )
        if isinstance(record, Room):
            return RemoveRecords(
                rows=((RecordKind.ROOM, record.id),), label=f"Remove room {record.name}"
            )
        return None


def _rooms(roster: Roster, site_id: Id) -> list[Room]:
    return [room for room in roster.rooms.values() if room.location_id == site_id]
