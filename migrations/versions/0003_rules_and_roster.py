"""Rules and roster: travel between sites, limits, overrides, reserved hours, every second week,
reasons of time off, accepted holidays, what a series repeats, and the waiting list."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = (
    ("practice", 'reminders TEXT NOT NULL DEFAULT \'["1440:", "120:"]\''),
    (
        "practice",
        "travel_minutes INTEGER NOT NULL DEFAULT 0"
        " CONSTRAINT ck_practice_travel_minutes CHECK (travel_minutes BETWEEN 0 AND 1440)",
    ),
    (
        "practice",
        "one_visit_at_a_time INTEGER NOT NULL DEFAULT 1"
        " CONSTRAINT ck_practice_one_visit_at_a_time CHECK (one_visit_at_a_time IN (0, 1))",
    ),
    ("location", "position INTEGER NOT NULL DEFAULT 0"),
    ("room", "position INTEGER NOT NULL DEFAULT 0"),
    (
        "doctor",
        "pattern TEXT NOT NULL DEFAULT 'solid'"
        " CONSTRAINT ck_doctor_pattern CHECK (pattern IN ('solid', 'dashed', 'double'))",
    ),
    (
        "doctor",
        "max_per_day INTEGER CONSTRAINT ck_doctor_max_per_day CHECK (max_per_day >= 1)",
    ),
    ("appointment_type", "allowed_room_ids TEXT NOT NULL DEFAULT '[]'"),
    (
        "appointment_type",
        "max_per_day INTEGER CONSTRAINT ck_appointment_type_max_per_day CHECK (max_per_day >= 1)",
    ),
    ("appointment_type", "reminders TEXT"),
    ("schedule_template", "reserved TEXT NOT NULL DEFAULT '[]'"),
    ("schedule_template", "anchor TEXT"),
    (
        "schedule_template",
        "every_weeks INTEGER NOT NULL DEFAULT 1 CONSTRAINT ck_schedule_template_every_weeks"
        " CHECK (every_weeks = 1 OR (every_weeks BETWEEN 2 AND 52 AND anchor <> ''))",
    ),
    (
        "time_off_request",
        "kind TEXT NOT NULL DEFAULT 'leave' CONSTRAINT ck_time_off_request_kind"
        " CHECK (kind IN ('leave', 'sick', 'course', 'other'))",
    ),
    ("time_off_request", "decision_note TEXT NOT NULL DEFAULT ''"),
    ("holiday", "source TEXT NOT NULL DEFAULT ''"),
    (
        "holiday",
        "closed INTEGER NOT NULL DEFAULT 1 CONSTRAINT ck_holiday_closed CHECK (closed IN (0, 1))",
    ),
    (
        "appointment_series",
        "location_id TEXT CONSTRAINT fk_appointment_series_location_id REFERENCES location (id)",
    ),
    (
        "appointment_series",
        "room_id TEXT CONSTRAINT fk_appointment_series_room_id REFERENCES room (id)",
    ),
    ("appointment_series", "title TEXT NOT NULL DEFAULT ''"),
    ("appointment_series", "reason TEXT NOT NULL DEFAULT ''"),
    ("appointment_series", "notes TEXT NOT NULL DEFAULT ''"),
    (
        "appointment_series",
        "follows_id TEXT CONSTRAINT fk_appointment_series_follows_id"
        " REFERENCES appointment_series (id)",
    ),
)

TABLES = """
CREATE TABLE travel_time (
    id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    other_location_id TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_travel_time PRIMARY KEY (id),
    CONSTRAINT ck_travel_time_minutes CHECK (minutes BETWEEN 0 AND 1440),
    CONSTRAINT ck_travel_time_pair CHECK (location_id <> other_location_id),
    CONSTRAINT ck_travel_time_revision CHECK (revision >= 1),
    CONSTRAINT fk_travel_time_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_travel_time_other_location_id
        FOREIGN KEY(other_location_id) REFERENCES location (id)
) STRICT;

CREATE UNIQUE INDEX uq_travel_time_pair ON travel_time
    (min(location_id, other_location_id), max(location_id, other_location_id))
    WHERE deleted_at IS NULL;

CREATE TABLE waitlist_entry (
    id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    type_id TEXT NOT NULL,
    doctor_id TEXT,
    location_id TEXT,
    minutes INTEGER,
    weekdays TEXT NOT NULL,
    earliest INTEGER,
    latest INTEGER,
    first_day TEXT,
    last_day TEXT,
    urgency TEXT NOT NULL,
    note TEXT NOT NULL,
    status TEXT NOT NULL,
    appointment_id TEXT,
    booked_id TEXT,
    withdrawn_reason TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_waitlist_entry PRIMARY KEY (id),
    CONSTRAINT ck_waitlist_entry_minutes CHECK (minutes BETWEEN 15 AND 480),
    CONSTRAINT ck_waitlist_entry_urgency CHECK (urgency IN ('low', 'normal', 'soon', 'urgent')),
    CONSTRAINT ck_waitlist_entry_status CHECK (status IN ('booked', 'waiting', 'withdrawn')),
    CONSTRAINT ck_waitlist_entry_note CHECK (length(note) <= 500),
    CONSTRAINT ck_waitlist_entry_times CHECK (earliest < latest),
    CONSTRAINT ck_waitlist_entry_days CHECK (first_day <= last_day),
    CONSTRAINT ck_waitlist_entry_revision CHECK (revision >= 1),
    CONSTRAINT fk_waitlist_entry_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id),
    CONSTRAINT fk_waitlist_entry_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id),
    CONSTRAINT fk_waitlist_entry_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_waitlist_entry_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_waitlist_entry_appointment_id
        FOREIGN KEY(appointment_id) REFERENCES appointment (id),
    CONSTRAINT fk_waitlist_entry_booked_id FOREIGN KEY(booked_id) REFERENCES appointment (id)
) STRICT;

CREATE INDEX ix_waitlist_entry_waiting ON waitlist_entry (type_id)
    WHERE status = 'waiting' AND deleted_at IS NULL;

CREATE INDEX ix_waitlist_entry_patient_id ON waitlist_entry (patient_id);

CREATE TABLE waitlist_offer (
    id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    gap TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    location_id TEXT,
    room_id TEXT,
    result TEXT NOT NULL,
    note TEXT NOT NULL,
    answered_at INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_waitlist_offer PRIMARY KEY (id),
    CONSTRAINT ck_waitlist_offer_span CHECK (start_at < end_at),
    CONSTRAINT ck_waitlist_offer_result
        CHECK (result IN ('booked', 'call_back', 'no_answer', 'open', 'refused')),
    CONSTRAINT ck_waitlist_offer_note CHECK (length(note) <= 500),
    CONSTRAINT ck_waitlist_offer_revision CHECK (revision >= 1),
    CONSTRAINT fk_waitlist_offer_entry_id FOREIGN KEY(entry_id) REFERENCES waitlist_entry (id),
    CONSTRAINT fk_waitlist_offer_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_waitlist_offer_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_waitlist_offer_room_id FOREIGN KEY(room_id) REFERENCES room (id)
) STRICT;

CREATE UNIQUE INDEX uq_waitlist_offer_gap ON waitlist_offer (entry_id, gap)
    WHERE deleted_at IS NULL;
"""


def upgrade() -> None:
    connection = op.get_bind()
    for table, column in COLUMNS:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    for statement in TABLES.split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement.strip())
