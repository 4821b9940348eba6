"""What staff may do: permissions are data, a role is a set of them (domain.md section 7).

Until staff accounts exist, the role belongs to the desk; the defaults below are those of the
design. ``Actor.permissions`` is what the write gate asks.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "read"
    OTHERS_SCHEDULES = "others_schedules"
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    EDIT_PATIENT = "edit_patient"
    HOLD = "hold"
    WAITLIST = "waitlist"
    IMPORT = "import"
    OVERBOOK = "overbook"
    OVERRIDE_POLICY = "override_policy"
    OUTSIDE_HOURS = "outside_hours"
    PATIENT_OVERLAP = "patient_overlap"
    REINSTATE = "reinstate"
    BLOCK_TIME = "block_time"
    REQUEST_TIME_OFF = "request_time_off"
    DECIDE_TIME_OFF = "decide_time_off"
    EDIT_ROSTER = "edit_roster"
    ACCEPT = "accept"
    BILLING = "billing"
    REPORTS = "reports"
    MERGE_PATIENTS = "merge_patients"
    EDIT_SETTINGS = "edit_settings"
    EXPORT = "export"
    DELETE = "delete"
    EDIT_STAFF = "edit_staff"
    EDIT_PERMISSIONS = "edit_permissions"
    SEE_AUDIT = "see_audit"
    BACKUP = "backup"


PERMISSION_WORDS: dict[Permission, str] = {
    Permission.READ: "see the calendar and the patients",
    Permission.OTHERS_SCHEDULES: "change the schedule of another doctor",
    Permission.BOOK: "book visits",
    Permission.MOVE: "move visits",
    Permission.CANCEL: "cancel visits",
    Permission.CHECK_IN: "check patients in",
    Permission.EDIT_PATIENT: "edit patients",
    Permission.HOLD: "hold slots",
    Permission.WAITLIST: "keep the waiting list",
    Permission.IMPORT: "import files",
    Permission.OVERBOOK: "overbook",
    Permission.OVERRIDE_POLICY: "go past a booking rule",
    Permission.OUTSIDE_HOURS: "book outside working hours",
    Permission.PATIENT_OVERLAP: "book one patient twice at a time",
    Permission.REINSTATE: "reinstate a finished visit",
    Permission.BLOCK_TIME: "block time and open extra hours",
    Permission.REQUEST_TIME_OFF: "ask for time off",
    Permission.DECIDE_TIME_OFF: "decide on time off",
    Permission.ACCEPT: "accept or decline a visit for the doctor",
    Permission.BILLING: "take payments and change invoices",
    Permission.REPORTS: "see the clinic's reports",
    Permission.MERGE_PATIENTS: "merge two entries of one patient",
    Permission.EDIT_ROSTER: "edit sites, doctors, visit types and hours",
    Permission.EDIT_SETTINGS: "change the clinic's settings",
    Permission.EXPORT: "hand patients or visits on as files",
    Permission.DELETE: "delete records",
    Permission.EDIT_STAFF: "edit accounts and end sessions",
    Permission.EDIT_PERMISSIONS: "change what each role may do",
    Permission.SEE_AUDIT: "read the audit trail",
    Permission.BACKUP: "make and restore backups",
}
"""As in "Ask a manager: only they may …"."""


class Role(StrEnum):
    RECEPTIONIST = "receptionist"
    DOCTOR = "doctor"
    MANAGER = "manager"


_DESK = frozenset(
    {
        Permission.READ,
        Permission.OTHERS_SCHEDULES,
        Permission.EXPORT,
        Permission.BOOK,
        Permission.MOVE,
        Permission.CANCEL,
        Permission.CHECK_IN,
        Permission.EDIT_PATIENT,
        Permission.HOLD,
        Permission.WAITLIST,
        Permission.OUTSIDE_HOURS,
        Permission.PATIENT_OVERLAP,
        Permission.BLOCK_TIME,
        Permission.REQUEST_TIME_OFF,
        Permission.IMPORT,
        Permission.ACCEPT,
        Permission.BILLING,
        Permission.MERGE_PATIENTS,
    }
)

DEFAULTS: dict[Role, frozenset[Permission]] = {
    Role.RECEPTIONIST: _DESK,
    Role.DOCTOR: (_DESK - {Permission.IMPORT, Permission.OTHERS_SCHEDULES}) | {Permission.REPORTS},
    Role.MANAGER: frozenset(Permission),
}
