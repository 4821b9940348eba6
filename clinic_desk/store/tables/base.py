"""What all tables share: names of constraints, STRICT, and the columns of every record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import REAL, CheckConstraint, ForeignKey, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from clinic_desk.store.tables.types import Day, Flag, Instant

KeyText = Annotated[str, mapped_column(Text, primary_key=True)]
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name: Alembic's batch mode drops the unnamed ones."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - the declarative base reads this very attribute
        datetime: Instant,
        date: Day,
        bool: Flag,
        int: Integer,
        float: REAL,
        str: Text,
    }


def table_args(*items: Any, **options: Any) -> tuple[Any, ...]:
    return (*items, {"sqlite_strict": True, **options})


def check(name: str, sql: str) -> CheckConstraint:
    return CheckConstraint(sql, name=name)


def flags(*columns: str) -> tuple[CheckConstraint, ...]:
    """Booleans are 0 or 1."""
    return tuple(check(column, f"{column} IN (0, 1)") for column in columns)


def refers(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id")


class RecordColumns:
    """The columns of ``domain.records.Record``."""

    id: Mapped[str] = mapped_column(Text, primary_key=True, sort_order=-1)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
    created_op: Mapped[str]
    updated_op: Mapped[str]
    deleted_at: Mapped[datetime | None]


def record_args(*items: Any) -> tuple[Any, ...]:
    return table_args(check("revision", "revision >= 1"), *items)
