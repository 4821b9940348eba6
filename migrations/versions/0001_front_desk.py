"""The front desk: roster, patients, appointments, history, undo, outbox.

The text is kept as it was on the day, whatever the models say later. Triggers are made by
``store.guards`` after each upgrade.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = """
CREATE TABLE actor (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_actor PRIMARY KEY (id)
) STRICT;

CREATE TABLE counter (
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT pk_counter PRIMARY KEY (name),
    CONSTRAINT ck_counter_value CHECK (value >= 1)
) STRICT;

CREATE TABLE desk (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    CONSTRAINT pk_desk PRIMARY KEY (id)
) STRICT;

CREATE TABLE doctor (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    specialty TEXT NOT NULL,
    colour TEXT NOT NULL,
    location_ids TEXT NOT NULL,
    staff_id TEXT,
    position INTEGER NOT NULL,
    active INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_doctor PRIMARY KEY (id),
    CONSTRAINT ck_doctor_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_doctor_revision CHECK (revision >= 1)
) STRICT;

CREATE TABLE event (
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    action TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    changes TEXT NOT NULL,
    metadata TEXT NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY (seq),
    CONSTRAINT uq_event_id UNIQUE (id)
) STRICT;

CREATE INDEX ix_event_subject_id ON event (subject_id);

CREATE TABLE location (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    address TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    latitude REAL,
    longitude REAL,
    phone TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_location PRIMARY KEY (id),
    CONSTRAINT ck_location_is_primary CHECK (is_primary IN (0, 1)),
    CONSTRAINT ck_location_revision CHECK (revision >= 1)
) STRICT;

CREATE TABLE meta (
    k TEXT NOT NULL,
    v TEXT NOT NULL,
    CONSTRAINT pk_meta PRIMARY KEY (k)
) STRICT;

CREATE TABLE outbox_message (
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    done_at INTEGER,
    withdrawn_at INTEGER,
    last_error TEXT NOT NULL,
    CONSTRAINT pk_outbox_message PRIMARY KEY (id)
) STRICT;

CREATE INDEX ix_outbox_message_command_id ON outbox_message (command_id);

CREATE INDEX ix_outbox_message_due ON outbox_message (next_try_at) WHERE done_at IS NULL AND
        withdrawn_at IS NULL;

CREATE TABLE practice (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    currency TEXT NOT NULL,
    phone_country TEXT NOT NULL,
    first_weekday INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_practice PRIMARY KEY (id),
    CONSTRAINT ck_practice_first_weekday CHECK (first_weekday BETWEEN 0 AND 6),
    CONSTRAINT ck_practice_revision CHECK (revision >= 1)
) STRICT;

CREATE TABLE setting (
    scope TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (scope, desk_id, name),
    CONSTRAINT ck_setting_scope CHECK (scope IN ('clinic', 'desk'))
) STRICT;

CREATE TABLE undo_record (
    seq INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    images TEXT NOT NULL,
    applied_op TEXT NOT NULL,
    CONSTRAINT pk_undo_record PRIMARY KEY (seq),
    CONSTRAINT ck_undo_record_state CHECK (state IN ('done', 'undone', 'dropped', 'forgotten'))
) STRICT;

CREATE INDEX ix_undo_record_session ON undo_record (session_id, state, seq);

CREATE TABLE external_busy_time (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    last_seen INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_external_busy_time PRIMARY KEY (id),
    CONSTRAINT ck_external_busy_time_span CHECK (start_at < end_at),
    CONSTRAINT uq_external_busy_time_doctor_id_external_id UNIQUE (doctor_id, external_id),
    CONSTRAINT ck_external_busy_time_revision CHECK (revision >= 1),
    CONSTRAINT fk_external_busy_time_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id)
) STRICT;

CREATE INDEX ix_external_busy_time_end ON external_busy_time (end_at, start_at);

CREATE TABLE holiday (
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    location_id TEXT,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_holiday PRIMARY KEY (id),
    CONSTRAINT ck_holiday_revision CHECK (revision >= 1),
    CONSTRAINT fk_holiday_location_id FOREIGN KEY(location_id) REFERENCES location (id)
) STRICT;

CREATE TABLE patient (
    id TEXT NOT NULL,
    record_number TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    birth_date TEXT,
    mobile TEXT NOT NULL,
    mobile_typed TEXT NOT NULL,
    phone TEXT NOT NULL,
    phone_typed TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    consent_sms INTEGER,
    consent_email INTEGER,
    emergency_contact TEXT NOT NULL,
    alert TEXT NOT NULL,
    notes TEXT NOT NULL,
    usual_doctor_id TEXT,
    merged_into TEXT,
    other_numbers TEXT NOT NULL,
    active INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_patient PRIMARY KEY (id),
    CONSTRAINT ck_patient_record_number CHECK (length(record_number) BETWEEN 1 AND 64),
    CONSTRAINT ck_patient_name CHECK (length(first_name) + length(last_name) BETWEEN 1 AND 400),
    CONSTRAINT ck_patient_notes CHECK (length(notes) <= 20000),
    CONSTRAINT ck_patient_consent_sms CHECK (consent_sms IN (0, 1)),
    CONSTRAINT ck_patient_consent_email CHECK (consent_email IN (0, 1)),
    CONSTRAINT ck_patient_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_patient_revision CHECK (revision >= 1),
    CONSTRAINT fk_patient_usual_doctor_id FOREIGN KEY(usual_doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_patient_merged_into FOREIGN KEY(merged_into) REFERENCES patient (id)
) STRICT;

CREATE INDEX ix_patient_birth_date ON patient (birth_date);

CREATE UNIQUE INDEX uq_patient_record_number ON patient (record_number) WHERE deleted_at IS NULL;

CREATE TABLE room (
    id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    name TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    is_virtual INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_room PRIMARY KEY (id),
    CONSTRAINT ck_room_capacity CHECK (capacity >= 1),
    CONSTRAINT ck_room_is_virtual CHECK (is_virtual IN (0, 1)),
    CONSTRAINT ck_room_revision CHECK (revision >= 1),
    CONSTRAINT fk_room_location_id FOREIGN KEY(location_id) REFERENCES location (id)
) STRICT;

CREATE TABLE time_off_request (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_time_off_request PRIMARY KEY (id),
    CONSTRAINT ck_time_off_request_span CHECK (start_at < end_at),
    CONSTRAINT ck_time_off_request_status CHECK (status IN ('requested', 'approved',
        'declined')),
    CONSTRAINT ck_time_off_request_revision CHECK (revision >= 1),
    CONSTRAINT fk_time_off_request_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id)
) STRICT;

CREATE TABLE appointment_type (
    id TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    duration INTEGER NOT NULL,
    doctor_id TEXT,
    description TEXT NOT NULL,
    buffer_before INTEGER NOT NULL,
    buffer_after INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    mode TEXT NOT NULL,
    default_location_id TEXT,
    default_room_id TEXT,
    allowed_location_ids TEXT NOT NULL,
    colour TEXT NOT NULL,
    needs_acceptance INTEGER NOT NULL,
    patient_may_reschedule INTEGER NOT NULL,
    min_notice INTEGER NOT NULL,
    max_future_days INTEGER NOT NULL,
    max_reschedules INTEGER,
    position INTEGER NOT NULL,
    active INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_appointment_type PRIMARY KEY (id),
    CONSTRAINT ck_appointment_type_duration CHECK (duration BETWEEN 15 AND 480),
    CONSTRAINT ck_appointment_type_buffer_before CHECK (buffer_before BETWEEN 0 AND 240),
    CONSTRAINT ck_appointment_type_buffer_after CHECK (buffer_after BETWEEN 0 AND 240),
    CONSTRAINT ck_appointment_type_min_notice CHECK (min_notice >= 0),
    CONSTRAINT ck_appointment_type_max_future_days CHECK (max_future_days >= 0),
    CONSTRAINT ck_appointment_type_needs_acceptance CHECK (needs_acceptance IN (0, 1)),
    CONSTRAINT ck_appointment_type_patient_may_reschedule CHECK (patient_may_reschedule IN (0,
        1)),
    CONSTRAINT ck_appointment_type_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_appointment_type_revision CHECK (revision >= 1),
    CONSTRAINT fk_appointment_type_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_appointment_type_default_location_id FOREIGN KEY(default_location_id)
        REFERENCES location (id),
    CONSTRAINT fk_appointment_type_default_room_id FOREIGN KEY(default_room_id) REFERENCES room
        (id)
) STRICT;

CREATE UNIQUE INDEX uq_appointment_type_slug ON appointment_type (ifnull(doctor_id, ''), slug)
        WHERE deleted_at IS NULL;

CREATE TABLE patient_search (
    n INTEGER NOT NULL,
    patient_id TEXT NOT NULL,
    surname TEXT NOT NULL,
    words TEXT NOT NULL,
    digits TEXT NOT NULL,
    CONSTRAINT pk_patient_search PRIMARY KEY (n),
    CONSTRAINT fk_patient_search_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id)
) STRICT;

CREATE INDEX ix_patient_search_surname ON patient_search (surname);

CREATE UNIQUE INDEX uq_patient_search_patient_id ON patient_search (patient_id);

CREATE TABLE schedule_template (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    weekday INTEGER NOT NULL,
    work_start INTEGER NOT NULL,
    work_end INTEGER NOT NULL,
    room_id TEXT,
    step INTEGER NOT NULL,
    buffer_before INTEGER NOT NULL,
    buffer_after INTEGER NOT NULL,
    max_parallel INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    breaks TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_schedule_template PRIMARY KEY (id),
    CONSTRAINT ck_schedule_template_weekday CHECK (weekday BETWEEN 0 AND 6),
    CONSTRAINT ck_schedule_template_hours CHECK (0 <= work_start AND work_start < work_end AND
        work_end <= 1440),
    CONSTRAINT ck_schedule_template_step CHECK (step BETWEEN 1 AND 480),
    CONSTRAINT ck_schedule_template_buffer_before CHECK (buffer_before BETWEEN 0 AND 240),
    CONSTRAINT ck_schedule_template_buffer_after CHECK (buffer_after BETWEEN 0 AND 240),
    CONSTRAINT ck_schedule_template_max_parallel CHECK (max_parallel >= 1),
    CONSTRAINT ck_schedule_template_revision CHECK (revision >= 1),
    CONSTRAINT fk_schedule_template_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_schedule_template_location_id FOREIGN KEY(location_id) REFERENCES location
        (id),
    CONSTRAINT fk_schedule_template_room_id FOREIGN KEY(room_id) REFERENCES room (id)
) STRICT;

CREATE TABLE appointment_series (
    id TEXT NOT NULL,
    rule TEXT NOT NULL,
    local_start TEXT NOT NULL,
    zone TEXT NOT NULL,
    duration INTEGER NOT NULL,
    doctor_id TEXT NOT NULL,
    patient_id TEXT,
    type_id TEXT,
    excluded TEXT NOT NULL,
    import_key TEXT,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_appointment_series PRIMARY KEY (id),
    CONSTRAINT ck_appointment_series_duration CHECK (duration BETWEEN 15 AND 480),
    CONSTRAINT ck_appointment_series_revision CHECK (revision >= 1),
    CONSTRAINT fk_appointment_series_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_appointment_series_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id),
    CONSTRAINT fk_appointment_series_type_id FOREIGN KEY(type_id) REFERENCES appointment_type
        (id)
) STRICT;

CREATE UNIQUE INDEX uq_appointment_series_import_key ON appointment_series (import_key) WHERE
        import_key IS NOT NULL;

CREATE TABLE availability_exception (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    type_id TEXT,
    location_id TEXT,
    reason TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_availability_exception PRIMARY KEY (id),
    CONSTRAINT ck_availability_exception_span CHECK (start_at < end_at),
    CONSTRAINT ck_availability_exception_kind CHECK (kind IN ('blocked', 'available')),
    CONSTRAINT ck_availability_exception_revision CHECK (revision >= 1),
    CONSTRAINT fk_availability_exception_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor
        (id),
    CONSTRAINT fk_availability_exception_type_id FOREIGN KEY(type_id) REFERENCES
        appointment_type (id),
    CONSTRAINT fk_availability_exception_location_id FOREIGN KEY(location_id) REFERENCES
        location (id)
) STRICT;

CREATE TABLE appointment (
    id TEXT NOT NULL,
    doctor_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    blocked_start INTEGER NOT NULL,
    blocked_end INTEGER NOT NULL,
    status TEXT NOT NULL,
    slot_state TEXT NOT NULL,
    patient_id TEXT,
    room_id TEXT,
    type_id TEXT,
    series_id TEXT,
    series_start INTEGER,
    lane INTEGER NOT NULL,
    room_lane INTEGER NOT NULL,
    hold_until INTEGER,
    held_by_desk TEXT NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    notes TEXT NOT NULL,
    mode TEXT NOT NULL,
    source TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    patient_zone TEXT NOT NULL,
    doctor_zone TEXT NOT NULL,
    confirmation_code TEXT,
    confirmed_at INTEGER,
    confirmed_by TEXT NOT NULL,
    arrived_at INTEGER,
    arrived_by TEXT NOT NULL,
    started_at INTEGER,
    started_by TEXT NOT NULL,
    completed_at INTEGER,
    completed_by TEXT NOT NULL,
    cancelled_at INTEGER,
    cancelled_by TEXT NOT NULL,
    cancel_reason TEXT NOT NULL,
    reschedule_count INTEGER NOT NULL,
    walk_in INTEGER NOT NULL,
    overbook_reason TEXT NOT NULL,
    remind_at INTEGER,
    remind_channels TEXT NOT NULL,
    import_key TEXT,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_appointment PRIMARY KEY (id),
    CONSTRAINT ck_appointment_span CHECK (start_at < end_at),
    CONSTRAINT ck_appointment_length CHECK (end_at - start_at BETWEEN 900 AND 28800),
    CONSTRAINT ck_appointment_blocked CHECK (blocked_start <= start_at AND end_at <=
        blocked_end),
    CONSTRAINT ck_appointment_buffers CHECK (start_at - blocked_start <= 14400 AND blocked_end -
        end_at <= 14400),
    CONSTRAINT ck_appointment_status CHECK (status IN ('arrived', 'cancelled', 'completed',
        'confirmed', 'declined', 'held', 'in_progress', 'no_show', 'pending', 'released',
        'scheduled')),
    CONSTRAINT ck_appointment_slot_state CHECK (slot_state IN ('contested', 'placed')),
    CONSTRAINT ck_appointment_mode CHECK (mode IN ('in_person', 'phone', 'video')),
    CONSTRAINT ck_appointment_source CHECK (source IN ('api', 'doctor', 'front_desk', 'import',
        'patient')),
    CONSTRAINT ck_appointment_lane CHECK (lane >= 0),
    CONSTRAINT ck_appointment_room_lane CHECK (room_lane >= 0),
    CONSTRAINT ck_appointment_hold_until CHECK ((status = 'held') = (hold_until IS NOT NULL)),
    CONSTRAINT ck_appointment_patient CHECK (patient_id IS NOT NULL OR status IN ('held',
        'released')),
    CONSTRAINT ck_appointment_cancel_reason CHECK (length(cancel_reason) <= 2000 AND (status <>
        'cancelled' OR length(trim(cancel_reason)) >= 1)),
    CONSTRAINT ck_appointment_reason CHECK (length(reason) <= 2000),
    CONSTRAINT ck_appointment_notes CHECK (length(notes) <= 5000),
    CONSTRAINT ck_appointment_title CHECK (length(title) <= 500),
    CONSTRAINT ck_appointment_reschedule_count CHECK (reschedule_count >= 0),
    CONSTRAINT ck_appointment_walk_in CHECK (walk_in IN (0, 1)),
    CONSTRAINT ck_appointment_revision CHECK (revision >= 1),
    CONSTRAINT fk_appointment_doctor_id FOREIGN KEY(doctor_id) REFERENCES doctor (id),
    CONSTRAINT fk_appointment_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_appointment_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id),
    CONSTRAINT fk_appointment_room_id FOREIGN KEY(room_id) REFERENCES room (id),
    CONSTRAINT fk_appointment_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id),
    CONSTRAINT fk_appointment_series_id FOREIGN KEY(series_id) REFERENCES appointment_series
        (id)
) STRICT;

CREATE INDEX ix_appointment_completed ON appointment (patient_id, start_at) WHERE status =
        'completed' AND deleted_at IS NULL;

CREATE INDEX ix_appointment_contested ON appointment (start_at) WHERE slot_state = 'contested';

CREATE INDEX ix_appointment_doctor_lane ON appointment (doctor_id, lane, blocked_start,
        blocked_end) WHERE status IN ('arrived', 'completed', 'confirmed', 'held',
        'in_progress', 'pending', 'scheduled') AND slot_state = 'placed' AND deleted_at IS NULL;

CREATE INDEX ix_appointment_doctor_start ON appointment (doctor_id, start_at);

CREATE INDEX ix_appointment_held ON appointment (hold_until) WHERE status = 'held';

CREATE INDEX ix_appointment_patient_start ON appointment (patient_id, start_at);

CREATE INDEX ix_appointment_room_lane ON appointment (room_id, room_lane, blocked_start,
        blocked_end) WHERE room_id IS NOT NULL AND status IN ('arrived', 'completed',
        'confirmed', 'held', 'in_progress', 'pending', 'scheduled') AND slot_state = 'placed'
        AND deleted_at IS NULL;

CREATE INDEX ix_appointment_room_start ON appointment (room_id, start_at) WHERE room_id IS NOT
        NULL;

CREATE INDEX ix_appointment_series ON appointment (series_id, start_at) WHERE series_id IS NOT
        NULL;

CREATE INDEX ix_appointment_start ON appointment (start_at);

CREATE UNIQUE INDEX uq_appointment_confirmation_code ON appointment (confirmation_code) WHERE
        confirmation_code IS NOT NULL;

CREATE UNIQUE INDEX uq_appointment_import_key ON appointment (import_key) WHERE import_key IS
        NOT NULL;

CREATE TABLE shelf_item (
    id TEXT NOT NULL,
    appointment_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    parked_at INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    created_op TEXT NOT NULL,
    updated_op TEXT NOT NULL,
    deleted_at INTEGER,
    CONSTRAINT pk_shelf_item PRIMARY KEY (id),
    CONSTRAINT ck_shelf_item_revision CHECK (revision >= 1),
    CONSTRAINT fk_shelf_item_appointment_id FOREIGN KEY(appointment_id) REFERENCES appointment
        (id)
) STRICT;

CREATE UNIQUE INDEX uq_shelf_item_appointment_id ON shelf_item (appointment_id) WHERE deleted_at
        IS NULL;

CREATE VIRTUAL TABLE patient_words USING fts5(words, content='patient_search',
        content_rowid='n', tokenize='ascii', prefix='1 2 3 4', detail='none');

CREATE VIRTUAL TABLE patient_digits USING fts5(digits, content='patient_search',
        content_rowid='n', tokenize='trigram');
"""


def upgrade() -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.strip())
