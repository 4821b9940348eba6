"""Dataclass ↔ row, by field name, with converters made once per class.

A row is a tuple of stored values in the order of the dataclass's fields. *Stored form* is what
SQLite keeps and what events and undo images hold: integers, floats, text or None. Lists are JSON
text, an instant is epoch seconds, a date ISO text, a boolean 0 or 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from types import UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import from_epoch
from clinic_desk.domain.templates import Break, Reserved
from clinic_desk.store.stored import instant_in

if TYPE_CHECKING:
    from clinic_desk.domain.billing import InvoiceLine

TABLES: dict[str, str] = {
    "practice": "catalogue:Practice",
    "location": "catalogue:Location",
    "travel_time": "catalogue:TravelTime",
    "room": "catalogue:Room",
    "doctor": "catalogue:Doctor",
    "appointment_type": "catalogue:AppointmentType",
    "schedule_template": "templates:ScheduleTemplate",
    "availability_exception": "templates:AvailabilityException",
    "time_off_request": "templates:TimeOffRequest",
    "holiday": "templates:Holiday",
    "external_busy_time": "templates:ExternalBusyTime",
    "patient": "people:Patient",
    "appointment": "appointments:Appointment",
    "appointment_series": "appointments:AppointmentSeries",
    "shelf_item": "appointments:ShelfItem",
    "waitlist_entry": "waitlist:WaitlistEntry",
    "waitlist_offer": "waitlist:WaitlistOffer",
    "invoice": "billing:Invoice",
    "payment": "billing:Payment",
    "doctor_delay": "flow:DoctorDelay",
    "staff": "staff:Staff",
    "message_template": "messages:MessageTemplate",
}
"""Table → "module of the domain:class", by name: a class is loaded when its rows are."""

DOMAIN = "clinic_desk.domain."
_TABLE_OF = {DOMAIN + target.replace(":", "."): table for table, target in TABLES.items()}

RENAMED = {
    "start": "start_at",
    "end": "end_at",
    "primary": "is_primary",
    "virtual": "is_virtual",
    "first": "first_day",
    "last": "last_day",
}
"""Fields whose name is a word of SQL."""

BOOKKEEPING = frozenset(
    {
        "id",
        "revision",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "created_op",
        "updated_op",
    }
)
"""Stamped by the unit of work and derivable from the events, so kept out of their changes."""

Stored = int | float | str | None
Encoder = Callable[[Any], Stored]
Decoder = Callable[[Any], Any]
R = TypeVar("R", bound=Record)


def table_of(kind: type[Record]) -> str:
    """Raises ``KeyError`` for a class that has no table."""
    return _TABLE_OF[f"{kind.__module__}.{kind.__qualname__}"]


@cache
def class_of(table: str) -> type[Record]:
    """Raises ``KeyError`` for a table that holds no class of the domain."""
    module, _, name = TABLES[table].partition(":")
    found: type[Record] = getattr(import_module(DOMAIN + module), name)
    return found


def column_name(field: str) -> str:
    return RENAMED.get(field, field)


def _strip_optional(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _texts_out(value: Sequence[str]) -> str:
    return json.dumps(list(value), ensure_ascii=False) if value else "[]"


def _texts_in(value: str) -> tuple[str, ...]:
    return () if value == "[]" else tuple(json.loads(value))


def _breaks_out(value: Sequence[Break]) -> str:
    return json.dumps([[b.start, b.end, b.reason] for b in value], ensure_ascii=False)


def _breaks_in(value: str) -> tuple[Break, ...]:
    return () if value == "[]" else tuple(Break(*item) for item in json.loads(value))


def _reserved_out(value: Sequence[Reserved]) -> str:
    return json.dumps(
        [[r.start, r.end, list(r.type_ids), r.label] for r in value], ensure_ascii=False
    )


def _reserved_in(value: str) -> tuple[Reserved, ...]:
    if value == "[]":
        return ()
    return tuple(Reserved(a, b, tuple(ids), label) for a, b, ids, label in json.loads(value))


def _lines_out(value: Sequence[InvoiceLine]) -> str:
    return json.dumps([[x.text, x.amount_minor, x.kind] for x in value], ensure_ascii=False)


def _lines_in(value: str) -> tuple[InvoiceLine, ...]:
    from clinic_desk.domain.billing import InvoiceLine, LineKind

    return tuple(InvoiceLine(t, amount, LineKind(kind)) for t, amount, kind in json.loads(value))


def _converters(hint: Any) -> tuple[Encoder | None, Decoder | None]:
    plain = _strip_optional(hint)
    if get_origin(plain) is tuple:
        item = get_args(plain)[0]
        if item.__name__ == "InvoiceLine":  # known by name, as it may not be loaded yet
            return _lines_out, _lines_in
        if item is Reserved:
            return _reserved_out, _reserved_in
        return (_breaks_out, _breaks_in) if item is Break else (_texts_out, _texts_in)
    if not isinstance(plain, type):
        raise TypeError(f"no stored form for {hint!r}")
    if issubclass(plain, Enum):
        members: dict[str, Enum] = {str(m.value): m for m in plain}
        return str, members.__getitem__  # all enumerations of the domain are texts
    if issubclass(plain, datetime):
        return instant_in, from_epoch
    if issubclass(plain, date):
        return date.isoformat, date.fromisoformat
    if plain is bool:
        return int, bool
    if plain in (int, float, str):
        return None, None
    raise TypeError(f"no stored form for {hint!r}")


class Mapper(Generic[R]):
    """Converters and SQL of one class; get it from ``mapper(cls)``."""

    def __init__(self, kind: type[R]) -> None:
        hints = get_type_hints(kind)
        self.kind = kind
        self.table = table_of(kind)
        self.fields: tuple[str, ...] = tuple(f.name for f in fields(kind))
        self.columns: tuple[str, ...] = tuple(column_name(name) for name in self.fields)
        self.position: dict[str, int] = {name: i for i, name in enumerate(self.fields)}
        pairs = [_converters(hints[name]) for name in self.fields]
        self.encoders: tuple[Encoder | None, ...] = tuple(out for out, _ in pairs)
        self._outs = tuple((i, out) for i, (out, _) in enumerate(pairs) if out is not None)
        self._ins = tuple((i, into) for i, (_, into) in enumerate(pairs) if into is not None)
        self._get = attrgetter(*self.fields)
        self.zero: dict[str, Stored] = {
            name: _zero(hints[name]) for name in self.fields if name not in BOOKKEEPING
        }
        """What a field holds before the row's first event."""
        self.recorded: tuple[tuple[int, str], ...] = tuple(
            (i, name) for i, name in enumerate(self.fields) if name not in BOOKKEEPING
        )
        names = ", ".join(self.columns)
        self.select = f"SELECT {names} FROM {self.table}"
        self.select_one = f"{self.select} WHERE id = ?"
        marks = ", ".join("?" * len(self.columns))
        self.insert = f"INSERT INTO {self.table} ({names}) VALUES ({marks})"
        self._updates: dict[tuple[str, ...], str] = {}

    def to_row(self, record: R) -> tuple[Stored, ...]:
        """Stored form of every field. A naive instant raises ``ValueError``."""
        values: list[Any] = list(self._get(record))
        for i, out in self._outs:
            value = values[i]
            if value is not None:
                values[i] = out(value)
        return tuple(values)

    def from_row(self, row: Sequence[Any]) -> R:
        values = list(row)
        for i, into in self._ins:
            value = values[i]
            if value is not None:
                values[i] = into(value)
        return self.kind(**dict(zip(self.fields, values, strict=True)))

    def encode(self, field: str, value: Any) -> Stored:
        out = self.encoders[self.position[field]]
        return value if out is None or value is None else out(value)

    def update(self, changed: tuple[str, ...]) -> str:
        """UPDATE of those fields, then id and the revision that must still stand."""
        sql = self._updates.get(changed)
        if sql is None:
            sets = ", ".join(f"{column_name(name)} = ?" for name in changed)
            sql = f"UPDATE {self.table} SET {sets} WHERE id = ? AND revision = ?"
            self._updates[changed] = sql
        return sql

    def as_mapping(self, record: R) -> Mapping[str, object]:
        return dict(zip(self.fields, self._get(record), strict=True))


def _zero(hint: Any) -> Stored:
    if get_origin(hint) in (Union, UnionType):
        return None
    if get_origin(hint) is tuple:
        return "[]"
    if isinstance(hint, type) and (hint in (int, float, bool) or issubclass(hint, datetime)):
        return 0
    return ""


_MAPPERS: dict[type[Record], Mapper[Any]] = {}


def mapper(kind: type[R]) -> Mapper[R]:
    """The one mapper of that class."""
    made = _MAPPERS.get(kind)
    if made is None:
        made = _MAPPERS[kind] = Mapper(kind)
    return made
