"""24 px of facts: is it saved, how old is the backup, what is chosen, which keys work here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.calendar.gestures_status import DragStatus
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

_ICONS = {Verdict.OK: "check", Verdict.WARN: "warn", Verdict.REFUSE: "refuse"}


class StatusBar(QWidget):
    """Painted as one line; what does not fit is left out from the hints first.
    ``backup_pressed``, ``messages_pressed`` and ``protection_pressed``: a click on the words about
    them."""

    backup_pressed = Signal()
    messages_pressed = Signal()
    protection_pressed = Signal()

    def __init__(self, theme: Theme, desk: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._desk = desk
        self._pending = 0
        self._trouble = self._work = self._paper = ""
        self._drag: DragStatus | None = None
        self._backup, self._backup_tone = "", ""
        self._protection = ""
        self._messages, self._messages_tone = "", ""
        self._backup_place, self._messages_place = QRect(), QRect()
        self._protection_place = QRect()
        self._selected = self._waiting = self._curtain = ""
        self._hints: list[tuple[str, str]] = []
        self._page: list[tuple[str, str]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, self._theme.px(24))

    def show_desk(self, desk: str) -> None:
        self._desk = desk
        self.update()

    def show_pending(self, writes: int) -> None:
        """How many writes the store has not yet acknowledged."""
        self._pending = writes
        self._tell()

    def show_work(self, sentence: str) -> None:
        """What takes its time; empty when it is over."""
        self._work = sentence
        self._tell()

    def show_trouble(self, sentence: str) -> None:
        """Empty when the store answers again."""
        self._trouble = sentence
        self._tell()

    def show_backup(self, text: str, tone: str = "") -> None:
        """``tone``: "" when all is well, "warn" or "refuse"; the words say it as well."""
        self._backup, self._backup_tone = text, tone
        self._tell()

    def show_messages(self, text: str, tone: str = "") -> None:
        """What is to go and what did not; ``tone`` as of ``show_backup``."""
        self._messages, self._messages_tone = text, tone
        self._tell()

    def show_waiting(self, count: int) -> None:
        """How many people are on the waiting list; nothing is said about none."""
        self._waiting = f"Waiting {count:,}" if count else ""
        self._tell()

    def show_paper(self, text: str) -> None:
        """What is wrong with the paper lifeboat; empty when nothing is."""
        self._paper = text
        self._tell()

    def show_protection(self, text: str) -> None:
        """What is wrong with the encryption of the data; empty when nothing is."""
        self._protection = text
        self._tell()

    def show_curtain(self, text: str) -> None:
        """That names are hidden, and by which key they come back; empty while they are not."""
        self._curtain = text
        self._tell()

    def show_selected(self, text: str) -> None:
        self._selected = text
        self._tell()

    def show_drag(self, status: DragStatus | None) -> None:
        """While something is carried its verdict, subject and keys take the line."""
        self._drag = status
        self._tell()

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """(key, what it does), the most useful first."""
        self._hints = list(hints)
        self._tell()

    def show_page(self, hints: Sequence[tuple[str, str]]) -> None:
        """The keys of another page instead of what the calendar tells; none for the calendar."""
        self._page = list(hints)
        self._tell()

    @property
    def store_words(self) -> str:
        if self._trouble:
            return self._trouble
        if self._work:
            return self._work
        return "Saving…" if self._pending else "All saved"

    @property
    def backup_words(self) -> str:
        return self._backup

    @property
    def message_words(self) -> str:
        return self._messages

    @property
    def messages_place(self) -> QRect:
        """Where they stand; empty while there is no room for them."""
        return self._messages_place

    @property
    def protection_place(self) -> QRect:
        """Where the words about the encryption stand; empty while there are none."""
        return self._protection_place

    @property
    def in_trouble(self) -> bool:
        """The store does not answer."""
        return bool(self._trouble)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens, theme = self._theme.tokens, self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRect(0, 0, self.width(), 1), tokens.grid_major)
        painter.setFont(theme.font("caption"))
        self._backup_place, self._messages_place = QRect(), QRect()
        self._protection_place = QRect()
        right = self._paint_right(painter)
        busy = self._pending or self._work
        dot = tokens.refuse if self._trouble else tokens.warn if busy else tokens.ok
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(dot)
        middle = self.height() // 2 + 1
        if self._trouble:
            spot = self._side(QRect(10, middle - 6, 12, 12)).topLeft()
            painter.drawPixmap(spot, theme.icon("refuse", 12))
        else:
            painter.drawEllipse(self._side(QRect(13, middle - 4, 8, 8)))
        x = self._put(painter, 26, right, self.store_words)
        facts = [
            ("lock", self._curtain),
            (self._messages_tone or "mail", self._messages),
            (self._backup_tone or "database", self._backup),
            ("warn", self._paper),
            ("warn", self._protection),
            ("list", self._waiting),
            ("", "" if self._page else CURTAIN.said(self._selected)),
        ]
        tones = {self._backup: self._backup_tone, self._messages: self._messages_tone}
        if self._drag is not None:
            drag = self._drag
            facts = [(_ICONS[drag.verdict], drag.verdict_text), ("", CURTAIN.said(drag.subject))]
        for icon, text in facts:
            if not text or x + 60 > right:
                continue
            self._rule(painter, x + 10)
            x += 21
            begin = x
            if icon:
                toned = icon == tones.get(text)
                marked = self._drag is not None or toned
                ink = None if marked else tokens.text2
                spot = self._side(QRect(x, middle - 6, 12, 12)).topLeft()
                painter.drawPixmap(spot, theme.icon(icon, 12, ink))
                x += 17
            x = self._put(painter, x, right, text)
            place = self._side(QRect(begin - 6, 0, x - begin + 12, self.height()))
            if self._drag is None and text == self._backup:
                self._backup_place = place
            elif self._drag is None and text == self._messages:
                self._messages_place = place
            elif self._drag is None and text == self._protection:
                self._protection_place = place

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        places = (self._backup_place, self._messages_place, self._protection_place)
        hand = any(place.contains(at) for place in places)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._backup_place.contains(event.position().toPoint()):
            self.backup_pressed.emit()
        elif self._messages_place.contains(event.position().toPoint()):
            self.messages_pressed.emit()
        elif self._protection_place.contains(event.position().toPoint()):
            self.protection_pressed.emit()

    def _paint_right(self, painter: QPainter) -> int:
        """Answers how far the left side may go."""
        theme = self._theme
        metrics = painter.fontMetrics()
        right = self.width() - 16
        if self._desk:
            width = metrics.horizontalAdvance(self._desk)
            self._put(painter, right - width, right, self._desk)
            right -= width + 12
            self._rule(painter, right)
            right -= 12
        left_need = min(
            self.width() // 2,
            120
            + metrics.horizontalAdvance(
                self._selected
                + self._waiting
                + self._messages
                + self._paper
                + self._protection
                + self._backup
                + self._curtain
                + self.store_words
            ),
        )
        total, shown = 0, []
        for key, text in self._drag.keys if self._drag is not None else self._page or self._hints:
            width = paint.key_cap_width(theme, key) + 5 + metrics.horizontalAdvance(text) + 16
            if right - total - width < left_need:
                break
            total += width
            shown.append((key, text))
        x = right - total
        for key, text in shown:
            width = paint.key_cap_width(theme, key)
            cap = self._side(QRect(x, self.height() // 2 - 7, width, 16))
            paint.key_cap(painter, cap, theme, key)
            x = self._put(painter, x + width + 5, right, text) + 14
        return right - total - 8

    def _put(self, painter: QPainter, x: int, right: int, text: str) -> int:
        painter.setPen(self._theme.tokens.text2)
        painter.setFont(self._theme.font("caption"))
        width = min(QFontMetrics(painter.font()).horizontalAdvance(text) + 2, right - x + 2)
        paint.elided(painter, self._side(QRect(x, 1, width, self.height())), text)
        return x + width

    def _rule(self, painter: QPainter, x: int) -> None:
        line = self._side(QRect(x, 6, 1, self.height() - 12))
        painter.fillRect(line, self._theme.tokens.grid_major)

    def _side(self, part: QRect) -> QRect:
        """Mirrored where the interface reads from right to left."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)

    def _tell(self) -> None:
        parts = [
            self.store_words,
            self._curtain,
            self._messages,
            self._backup,
            self._paper,
            self._protection,
            self._waiting,
            self._selected,
        ]
        if self._drag is not None:
            parts = [self._drag.verdict_text, self._drag.subject]
        self.setAccessibleName(". ".join(part for part in parts if part))
        self.setToolTip(as_text(self._trouble))
        self.update()

    def _dress(self) -> None:
        self.setFixedHeight(self._theme.px(24))
        self.update()
