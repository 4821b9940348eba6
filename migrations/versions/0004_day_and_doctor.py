"""The day and the doctor: invoices and payments, doctors running late, gateways outside."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE invoice (
    id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    appointment_id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    visit_day TEXT NOT NULL,
    lines TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    number TEXT,
    issued_at INTEGER,
    due_on TEXT,
    paid_minor INTEGER NOT NULL,
    void_reason TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_invoice PRIMARY KEY (id),
    CONSTRAINT ck_invoice_status
        CHECK (status IN ('draft', 'issued', 'paid', 'part_paid', 'void')),
    CONSTRAINT ck_invoice_total CHECK (total_minor >= 0),
    CONSTRAINT ck_invoice_number CHECK ((number IS NULL) = (issued_at IS NULL)),
    CONSTRAINT ck_invoice_numbered CHECK (status IN ('draft', 'void') OR number IS NOT NULL),
    CONSTRAINT ck_invoice_void_reason CHECK (status <> 'void' OR length(void_reason) >= 1),
    CONSTRAINT ck_invoice_revision CHECK (revision >= 1),
    CONSTRAINT fk_invoice_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id),
    CONSTRAINT fk_invoice_appointment_id FOREIGN KEY(appointment_id) REFERENCES appointment (id),
    CONSTRAINT fk_invoice_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id)
) STRICT;

CREATE INDEX ix_invoice_owed ON invoice (due_on)
    WHERE status IN ('issued', 'part_paid') AND deleted_at IS NULL;

CREATE INDEX ix_invoice_patient_id ON invoice (patient_id);

CREATE INDEX ix_invoice_visit_day ON invoice (visit_day);

CREATE UNIQUE INDEX uq_invoice_appointment_id ON invoice (appointment_id)
    WHERE status <> 'void' AND deleted_at IS NULL;

CREATE UNIQUE INDEX uq_invoice_number ON invoice (number) WHERE number IS NOT NULL;

CREATE TABLE payment (
    id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    method TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT ck_payment_amount CHECK (amount_minor <> 0),
    CONSTRAINT ck_payment_method CHECK (method IN ('card', 'cash', 'insurance', 'transfer')),
    CONSTRAINT ck_payment_note CHECK (length(note) <= 500),
    CONSTRAINT ck_payment_revision CHECK (revision >= 1),
    CONSTRAINT fk_payment_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id)
) STRICT;

CREATE INDEX ix_payment_invoice_id ON payment (invoice_id);

CREATE INDEX ix_payment_received_at ON payment (received_at);

CREATE TABLE doctor_delay (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    day TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    note TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_doctor_delay PRIMARY KEY (id),
    CONSTRAINT ck_doctor_delay_minutes CHECK (minutes BETWEEN 0 AND 480),
    CONSTRAINT ck_doctor_delay_note CHECK (length(note) <= 500),
    CONSTRAINT ck_doctor_delay_revision CHECK (revision >= 1),
    CONSTRAINT fk_doctor_delay_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id)
) STRICT;

CREATE UNIQUE INDEX uq_doctor_delay_day ON doctor_delay (doctor_id, day) WHERE deleted_at IS NULL;

CREATE TABLE gateway_state (
    name TEXT NOT NULL,
    failures INTEGER NOT NULL,
    open_until INTEGER,
    lease_by TEXT NOT NULL,
    lease_until INTEGER,
    last_error TEXT NOT NULL,
    CONSTRAINT pk_gateway_state PRIMARY KEY (name),
    CONSTRAINT ck_gateway_state_failures CHECK (failures >= 0)
) STRICT;
"""


def upgrade() -> None:
    connection = op.get_bind()
    for statement in TABLES.split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement.strip())
