"""The audit trail's part of a unit of work: ``services.audit_ports.AuditWork``."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.audit import BLANKED_BY, blanks
from clinic_desk.store.audit_chain import Note, detail_text
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.writing import RowWriter

_OLD = (
    "SELECT seq, at FROM audit_entry WHERE at >= ? AND at < ?"
    " AND action IN (SELECT value FROM json_each(?)) AND detail <> '' ORDER BY at, seq LIMIT ?"
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
    ) -> None:
        text = detail_text(detail, token_hex(8))
        note = Note(action, subject_kind, subject_id, patient_id, text)
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
        run(
            self._connection,
            "UPDATE audit_entry SET detail = '' WHERE seq IN (SELECT value FROM json_each(?))",
            (json.dumps([row[0] for row in rows]),),
        )
        whole = len(rows) < most
        return len(rows), before if whole else from_epoch(rows[-1][1] + 1)
