"""What the audit trail tells: kinds of entries, their words, and how long details are kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

BLANKED_BY = "audit_retention"
"""Action of the entry that a retention run leaves."""

KEEP_YEARS_KEY = "audit.keep_years"
"""Setting of the clinic: years for which the details of views and log-ins stay; 0 is for ever."""

KEEP_YEARS = 10


class Kind(StrEnum):
    """What a person filters by."""

    CHANGES = "changes"
    VIEWS = "views"
    ACCESS = "access"
    LEFT = "left"
    RIGHTS = "rights"
    PROGRAM = "program"


KIND_WORDS = {
    Kind.CHANGES: "Changes",
    Kind.VIEWS: "Views and searches",
    Kind.ACCESS: "Log-ins and sessions",
    Kind.LEFT: "Files and prints",
    Kind.RIGHTS: "Settings, accounts and rights",
    Kind.PROGRAM: "Backups and the program",
}


class Told(NamedTuple):
    kind: Kind
    words: str


VIEW, SEARCH, CALENDAR, LIST = "view", "search", "calendar", "list"
"""Actions of what was only looked at."""

QUIET = frozenset({VIEW, SEARCH, CALENDAR, LIST})
"""Entries that stand for nothing written: who looks at a clinic's pages need not look again."""

SHOWN = "shown"
"""Of a detail: the ids of the patients that a list showed, or the days of a calendar."""

UNTOLD_SETTINGS = frozenset({"login.last"})
"""Settings of which the trail says nothing: the entry of the log-in does."""

PROGRAM_NOTES = {
    "messages.replan": "All messages are planned anew",
    "encryption.noted": "The recovery key is kept elsewhere",
    "setup.done": "The clinic is set up",
    "practice.demo": "This is a practice clinic",
    "login.last": "Who was logged in at a desk last",
    "files.last_handed_on": "",
    "reports.last_export": "",
}
"""What the program writes down for itself by the side of what somebody does: the key of a setting
that no page asks for, and the words for people; empty where the entry tells it otherwise."""


DAY = "day:"


def day_key(day: date) -> str:
    """Under which a look at a day of the calendar is found."""
    return f"{DAY}{day.isoformat()}"


REFUSED = "refused"
"""Action of what somebody asked for who may not."""

EXPORT, PRINT = "export", "print"
"""Actions of what left the program."""

NOTES: dict[str, Told] = {
    VIEW: Told(Kind.VIEWS, "Looked at"),
    SEARCH: Told(Kind.VIEWS, "Searched patients"),
    CALENDAR: Told(Kind.VIEWS, "Looked at the calendar"),
    LIST: Told(Kind.VIEWS, "Looked at a list"),
    "log_in": Told(Kind.ACCESS, "Logged in"),
    "log_in_failed": Told(Kind.ACCESS, "Failed to log in"),
    "log_out": Told(Kind.ACCESS, "Logged out"),
    "lock": Told(Kind.ACCESS, "Locked the screen"),
    "unlock": Told(Kind.ACCESS, "Unlocked the screen"),
    "secret_changed": Told(Kind.ACCESS, "Changed their password or PIN"),
    "secret_reset": Told(Kind.RIGHTS, "Gave a new password or PIN"),
    "recovered": Told(Kind.ACCESS, "Logged in with the recovery code"),
    "recovery_code_made": Told(Kind.ACCESS, "Made a new recovery code"),
    "first_manager": Told(Kind.RIGHTS, "Made the first manager’s account"),
    "session_ended": Told(Kind.ACCESS, "Ended a session"),
    "sessions_ended": Told(Kind.ACCESS, "Ended all sessions of a person"),
    REFUSED: Told(Kind.ACCESS, "Was refused"),
    EXPORT: Told(Kind.LEFT, "Wrote a file"),
    PRINT: Told(Kind.LEFT, "Printed"),
    "lifeboat": Told(Kind.LEFT, "Wrote the paper lifeboat"),
    "permissions": Told(Kind.RIGHTS, "Changed what a role may do"),
    "begin": Told(Kind.PROGRAM, "The audit trail begins"),
    "trail_differs": Told(Kind.PROGRAM, "The trail is not the one known before"),
    "backup": Told(Kind.PROGRAM, "Made a backup"),
    "restore_asked": Told(Kind.PROGRAM, "Asked for a backup to be restored"),
    "restore": Told(Kind.PROGRAM, "Restored a backup"),
    "encrypt": Told(Kind.PROGRAM, "Encrypted the clinic’s data"),
    "decrypt": Told(Kind.PROGRAM, "Took the encryption off the clinic’s data"),
    "recovery_key": Told(Kind.PROGRAM, "Showed the recovery key"),
    "recovery_key_kept": Told(Kind.PROGRAM, "Said that the recovery key is kept elsewhere"),
    "seal_backups": Told(Kind.PROGRAM, "Encrypted old backups"),
    "drop_plain_backups": Told(Kind.PROGRAM, "Deleted backups that were not encrypted"),
    BLANKED_BY: Told(Kind.PROGRAM, "Emptied old details by the clinic’s policy"),
    "write": Told(Kind.CHANGES, "Changed"),
}
"""Every action that is no command."""

COMMANDS: dict[str, str] = {
    "RevokeAllSessions": "Ended all sessions of a person",
    "RevokeSession": "Ended a session",
    "ResetSecret": "Gave a new password or PIN",
    "EditStaff": "Edited an account",
    "DeactivateStaff": "Deactivated an account",
    "AddStaff": "Added an account",
    "ActivateStaff": "Activated an account",
    "AcceptProposals": "Moved visits of a plan",
    "ApproveRestore": "Asked for a backup to be restored",
    "NoteBackup": "Made a backup",
    "AddPatient": "Added a patient",
    "AddToWaitlist": "Put on the waiting list",
    "AnswerVisit": "Answered for the doctor",
    "BeginMessage": "Began to send a message",
    "BillVisit": "Billed a visit",
    "BlockTime": "Blocked time",
    "BookAppointment": "Booked a visit",
    "BookFromWaitlist": "Booked from the waiting list",
    "BookSeries": "Booked a series",
    "CancelAppointment": "Cancelled a visit",
    "CancelTogether": "Cancelled visits",
    "ChangeSeries": "Changed a series",
    "ChangeStatus": "Changed a visit’s status",
    "ChangeStatusTogether": "Changed the status of visits",
    "ChangeTimeOff": "Changed a request for time off",
    "ClaimMessages": "Took up messages to send",
    "CloseBreaker": "Had a service outside tried again",
    "CopyAppointment": "Copied a visit",
    "DecideTimeOff": "Decided on time off",
    "EditAppointment": "Edited a visit",
    "EditInvoice": "Edited an invoice",
    "EditMessage": "Edited a message",
    "EditPatient": "Edited a patient",
    "EditWaitlist": "Edited a wish on the waiting list",
    "EmptyOldDetails": "Emptied old details by the clinic’s policy",
    "EndMessage": "Noted what became of a message",
    "EndPractice": "Took a practice visit back",
    "HandleAnswer": "Dealt with an answer",
    "HoldSlot": "Held a slot",
    "ImportBatch": "Imported from a file",
    "IssueInvoice": "Issued an invoice",
    "MergePatients": "Merged two entries of a patient",
    "MoveAppointment": "Moved a visit",
    "MoveTogether": "Moved visits",
    "NoteAnswers": "Kept patients’ answers",
    "NoteDeliveries": "Noted which messages arrived",
    "NoteCursor": "Asked for answers to messages",
    "NoteExport": "Wrote a report to a file",
    "NoteHandedOn": "Handed something on",
    "NoteLifeboat": "Wrote the paper lifeboat",
    "OpenTime": "Opened extra hours",
    "ParkAppointment": "Put a visit on the shelf",
    "ParkTogether": "Put visits on the shelf",
    "PlanAgain": "Planned withdrawn messages again",
    "RecordOffer": "Noted an offer",
    "RecordPayment": "Took a payment",
    "PlanMessages": "Planned the messages of visits to come anew",
    "Redo": "Repeated a change",
    "Reinstate": "Reinstated a visit",
    "ReleaseExpiredHolds": "Let holds go that had run out",
    "ReleaseMessages": "Gave messages back unsent",
    "RestService": "Noted that a service cannot be used",
    "ReleaseHold": "Let a hold go",
    "ReleaseHolds": "Let holds go",
    "RemoveBlock": "Removed blocked time",
    "RemoveRecords": "Removed settings of the clinic",
    "RenewHold": "Kept a hold",
    "RenewHolds": "Kept holds",
    "RequestTimeOff": "Asked for time off",
    "RetryEvents": "Had events of visits sent again",
    "ForgetEvents": "Gave up events of visits that were refused",
    "RetryMessage": "Had a message sent again",
    "RunningLate": "Said a doctor runs late",
    "SaveRecords": "Saved settings of the clinic",
    "SaveTemplate": "Saved the words of a message",
    "ResetTemplate": "Went back to the built-in words of a message",
    "SaveSetting": "Saved a setting",
    "SaveWeek": "Saved weekly hours",
    "SendAgain": "Sent messages again",
    "SendNow": "Sent messages at once",
    "SeparatePatients": "Separated merged patients",
    "SettleMessage": "Noted an answer to a message",
    "StepBack": "Took a visit a step back",
    "StepBackTogether": "Took visits a step back",
    "TellApart": "Told two patients apart",
    "Together": "Changed several things at once",
    "Undo": "Took a change back",
    "UnparkAppointment": "Took a visit off the shelf",
    "VoidInvoice": "Voided an invoice",
    "WithdrawFromWaitlist": "Took off the waiting list",
    "WithdrawMessages": "Withdrew messages",
    "WithdrawTimeOff": "Withdrew a request for time off",
}
"""Every command by the name of its class; a test finds the ones without words."""

_KINDS = {
    Kind.RIGHTS: (
        "SaveSetting", "SaveRecords", "RemoveRecords", "SaveWeek", "AddStaff", "EditStaff",
        "DeactivateStaff", "ActivateStaff", "ResetSecret",
    ),
    Kind.ACCESS: ("RevokeSession", "RevokeAllSessions"),
    Kind.LEFT: ("NoteExport", "NoteHandedOn", "NoteLifeboat"),
    Kind.PROGRAM: ("NoteBackup", "ApproveRestore", "EmptyOldDetails"),
}  # fmt: skip
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}


def told(action: str) -> Told:
    """Kind and words of an entry; an action of a later version is spelt out as it is."""
    known = NOTES.get(action)
    if known is not None:
        return known
    return Told(_KIND_OF.get(action, Kind.CHANGES), COMMANDS.get(action) or spelt(action))


def spelt(action: str) -> str:
    """ "Book appointment" of "BookAppointment"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", action).strip().lower()
    return words[:1].upper() + words[1:]


def actions_of(kind: Kind) -> frozenset[str]:
    """The actions of a kind that have words; whatever has none is a change."""
    return frozenset(one for one in (*NOTES, *COMMANDS) if told(one).kind is kind)


@dataclass(frozen=True, slots=True)
class Blanked:
    """Kinds whose details a retention run emptied."""

    kinds: frozenset[Kind]

    def covers(self, action: str) -> bool:
        return told(action).kind in self.kinds


RETAINED = frozenset({Kind.VIEWS, Kind.ACCESS})
"""What the policy is about; changes keep their before and after for as long as the rows."""


def blanks(detail: str) -> tuple[int, Blanked]:
    """(epoch seconds before which details went, of which kinds) as a retention entry tells it."""
    try:
        found = json.loads(detail)
        known = {kind.value: kind for kind in Kind}
        kinds = frozenset(known[one] for one in found["kinds"] if one in known)
        return int(found["before"]), Blanked(kinds)
    except (ValueError, KeyError, TypeError):
        return 0, Blanked(frozenset())
