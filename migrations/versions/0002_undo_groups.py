"""Undo steps of several commands (all batches of one import), and import keys that are free again
once their rows were taken back.

Steps of an older program are not carried over: an undo reaches back to the start of the program.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = """
DROP TABLE undo_record;

CREATE TABLE undo_record (
    seq INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    applied_op TEXT NOT NULL,
    run TEXT NOT NULL,
    images TEXT NOT NULL,
    CONSTRAINT pk_undo_record PRIMARY KEY (seq),
    CONSTRAINT ck_undo_record_state CHECK (state IN ('done', 'undone', 'dropped', 'forgotten'))
) STRICT;

CREATE INDEX ix_undo_record_session ON undo_record (session_id, state, seq);

DROP INDEX uq_appointment_import_key;

CREATE UNIQUE INDEX uq_appointment_import_key ON appointment (import_key) WHERE import_key IS
        NOT NULL AND deleted_at IS NULL;

DROP INDEX uq_appointment_series_import_key;

CREATE UNIQUE INDEX uq_appointment_series_import_key ON appointment_series (import_key) WHERE
        import_key IS NOT NULL AND deleted_at IS NULL;
"""


def upgrade() -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.strip())
