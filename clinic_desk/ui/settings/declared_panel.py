"""A section made of declared settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.gate import ROLE_KEY
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.declared import Control
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.settings.rows import SettingRow
from clinic_desk.ui.widgets.page import Panel

BY_ACCOUNT = (
    "What may be done at this desk is decided by the account of whoever is logged in: "
    "see Staff and Roles."
)
"""In place of the desk's role, once there are accounts."""

WIDEST = 860
"""Pixels of a row, so that a label and its control stay neighbours on a wide screen."""


class DeclaredPanel(Panel):
    def __init__(self, context: Context, settings: Settings, section: str, intro: str = "") -> None:
        super().__init__()
        self._theme, self._context = context.theme, context
        may = context.actor.may(Permission.EDIT_SETTINGS)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 8, 8, 16)
        column.setSpacing(0)
        if intro:
            said = Label(intro)
            said.setProperty("role", "muted")
            said.setWordWrap(True)
            said.setContentsMargins(12, 4, 12, 8)
            column.addWidget(said)
        self.rows: dict[str, SettingRow] = {}
        for item in settings.declared:
            if item.section != section or item.control is Control.NONE:
                continue
            row = SettingRow(context.theme, settings, item, may or not item.guarded)
            row.told.connect(lambda sentence: self.toast_requested.emit(sentence, True))
            self.rows[item.key] = row
            column.addWidget(row)
        self.by_account = Label(BY_ACCOUNT)
        self.by_account.setWordWrap(True)
        self.by_account.setContentsMargins(12, 8, 12, 8)
        self.by_account.setVisible(False)
        column.addWidget(self.by_account)
        column.addStretch(1)
        self._inner = inner
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        context.theme.changed.connect(self._dress)
        self._dress()

    def open(self, what: object = None) -> None:
        """``what`` is the key of a setting: its row is brought into view and marked."""
        if ROLE_KEY in self.rows:
            self._context.operations.ask(
                lambda queries: queries.has_accounts(),
                done=self._tell_role,
                failed=lambda _error: None,
                key=f"has-accounts:{id(self)}",
            )
        for key, row in self.rows.items():
            row.light(key == what)
        if isinstance(what, str) and what in self.rows:
            self.area.ensureWidgetVisible(self.rows[what])

    def focus_on(self, name: str) -> bool:
        """The control of a setting, or the first that can be used."""
        row = self.rows.get(name)
        if row is None:
            row = next((r for r in self.rows.values() if r.control.isEnabled()), None)
        if row is not None:
            row.focus()
        return row is not None

    def _tell_role(self, accounts: bool) -> None:
        """A desk has a role as long as nobody has an account."""
        self.rows[ROLE_KEY].setVisible(not accounts)
        self.by_account.setVisible(accounts)

    def _dress(self) -> None:
        self._inner.setMaximumWidth(self._theme.px(WIDEST))
