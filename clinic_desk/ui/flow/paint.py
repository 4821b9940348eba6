"""How cards and rows of the board look. Painted left to right and mirrored as a whole where the
interface reads from right to left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.flow.cards import Card, Level, Station, wait_words
from clinic_desk.ui.flow.naming import LEVEL_INK
from clinic_desk.ui.flow.paint_parts import Button, Parts, buttons_of, more_buttons
from clinic_desk.ui.widgets import paint

FLAGS = ("interpreter", "new", "online", "walk_in", "video", "phone", "series", "note")
ROOM_FOR_ROW = 240
"""Pixels from which on a finished visit takes one line."""


class CardPainter(Parts):
    # sizes

    def height(self, card: Card, width: int, *, selected: bool) -> int:
        """In a card's box of that width."""
        px = self.theme.px
        if card.station in (Station.DONE, Station.GONE):
            return self._row_height(width) + (px(32) if selected else 0)
        return px(84) + (px(34) if selected or card.missing else 0)

    def button_rects(
        self, whole: QRect, card: Card, *, selected: bool
    ) -> list[tuple[Button, QRect]]:
        """Where they are seen: in the last line from the end, below it from the start."""
        px = self.theme.px
        found: list[tuple[Button, QRect]] = []
        high = px(24)
        if card.station not in (Station.DONE, Station.GONE):
            right = whole.right() - px(8) + 1
            top = whole.top() + px(54)
            for button in reversed(buttons_of(card, selected=selected)):
                wide = self.button_width(button)
                right -= wide
                found.append((button, self.mirror(whole, QRect(right, top, wide, high))))
                right -= px(4)
        if selected or card.missing:
            left, end = whole.left() + px(10), whole.right() - px(8)
            more = list(more_buttons(card))
            while len(more) > 1 and self._row_width(more) > end - left:
                more.pop(-2)  # the menu behind the last button has all of them
            for button in more:
                wide = self.button_width(button)
                rect = QRect(left, whole.bottom() - high - px(6), wide, high)
                found.append((button, self.mirror(whole, rect)))
                left += wide + px(6)
        return found

    def _row_width(self, buttons: list[Button]) -> int:
        gap = self.theme.px(6)
        return sum(self.button_width(button) + gap for button in buttons) - gap

    # the card

    def card(
        self, p: QPainter, whole: QRect, card: Card, *,
        selected: bool, focused: bool, hot: str = "",
    ) -> None:  # fmt: skip
        if card.station in (Station.DONE, Station.GONE):
            self._row(p, whole, card, selected=selected, focused=focused)
        else:
            self._full(p, whole, card, selected=selected, focused=focused)
        for button, rect in self.button_rects(whole, card, selected=selected):
            self.button(p, rect, button, hot=hot == button.action)

    def _ground(self, p: QPainter, whole: QRect, *, selected: bool, focused: bool) -> None:
        tokens = self.theme.tokens
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(tokens.grid_major, 1))
        p.setBrush(tokens.canvas)
        p.drawRoundedRect(QRectF(whole).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if selected:
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(tokens.focus if focused else tokens.control_border, 2))
            p.drawRoundedRect(QRectF(whole).adjusted(1, 1, -1, -1), 6, 6)
        p.restore()

    def _stripe(self, p: QPainter, whole: QRect, card: Card) -> None:
        doctor = self.naming.doctor(card.cell.doctor_id)
        if doctor is None:
            return
        theme = self.theme
        wide = theme.px(4)
        rect = self.mirror(
            whole, QRect(whole.left() + 2, whole.top() + 4, wide, whole.height() - 8)
        )
        p.fillRect(rect, theme.doctor_colour(doctor.colour).stripe)

    def _badge(self, p: QPainter, whole: QRect, left: int, middle: int, card: Card) -> None:
        doctor = self.naming.doctor(card.cell.doctor_id)
        if doctor is not None:
            theme = self.theme
            rect = QRect(left, middle - theme.px(8), theme.px(26), theme.px(17))
            colour = theme.doctor_colour(doctor.colour)
            paint.badge(p, self.mirror(whole, rect), theme, doctor.code, colour)

    def _full(
        self, p: QPainter, whole: QRect, card: Card, *, selected: bool, focused: bool
    ) -> None:
        theme, tokens, px = self.theme, self.theme.tokens, self.theme.px
        cell = card.cell
        self._ground(p, whole, selected=selected, focused=focused)
        self._stripe(p, whole, card)
        left, right = whole.left() + px(14), whole.right() - px(8)
        # who, and what stands out
        line = QRect(left, whole.top() + px(8), right - left, px(20))
        x = right - px(14)
        for name in ("late" if card.late else f"status-{_icon(cell.status)}", *self._flags(card)):
            spot = self.mirror(whole, QRect(x, line.center().y() - px(7), px(14), px(14)))
            p.drawPixmap(spot.topLeft(), theme.icon(name, px(14)))
            x -= px(18)
        line.setRight(x + px(12))
        name = self.naming.name(cell)
        self._text(p, whole, line, name, theme.font("body", bold=True), tokens.text)
        # when and what, with whom and where
        line = QRect(left, whole.top() + px(30), right - left, px(18))
        room = self.naming.room(cell)
        end = right
        if room:
            font = theme.font("caption")
            wide = min(QFontMetrics(font).horizontalAdvance(room), px(90))
            where = QRect(end - wide, line.top(), wide + 1, line.height())
            self._text(p, whole, where, room, font, tokens.text2)
            end -= wide + px(6)
        self._badge(p, whole, end - px(26), line.center().y(), card)
        end -= px(26) + px(6)
        clock = self.naming.clock(cell)
        bold, plain = theme.font("grid", bold=True), theme.font("grid")
        wide = QFontMetrics(bold).horizontalAdvance(clock)
        at = QRect(line.left(), line.top(), wide + 2, line.height())
        self._text(p, whole, at, clock, bold, tokens.text)
        rest = QRect(line.left() + wide + px(6), line.top(), 0, line.height())
        rest.setRight(end)
        self._text(p, whole, rest, cell.type_name or "Visit", plain, tokens.text2)
        row = buttons_of(card, selected=selected)
        free = right - sum(self.button_width(button) + px(4) for button in row)
        self._foot(p, whole, card, QRect(left, whole.top() + px(54), free - left, px(24)))

    def _foot(self, p: QPainter, whole: QRect, card: Card, line: QRect) -> None:
        tokens, px = self.theme.tokens, self.theme.px
        middle = line.center().y() + 1
        if card.station is Station.IN_ROOM:
            self._progress(p, whole, card, line)
            return
        x = line.left()
        if card.station is Station.ARRIVED:
            icon = "clock" if card.level is Level.FINE else "warn"
            bold = card.level is not Level.FINE
            room = line.width() - self._likely_width(card, words=False) - px(8)
            text, icon = self._wait(card, icon, room, bold=bold)
            ink = getattr(tokens, LEVEL_INK[card.level])
            x += self.chip(p, whole, x, middle, text, ink, icon=icon, bold=bold) + px(8)
            need = self._likely_width(card, words=True)
            self._likely(p, whole, card, line.right() - need
                         if need <= line.right() - x
                         else line.right() - self._likely_width(card, words=False),
                         middle, words=need <= line.right() - x)  # fmt: skip
            return
        if card.late:
            likely = self._likely_width(card, words=False)
            for text in (f"late {card.late} min", f"late {card.late}"):
                chip = self.chip_width(text, bold=True) + px(8)
                if chip + likely <= line.width():
                    break
            self.chip(p, whole, x, middle, text, tokens.late, bold=True)
            if chip + likely <= line.width():
                words = chip + self._likely_width(card, words=True) <= line.width()
                self._likely(p, whole, card, x + chip, middle, words=words)
            return
        if card.likely is not None:
            words = self._likely_width(card, words=True) <= line.width()
            self._likely(p, whole, card, x, middle, words=words)

    def _wait(self, card: Card, icon: str, room: int, *, bold: bool) -> tuple[str, str]:
        """The longest words about a wait for which there is room, and their icon."""
        for short, sign in ((False, icon), (False, ""), (True, icon)):
            text = wait_words(card.waited, card.level, short=short)
            if self.chip_width(text, icon=sign, bold=bold) <= room:
                return text, sign
        return wait_words(card.waited, card.level, short=True), ""

    def _slip(self, card: Card) -> tuple[str, QColor] | None:
        tokens = self.theme.tokens
        if card.slip < 1:
            return None
        return f"+{card.slip}", tokens.refuse if card.slip >= 20 else tokens.warn

    def _likely_width(self, card: Card, *, words: bool) -> int:
        if card.likely is None:
            return 0
        theme, px = self.theme, self.theme.px
        bold = QFontMetrics(theme.font("grid", bold=True))
        wide = px(14) + bold.horizontalAdvance("00:00") + px(4)
        if words:
            wide += QFontMetrics(theme.font("grid")).horizontalAdvance("likely ") + px(2)
        slip = self._slip(card)
        return wide + (self.chip_width(slip[0]) + px(4) if slip else 0)

    def _likely(
        self, p: QPainter, whole: QRect, card: Card, x: int, middle: int, *, words: bool
    ) -> None:
        """ "→ likely 10:52 +22"."""
        if card.likely is None:
            return
        theme, tokens, px = self.theme, self.theme.tokens, self.theme.px
        high = px(18)
        spot = self.mirror(whole, QRect(x, middle - px(6), px(12), px(12)))
        p.drawPixmap(spot.topLeft(), theme.icon("arrow-right", px(12), tokens.text2))
        x += px(15)
        plain, bold = theme.font("grid"), theme.font("grid", bold=True)
        if words:
            wide = QFontMetrics(plain).horizontalAdvance("likely ")
            rect = QRect(x, middle - high // 2, wide + 2, high)
            self._text(p, whole, rect, "likely", plain, tokens.text2)
            x += wide
        clock = self.naming.clock(card.cell, card.likely)
        wide = QFontMetrics(bold).horizontalAdvance(clock)
        rect = QRect(x, middle - high // 2, wide + 2, high)
        self._text(p, whole, rect, clock, bold, tokens.text)
        x += wide + px(5)
        slip = self._slip(card)
        if slip is not None:
            self.chip(p, whole, x, middle, slip[0], slip[1])

    def _progress(self, p: QPainter, whole: QRect, card: Card, line: QRect) -> None:
        theme, tokens, px = self.theme, self.theme.tokens, self.theme.px
        middle = line.center().y() + 1
        text = f"{card.elapsed} of {card.planned} min"
        font = theme.font("grid", bold=bool(card.over))
        metrics = QFontMetrics(font)
        if card.over:
            room = line.width() - self.chip_width(f"over {card.over}") - px(10)
            if metrics.horizontalAdvance(text) > room:
                text = f"{card.elapsed} min"
        wide = metrics.horizontalAdvance(text)
        right = line.right() - px(2)
        if card.over:
            chip = f"over {card.over}"
            room = self.chip_width(chip)
            self.chip(p, whole, right - room, middle, chip, tokens.warn)
            right -= room + px(6)
        rect = QRect(right - wide - 2, line.top(), wide + 4, line.height())
        self._text(p, whole, rect, text, font, tokens.text)
        bar = QRect(line.left(), middle - px(2), rect.left() - line.left() - px(8), px(4))
        if bar.width() >= px(16):
            share = card.elapsed / card.planned if card.planned else 1.0
            seen = self.mirror(whole, bar)
            p.fillRect(seen, tokens.grid_minor)
            done = QRect(bar)
            done.setWidth(round(bar.width() * min(1.0, share)))
            p.fillRect(self.mirror(whole, done), theme.status_colour(Status.IN_PROGRESS))

    def _row(self, p: QPainter, whole: QRect, card: Card, *, selected: bool, focused: bool) -> None:
        """A finished or lost visit takes one line."""
        theme, tokens, px = self.theme, self.theme.tokens, self.theme.px
        cell = card.cell
        high = self._row_height(whole.width())
        tall = high > px(28)
        line = QRect(whole.left(), whole.top(), whole.width(), high)
        p.fillRect(whole, tokens.canvas)
        p.fillRect(QRect(whole.left(), whole.bottom(), whole.width(), 1), tokens.grid_minor)
        # the lower half of a tall row has the time and the outcome, the upper one the name alone
        top = QRect(line.left(), line.top() + px(3), line.width(), px(20)) if tall else line
        low = QRect(line.left(), line.top() + px(23), line.width(), px(18)) if tall else line
        plain = theme.font("grid")
        x = whole.left() + px(6)
        wide = QFontMetrics(plain).horizontalAdvance("00:00")
        at = QRect(x, low.top(), wide + 2, low.height())
        self._text(p, whole, at, self.naming.clock(cell), plain, tokens.text2)
        x += wide + px(6)
        self._badge(p, whole, x, low.center().y(), card)
        x += px(26) + px(6)
        right = whole.right() - px(20)
        spot = self.mirror(whole, QRect(right, top.center().y() - px(7), px(14), px(14)))
        p.drawPixmap(spot.topLeft(), theme.icon(f"status-{_icon(cell.status)}", px(14)))
        end = right
        said = _outcome(card)
        if said:
            font = theme.font("caption")
            wide = QFontMetrics(font).horizontalAdvance(said)
            begin = (whole.right() - px(6) if tall else right) - wide - px(6)
            told = QRect(begin, low.top(), wide + 2, low.height())
            self._text(p, whole, told, said, font, tokens.text2)
            end = begin
        lost = card.station is Station.GONE
        font = QFont(plain)
        font.setStrikeOut(lost)
        if tall:
            x, end = whole.left() + px(6), right
        who = QRect(x, top.top(), end - x - px(4), top.height())
        ink = tokens.text2 if lost else tokens.text
        self._text(p, whole, who, self.naming.name(cell), font, ink)
        if selected:
            p.save()
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(QPen(tokens.focus if focused else tokens.control_border, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(QRectF(whole).adjusted(1, 1, -1, -1), 3, 3)
            p.restore()

    def _row_height(self, width: int) -> int:
        """Two lines where one would leave no room for the name."""
        return self.theme.px(28 if width >= self.theme.px(ROOM_FOR_ROW) else 44)

    def _flags(self, card: Card) -> Sequence[str]:
        found = [f"flag-{name}" for name in FLAGS if name in card.cell.flags]
        if card.cell.alert:
            found.insert(0, "flag-alert")
        return found[:4]


def _icon(status: Status) -> str:
    return (Status.CANCELLED if status is Status.DECLINED else status).value


def _outcome(card: Card) -> str:
    """ "+3 min", "no-show": what a row says at its end."""
    if card.station is Station.DONE:
        if card.off is None:
            return ""
        return f"+{card.off} min" if card.off > 0 else f"{card.off} min".replace("-", "−")
    return {Status.NO_SHOW: "no-show", Status.DECLINED: "declined"}.get(
        card.cell.status, "cancelled"
    )
