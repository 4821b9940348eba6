"""The lamps of the channels in the page's header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.message_ports import ChannelState
from clinic_desk.services.webhook import SERVICE
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.widgets import paint

GAP, BESIDE = 14, 6


class ChannelLamps(QAbstractButton):
    """One lamp and its words for each channel in use; a click leads to their settings."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[tuple[str, str]] = []
        self._troubled = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def tell(
        self,
        states: Sequence[ChannelState],
        now: datetime,
        zone: str,
        webhook: GatewayState | None = None,
    ) -> None:
        rows, tips = [], []
        for one in states:
            if not one.on or one.channel is Channel.DESKTOP:
                continue
            name = CHANNEL_WORDS[one.channel]
            if one.open_until is not None and one.open_until > now:
                until = words.clock_words(one.open_until, zone)
                rows.append(("warn", f"{name} paused until {until}"))
            elif one.failures:
                rows.append(("warn", f"{name} · last try failed"))
            elif one.fault:
                rows.append(("warn", f"{name} cannot go"))
            elif one.folder:
                rows.append(("off", f"{name} into a folder"))
            else:
                rows.append(("ok", name))
            tips.append(self._tip(one, name, zone))
        if not rows:
            rows = [("off", "No channel is switched on")]
            tips = ["Nothing is sent to patients. Press to set up e-mail, SMS or WhatsApp."]
        self._troubled = next(
            (one.channel.value for one in states if one.on and (one.fault or one.failures)), ""
        )
        told = messages.webhook_words(webhook, now) if webhook is not None else ""
        if webhook is not None and told:
            rows.append(("warn", told))
            why = webhook.refusal or webhook.last_error
            tips.append(f"{told} · {why}" if why else told)
            self._troubled = self._troubled or SERVICE
        self._rows = rows
        self.setAccessibleName(". ".join(text for _tone, text in rows))
        self.setToolTip(as_text("\n".join(tips)))
        self.updateGeometry()
        self.update()

    @staticmethod
    def _tip(one: ChannelState, name: str, zone: str) -> str:
        parts = [
            f"{name} goes into a folder, for trying out; nothing is sent" if one.folder else name
        ]
        if one.last_sent_at is not None:
            parts.append(f"last message {words.moment_words(one.last_sent_at, zone)}")
        if one.waiting:
            parts.append(f"{one.waiting:,} waiting")
        if one.last_error and one.failures:
            parts.append(f"last error: {one.last_error}")
        if one.fault:
            parts.append(f"nothing goes: {one.fault}")
        return " · ".join(parts)

    @property
    def leads_to(self) -> object:
        """What the settings are opened with: at the first way that something is wrong with."""
        return ("channels", self._troubled) if self._troubled else "channels"

    @property
    def told(self) -> list[str]:
        return [text for _tone, text in self._rows]

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetrics(self._theme.font("grid"))
        icon = self._theme.px(12)
        wide = sum(
            icon + BESIDE + metrics.horizontalAdvance(text) + 2 + GAP for _tone, text in self._rows
        )
        return QSize(max(0, wide - GAP) + 4, self._theme.px(28))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self._theme.px(28))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("grid"))
        metrics, icon = painter.fontMetrics(), theme.px(12)
        x = 2
        for tone, text in self._rows:
            spot = self._side(QRect(x, (self.height() - icon) // 2, icon, icon))
            if tone == "warn":
                painter.drawPixmap(spot.topLeft(), theme.icon("warn", icon, tokens.warn))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.ok if tone == "ok" else tokens.grid_major)
                painter.drawEllipse(spot.adjusted(2, 2, -2, -2))
            x += icon + BESIDE
            painter.setPen(tokens.warn if tone == "warn" else tokens.text2)
            wide = min(metrics.horizontalAdvance(text) + 2, max(0, self.width() - x))
            paint.elided(painter, self._side(QRect(x, 0, wide, self.height())), text)
            x += wide + GAP
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme)

    def _side(self, part: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)
