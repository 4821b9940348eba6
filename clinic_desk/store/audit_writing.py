"""The audit trail's part of a unit of work: ``services.audit_ports.AuditWork``."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.audit import BLANKED_BY, SHOWN, blanks
from clinic_desk.store.audit_chain import Note, detail_text
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.writing import RowWriter

_OLD = (
    "SELECT seq, at FROM audit_entry WHERE at >= ? AND at < ?"
    " AND action IN (SELECT value FROM json_each(?)) AND detail <> '' ORDER BY at, seq LIMIT ?"
)
_LISTED = (
    "SELECT DISTINCT s.value, a.seq FROM audit_entry a, json_each(a.detail, '$.shown') s"
    " WHERE a.seq IN (SELECT value FROM json_each(?))"
)
_UNLIST = (
    "DELETE FROM audit_shown WHERE (subject_id, seq) IN"
    " (SELECT value ->> 0, value ->> 1 FROM json_each(?))"
)


class AuditWriting:
    """Mixed into ``SqlUnitOfWork``."""

    _connection: Connection
    _writer: RowWriter

    def audit(
        self,
        action: str,
        subject_kind: str = "",
        subject_id: Id = "",
        patient_id: Id = "",
        detail: Mapping[str, object] | None = None,
        shown: Sequence[Id] = (),
    ) -> None:
        whole = {**(detail or {}), SHOWN: list(shown)} if shown else detail
        text = detail_text(whole, token_hex(8))
        note = Note(action, subject_kind, subject_id, patient_id, text, tuple(shown))
        self._writer.journal.notes.append(note)

    def empty_details(
        self, actions: Collection[str], before: datetime, most: int
    ) -> tuple[int, datetime]:
        """Looks no further back than the last step reached, which its entry tells."""
        last = fetch_one(
            self._connection,
            "SELECT detail FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1",
            (BLANKED_BY,),
        )
        start = blanks(last[0])[0] - 1 if last is not None else 0
        values = (max(start, 0), epoch(before), json.dumps(sorted(actions)), most)
        rows = fetch(self._connection, _OLD, values)
        if not rows:
            return 0, before
        wanted = json.dumps([row[0] for row in rows])
        listed = [list(row) for row in fetch(self._connection, _LISTED, (wanted,))]
        run(
            self._connection,
            "UPDATE audit_entry SET detail = '' WHERE seq IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        run(self._connection, _UNLIST, (json.dumps(listed),))
        whole = len(rows) < most
        return len(rows), before if whole else from_epoch(rows[-1][1] + 1)
