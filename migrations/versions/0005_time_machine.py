"""Visits are found by where they stood before they were moved; closures of a part of a day."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEX = """
CREATE INDEX ix_event_moved ON event ((changes ->> '$.start[0]'))
    WHERE subject_kind = 'appointment' AND changes ->> '$.start[0]' IS NOT NULL
"""


HOLIDAY = (
    "start_minute INTEGER NOT NULL DEFAULT 0"
    " CONSTRAINT ck_holiday_start_minute CHECK (start_minute BETWEEN 0 AND 1439)",
    "end_minute INTEGER NOT NULL DEFAULT 0"
    " CONSTRAINT ck_holiday_end_minute CHECK (end_minute = 0 OR end_minute > start_minute)",
)
"""Closures of a part of a day; an end of 0 is midnight."""


def upgrade() -> None:
    for column in HOLIDAY:
        op.get_bind().exec_driver_sql(f"ALTER TABLE holiday ADD COLUMN {column}")
    op.get_bind().exec_driver_sql(INDEX)


def downgrade() -> None:
    for column in ("end_minute", "start_minute"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE holiday DROP COLUMN {column}")
    op.get_bind().exec_driver_sql("DROP INDEX ix_event_moved")
