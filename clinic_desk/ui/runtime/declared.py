"""Every setting there is, declared once: what it may be, what it is called, who shares it, and
how the settings page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from clinic_desk.domain.permissions import Role
from clinic_desk.services.wording import unit_text

DESK, CLINIC = "desk", "clinic"


class Control(StrEnum):
    """How the settings page asks. NONE is not asked for: the window remembers it by itself, or a
    page of its own does."""

    NONE = "none"
    SWITCH = "switch"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Declared:
    """``kind`` is the JSON type that a stored value must have, ``choices`` (value, words) or
    ``low`` to ``high`` its range, ``check`` anything more; any other value is the default.

    ``scope``: "desk" or "clinic". ``section`` is the name of a section of the settings page,
    ``words`` what people may call it, ``help`` one sentence under the label, ``unit`` follows a
    number, ``none`` stands for an empty text. ``restart``: it counts from the next start of the
    program on. ``guarded``: it takes the permission to change the clinic's settings.
    """

    key: str
    kind: type
    default: Any
    label: str
    scope: str = DESK
    control: Control = Control.NONE
    section: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    low: int = 0
    high: int = 0
    unit: str = ""
    none: str = "nothing"
    words: str = ""
    help: str = ""
    restart: bool = False
    guarded: bool = False
    check: Callable[[Any], bool] | None = None

    def fits(self, value: object) -> bool:
        """Whether a value, stored by whatever version, may be used."""
        if not isinstance(value, self.kind) or (self.kind is int and isinstance(value, bool)):
            return False
        if isinstance(value, int) and self.high and not self.low <= value <= self.high:
            return False
        if self.choices and all(value != choice for choice, _ in self.choices):
            return False
        return self.check is None or self.check(value)

    def value_words(self, value: Any) -> str:
        """ "Dark", "on", "3 days", as in the name of an undo step."""
        if self.control is Control.SWITCH:
            return "on" if value else "off"
        for choice, words in self.choices:
            if choice == value:
                return words
        unit = unit_text(value, self.unit) if isinstance(value, int) else self.unit
        return f"{value} {unit}".strip() or self.none


def _two_numbers(value: Any) -> bool:
    return len(value) == 2 and all(type(part) is int and 0 < part < 100_000 for part in value)


def _strings(value: Any) -> bool:
    return all(isinstance(part, str) for part in value)


def _a_name(value: Any) -> bool:
    return len(value) <= 60 and (not value or value.isprintable())


def _a_folder(value: Any) -> bool:
    return len(value) <= 500 and (not value.strip() or PurePath(value.strip()).is_absolute())


def _switches(value: Any) -> bool:
    return all(isinstance(part, bool) for part in value.values())


PAPERS = (("A4", "A4"), ("A5", "A5"), ("Letter", "Letter"))
TYPE_SIZES = ((0, "What fits"), *((size, f"{size} pt") for size in range(7, 15)))
MONTH_TELLS = (("visits", "Every visit"), ("counts", "Numbers only"))

_TEXT_SIZES = tuple((size, f"{size} %") for size in range(90, 160, 10))
_ZOOMS = tuple((minutes, f"{minutes} minutes") for minutes in (5, 10, 15, 30))
_ROLES = ((Role.RECEPTIONIST.value, "Reception"), (Role.DOCTOR.value, "Doctor"),
          (Role.MANAGER.value, "Practice manager"))  # fmt: skip

DECLARED: tuple[Declared, ...] = (
    Declared(
        "look.theme", str, "system", "Theme",
        control=Control.CHOICE, section="appearance", words="dark light mode colour night",
        choices=(("system", "Like the system"), ("light", "Light"), ("dark", "Dark")),
    ),
    Declared(
        "look.scale", int, 100, "Text size",
        control=Control.CHOICE, section="appearance", choices=_TEXT_SIZES,
        words="font larger smaller zoom scale big type",
        help="Text, rows and buttons grow together.",
    ),
    Declared(
        "look.system_font", bool, False, "Use the system’s typeface",
        control=Control.SWITCH, section="appearance", words="font inter letter face",
        help="Otherwise Inter, which looks the same on every computer.",
    ),
    Declared(
        "look.direction", str, "ltr", "The window reads",
        control=Control.CHOICE, section="appearance", words="right to left rtl arabic hebrew",
        choices=(("ltr", "From left to right"), ("rtl", "From right to left")),
        help="From right to left, columns and lists begin at the right.",
    ),
    Declared(
        "look.reduced_motion", bool, False, "No animation",
        control=Control.SWITCH, section="appearance", words="motion still reduced movement",
    ),
    Declared(
        "look.toast_seconds", int, 8, "How long a result stays on the screen",
        control=Control.CHOICE, section="appearance", words="toast message undo time duration",
        choices=((4, "4 seconds"), (8, "8 seconds"), (15, "15 seconds"), (30, "30 seconds")),
        help="The sentence at the lower edge with its Undo. Ctrl+Z works for much longer.",
    ),
    Declared(
        "calendar.opens_with", str, "last", "The program opens with",
        control=Control.CHOICE, section="calendar", words="start view first startup launch",
        choices=(("last", "The view last used"), ("day", "Day"), ("week", "Week"),
                 ("month", "Month"), ("agenda", "Agenda")),
        restart=True,
    ),
    Declared(
        "calendar.zoom", int, 15, "Minutes per line",
        control=Control.CHOICE, section="calendar", choices=_ZOOMS, words="zoom slot scale height",
    ),
    Declared(
        "calendar.group", str, "doctor", "Columns are",
        control=Control.CHOICE, section="calendar", words="group rooms doctors resources",
        choices=(("doctor", "Doctors"), ("room", "Rooms")),
    ),
    Declared(
        "calendar.resize_top", bool, True, "The upper edge of a visit changes its start",
        control=Control.SWITCH, section="calendar", words="resize drag top edge length",
        help="Off: only the lower edge changes the length, and the upper one moves the visit.",
    ),
    Declared(
        "calendar.show_cancelled", bool, False, "The agenda lists cancelled visits too",
        control=Control.SWITCH, section="calendar", words="hidden status declined hide show",
    ),
    Declared(
        "calendar.letters", bool, True, "Single letters act in the calendar",
        control=Control.SWITCH, section="calendar", words="keys shortcuts keyboard accidental",
        help="A for arrived, M for move and so on. Other keys are not affected.",
    ),
    Declared(
        "desk.name", str, "", "Name of this desk",
        control=Control.TEXT, section="desk", words="computer workstation front reception",
        help="Shown in the status bar. Empty: the name of the computer.", check=_a_name,
        none="as the computer says",
    ),
    Declared(
        "desk.role", str, Role.MANAGER.value, "Who works at this desk",
        control=Control.CHOICE, section="desk", choices=_ROLES,
        words="role rights permission user receptionist manager doctor",
        help="Reception may not overbook, go past a booking rule or edit the clinic.",
        guarded=True,
    ),
    Declared(
        "calendar.week_numbers", str, "auto", "Week numbers", CLINIC,
        control=Control.CHOICE, section="everyone", words="iso calendar week kw w48 us",
        choices=(("auto", "By the first day of the week"), ("iso", "ISO 8601"), ("off", "None")),
        help="ISO where weeks begin on Monday; elsewhere the week of 1 January is week 1.",
        guarded=True,
    ),
    Declared(
        "audit.keep_years", int, 10, "Details of looks and log-ins stay for", CLINIC,
        control=Control.NUMBER, section="everyone", low=0, high=100, unit="years",
        words="audit trail retention privacy old entries views searches delete", guarded=True,
        help="In the audit trail. Who, when and whose stays, and changes stay whole. 0: for ever.",
    ),
    Declared(
        "backup.minutes", int, 60, "A backup is made every", CLINIC,
        control=Control.NUMBER, section="backup", low=0, high=1440, unit="minutes",
        words="schedule automatic hourly interval", guarded=True,
        help="While the program is open. 0: only when it is closed, and by hand.",
    ),
    Declared(
        "backup.at_exit", bool, True, "A backup is made when the program is closed", CLINIC,
        control=Control.SWITCH, section="backup", words="exit quit leave end", guarded=True,
        help="Only when something was saved since the last one; you can leave without.",
    ),
    Declared(
        "backup.second", str, "", "Second place", CLINIC,
        control=Control.TEXT, section="backup", words="folder network share stick disk copy",
        help="A folder on another disk or a network share that gets each copy too.",
        guarded=True, check=_a_folder,
    ),
    Declared(
        "backup.warn_days", int, 2, "Call a backup old after", CLINIC,
        control=Control.NUMBER, section="backup", low=1, high=30, unit="days",
        words="safe copy warning age status bar red", guarded=True,
    ),
    *(
        Declared(
            f"backup.{key}", int, number, label, CLINIC, control=Control.NUMBER,
            section="backup", low=low, high=high, unit="copies", words="rotation keep old",
            guarded=True,
        )
        for key, number, label, low, high in (
            ("hourly", 24, "Kept: the last of each hour", 1, 200),
            ("daily", 14, "Kept: the last of each day", 1, 100),
            ("weekly", 8, "Kept: the last of each week", 0, 200),
            ("manual", 10, "Kept: made by hand", 1, 100),
            ("before", 10, "Kept: made before an upgrade, restore or repair", 1, 100),
        )
    ),
    Declared(
        "flow.amber", int, 10, "A wait is long after", CLINIC,
        control=Control.NUMBER, section="everyone", low=1, high=240, unit="minutes",
        words="flow board waiting amber yellow threshold", guarded=True,
    ),
    Declared(
        "flow.red", int, 20, "A wait is too long after", CLINIC,
        control=Control.NUMBER, section="everyone", low=1, high=240, unit="minutes",
        words="flow board waiting red threshold", guarded=True,
    ),
    Declared(
        "flow.no_show", int, 15, "Propose a no-show after", CLINIC,
        control=Control.NUMBER, section="everyone", low=5, high=240, unit="minutes",
        words="flow board late missing absent did not come", guarded=True,
        help="On the flow board. Nobody is ever marked as a no-show by the program itself.",
    ),
    Declared(
        "flow.call", int, 10, "Worth a call: a start that slips by", CLINIC,
        control=Control.NUMBER, section="everyone", low=1, high=120, unit="minutes",
        words="flow board running late ring delay", guarded=True,
    ),
    Declared(
        "flow.ahead", int, 2, "The flow board looks ahead", section="calendar",
        control=Control.NUMBER, low=1, high=12, unit="hours", words="expected next hours",
    ),
    Declared(
        "flow.wall", str, "initials", "The wall screen calls patients by", section="calendar",
        control=Control.CHOICE, words="waiting room monitor privacy second screen",
        choices=(("initials", "Initials"), ("numbers", "Record numbers")),
        help="It never shows a name.",
    ),
    Declared(
        "curtain.minutes", int, 15, "Draw the curtain after", section="desk",
        control=Control.NUMBER, low=0, high=240, unit="minutes",
        words="privacy initials hide names idle away lock screen",
        help="Names become initials when nobody has touched this desk for so long. 0: never.",
    ),
    Declared(
        "notices.tray", bool, True, "Show notices in the tray", section="desk",
        control=Control.SWITCH,
        words="notification desktop bell popup messages failed answers",
        help="A nudge when a message fails or a patient answers; it names nobody.",
    ),
    Declared("notices.read_until", str, "", "Notices read until"),
    Declared(
        "lock.minutes", int, 5, "Lock the screen after", CLINIC,
        control=Control.NUMBER, section="everyone", low=0, high=240, unit="minutes",
        words="idle away log in session password pin cover screen", guarded=True,
        help="Without a key or click at a desk. 0: never, and then whoever passes an empty desk "
        "works as the person who left it.",
    ),
    Declared(
        "paper.names", str, "full", "Paper tells patients by", section="desk",
        control=Control.CHOICE, words="print pdf privacy initials names day sheet lifeboat",
        choices=(("full", "Full names"), ("initials", "Initials")),
        help="On printed sheets and in the paper lifeboat; a patient’s own slip has the name.",
    ),
    Declared(
        "lifeboat.minutes", int, 5, "The paper lifeboat is written every", section="desk",
        control=Control.NUMBER, low=0, high=240, unit="minutes",
        words="day sheet pdf emergency power failure print today tomorrow",
        help="Today’s and tomorrow’s day sheets as PDF in the data folder. 0: never.",
    ),
    Declared(
        "metrics.file", bool, False, "Write metrics to a file", section="desk",
        control=Control.SWITCH, words="prometheus monitoring statistics counters log",
        help="clinic-desk.prom beside the logs, four times a minute. No patient is in it.",
        guarded=True,
    ),
    Declared(
        "metrics.serve", bool, False, "Serve metrics on this computer", section="desk",
        control=Control.SWITCH, words="prometheus monitoring http endpoint loopback",
        help="At http://127.0.0.1, for programs of this computer alone. No patient is in them.",
        guarded=True,
    ),
    Declared(
        "metrics.port", int, 9464, "Port of the metrics", section="desk",
        control=Control.NUMBER, low=1024, high=65535, words="prometheus monitoring http",
        help="“Data and program” says whether the port could be had.", guarded=True,
    ),
    Declared("paper.size", str, "A4", "Paper", choices=PAPERS),
    Declared("paper.turned", dict, {}, "Landscape, by kind of sheet", check=_switches),
    Declared("paper.type_size", int, 0, "Type size in points, 0 what fits", choices=TYPE_SIZES),
    Declared("paper.columns", int, 0, "Columns on a page, 0 what fits", low=0, high=12),
    Declared("paper.opens", int, -1, "First hour of a day sheet", low=-1, high=23),
    Declared("paper.closes", int, -1, "Last hour of a day sheet", low=-1, high=24),
    Declared("paper.fields", list, ["type", "phone"], "Beside a name", check=_strings),
    Declared("paper.month", str, "visits", "A month tells", choices=MONTH_TELLS),
    Declared("paper.cancelled", bool, False, "Cancelled visits on paper too"),
    Declared("flow.lanes", bool, False, "The flow board has a lane for each doctor"),
    Declared("flow.hidden", list, [], "Doctors not shown on the flow board", check=_strings),
    Declared("doctor.mine", str, "", "Whose day the doctor’s view shows"),
    Declared("doctor.weeks", int, 4, "Weeks of the doctor’s own numbers", low=1, high=52),
    Declared("window.size", list, [1366, 768], "Window size", check=_two_numbers),
    Declared("window.maximised", bool, False, "Window fills the screen"),
    Declared("window.sidebar", bool, True, "Sidebar shown"),
    Declared("window.shelf", bool, True, "Shelf shown"),
    Declared("calendar.view", str, "day", "Last view"),
    Declared("calendar.site", str, "", "Site shown, empty for all"),
    Declared("calendar.hidden", list, [], "Doctors or rooms not shown", check=_strings),
    Declared("calendar.order", list, [], "Doctors and rooms in their order", check=_strings),
    Declared("calendar.keys", dict, {}, "Own keys in the calendar, by action"),
    Declared("practice.demo", str, "", "The PIN that a made-up clinic tells everybody", CLINIC),
    Declared("login.last", str, "", "Who was logged in at this desk last"),
    Declared("setup.draft", dict, {}, "What was typed while setting up"),
    Declared("setup.done", bool, False, "The clinic is set up", CLINIC),
    Declared("keys.window", dict, {}, "Own keys anywhere, by action"),
    Declared("calendar.saved_views", list, [], "Saved views"),
)  # fmt: skip

TABLE: Mapping[str, Declared] = {item.key: item for item in DECLARED}
