"""Settings as rows: read, written, deleted, and named in events and undo images.

A setting has no id of its own; ``setting_id`` makes one of scope, desk and name. Its value is JSON
text, and None stands for a setting that was never saved.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.store.direct import fetch_one, run

TABLE = "setting"


def setting_id(key: str, scope: str, desk_id: Id) -> Id:
    """ "clinic//calendar.rules", "desk/<desk's id>/look.theme"."""
    return f"{scope}/{desk_id if scope == 'desk' else ''}/{key}"


def read_setting(connection: Connection, key: str, scope: str, desk_id: Id) -> object | None:
    """The JSON value of a setting; None when it was never saved."""
    text = stored_value(connection, setting_id(key, scope, desk_id))
    return None if text is None else json.loads(text)


def stored_value(connection: Connection, row_id: Id) -> str | None:
    found = fetch_one(
        connection,
        "SELECT value FROM setting WHERE scope = ? AND desk_id = ? AND name = ?",
        _parts(row_id),
    )
    return None if found is None else str(found[0])


def write_value(
    connection: Connection, row_id: Id, value: str | None, now: int, staff_id: Id
) -> None:
    if value is None:
        run(
            connection,
            "DELETE FROM setting WHERE scope = ? AND desk_id = ? AND name = ?",
            _parts(row_id),
        )
        return
    run(
        connection,
        "INSERT INTO setting (scope, desk_id, name, value, updated_at, updated_by)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (scope, desk_id, name) DO UPDATE SET"
        " value = excluded.value, updated_at = excluded.updated_at,"
        " updated_by = excluded.updated_by",
        (*_parts(row_id), value, now, staff_id),
    )


def _parts(row_id: Id) -> tuple[str, str, str]:
    scope, _, rest = row_id.partition("/")
    desk_id, _, name = rest.rpartition("/")
    return scope, desk_id, name
