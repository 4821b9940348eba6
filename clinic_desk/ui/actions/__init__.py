"""Everything that can be asked of the program, in one table.

Menus, shortcuts, the command palette and the key overlay are all built from ``ACTIONS``; the keys
of the grid, which work only while it has the focus, are listed by the calendar page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from clinic_desk.ui.actions.table import ACTIONS, MOST_SITES, SECTIONS, SITE, ActionSpec
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.key_text import KeyGroup, shown_key
from clinic_desk.ui.widgets.worded_menu import WordedMenu, submenu

if TYPE_CHECKING:
    from clinic_desk.ui.widgets.entries import Entry

__all__ = [
    "ACTIONS",
    "MOST_SITES",
    "SAVED_VIEW",
    "SECTIONS",
    "SITE",
    "ActionSet",
    "ActionSpec",
    "key_groups",
    "shown_key",
]

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
        self._window, self._theme = window, theme
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            self._actions[spec.id] = self._build(window, spec, handlers[spec.id])
        for number in range(1, 10):
            key = SAVED_VIEW.format(number)
            spec = ActionSpec(key, "Calendar", f"Saved view {number}", (f"Alt+{number}",))
            self._actions[key] = self._build(window, spec, handlers[key])
        self.keys: dict[str, tuple[str, ...]] = {spec.id: spec.keys for spec in ACTIONS}
        self._dressed = False
        self._barred: dict[str, str] = {}
        self._usual: dict[str, tuple[bool, str, str]] = {}
        self._tell: Callable[[str], None] = lambda _why: None
        self._told_keys: list[QShortcut] = []
        theme.changed.connect(self._undress)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def use_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """The desk's own keys, by the id of the action; all others keep what they have."""
        for spec_id, texts in keys.items():
            self.keys[spec_id] = tuple(texts)
            self._actions[spec_id].setShortcuts([QKeySequence(text) for text in texts])
        self._answer_keys()

    def bar(self, barred: Mapping[str, str], tell: Callable[[str], None]) -> None:
        """Disables actions by id, each with the reason why; its key and its row in the palette
        ``tell`` the reason. Those that were barred before and are not any more are as usual."""
        for spec_id in self._barred.keys() - barred.keys():
            action = self._actions[spec_id]
            enabled, tip, status = self._usual.pop(spec_id)
            action.setEnabled(enabled)
            action.setToolTip(as_text(tip))
            action.setStatusTip(status)
        self._barred, self._tell = dict(barred), tell
        for spec_id, why in barred.items():
            action = self._actions[spec_id]
            usual = (action.isEnabled(), action.toolTip(), action.statusTip())
            self._usual.setdefault(spec_id, usual)
            action.setEnabled(False)
            action.setToolTip(as_text(why))
            action.setStatusTip(why)
        self._answer_keys()

    def _answer_keys(self) -> None:
        """A disabled action's key is nobody's: here it answers."""
        for shortcut in self._told_keys:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._told_keys = []
        for spec_id, why in self._barred.items():
            for key in self._actions[spec_id].shortcuts():
                shortcut = QShortcut(key, self._window)
                shortcut.activated.connect(partial(self._tell, why))
                self._told_keys.append(shortcut)

    def menu(self, parent: QWidget) -> QMenu:
        """One menu with a submenu per section, for the menu button."""
        whole = WordedMenu(parent)
        whole.setToolTipsVisible(True)
        whole.aboutToShow.connect(self.dress)
        for section in SECTIONS:
            if any(spec.section == section for spec in ACTIONS):
                self.fill(submenu(whole, section), section)
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
                    groups[spec.group] = submenu(menu, spec.group)
                    target = groups[spec.group]
                else:
                    target = groups[spec.group]
                    if spec.rule_above:
                        target.addSeparator()
            elif spec.rule_above:
                menu.addSeparator()
            target.addAction(self._actions[spec.id])

    def entries(self) -> Iterator[Entry]:
        """What the palette offers of the table: everything that is possible now, and what is not
        this person's with the reason."""
        from clinic_desk.ui.widgets.entries import Entry  # with the first palette

        for spec in ACTIONS:
            action = self._actions[spec.id]
            keys, why = self.keys[spec.id], self._barred.get(spec.id, "")
            if spec.id != "palette" and (action.isEnabled() or why):
                yield Entry(
                    plain_text(action.text()),
                    partial(self._tell, why) if why else action.trigger,
                    detail=why or plain_text(spec.group),
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
