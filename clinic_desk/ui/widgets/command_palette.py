"""Ctrl+K: type what you want (a command, a patient, a doctor, a date) and press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.fuzzy import score
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.entries import Entry, EntryDelegate, EntryModel
from clinic_desk.ui.widgets.overlay import Overlay

Found = Callable[[Sequence[Entry]], None]
Search = Callable[[str, Found], None]

DEBOUNCE = 60
_ROWS = 12
_LOOSE = 0.45


class CommandPalette(Overlay):
    """``open_with`` takes the entries that are there at once and a search for those that must be
    asked for (patients); late answers to an older text are dropped by the caller's key."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, 560, top=72)
        self._entries: Sequence[Entry] = ()
        self._late: Sequence[Entry] = ()
        self._search: Search | None = None
        self._instant: Callable[[str], Sequence[Entry]] | None = None
        self.field = QLineEdit(self.card)
        self.field.setPlaceholderText("A command, a patient, a doctor or a date")
        self.field.setAccessibleName("Command")
        self.field.textEdited.connect(self._typed)
        self.field.installEventFilter(self)
        self.model = EntryModel(self)
        self.list = QListView(self.card)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Matches")
        self.list.setStyleSheet("QListView { border: 0; } QListView::item { padding: 0; }")
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._nothing = Label("Nothing fits. Try fewer letters.", self.card)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(12, 0, 12, 8)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self._wait = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._wait.timeout.connect(self._ask)

    def open_with(
        self,
        entries: Sequence[Entry],
        *,
        instant: Callable[[str], Sequence[Entry]] | None = None,
        search: Search | None = None,
    ) -> None:
        self._entries, self._instant, self._search = entries, instant, search
        self._late = ()
        self.field.clear()
        self._match()
        self.open_card()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            watched is self.field
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex().row())
                return True
            if key == Qt.Key.Key_Escape:
                self.dismiss()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._late = ()
        self._match()
        self._wait.start()

    def _ask(self) -> None:
        text = self.field.text().strip()
        if self._search is None or len(text) < 2:
            return

        def found(entries: Sequence[Entry]) -> None:
            if self.isVisible() and self.field.text().strip() == text:
                self._late = entries
                self._match()

        self._search(text, found)

    def _match(self) -> None:
        text = self.field.text().strip()
        first = list(self._instant(text)) if self._instant is not None and text else []
        ranked: list[tuple[float, int, Entry]] = []
        for place, entry in enumerate(self._entries):
            points = score(text, f"{entry.title} {entry.words}")
            if points is not None and points < _LOOSE:
                # letters strewn over the synonyms are chance
                points = score(text, entry.title)
            if points is not None:
                ranked.append((-points, place, entry))
        ranked.sort(key=lambda item: item[:2])
        strong = [entry for points, _, entry in ranked if points <= -0.55]
        weak = [entry for points, _, entry in ranked if points > -0.55]
        rows = [*first, *strong, *self._late, *weak] if text else [item[2] for item in ranked]
        self.model.show(rows[:60])
        shown = min(len(rows), _ROWS)
        self.list.setFixedHeight(shown * self.theme.px(36) + 2)
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        if rows:
            self.list.setCurrentIndex(self.model.index(0))
        if self.isVisible():
            self._fit()

    def _step(self, step: int) -> None:
        count = self.model.rowCount()
        if count:
            row = (self.list.currentIndex().row() + step) % count
            self.list.setCurrentIndex(self.model.index(row))
            entry = self.model.entry(row)
            if entry is not None:
                announce(self.list, f"{entry.title} {entry.detail}")

    def _run(self, row: int) -> None:
        entry = self.model.entry(row)
        if entry is not None:
            self.dismiss()
            entry.run()
