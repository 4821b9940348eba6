"""What staff may do: permissions are data, a role is a set of them (domain.md section 7).

Until staff accounts exist, the role belongs to the desk; the defaults below are those of the
design. ``Actor.permissions`` is what the write gate and the guarded queries ask.
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
    TREAT = "treat"
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
    MESSAGES = "messages"


PERMISSION_WORDS: dict[Permission, str] = {
    Permission.READ: "see the calendar and the patients",
    Permission.OTHERS_SCHEDULES: "change the schedule of another doctor",
    Permission.BOOK: "book visits and edit what is written about them",
    Permission.MOVE: "move visits",
    Permission.CANCEL: "cancel visits",
    Permission.CHECK_IN: "confirm visits, check patients in and mark no-shows",
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
    Permission.TREAT: "start and complete visits",
    Permission.BILLING: "see and change invoices and take payments",
    Permission.REPORTS: "see the clinic’s reports",
    Permission.MERGE_PATIENTS: "merge two entries of one patient",
    Permission.EDIT_ROSTER: "edit sites, doctors, visit types and hours",
    Permission.EDIT_SETTINGS: "change the clinic’s settings",
    Permission.EXPORT: "print or hand on patients and visits",
    Permission.DELETE: "delete records",
    Permission.EDIT_STAFF: "edit accounts and end sessions",
    Permission.EDIT_PERMISSIONS: "change what each role may do",
    Permission.SEE_AUDIT: "read the audit trail",
    Permission.BACKUP: "make and restore backups",
    Permission.MESSAGES: "send, edit and withdraw messages to patients",
}
"""As in "A receptionist may not …"."""

GROUPS: tuple[tuple[str, tuple[Permission, ...]], ...] = (
    ("Seeing", (Permission.READ, Permission.REPORTS, Permission.SEE_AUDIT)),
    (
        "Visits",
        (
            Permission.BOOK,
            Permission.MOVE,
            Permission.CANCEL,
            Permission.CHECK_IN,
            Permission.ACCEPT,
            Permission.TREAT,
            Permission.HOLD,
            Permission.WAITLIST,
            Permission.OTHERS_SCHEDULES,
        ),
    ),
    (
        "Past the rules",
        (
            Permission.OVERBOOK,
            Permission.OVERRIDE_POLICY,
            Permission.OUTSIDE_HOURS,
            Permission.PATIENT_OVERLAP,
            Permission.REINSTATE,
        ),
    ),
    (
        "Doctors’ time",
        (Permission.BLOCK_TIME, Permission.REQUEST_TIME_OFF, Permission.DECIDE_TIME_OFF),
    ),
    (
        "Patients and money",
        (
            Permission.EDIT_PATIENT,
            Permission.MERGE_PATIENTS,
            Permission.MESSAGES,
            Permission.BILLING,
        ),
    ),
    ("Files and paper", (Permission.EXPORT, Permission.IMPORT)),
    (
        "The clinic",
        (
            Permission.EDIT_ROSTER,
            Permission.EDIT_SETTINGS,
            Permission.DELETE,
            Permission.BACKUP,
            Permission.EDIT_STAFF,
            Permission.EDIT_PERMISSIONS,
        ),
    ),
)
"""Every permission once, in the order in which people read them."""


class Role(StrEnum):
    RECEPTIONIST = "receptionist"
    DOCTOR = "doctor"
    MANAGER = "manager"


_EVERYDAY = frozenset(
    {
        Permission.READ,
        Permission.BOOK,
        Permission.MOVE,
        Permission.CANCEL,
        Permission.CHECK_IN,
        Permission.EDIT_PATIENT,
        Permission.HOLD,
        Permission.WAITLIST,
        Permission.OUTSIDE_HOURS,
        Permission.PATIENT_OVERLAP,
        Permission.BILLING,
        Permission.MERGE_PATIENTS,
        Permission.EXPORT,
        Permission.MESSAGES,
    }
)

DEFAULTS: dict[Role, frozenset[Permission]] = {
    Role.RECEPTIONIST: _EVERYDAY | {Permission.OTHERS_SCHEDULES, Permission.IMPORT},
    Role.DOCTOR: _EVERYDAY
    | {
        Permission.ACCEPT,
        Permission.TREAT,
        Permission.BLOCK_TIME,
        Permission.REQUEST_TIME_OFF,
        Permission.REPORTS,
    },
    Role.MANAGER: frozenset(Permission),
}
"""As in the design: doctors do on their own schedule what the front desk does on every one, and
accept, decline, start, complete, block time and ask for time off; managers do everything, and
they alone delete, reinstate, overbook, and edit accounts, hours, visit types and permissions."""

LOCKED = frozenset({Permission.EDIT_SETTINGS, Permission.EDIT_STAFF, Permission.EDIT_PERMISSIONS})
"""What cannot be taken from managers: nobody could give it back."""

BEFORE_ACCOUNTS = frozenset(Permission) - {
    Permission.READ,
    Permission.OTHERS_SCHEDULES,
    Permission.TREAT,
    Permission.EXPORT,
    Permission.DELETE,
    Permission.EDIT_STAFF,
    Permission.EDIT_PERMISSIONS,
    Permission.SEE_AUDIT,
    Permission.BACKUP,
    Permission.MESSAGES,
}
"""The permissions there were when clinics could not yet say which ones they had decided on."""


def may_not(role: Role, permission: Permission) -> str:
    """The one sentence for what a role has no permission for, with the way out."""
    words = PERMISSION_WORDS[permission]
    way = (
        "Give the permission back in Settings › Roles."
        if role is Role.MANAGER
        else "Ask a manager to do it."
    )
    return f"A {role} may not {words}. {way}"
