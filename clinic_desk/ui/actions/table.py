"""Everything that can be asked of the program, in one table: what menus, keys, palette and the
overlay of keys are built from."""

from __future__ import annotations

from dataclasses import dataclass

SECTIONS = ("File", "Edit", "View", "Calendar", "Practice", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """``keys`` are portable key texts, the first is shown; ``words`` are synonyms for the palette;
    ``listed`` False keeps it out of the menus. ``group`` makes a submenu. ``page`` opens that page
    ("time_off") or section of the settings ("settings:hours"), ``opens`` calls that
    "module:function" with the main window and is loaded at its first use."""

    id: str
    section: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    words: str = ""
    listed: bool = True
    rule_above: bool = False
    checkable: bool = False
    group: str = ""
    page: str = ""
    opens: str = ""


SITE = "site.{}"
"""All sites (0) and the clinic's sites in their order, whose names the window fills in."""

MOST_SITES = 6

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("book.new", "File", "&New booking", ("Ctrl+N",), "plus", "book visit appointment"),
    ActionSpec(
        "book.walk_in", "File", "&Walk-in…", ("Ctrl+Shift+K",), "users",
        "queue now without a booking urgent",
    ),
    ActionSpec("patient.add", "File", "New &patient", ("Ctrl+Shift+N",), "user", "quick add"),
    ActionSpec(
        "file.import", "File", "&Import…", (), "import", "csv ics patients diary", rule_above=True
    ),
    ActionSpec(
        "file.export", "File", "&Export…", (), "save", "ics icalendar csv diary calendar patients"
    ),
    ActionSpec("file.clashes", "File", "&Clash list", (), "clashes", "overlap contested import"),
    ActionSpec(
        "file.print", "File", "&Print…", ("Ctrl+P",), "print",
        "paper pdf day sheet week month agenda call list slip preview", rule_above=True,
        opens="clinic_desk.ui.main_window.printing:open_print",
    ),
    ActionSpec(
        "file.lifeboat", "File", "Paper &lifeboat", (), "print",
        "paper folder pdf today tomorrow emergency power failure day sheet",
        opens="clinic_desk.ui.main_window.lifeboat:open_folder",
    ),
    ActionSpec(
        "file.backup", "File", "&Back up now", (), "backup", "copy safe", rule_above=True,
        opens="clinic_desk.ui.main_window.backing:back_up",
    ),
    ActionSpec(
        "page.backup", "File", "Backups and &restore…", ("Ctrl+Shift+R",), "database",
        "backup restore copy second place verify repair rotation safe", page="backup",
    ),
    ActionSpec(
        "session.lock", "File", "&Lock", ("Ctrl+L",), "lock", "away leave cover screen session",
        rule_above=True, opens="clinic_desk.ui.main_window.locking:lock",
    ),
    ActionSpec(
        "session.switch", "File", "&Switch user…", (), "users",
        "another person log in session hand over shift",
        opens="clinic_desk.ui.main_window.locking:switch",
    ),
    ActionSpec(
        "session.secret", "File", "Change my pass&word or PIN…", (), "edit",
        "secret security recovery code", opens="clinic_desk.ui.main_window.own_secret:open_own",
    ),
    ActionSpec(
        "session.log_out", "File", "Log &out", (), "exit", "end session leave sign off",
        opens="clinic_desk.ui.main_window.locking:log_out",
    ),
    ActionSpec("file.quit", "File", "&Quit", ("Ctrl+Q",), "exit", "exit close", rule_above=True),
    ActionSpec("edit.undo", "Edit", "&Undo", ("Ctrl+Z",), "undo", "back"),
    ActionSpec("edit.redo", "Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "again"),
    ActionSpec(
        "search.patient",
        "Edit",
        "&Find a patient",
        ("Ctrl+F", "/"),
        "search",
        "search name phone",
        rule_above=True,
    ),
    ActionSpec(
        "patient.page", "Edit", "Patient’s &page…", ("Ctrl+Shift+P",), "user",
        "record card history timeline merge duplicate invoices",
        opens="clinic_desk.ui.main_window.patient_page:open_patient",
    ),
    ActionSpec(
        "call.panel", "Edit", "&Caller…", ("F2",), "phone",
        "call phone rings next visit balance offers",
        opens="clinic_desk.ui.main_window.calling:open_call",
    ),
    ActionSpec(
        "search.opening", "Edit", "Find an &opening", ("Ctrl+J",), "clock", "free slot availability"
    ),
    ActionSpec(
        "palette", "Edit", "&Command palette", ("Ctrl+K",), "keyboard", "commands", rule_above=True
    ),
    ActionSpec("view.day", "View", "&Day", ("Ctrl+1",), "calendar", checkable=True),
    ActionSpec("view.week", "View", "&Week", ("Ctrl+2",), "calendar", checkable=True),
    ActionSpec("view.month", "View", "&Month", ("Ctrl+3",), "calendar", checkable=True),
    ActionSpec("view.agenda", "View", "&Agenda", ("Ctrl+4",), "list", "list", checkable=True),
    ActionSpec(
        "page.year", "View", "&Year", ("Ctrl+6",), "calendar", "twelve months heat load full",
        page="year",
    ),
    ActionSpec(
        "page.flow", "View", "Day fl&ow", ("Ctrl+5",), "users",
        "flow board waiting room queue arrived check in late", page="flow",
    ),
    ActionSpec(
        "page.doctor", "View", "Doctor’s &view", ("Ctrl+7",), "user",
        "my day mine agenda next patient accept decline running late", page="doctor",
    ),
    ActionSpec(
        "flow.wall", "View", "Wall scree&n", ("F11",), "users",
        "flow board waiting room second monitor big type initials", page="flow:wall",
    ),
    ActionSpec(
        "page.past", "View", "Time &machine…", ("Ctrl+Shift+H",), "clock",
        "past history who moved as it stood before audit", page="past",
    ),
    ActionSpec(
        "privacy.curtain", "View", "&Curtain", ("F12",), "lock",
        "privacy initials hide names screen", checkable=True,
        opens="clinic_desk.ui.main_window.curtain:toggle",
    ),
    ActionSpec(
        "group.doctor", "View", "Columns are d&octors", (), "users", checkable=True, rule_above=True
    ),
    ActionSpec("group.room", "View", "Columns are &rooms", (), "door", checkable=True),
    ActionSpec(
        "site.next", "View", "&Next site", ("Ctrl+Shift+L",), "door",
        "location branch place cycle", group="S&ite", rule_above=True,
    ),
    *(
        ActionSpec(
            f"site.{number}", "View", f"Site {number}" if number else "&All sites", (), "door",
            "location branch place show only", checkable=True, group="S&ite",
            rule_above=not number,
        )
        for number in range(MOST_SITES + 1)
    ),
    ActionSpec(
        "zoom.in", "View", "Zoom &in", ("Ctrl+=", "Ctrl++"), "zoom-in", "larger", rule_above=True
    ),
    ActionSpec("zoom.out", "View", "Zoom o&ut", ("Ctrl+-",), "zoom-out", "smaller"),
    ActionSpec("zoom.fit", "View", "&Fit the working day", ("Ctrl+0",), "clock", "zoom reset"),
    ActionSpec(
        "pane.sidebar",
        "View",
        "&Sidebar",
        ("F9",),
        "menu",
        "mini month doctors",
        checkable=True,
        rule_above=True,
    ),
    ActionSpec("pane.shelf", "View", "S&helf", ("F8",), "shelf", "park pinboard", checkable=True),
    ActionSpec("pane.next", "View", "&Next pane", ("F6",), "arrow-right", "focus"),
    ActionSpec("menu.open", "View", "Open the &menu", ("F10",), "menu", listed=False),
    ActionSpec("pane.previous", "View", "&Previous pane", ("Shift+F6",), listed=False),
    ActionSpec(
        "theme.system",
        "View",
        "Like the &system",
        (),
        "theme",
        "theme light dark",
        checkable=True,
        group="&Theme",
        rule_above=True,
    ),
    ActionSpec(
        "theme.light", "View", "&Light", (), "theme", "theme", checkable=True, group="&Theme"
    ),
    ActionSpec("theme.dark", "View", "&Dark", (), "theme", "theme", checkable=True, group="&Theme"),
    ActionSpec("text.larger", "View", "&Larger", (), "zoom-in", "text size font", group="Te&xt"),
    ActionSpec("text.smaller", "View", "&Smaller", (), "zoom-out", "text size font", group="Te&xt"),
    ActionSpec("text.normal", "View", "&Normal", (), "minus", "text size font", group="Te&xt"),
    ActionSpec(
        "text.still",
        "View",
        "No &animation",
        (),
        "minus",
        "reduced motion",
        checkable=True,
        group="Te&xt",
        rule_above=True,
    ),
    ActionSpec(
        "grid.letters",
        "View",
        "Single-&letter keys",
        (),
        "keyboard",
        "shortcuts calendar keys letters off",
        checkable=True,
    ),
    ActionSpec("view.refresh", "View", "Re&fresh", ("F5",), "refresh", "reload", rule_above=True),
    ActionSpec("go.today", "Calendar", "&Today", ("Ctrl+T",), "calendar", "now"),
    ActionSpec(
        "go.previous", "Calendar", "&Previous period", ("Alt+Left",), "chevron-left", "back earlier"
    ),
    ActionSpec(
        "go.next", "Calendar", "&Next period", ("Alt+Right",), "chevron-right", "forward later"
    ),
    ActionSpec(
        "go.date", "Calendar", "&Go to date…", ("Ctrl+G",), "calendar", "jump", rule_above=True
    ),
    ActionSpec(
        "columns.all", "Calendar", "Show &all doctors", (), "users", "everybody", rule_above=True
    ),
    ActionSpec(
        "holds.keep", "Calendar", "&Keep what is held for the caller", ("F4",), "hourglass",
        "hold extend renew longer slots", rule_above=True,
    ),
    ActionSpec(
        "waitlist.offer", "Calendar", "Ring about a &freed slot", ("F7",), "phone",
        "waiting list offer cancelled gap",
    ),
    ActionSpec("saved.add", "Calendar", "&Save this view…", (), "star", "saved view columns"),
    ActionSpec(
        "page.time_off", "Practice", "&Time off…", (), "calendar",
        "leave holiday absence request approve", page="time_off",
    ),
    ActionSpec(
        "page.waitlist", "Practice", "&Waiting list…", ("Ctrl+Shift+W",), "list",
        "waitlist wait queue freed", page="waitlist",
    ),
    ActionSpec(
        "page.reports", "Practice", "&Reports…", (), "list",
        "statistics figures load no-shows revenue utilisation waiting export", page="reports",
    ),
    ActionSpec(
        "page.billing", "Practice", "&Billing…", ("Ctrl+Shift+B",), "list",
        "invoice payment money owed overdue paid bill receipt", page="billing",
    ),
    ActionSpec(
        "page.messages", "Practice", "&Messages…", ("Ctrl+Shift+M",), "mail",
        "reminder sms e-mail whatsapp confirmation outbox sent failed answers", page="messages",
    ),
    ActionSpec(
        "notices.open", "Practice", "&Notices", ("F3",), "bell",
        "bell failed answers unread tray desktop",
        opens="clinic_desk.ui.main_window.posting:open_notices",
    ),
    ActionSpec(
        "page.audit", "Practice", "&Audit trail…", ("Ctrl+Shift+A",), "lock",
        "who did saw viewed looked log history entries proof chain", page="audit",
    ),
    ActionSpec(
        "audit.seen", "Practice", "Wh&o has seen this?", (), "eye",
        "viewed looked at opened patient visit audit trail access",
        opens="clinic_desk.ui.main_window.tracing:who_has_seen",
    ),
    ActionSpec(
        "page.duplicates", "Practice", "Possible &duplicates…", (), "users",
        "merge double patients twice same person namesake", page="duplicates",
    ),
    ActionSpec(
        "settings.hours", "Practice", "Weekly &hours…", (), "clock",
        "template schedule working time breaks opening", page="settings:hours", rule_above=True,
    ),
    ActionSpec(
        "settings.types", "Practice", "&Visit types…", (), "settings",
        "services appointment types length price", page="settings:types",
    ),
    ActionSpec(
        "settings.sites", "Practice", "S&ites and rooms…", (), "door", "locations branches rooms",
        page="settings:sites",
    ),
    ActionSpec(
        "settings.closures", "Practice", "&Closures…", (), "lock",
        "public holidays bank closed days", page="settings:closures",
    ),
    ActionSpec(
        "setup.open", "Practice", "Set &up the clinic…", (), "star",
        "wizard first start assistant region doctors hours", page="wizard", rule_above=True,
    ),
    ActionSpec(
        "settings.open", "Practice", "&Settings…", ("Ctrl+,",), "settings",
        "preferences options configure", page="settings",
    ),
    ActionSpec("help.keys", "Help", "&Keys", ("F1", "?"), "keyboard", "shortcuts help"),
    ActionSpec(
        "help.report", "Help", "&Diagnostic report…", (), "copy",
        "copy support help log bug problem version state",
        opens="clinic_desk.ui.main_window.diagnosis:show",
    ),
    ActionSpec("help.about", "Help", "&About this program", (), "info", "version", rule_above=True),
)  # fmt: skip
