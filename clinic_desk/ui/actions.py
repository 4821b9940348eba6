"""Everything that can be asked of the program, in one table.

Menus, shortcuts, the command palette and the key overlay are all built from ``ACTIONS``; the keys
of the grid, which work only while it has the focus, are listed by the calendar page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.page_table import has_page
from clinic_desk.ui.widgets.entries import Entry
from clinic_desk.ui.widgets.key_text import shown_key
from clinic_desk.ui.widgets.shortcut_overlay import KeyGroup

__all__ = [
    "ACTIONS",
    "SAVED_VIEW",
    "SECTIONS",
    "ActionSet",
    "ActionSpec",
    "key_groups",
    "shown_key",
]

SECTIONS = ("File", "Edit", "View", "Calendar", "Practice", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """``keys`` are portable key texts, the first is shown; ``words`` are synonyms for the palette;
    ``listed`` False keeps it out of the menus. ``group`` makes a submenu. ``page`` opens that page
    ("time_off") or section of the settings ("settings:hours"); without it there is no action."""

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


SITE = "site.{}"
"""All sites (0) and the clinic's sites in their order, whose names the window fills in."""

MOST_SITES = 6

_ALL: tuple[ActionSpec, ...] = (
    ActionSpec("book.new", "File", "&New booking", ("Ctrl+N",), "plus", "book visit appointment"),
    ActionSpec(
        "book.walk_in", "File", "&Walk-in…", ("Ctrl+Shift+K",), "users",
        "queue now without a booking urgent",
    ),
    ActionSpec("patient.add", "File", "New &patient", ("Ctrl+Shift+N",), "user", "quick add"),
    ActionSpec(
        "file.import", "File", "&Import…", (), "import", "csv ics patients diary", rule_above=True
    ),
    ActionSpec("file.export", "File", "&Export calendar…", (), "save", "ics icalendar diary"),
    ActionSpec("file.clashes", "File", "&Clash list", (), "clashes", "overlap contested import"),
    ActionSpec("file.backup", "File", "&Back up now", (), "backup", "copy safe", rule_above=True),
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
    ActionSpec("help.about", "Help", "&About this program", (), "info", "version", rule_above=True),
)  # fmt: skip

ACTIONS = tuple(spec for spec in _ALL if not spec.page or has_page(spec.page))

SAVED_VIEW = "saved.{}"
"""Alt+1 … Alt+9; kept out of the table because their names are the person's own."""

Handlers = Mapping[str, Callable[[], object]]


def plain_text(text: str) -> str:
    """A menu text without its mnemonic mark."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


class ActionSet(QObject):
    """The table as live ``QAction``s of one window.

    Raises ``KeyError`` at once when an action has no handler, so that nothing is offered that
    does nothing.
    """

    def __init__(self, window: QWidget, theme: Theme, handlers: Handlers) -> None:
        super().__init__(window)
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            self._actions[spec.id] = self._build(window, spec, handlers[spec.id])
        for number in range(1, 10):
            key = SAVED_VIEW.format(number)
            spec = ActionSpec(key, "Calendar", f"Saved view {number}", (f"Alt+{number}",))
            self._actions[key] = self._build(window, spec, handlers[key])
        self.keys: dict[str, tuple[str, ...]] = {spec.id: spec.keys for spec in ACTIONS}
        self._dressed = False
        theme.changed.connect(self._undress)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def use_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """The desk's own keys, by the id of the action; all others keep what they have."""
        for spec_id, texts in keys.items():
            self.keys[spec_id] = tuple(texts)
            self._actions[spec_id].setShortcuts([QKeySequence(text) for text in texts])

    def menu(self, parent: QWidget) -> QMenu:
        """One menu with a submenu per section, for the menu button."""
        whole = QMenu(parent)
        whole.aboutToShow.connect(self.dress)
        for section in SECTIONS:
            if any(spec.section == section for spec in ACTIONS):
                self.fill(whole.addMenu(section), section)
        return whole

    def fill(self, menu: QMenu, section: str) -> None:
        groups: dict[str, QMenu] = {}
        for spec in ACTIONS:
            if spec.section != section or not spec.listed:
                continue
            target = menu
            if spec.group:
                if spec.group not in groups:
                    if spec.rule_above:
                        menu.addSeparator()
                    groups[spec.group] = menu.addMenu(spec.group)
                    target = groups[spec.group]
                else:
                    target = groups[spec.group]
                    if spec.rule_above:
                        target.addSeparator()
            elif spec.rule_above:
                menu.addSeparator()
            target.addAction(self._actions[spec.id])

    def entries(self) -> Iterator[Entry]:
        """What the palette offers of the table: everything that is possible now."""
        for spec in ACTIONS:
            action = self._actions[spec.id]
            keys = self.keys[spec.id]
            if spec.id != "palette" and action.isEnabled():
                yield Entry(
                    plain_text(action.text()),
                    action.trigger,
                    detail=plain_text(spec.group),
                    keys=shown_key(keys[0]) if keys else "",
                    icon=spec.icon or "arrow-right",
                    group=spec.section,
                    words=f"{spec.section} {spec.words} {plain_text(spec.group)}",
                )

    def _build(self, window: QWidget, spec: ActionSpec, handler: Callable[[], object]) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False: handler())
        window.addAction(action)
        return action

    def _undress(self) -> None:
        if self._dressed:
            self._dressed = False
            self.dress()

    def dress(self) -> None:
        """Draws the icons, when the menu is first shown: nobody sees them before."""
        if self._dressed:
            return
        self._dressed = True
        for spec in ACTIONS:
            if spec.icon and not spec.checkable:
                self._actions[spec.id].setIcon(self._theme.qicon(spec.icon))


def key_groups(
    grid: Sequence[KeyGroup] = (), own: Mapping[str, Sequence[str]] | None = None
) -> tuple[KeyGroup, ...]:
    """For the overlay: the table by section, then the keys of the grid. ``own`` are the keys in
    force by the id of the action, the defaults without it."""
    keys = {spec.id: spec.keys for spec in ACTIONS} | dict(own or {})
    groups = []
    for section in SECTIONS:
        rows = [
            (" or ".join(shown_key(k) for k in keys[spec.id]), plain_text(spec.text).rstrip("…"))
            for spec in ACTIONS
            if spec.section == section and keys[spec.id]
        ]
        if section == "Calendar":
            rows.append(("Alt+1 … Alt+9", "Saved views"))
        if rows:
            groups.append(KeyGroup(section, tuple(rows)))
    return (*groups, *grid)
