"""What became of every visit, told again from the raw rows of the event table and nothing else.

This is the other side of the books: it shares no code with the program, knows none of its tables
but the one of events, and adds up by hand and slowly. A figure of the program is right when it is
the one found here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlcipher3 import dbapi2

Row = dict[str, Any]
Key = Hashable
Values = tuple[Any, ...]

GOING_ON = ("pending", "scheduled", "confirmed", "arrived", "in_progress", "completed")
EXPECTED = ("pending", "scheduled", "confirmed")
ONE_DAY = timedelta(days=1)
PATIENCE = 15 * 60
"""Seconds after the planned start for which somebody who has not come is still expected."""


@dataclass(frozen=True)
class Asked:
    """Local days, inclusive; empty: all doctors, all sites."""

    preset: str
    group: str
    first: date
    last: date
    doctors: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


class Ledger:
    """Everything that had happened until ``until`` (aware; None: all of it)."""

    def __init__(self, path: Path, until: datetime | None = None) -> None:
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        file = dbapi2.connect(f"file:{path}?mode=ro", uri=True)
        try:
            events = file.execute(
                "SELECT subject_kind, subject_id, occurred_at, changes FROM event ORDER BY seq"
            ).fetchall()
        finally:
            file.close()
        for kind, row_id, when, changes in events:
            if until is not None and when > until.timestamp():
                continue
            row = self.rows[kind].setdefault(row_id, {"id": row_id, "made": when})
            row["touched"] = when
            for name, (_before, after) in json.loads(changes).items():
                row[name] = after
        self.visits = [
            row
            for row in self.live("appointment")
            if row["slot_state"] == "placed" and row["status"] not in ("held", "released")
        ]

    def live(self, kind: str) -> list[Row]:
        return [row for row in self.rows[kind].values() if row.get("deleted_at") is None]

    # -- when and where ----------------------------------------------------------------------

    def zone(self, site: str) -> ZoneInfo:
        return ZoneInfo(self.rows["location"][site]["zone"])

    def local(self, visit: Row) -> datetime:
        """The wall clock of the site when the visit is to start."""
        start = datetime.fromtimestamp(visit["start"], UTC)
        return start.astimezone(self.zone(visit["location_id"]))

    def of(self, asked: Asked) -> list[Row]:
        return [
            row
            for row in self.visits
            if asked.first <= self.local(row).date() <= asked.last
            and (not asked.doctors or row["doctor_id"] in asked.doctors)
            and (not asked.sites or row["location_id"] in asked.sites)
        ]

    def key(self, group: str, visit: Row) -> Key:
        if group in ("doctor", "room", "type", "site"):
            field = {"site": "location"}.get(group, group) + "_id"
            return visit.get(field)
        return _time_key(group, self.local(visit))

    # -- reports -----------------------------------------------------------------------------

    def report(self, asked: Asked) -> tuple[dict[Key, Values], Values]:
        """The figures of each group of which something is known, and those of all together."""
        if asked.preset == "utilisation":
            return self._utilisation(asked)
        row_of: Callable[[list[Row]], Values] = {
            "load": self._load,
            "no_shows": self._no_shows,
            "cancellations": self._cancellations,
            "lead_time": self._lead_time,
            "waiting": self._waiting,
            "punctuality": self._punctuality,
            "week_heat": self._week_heat,
            "revenue": self._revenue,
        }[asked.preset]
        counted = [row for row in self.of(asked) if self._matters(asked.preset, row)]
        groups: dict[Key, list[Row]] = defaultdict(list)
        for row in counted:
            groups[self.key(asked.group, row)].append(row)
        return {key: row_of(rows) for key, rows in groups.items()}, row_of(counted)

    def nothing(self, asked: Asked) -> Values:
        """The figures of a group without a visit."""
        if asked.preset == "utilisation":
            return (0, 0, None)
        return self.report(Asked(asked.preset, "doctor", date.min, date.min))[1]

    def _matters(self, preset: str, visit: Row) -> bool:
        if preset == "lead_time":
            takes_place = visit["status"] in (*GOING_ON, "no_show")
            return takes_place and visit["source"] != "import"
        if preset == "waiting":
            return visit.get("arrived_at") is not None and visit.get("started_at") is not None
        if preset == "punctuality":
            return visit.get("started_at") is not None
        if preset == "revenue":
            return visit["status"] in (*GOING_ON, "no_show")
        return True

    def _load(self, visits: list[Row]) -> Values:
        held = [row for row in visits if row["status"] not in ("cancelled", "declined")]
        completed = _count(held, "completed")
        missed = _count(held, "no_show")
        return (
            len(held),
            completed,
            len(held) - completed - missed,
            missed,
            sum(1 for row in held if row.get("walk_in")),
            _count(visits, "cancelled"),
            sum(_minutes(row) for row in held if row["status"] != "no_show"),
        )

    def _week_heat(self, visits: list[Row]) -> Values:
        held = [row for row in visits if row["status"] not in ("cancelled", "declined")]
        return len(held), _count(held, "no_show"), _count(visits, "cancelled")

    def _no_shows(self, visits: list[Row]) -> Values:
        completed, missed = _count(visits, "completed"), _count(visits, "no_show")
        return completed, missed, _share(missed, completed + missed)

    def _cancellations(self, visits: list[Row]) -> Values:
        booked = len(visits) - _count(visits, "declined")
        gone = [row for row in visits if row["status"] == "cancelled"]
        late = [row for row in gone if row["start"] - row["cancelled_at"] < 24 * 3600]
        return booked, len(gone), len(late), _share(len(gone), booked)

    def _lead_time(self, visits: list[Row]) -> Values:
        days = [max(0, row["start"] - row["made"]) // 86_400 for row in visits]
        return _spread(days, lambda value: value == 0)

    def _waiting(self, visits: list[Row]) -> Values:
        waits = [max(0, row["started_at"] - row["arrived_at"]) // 60 for row in visits]
        return _spread(waits, lambda value: value > 15)

    def _punctuality(self, visits: list[Row]) -> Values:
        late = [(row["started_at"] - row["start"]) // 60 for row in visits]
        return _spread(late, lambda value: value <= 5)

    def _revenue(self, visits: list[Row]) -> Values:
        booked = completed = lost = 0
        bills = {row["appointment_id"]: row for row in self.invoices() if row["status"] != "void"}
        for row in visits:
            bill, price = bills.get(row["id"]), row.get("price_minor", 0)
            if row["status"] == "no_show":
                asked_for = bill is not None and bill["status"] != "draft"
                lost += max(0, price - (bill["total_minor"] if bill and asked_for else 0))
                continue
            due = price if bill is None else bill["total_minor"]
            booked += due
            completed += due if row["status"] == "completed" else 0
        return booked, completed, booked - completed, lost

    def _utilisation(self, asked: Asked) -> tuple[dict[Key, Values], Values]:
        booked: dict[Key, int] = defaultdict(int)
        for row in self.of(asked):
            if row["status"] not in GOING_ON:
                continue
            if asked.group == "weekday_hour":
                for number in range(_minutes(row)):
                    at = self.local(row) + timedelta(minutes=number)
                    booked[at.weekday(), at.hour] += 1
            elif asked.group != "room" or row.get("room_id") is not None:
                booked[self.key(asked.group, row)] += _minutes(row)
        offered = self._offered(asked)
        keys = set(booked) if asked.group == "type" else set(booked) | set(offered)
        every = sum(offered.values())
        rows = {}
        for key in keys:
            place = every if asked.group == "type" else offered.get(key, 0)
            rows[key] = (booked[key], place, _share(booked[key], place))
        whole = sum(booked.values())
        return rows, (whole, every, _share(whole, every))

    # -- time on offer -----------------------------------------------------------------------

    def _offered(self, asked: Asked) -> dict[Key, int]:
        found: dict[Key, int] = defaultdict(int)
        together: dict[str, set[datetime]] = defaultdict(set)
        for doctor in self.live("doctor"):
            if asked.doctors and doctor["id"] not in asked.doctors:
                continue
            for at, site, places in self.open_minutes(doctor["id"], asked.first, asked.last):
                if asked.sites and site not in asked.sites:
                    continue
                if asked.group == "room":
                    together[site].add(at)
                elif asked.group in ("doctor", "site", "type"):
                    keys = {"doctor": doctor["id"], "site": site, "type": None}
                    found[keys[asked.group]] += places
                else:
                    found[_time_key(asked.group, at)] += places
        for room in self.live("room"):
            if together[room["location_id"]]:
                found[room["id"]] += len(together[room["location_id"]]) * room.get("capacity", 1)
        return found

    def open_minutes(
        self, doctor: str, first: date, last: date
    ) -> Iterable[tuple[datetime, str, int]]:
        """Every minute (local) at which the doctor may be booked, where, and by how many."""
        away = [
            (row["start"], row["end"])
            for kind, field, wanted in (
                ("time_off_request", "status", "approved"),
                ("availability_exception", "kind", "blocked"),
            )
            for row in self.live(kind)
            if row["doctor_id"] == doctor and row.get(field) == wanted
        ]
        weeks = [row for row in self.live("schedule_template") if row["doctor_id"] == doctor]
        day = first
        while day <= last:
            for week in weeks:
                if week.get("weekday", 0) != day.weekday():
                    continue
                pauses = json.loads(week.get("breaks", "[]"))
                for minute in range(week["work_start"], week["work_end"]):
                    if any(start <= minute < end for start, end, _why in pauses):
                        continue
                    clock = time(minute // 60, minute % 60)
                    at = datetime.combine(day, clock, self.zone(week["location_id"]))
                    if not any(start <= at.timestamp() < end for start, end in away):
                        yield at, week["location_id"], week.get("max_parallel", 1)
            day += ONE_DAY

    def heat(self, day: date, doctors: Iterable[str]) -> tuple[int, int]:
        """Half hours booked and on offer on that day, each doctor's rounded by itself."""
        booked = offered = 0
        for doctor in doctors:
            places = {at.timestamp(): n for at, _site, n in self.open_minutes(doctor, day, day)}
            offered += sum(places.values()) // 30
            taken = sum(
                1
                for row in self.visits
                if row["doctor_id"] == doctor and row["status"] in GOING_ON
                for second in range(row["start"], row["end"], 60)
                if second in places
            )
            booked += round(taken / 30)
        return booked, offered

    # -- money -------------------------------------------------------------------------------

    def invoices(self) -> list[Row]:
        """With ``paid``: the sum of the payments themselves."""
        paid: dict[str, int] = defaultdict(int)
        for payment in self.live("payment"):
            paid[payment["invoice_id"]] += payment["amount_minor"]
        return [{"total_minor": 0, **row, "paid": paid[row["id"]]} for row in self.live("invoice")]

    def bills(self, first: date, last: date) -> dict[tuple[date, str], Values]:
        """By day and doctor: how many, drafted, billed, paid, open."""
        found: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0] * 5)
        for row in self.invoices():
            day = date.fromisoformat(row["visit_day"])
            if first <= day <= last:
                sums, state = found[day, row["doctor_id"]], row["status"]
                sums[0] += 1
                sums[1] += row["total_minor"] if state == "draft" else 0
                sums[2] += row["total_minor"] if state in ("issued", "part_paid", "paid") else 0
                sums[3] += row["paid"]
                owed = state in ("issued", "part_paid")
                sums[4] += row["total_minor"] - row["paid"] if owed else 0
        return {key: tuple(sums) for key, sums in found.items()}

    # -- the board ---------------------------------------------------------------------------

    def counters(self, day: date, now: datetime) -> dict[str, Any]:
        """What stands above the flow board at ``now``."""
        today = [row for row in self.visits if self.local(row).date() == day]
        here = [row for row in today if row["status"] == "arrived"]
        waits = [
            (row["started_at"] - row["arrived_at"]) // 60
            for row in today
            if row.get("started_at") is not None and row.get("arrived_at") is not None
        ]
        moment = int(now.timestamp())
        late = [
            row["id"]
            for row in today
            if row["status"] in EXPECTED and (moment - row["start"]) // 60 > 0
        ]
        return {
            "waiting": len(here),
            "longest": max(((moment - row["arrived_at"]) // 60 for row in here), default=None),
            "average": round(sum(waits) / len(waits)) if waits else None,
            "late": sorted(late),
            "in_room": _count(today, "in_progress"),
            "done": _count(today, "completed"),
            "gone": sum(_count(today, one) for one in ("no_show", "cancelled", "declined")),
        }

    def behind(self, day: date, now: datetime) -> dict[str, int]:
        """Minutes by which whoever is seen next, or is in the room last, is behind the plan; by
        doctor, only those who are."""
        doctors: dict[str, list[Row]] = defaultdict(list)
        for row in self.visits:
            if self.local(row).date() == day:
                doctors[row["doctor_id"]].append(row)
        found = {
            who: self._lateness(who, rows, day, int(now.timestamp()))
            for who, rows in doctors.items()
        }
        return {who: seconds // 60 for who, seconds in found.items() if seconds >= 60}

    def _lateness(self, doctor: str, rows: list[Row], day: date, moment: int) -> int:
        here = [row for row in rows if row["status"] == "arrived"]
        inside = {
            row["id"]: max(moment, row["started_at"] + row["end"] - row["start"])
            for row in rows
            if row["status"] == "in_progress"
        }
        awaited = [
            row for row in rows if row["status"] in EXPECTED and moment < row["start"] + PATIENCE
        ]
        if not here and not awaited:
            over = [inside[row["id"]] - row["end"] for row in rows if row["id"] in inside]
            return max([0, *over])

        def turn(row: Row) -> tuple[int, bool, int, str]:
            """Those who are here by the plan, those who are not no sooner than now."""
            came = row["status"] == "arrived"
            return (
                row["start"] if came else max(row["start"], moment),
                not came,
                row["start"],
                row["id"],
            )

        following = min([*here, *awaited], key=turn)
        busy = []
        for row in rows:
            rest = row["blocked_end"] - row["end"]
            if row["id"] in inside:
                busy.append(inside[row["id"]] + rest)
            elif row.get("completed_at") is not None and row["completed_at"] + rest > moment:
                busy.append(row["completed_at"] + rest)
        side_by_side = max(
            week.get("max_parallel", 1)
            for week in self.live("schedule_template")
            if week["doctor_id"] == doctor and week.get("weekday", 0) == day.weekday()
        )
        free = moment
        while sum(1 for end in busy if end > free) >= side_by_side:
            free = min(end for end in busy if end > free)  # somebody leaves
        ready = following["start"] - following["blocked_start"] if free > moment else 0
        likely = max(following["start"], self._promised(doctor, rows, day, moment), free + ready)
        return int(likely - following["start"])

    def _promised(self, doctor: str, rows: list[Row], day: date, moment: int) -> int:
        """What the doctor said about being late holds until the next visit begins."""
        said = [
            row
            for row in self.live("doctor_delay")
            if row["doctor_id"] == doctor and row["day"] == day.isoformat() and row["minutes"]
        ]
        if not said:
            return moment
        word = max(said, key=lambda row: row["touched"])
        if any((row.get("started_at") or 0) >= word["touched"] for row in rows):
            return moment
        queue = [row for row in rows if row["status"] == "arrived" or row["status"] in EXPECTED]
        due = [r for r in queue if r["status"] == "arrived" or r["start"] >= word["touched"]]
        first = min(row["start"] for row in due or queue)
        return int(first + word["minutes"] * 60)


def _time_key(group: str, at: datetime) -> Key:
    day = at.date()
    if group == "week":
        return day - timedelta(days=day.weekday())
    if group == "month":
        return day.replace(day=1)
    return (at.weekday(), at.hour) if group == "weekday_hour" else day


def _count(rows: Iterable[Row], status: str) -> int:
    return sum(1 for row in rows if row["status"] == status)


def _minutes(row: Row) -> int:
    return int(row["end"] - row["start"]) // 60


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _spread(values: list[int], chosen: Callable[[int], bool]) -> Values:
    if not values:
        return 0, None, None, None, None
    mean = sum(values) / len(values)
    share = sum(1 for value in values if chosen(value)) / len(values)
    return len(values), mean, float(median(values)), max(values), share
