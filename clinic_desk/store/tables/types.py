# ruff: noqa: ARG002 - the dialect is part of the signature that SQLAlchemy calls
"""Column types over Text, Integer, Real and Blob only.

STRICT tables refuse the column names of SQLAlchemy's own date, boolean, JSON and sized text
types, so each value is stored as: instants INTEGER epoch seconds UTC, dates TEXT ISO 8601,
booleans INTEGER 0/1, enumerations and ids TEXT, lists and mappings TEXT JSON.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from clinic_desk.domain.spans import from_epoch
from clinic_desk.store.stored import instant_in


class Instant(TypeDecorator[datetime]):
    """Aware UTC datetime ↔ INTEGER epoch seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else instant_in(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_epoch(value)


class Day(TypeDecorator[date]):
    """Date ↔ TEXT ISO 8601."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """bool ↔ INTEGER 0/1."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Json(TypeDecorator[Any]):
    """JSON value ↔ TEXT."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
