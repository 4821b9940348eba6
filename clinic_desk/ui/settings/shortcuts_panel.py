"""Shortcuts: every key in one table, changed by pressing the new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.models.shortcuts import Shortcut, Shortcuts
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import left_to_right
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.settings.key_catcher import KeyCatcher
from clinic_desk.ui.settings.shortcut_table import ShortcutModel
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.key_text import shown_key
from clinic_desk.ui.widgets.page import Panel
from clinic_desk.ui.widgets.worded import WordedButton

_Put = Callable[[Shortcut, str], None]
_Press = Callable[[], None]

LETTERS = "calendar.letters"
_HINT = "Enter changes the keys of the chosen line, Delete takes them away."


class ShortcutsPanel(Panel):
    """The line at the foot says what is going on: which keys, press new ones, whose they are."""

    def __init__(self, context: Context, settings: Settings, shortcuts: Shortcuts) -> None:
        super().__init__()
        self._theme = context.theme
        self._settings = settings
        self.shortcuts = shortcuts
        self._row: Shortcut | None = None
        self._key = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search an action or a key")
        self.field.setAccessibleName("Search an action or a key")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.letters = QCheckBox("Single letters act in the calendar")
        self.letters.toggled.connect(self._switch_letters)
        self.reset_all = self._button("Reset all keys", self._reset_all)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.field, 1)
        top.addWidget(self.reset_all)
        self.model = ShortcutModel(context.theme, shortcuts, self)
        self.table = self._table()
        self.setFocusProxy(self.table)
        self.words = Label()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.catcher = KeyCatcher(context.theme)
        self.catcher.caught.connect(self._caught)
        self.catcher.given_up.connect(self._give_up)
        self.catcher.lost.connect(self._lost)
        self.change = self._button("Change…", self.record)
        self.remove = self._button("Remove", self._remove)
        self.reset = self._button("Reset", self._reset)
        self.swap = self._button("Swap", self._swap, "primary")
        self.take = self._button("Take it", self._take)
        self.keep = self._button("Keep as it was", self._give_up)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        for widget in (self.catcher, self.change, self.remove, self.reset):
            foot.addWidget(widget)
        for widget in (self.swap, self.take, self.keep):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.letters, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        column.addLayout(foot)
        shortcuts.changed.connect(self._rest)
        settings.changed.connect(self._on_setting)
        context.theme.changed.connect(self._dress)
        self._on_setting(LETTERS)
        self._dress()
        self._to_line(0)
        self._rest()

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self._rest()

    def chosen(self) -> Shortcut | None:
        return self.model.shortcut(self.table.currentIndex().row())

    def choose(self, row: Shortcut) -> None:
        """Brings an action into view and chooses it."""
        if self.model.line_of(row) < 0:
            self.field.clear()
        self._to_line(self.model.line_of(row))

    def _to_line(self, line: int) -> None:
        # selectRow looks for the first column at the edge, and finds none in a mirrored window
        self.table.setCurrentIndex(self.model.index(line, 0))

    # changing a key

    def focus_on(self, name: str) -> bool:
        """The line of an action ("keys.window/file.print"), as the settings' search names it."""
        for row in self.shortcuts.rows:
            if f"{row.setting}/{row.id}" == name:
                self.choose(row)
                self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return False

    def record(self) -> None:
        """The next combination is for the chosen action."""
        row = self.chosen()
        if row is None:
            return
        if row.fixed:
            self._say(self.shortcuts.why_not(row, ""))
            return
        self._row, self._key = row, ""
        self._offer(self.catcher, self.keep)
        self._say(f"Press the new keys for “{row.text}”. Esc keeps the old ones.")
        self.catcher.setFocus(Qt.FocusReason.OtherFocusReason)

    def _caught(self, key: str) -> None:
        row = self._row
        if row is None:
            return
        why = self.shortcuts.why_not(row, key)
        if why:
            self._say(why)
            return
        self._key = key
        other = self.shortcuts.owner(row, key)
        if other is None:
            self._take()
            return
        can_swap = self.shortcuts.can_swap(row, key)
        self._offer(*([self.swap] if can_swap else []), self.take, self.keep)
        self._say(self._clash(row, other, key, can_swap))
        (self.swap if can_swap else self.take).setFocus(Qt.FocusReason.OtherFocusReason)

    def _clash(self, row: Shortcut, other: Shortcut, key: str, can_swap: bool) -> str:
        text = f"{shown_key(key)} belongs to “{other.text}” ({other.group})."
        if can_swap:
            old = shown_key(self.shortcuts.keys(row)[0])
            text += f" Swap gives it {old} instead; take it leaves it what else it has."
        return text

    def _take(self) -> None:
        self._set(lambda row, key: self.shortcuts.assign(row, key))

    def _swap(self) -> None:
        self._set(lambda row, key: self.shortcuts.swap(row, key))

    def _set(self, put: _Put) -> None:
        row, key = self._row, self._key
        if row is None or not key:
            return
        self._row = None
        put(row, key)
        self._after(f"{row.text}: {shown_key(key)}")

    def _remove(self) -> None:
        row = self.chosen()
        if row is not None and row.fixed:
            self._say(self.shortcuts.why_not(row, ""))
        elif row is not None and self.shortcuts.keys(row):
            self.shortcuts.clear(row)
            self._after(f"{row.text}: no key")

    def _reset(self) -> None:
        row = self.chosen()
        if row is not None and self.shortcuts.is_own(row):
            self.shortcuts.reset(row)
            self._after(f"{row.text}: the usual keys")

    def _reset_all(self) -> None:
        if self.shortcuts.any_own:
            self.shortcuts.reset_all()
            self._after("All keys are as usual")

    def _after(self, sentence: str) -> None:
        self._rest()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.toast_requested.emit(sentence, True)

    def _give_up(self) -> None:
        """Nothing changes."""
        if self._row is None:
            return
        self._row, self._key = None, ""
        self._rest()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lost(self) -> None:
        """Somebody went elsewhere instead of pressing keys; a question is something else."""
        if self._row is not None and not self._key:
            self._row = None
            self._rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._row is not None:
            self._give_up()
        else:
            super().keyPressEvent(event)

    # what is on display

    def _rest(self) -> None:
        """No key is being recorded: the foot tells of the chosen line."""
        if self._row is not None:
            return
        row = self.chosen()
        self._offer(self.change, self.remove, self.reset)
        self.reset_all.setEnabled(self.shortcuts.any_own)
        free = row is not None and not row.fixed
        self.change.setEnabled(free)
        self.remove.setEnabled(free and row is not None and bool(self.shortcuts.keys(row)))
        self.reset.setEnabled(free and row is not None and self.shortcuts.is_own(row))
        if row is None:
            self.words.setText("No action and no key is called that.")
            return
        usual = " or ".join(shown_key(key) for key in row.keys) or "none"
        own = f" Usual: {usual}." if self.shortcuts.is_own(row) else ""
        keys = self.model.keys_text(row) or "no key"
        self.words.setText(left_to_right(f"{row.text}: {keys}.{own} {_HINT}"))

    def _offer(self, *shown: QWidget) -> None:
        """Those only; shown first, so that the keyboard never falls through to the page."""
        every = (self.catcher, self.change, self.remove, self.reset)
        for widget in (*every, self.swap, self.take, self.keep):
            if widget in shown:
                widget.show()
        for widget in (*every, self.swap, self.take, self.keep):
            if widget not in shown:
                widget.hide()

    def _say(self, sentence: str) -> None:
        self.words.setText(left_to_right(sentence))
        announce(self.words, sentence)

    def _search(self, text: str) -> None:
        self.model.show(text)
        self._to_line(0)
        self._rest()

    def _switch_letters(self, on: bool) -> None:
        label = f"Single letters {'on' if on else 'off'}"
        if on != self._settings.get(LETTERS):
            self._settings.put(LETTERS, on, label)
            self.toast_requested.emit(label, True)

    def _on_setting(self, key: str) -> None:
        if key == LETTERS:
            self.letters.setChecked(self._settings.get(LETTERS))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
                self.record()
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self._remove()
                return True
        return super().eventFilter(watched, event)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Shortcuts")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setStyleSheet("QTableView::item { padding: 0 4px; }")  # in line with the heads
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        table.installEventFilter(self)
        table.doubleClicked.connect(self._on_double)
        table.selectionModel().currentChanged.connect(lambda _now, _before: self._rest())
        self.model.modelReset.connect(self._rest)
        return table

    def _on_double(self, index: QModelIndex) -> None:
        self._to_line(index.row())
        self.record()

    def _button(self, text: str, press: _Press, kind: str = "") -> QPushButton:
        button = WordedButton(text)
        button.setAutoDefault(True)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(lambda _on=False: press())
        return button

    def _dress(self) -> None:
        px = self._theme.px
        self.table.verticalHeader().setDefaultSectionSize(px(30))
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        whole = self.width() - 40
        for column in (1, 2):
            self.table.setColumnWidth(column, min(self._theme.px(240), whole * 3 // 10))
