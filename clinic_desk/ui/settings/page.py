"""The settings page: a searchable tree of sections, and the section beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.ports import Maintenance
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.models.shortcuts import Shortcuts
from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.declared import CLINIC, DESK
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.settings.declared_panel import DeclaredPanel
from clinic_desk.ui.settings.rows import Tag, scope_words
from clinic_desk.ui.settings.sections import ADVANCED, SHORTCUTS, Hit, Section, key_fields, sections
from clinic_desk.ui.settings.tree import SettingsTree
from clinic_desk.ui.widgets.page import Page, Panel

INTRO = {
    "everyone": "These count at every desk of the clinic, and change there at once.",
    "desk": "How this computer is called, and what may be done at it.",
}


class SettingsPage(Page):
    """``furnish`` it before it is opened. ``open`` takes the name of a section, the key
    of a declared setting, or nothing."""

    alone = True
    key_hints = (
        ("Type", "Search"),
        ("Enter", "Go to the setting"),
        ("Ctrl+Z", "Undo"),
        ("Esc", "Back to the calendar"),
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Settings", parent)
        self._context = context
        self._settings: Settings
        self._shortcuts: Shortcuts
        self._maintenance: Maintenance | None = None
        self.tree: SettingsTree
        self._sections = sections()
        self._panels: dict[str, Panel] = {}
        self._shown = ""
        self.stack = QStackedWidget()
        self.heading = Label()
        self.heading.setProperty("role", "title")
        self.scope = Tag(context.theme, "")
        self._again: Callable[[], object] = self.leave_allowed.emit

    def furnish(
        self, settings: Settings, shortcuts: Shortcuts, maintenance: Maintenance | None = None
    ) -> None:
        """What the sections about this program work on; once, before it is opened."""
        self._settings, self._shortcuts = settings, shortcuts
        self._maintenance = maintenance
        keys = key_fields(shortcuts)
        self.tree = SettingsTree(self.theme, self._sections, settings.declared, keys)
        self.tree.chosen.connect(self._choose)
        self.tree.entered.connect(self._enter)
        self.tree.may_preview = self._may_preview
        content = QFrame()
        content.setObjectName("settingsContent")
        right = QVBoxLayout(content)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 20, 4)
        head.setSpacing(12)
        head.addWidget(self.heading)
        head.addWidget(self.scope)
        head.addStretch(1)
        right.addLayout(head)
        right.addWidget(self.stack, 1)
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.tree)
        across.addWidget(content, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(across, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.tree.fit(self.width())

    @property
    def section(self) -> str:
        """The name of the section on display."""
        return self._shown

    def panel(self, name: str) -> Panel:
        """Built when first asked for. Raises ``KeyError`` for a section there is not."""
        if name not in self._panels:
            section = next((one for one in self._sections if one.name == name), None)
            if section is None:
                raise KeyError(name)
            panel = self._built(section)
            panel.toast_requested.connect(self.toast_requested)
            panel.page_requested.connect(self.page_requested)
            panel.leave_allowed.connect(self._go_on)
            panel.visit_requested.connect(self.visit_requested)
            panel.finder_requested.connect(self.finder_requested)
            panel.show_day_requested.connect(self.show_day_requested)
            self._panels[name] = panel
            self.stack.addWidget(panel)
        return self._panels[name]

    def open(self, what: object = None) -> None:
        """``what``: a section's name, a setting's key, or (section, what to open it with)."""
        inner: object = None
        if isinstance(what, tuple):
            what, inner = what
        wanted = what if isinstance(what, str) else ""
        hit = self._hit(wanted) or self._hit(self._shown) or self._hit("appearance")
        assert hit is not None
        if self.tree.field.text() and wanted:
            self.tree.field.clear()
        if not self._show(hit, enter=False):
            wish = (wanted, inner) if inner is not None else what
            self._again = lambda: self.open(wish)
            return
        if inner is not None:
            self.panel(self._shown).open(inner)
        if hit.key:
            self._enter(hit)
        else:
            self.tree.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.tree.field.selectAll()

    def follow_rights(self) -> bool:
        """The sections that are not on display are built anew when they are next asked for."""
        panel = self._panels.get(self._shown)
        if panel is None or not panel.follow_rights():
            return False
        for name in [name for name in self._panels if name != self._shown]:
            hidden = self._panels.pop(name)
            hidden.leave_allowed.disconnect(self._go_on)
            self.stack.removeWidget(hidden)
            hidden.hide()
            self._context.operations.when_quiet(hidden.deleteLater)
        return True

    def leave(self) -> bool:
        """A section that is asked again forgets where one wanted to go before."""
        self._again = self.leave_allowed.emit
        panel = self._panels.get(self._shown)
        return panel is None or panel.leave()

    # inside

    def _go_on(self) -> None:
        """What the unsaved work of a section was in the way of: it is saved now, or dropped."""
        self._again()

    def _turn_to(self, hit: Hit, *, enter: bool) -> None:
        """To a section after the question of the one before, which had the keyboard."""
        self._show(hit, enter=enter)
        if not enter and not self.tree.isAncestorOf(QApplication.focusWidget() or self):
            self.tree.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hit(self, wanted: str) -> Hit | None:
        """A section by its name, or a setting by its key."""
        for section in self._sections:
            if section.name == wanted:
                return Hit(section, section.title)
        for item in self._settings.declared:
            for section in self._sections:
                if item.key == wanted and item.section == section.name:
                    return Hit(section, item.label, item.key)
        return None

    def _may_preview(self, hit: Hit) -> bool:
        """A question about unsaved work would take the keyboard from whoever types."""
        panel = self._panels.get(self._shown)
        return panel is None or hit.section.name == self._shown or not panel.unsaved

    def _choose(self, hit: Hit) -> None:
        self._show(hit, enter=False)

    def _enter(self, hit: Hit) -> None:
        self._show(hit, enter=True)

    def _show(self, hit: Hit, *, enter: bool) -> bool:
        name = hit.section.name
        if name != self._shown and not self.leave():
            self.tree.mark(self._shown)
            self._again = lambda: self._turn_to(hit, enter=enter)
            return False
        panel = self.panel(name)
        fresh = name != self._shown
        if fresh:
            self._shown = name
            self.heading.setText(hit.section.title)
            clinic = hit.section.heading == page_table.CLINIC
            self.scope.setText(scope_words(CLINIC if clinic else DESK))
            self.subtitle.setText(panel.counts)
            self.stack.setCurrentWidget(panel)
        if fresh or isinstance(panel, DeclaredPanel):
            declared = isinstance(panel, DeclaredPanel)
            panel.open(hit.key or None if declared else None)
        if not self.tree.query:
            self.tree.mark(name)
        if enter:
            self._focus(panel, hit.key)
        elif hit.key:
            panel.show_field(hit.key)
        return True

    def _focus(self, panel: Panel, key: str) -> None:
        if (key or isinstance(panel, DeclaredPanel)) and panel.focus_on(key):
            return
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not panel.hasFocus():
            stops = [
                child
                for child in panel.findChildren(QWidget)
                if child.focusPolicy() & Qt.FocusPolicy.TabFocus
                and child.isVisible()
                and child.isEnabled()
            ]
            if stops:
                stops[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _built(self, section: Section) -> Panel:
        if section.target:
            made: Panel = page_table.load(section.target)(self._context)
            return made
        if section.name == SHORTCUTS:
            from clinic_desk.ui.settings.shortcuts_panel import ShortcutsPanel

            return ShortcutsPanel(self._context, self._settings, self._shortcuts)
        if section.name == ADVANCED:
            from clinic_desk.ui.settings.advanced import AdvancedPanel

            return AdvancedPanel(self._context, self._maintenance)
        intro = INTRO.get(section.name, "")
        return DeclaredPanel(self._context, self._settings, section.name, intro)
