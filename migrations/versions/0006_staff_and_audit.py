"""Who works here and who did what: accounts, sessions, and the sealed audit trail."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE staff (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    log_in TEXT NOT NULL,
    role TEXT NOT NULL,
    doctor_id TEXT,
    colour TEXT NOT NULL,
    language TEXT NOT NULL,
    active INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_staff PRIMARY KEY (id),
    CONSTRAINT ck_staff_role CHECK (role IN ('receptionist', 'doctor', 'manager')),
    CONSTRAINT ck_staff_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_staff_revision CHECK (revision >= 1),
    CONSTRAINT fk_staff_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id)
) STRICT;

CREATE UNIQUE INDEX uq_staff_log_in ON staff (log_in) WHERE deleted_at IS NULL;

CREATE TABLE staff_secret (
    staff_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    must_change INTEGER NOT NULL,
    recovery_hash TEXT NOT NULL,
    recovery_made_at INTEGER,
    failures INTEGER NOT NULL,
    failed_at INTEGER,
    wait_until INTEGER,
    CONSTRAINT pk_staff_secret PRIMARY KEY (staff_id),
    CONSTRAINT ck_staff_secret_kind CHECK (kind IN ('password', 'pin')),
    CONSTRAINT ck_staff_secret_failures CHECK (failures >= 0),
    CONSTRAINT ck_staff_secret_must_change CHECK (must_change IN (0, 1)),
    CONSTRAINT fk_staff_secret_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
) STRICT;

CREATE TABLE staff_session (
    id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    desk_name TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_staff_session PRIMARY KEY (id),
    CONSTRAINT fk_staff_session_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
) STRICT;

CREATE INDEX ix_staff_session_staff_id ON staff_session (staff_id);

CREATE INDEX ix_staff_session_expires_at ON staff_session (expires_at);

CREATE TABLE audit_entry (
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    first_event INTEGER,
    last_event INTEGER,
    events_hash TEXT NOT NULL,
    detail TEXT NOT NULL,
    detail_hash TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (seq),
    CONSTRAINT ck_audit_entry_events CHECK ((first_event IS NULL) = (last_event IS NULL))
) STRICT;

CREATE INDEX ix_audit_entry_at ON audit_entry (at, action, desk_id);

CREATE INDEX ix_audit_entry_subject_id ON audit_entry (subject_id);

CREATE INDEX ix_audit_entry_patient_id ON audit_entry (patient_id, at);

CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id, at);

CREATE INDEX ix_audit_entry_command_id ON audit_entry (command_id);
"""


def upgrade() -> None:
    for statement in TABLES.split(";"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    for table in ("audit_entry", "staff_session", "staff_secret", "staff"):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
