"""What the person is looking at: day, view, zoom, columns; remembered by the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor, Location, Room
from clinic_desk.domain.ids import Id
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import live_sites
from clinic_desk.ui.runtime.settings import Settings

View = Literal["day", "week", "month", "agenda"]
Group = Literal["doctor", "room"]

VIEWS: tuple[View, ...] = ("day", "week", "month", "agenda")
VIEW_WORDS: dict[str, str] = {"day": "Day", "week": "Week", "month": "Month", "agenda": "Agenda"}
ZOOMS = (5, 10, 15, 30)
MOST_SAVED = 9


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named set of columns with the view, the zoom and the order that go with it. ``order`` None:
    saved by an older program, which kept none. ``site`` None: all sites."""

    name: str
    view: View = "day"
    zoom: int = 15
    group: Group = "doctor"
    hidden: tuple[Id, ...] = field(default=())
    order: tuple[Id, ...] | None = None
    site: Id | None = None

    @classmethod
    def read(cls, value: object) -> SavedView | None:
        """None for anything that is not a saved view: the store may hold an older form."""
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            return None
        view = value.get("view")
        zoom = value.get("zoom")
        hidden, order = value.get("hidden"), value.get("order")
        return cls(
            name=value["name"],
            view=view if view in VIEWS else "day",
            zoom=zoom if zoom in ZOOMS else 15,
            group="room" if value.get("group") == "room" else "doctor",
            hidden=tuple(str(item) for item in hidden) if isinstance(hidden, list) else (),
            order=tuple(str(item) for item in order) if isinstance(order, list) else None,
            site=value["site"] if isinstance(value.get("site"), str) else None,
        )


class Choices(QObject):
    """Each signal tells one thing that changed. ``hidden`` keeps what is *not* shown, so that a
    new doctor appears without anybody's doing."""

    view_changed = Signal(str)
    zoom_changed = Signal(int)
    group_changed = Signal(str)
    site_changed = Signal(object)
    columns_changed = Signal()
    saved_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        view, zoom = settings.get("calendar.view"), settings.get("calendar.zoom")
        first = settings.get("calendar.opens_with")
        view = first if first in VIEWS else view
        self.view: View = view if view in VIEWS else "day"
        self.zoom: int = zoom if zoom in ZOOMS else 15
        self.group: Group = "room" if settings.get("calendar.group") == "room" else "doctor"
        self.site: Id | None = settings.get("calendar.site") or None
        self._hidden: set[Id] = set()
        self._order: list[Id] = []
        self._saved: list[SavedView] = []
        self._read()

    def _read(self) -> None:
        self._hidden = {str(item) for item in self._settings.get("calendar.hidden")}
        self._order = [str(item) for item in self._settings.get("calendar.order")]
        read = (SavedView.read(item) for item in self._settings.get("calendar.saved_views"))
        self._saved = [view for view in read if view is not None][:MOST_SAVED]

    def follow(self) -> None:
        """The settings were changed by an undo or a redo."""
        self._read()
        self.columns_changed.emit()
        self.saved_changed.emit()

    def set_view(self, view: str) -> None:
        if view in VIEWS and view != self.view:
            self.view = view
            self._settings.put("calendar.view", view)
            self.view_changed.emit(view)
            self.saved_changed.emit()

    def set_zoom(self, minutes: int) -> None:
        if minutes in ZOOMS and minutes != self.zoom:
            self.zoom = minutes
            self._settings.put("calendar.zoom", minutes)
            self.zoom_changed.emit(minutes)
            self.saved_changed.emit()

    def set_group(self, group: str) -> None:
        if group in ("doctor", "room") and group != self.group:
            self.group = cast("Group", group)
            self._settings.put("calendar.group", group)
            self.group_changed.emit(group)
            self.saved_changed.emit()

    def set_site(self, site: Id | None) -> None:
        """One site; None for all."""
        if site != self.site:
            self.site = site
            self._settings.put("calendar.site", site or "")
            self.site_changed.emit(site)
            self.saved_changed.emit()

    def site_in(self, roster: Roster) -> Location | None:
        """The chosen site while it stands and is not the only one."""
        sites = live_sites(roster)
        if len(sites) < 2:
            return None
        return next((row for row in sites if row.id == self.site), None)

    def zone(self, source: RosterSource) -> str:
        """The clock that says which day is today: that of the one site shown, else the
        clinic's."""
        site = self.site_in(source.roster) if source.roster is not None else None
        return site.zone if site is not None else source.zone

    @property
    def hidden(self) -> frozenset[Id]:
        return frozenset(self._hidden)

    def show_column(self, row_id: Id, shown: bool, label: str = "") -> None:
        self.set_hidden(self._hidden - {row_id} if shown else self._hidden | {row_id}, label)

    def set_hidden(self, hidden: set[Id] | frozenset[Id], label: str = "") -> None:
        """With a label an undo step; without, part of going somewhere."""
        if set(hidden) != self._hidden:
            self._hidden = set(hidden)
            self._settings.put("calendar.hidden", sorted(self._hidden), label)
            self.columns_changed.emit()
            self.saved_changed.emit()

    def doctors(self, roster: Roster) -> list[Id]:
        """The doctors to show, in column order."""
        return [row.id for row in self.all_doctors(roster) if row.id not in self._hidden]

    def rooms(self, roster: Roster) -> list[Id]:
        return [row.id for row in self.all_rooms(roster) if row.id not in self._hidden]

    def all_doctors(self, roster: Roster) -> list[Doctor]:
        """Active doctors, shown or not, in the order of this desk; new ones at the end. With a
        site those who belong to it or work there."""
        rows, site = active_doctors(roster), self.site_in(roster)
        if site is not None:
            there = {t.doctor_id for t in roster.templates if t.location_id == site.id}
            rows = [
                row
                for row in rows
                if not row.location_ids or site.id in row.location_ids or row.id in there
            ]
        return sorted(rows, key=lambda row: self._place(row.id))

    def all_rooms(self, roster: Roster) -> list[Room]:
        rows, site = live_rooms(roster), self.site_in(roster)
        if site is not None:
            rows = [row for row in rows if row.location_id == site.id]
        return sorted(rows, key=lambda row: self._place(row.id))

    def _place(self, row_id: Id) -> int:
        return self._order.index(row_id) if row_id in self._order else len(self._order)

    def reorder(self, roster: Roster, shown: Sequence[Id]) -> None:
        """Puts the shown columns into that order; those not shown keep their places."""
        people = sorted(active_doctors(roster), key=lambda row: self._place(row.id))
        rooms = sorted(live_rooms(roster), key=lambda row: self._place(row.id))
        rows = [*people, *rooms]
        waiting = iter([row_id for row_id in shown if any(row.id == row_id for row in rows)])
        moved = set(shown)
        order = [next(waiting) if row.id in moved else row.id for row in rows]
        self._set_order(order, "Reorder the columns")

    def _set_order(self, order: Sequence[Id], label: str = "") -> None:
        if list(order) != self._order:
            self._order = list(order)
            self._settings.put("calendar.order", self._order, label)
            self.columns_changed.emit()
            self.saved_changed.emit()

    # saved views

    @property
    def saved(self) -> tuple[SavedView, ...]:
        return tuple(self._saved)

    def current_saved(self) -> int | None:
        """The place of the saved view that is on display as it was saved."""
        for place, view in enumerate(self._saved):
            shown = (self.view, self.zoom, self.group, self.site)
            same = (view.view, view.zoom, view.group, view.site) == shown
            ordered = view.order is None or list(view.order) == self._order
            if same and ordered and set(view.hidden) == self._hidden:
                return place
        return None

    def save_as(self, name: str) -> int:
        """Keep what is on display under a name; a name that exists is replaced. Answers its
        place, −1 when all nine are taken."""
        hidden, order = tuple(sorted(self._hidden)), tuple(self._order)
        view = SavedView(name, self.view, self.zoom, self.group, hidden, order, self.site)
        names = [item.name.casefold() for item in self._saved]
        if name.casefold() in names:
            place = names.index(name.casefold())
            self._saved[place] = view
        elif len(self._saved) >= MOST_SAVED:
            return -1
        else:
            place = len(self._saved)
            self._saved.append(view)
        self._keep_saved(f"Save the view “{name}”")
        return place

    def rename_saved(self, place: int, name: str) -> None:
        old = self._saved[place]
        self._saved[place] = replace(old, name=name)
        self._keep_saved(f"Rename the view “{old.name}” to “{name}”")

    def delete_saved(self, place: int) -> SavedView:
        gone = self._saved.pop(place)
        self._keep_saved(f"Delete the view “{gone.name}”")
        return gone

    def apply_saved(self, place: int) -> bool:
        """False when there is no such view."""
        if not 0 <= place < len(self._saved):
            return False
        view = self._saved[place]
        if view.order is not None:
            self._set_order(view.order)
        self.set_hidden(set(view.hidden))
        self.set_group(view.group)
        self.set_site(view.site)
        self.set_view(view.view)
        self.set_zoom(view.zoom)
        self.saved_changed.emit()
        return True

    def _keep_saved(self, label: str) -> None:
        rows: list[dict[str, Any]] = []
        for view in self._saved:
            row = asdict(view)
            row["hidden"] = list(view.hidden)
            row["order"] = None if view.order is None else list(view.order)
            rows.append(row)
        self._settings.put("calendar.saved_views", rows, label)
        self.saved_changed.emit()


def active_doctors(roster: Roster) -> list[Doctor]:
    rows = [row for row in roster.doctors.values() if row.active and row.deleted_at is None]
    return sorted(rows, key=lambda row: (row.position, row.name, row.id))


def live_rooms(roster: Roster) -> list[Room]:
    rows = [row for row in roster.rooms.values() if row.deleted_at is None]
    order = {row.id: place for place, row in enumerate(live_sites(roster))}
    last = len(order)
    return sorted(rows, key=lambda r: (order.get(r.location_id, last), r.position, r.name, r.id))
