"""One person who may be rung for a freed slot: name, number, when it would be, and why them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QWidget

from clinic_desk.services.planning_views import WaitlistMatch
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.waiting import URGENCY_ICONS, URGENCY_WORDS
from clinic_desk.ui.models.words import clock_words, last_four
from clinic_desk.ui.runtime.formatting import phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

LINE, EDGE = 18, 8


class OfferTile(QAbstractButton):
    """Checked while it is the one that the keys are about."""

    def __init__(self, theme: Theme, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._number = theme, number
        self.match: WaitlistMatch | None = None
        self._phone = self._when = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_match(self, match: WaitlistMatch, zone: str, current: bool) -> None:
        self.match = match
        who = match.card.patient
        self._phone = phone_text(who.phone) or "no phone on file"
        minutes = int((match.slot.end - match.slot.start).total_seconds() // 60)
        self._when = f"{clock_words(match.slot.start, zone)} {match.card.type_name} {minutes} min"
        self.setChecked(current)
        urgency = URGENCY_WORDS[match.card.entry.urgency]
        told = [CURTAIN.name(who), CURTAIN.hidden(self._phone), self._when, urgency, match.why]
        if match.card.entry.note:
            told.append(match.card.entry.note)
        self.setToolTip(as_text("\n".join(told)))
        self.setAccessibleName(", ".join(told))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(220), self._theme.px(3 * LINE + 2 * EDGE))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        match, theme, tokens = self.match, self._theme, self._theme.tokens
        if match is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        painter.setPen(tokens.accent if on else tokens.grid_major)
        painter.setBrush(tokens.selected if on else tokens.canvas)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        area = self.rect().adjusted(theme.px(EDGE), theme.px(EDGE - 1), -theme.px(EDGE), 0)
        line = QRect(area.left(), area.top(), area.width(), theme.px(LINE))
        cap = str(self._number)
        width = paint.key_cap_width(theme, cap)
        square = QRect(line.left(), line.center().y() - 7, width, 16)
        paint.key_cap(painter, self._turned(square), theme, cap)
        icon = theme.icon(URGENCY_ICONS[match.card.entry.urgency], 14)
        sign = QRect(line.right() - 14, line.center().y() - 6, 14, 14)
        painter.drawPixmap(self._turned(sign).topLeft(), icon)
        painter.setPen(tokens.text)
        painter.setFont(theme.font("body", bold=True))
        name = self._turned(line.adjusted(width + 6, 0, -20, 0))
        paint.elided(painter, name, CURTAIN.name(match.card.patient))
        line.translate(0, theme.px(LINE))
        painter.setFont(theme.font("grid", bold=True))
        metrics = painter.fontMetrics()
        phone = CURTAIN.hidden(self._phone)
        if metrics.horizontalAdvance(phone) > line.width():
            phone = last_four(phone)
        paint.elided(painter, line, phone)
        rest = line.adjusted(metrics.horizontalAdvance(phone) + 10, 0, 0, 0)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        if rest.width() > theme.px(40):
            paint.elided(painter, self._turned(rest), self._when)
        line.translate(0, theme.px(LINE))
        paint.elided(painter, line, match.why)

    def _turned(self, box: QRect) -> QRect:
        """As the interface reads."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), box)
