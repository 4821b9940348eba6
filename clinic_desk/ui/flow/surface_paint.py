"""The picture of the board: columns, lanes, cards, headings, and a card in the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.flow.cards import STATION_WORDS, STATIONS, Station
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.widgets import paint

if TYPE_CHECKING:
    from clinic_desk.ui.flow.surface import FlowSurface

_ICONS = {
    Station.EXPECTED: Status.SCHEDULED,
    Station.ARRIVED: Status.ARRIVED,
    Station.IN_ROOM: Status.IN_PROGRESS,
    Station.DONE: Status.COMPLETED,
    Station.GONE: Status.NO_SHOW,
}
_NOBODY = {
    Station.EXPECTED: "Nobody is expected",
    Station.ARRIVED: "Nobody is waiting",
    Station.IN_ROOM: "Nobody is in a room",
    Station.DONE: "Nobody is done yet",
    Station.GONE: "No no-shows, none cancelled",
}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def paint_surface(board: FlowSurface, p: QPainter) -> None:
    theme, tokens = board.theme, board.theme.tokens
    view = board.viewport().rect()
    p.fillRect(view, tokens.window)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    for column in range(len(board.placed.columns)):
        rect = board.column_rect(column).adjusted(0, theme.px(6), 0, -theme.px(8))
        p.setPen(QPen(tokens.grid_minor, 1))
        p.setBrush(tokens.off)
        p.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    p.save()
    p.setClipRect(view.adjusted(0, board.head() + 1, 0, -theme.px(9)))
    for lane, box in zip(board.lanes, board.placed.lanes, strict=False):
        _lane(board, p, board.seen(QRect(*box)), lane.doctor_id, lane.title, lane.told)
    _nobody(board, p)
    focused = board.hasFocus()
    for spot in board.spots:
        rect = board.seen(spot.rect)
        if rect.bottom() < board.head() or rect.top() > view.bottom():
            continue
        selected = spot.card.id == board.selected
        hot = board.hot[1] if board.hot[0] == spot.card.id else ""
        p.setOpacity(0.35 if board.drag is not None and board.drag.card.id == spot.card.id else 1)
        board.painter.card(p, rect, spot.card, selected=selected, focused=focused, hot=hot)
        p.setOpacity(1)
    _more(board, p)
    p.restore()
    for column, station in enumerate(STATIONS[: len(board.placed.columns)]):
        _heading(board, p, column, station)
    if board.drag is not None:
        _carried(board, p)


def _heading(board: FlowSurface, p: QPainter, column: int, station: Station) -> None:
    theme, tokens, px = board.theme, board.theme.tokens, board.theme.px
    rect = board.column_rect(column)
    rect = QRect(rect.left() + 1, px(7), rect.width() - 2, board.head() - px(7))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(tokens.off)
    p.drawRoundedRect(QRectF(rect), 5, 5)
    p.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.grid_minor)
    inner = rect.adjusted(px(12), 0, -px(12), 0)
    spot = board.painter.mirror(inner, QRect(inner.left(), inner.center().y() - 7, 14, 14))
    p.drawPixmap(spot.topLeft(), theme.icon(f"status-{_ICONS[station].value}", 14))
    words, count = STATION_WORDS[station], len(board.flow.columns.get(station, ()))
    told = _told(board, station)
    font = theme.font("body", bold=True)
    left = inner.left() + px(22)
    figure = str(count)
    number = QFontMetrics(theme.font("body")).horizontalAdvance(figure)
    room = inner.right() - left - number - px(10)
    if QFontMetrics(font).horizontalAdvance(words) > room:
        font = theme.font("caption", bold=True)
    wide = min(QFontMetrics(font).horizontalAdvance(words), room)
    p.setFont(font)
    p.setPen(tokens.text)
    side = Qt.AlignmentFlag.AlignRight if board.painter.mirrored else Qt.AlignmentFlag.AlignLeft
    flags = side | _MIDDLE | Qt.AlignmentFlag.AlignAbsolute
    at = QRect(left, inner.top(), wide + 2, inner.height())
    paint.elided(p, board.painter.mirror(inner, at), words, flags)
    left += wide + px(8)
    p.setFont(theme.font("body"))
    p.setPen(tokens.text2)
    at = QRect(left, inner.top(), number + 4, inner.height())
    p.drawText(board.painter.mirror(inner, at), flags, figure)
    left += number + px(8)
    p.setFont(theme.font("caption"))
    room = QFontMetrics(theme.font("caption")).horizontalAdvance(told)
    if told and room <= inner.right() - left:
        at = QRect(inner.right() - room, inner.top(), room + 2, inner.height())
        p.drawText(board.painter.mirror(inner, at), flags, told)


def _told(board: FlowSurface, station: Station) -> str:
    if station is Station.EXPECTED:
        return board.ahead if board.flow.later else "today"
    return {Station.ARRIVED: "longest first", Station.DONE: "start against plan"}.get(station, "")


def _lane(
    board: FlowSurface, p: QPainter, rect: QRect, doctor_id: str, title: str, told: str
) -> None:
    theme, tokens, px = board.theme, board.theme.tokens, board.theme.px
    mirror = board.painter.mirror
    p.fillRect(rect, mix(tokens.text, tokens.window, 0.06))
    doctor = board.naming.doctor(doctor_id)
    x = rect.left() + px(10)
    if doctor is not None:
        badge = QRect(x, rect.center().y() - px(8), px(28), px(18))
        colour = theme.doctor_colour(doctor.colour)
        paint.badge(p, mirror(rect, badge), theme, doctor.code, colour)
        x += px(36)
    side = Qt.AlignmentFlag.AlignRight if board.painter.mirrored else Qt.AlignmentFlag.AlignLeft
    flags = side | _MIDDLE | Qt.AlignmentFlag.AlignAbsolute
    font = theme.font("body", bold=True)
    wide = min(QFontMetrics(font).horizontalAdvance(title) + 2, rect.width() // 2)
    p.setFont(font)
    p.setPen(tokens.text)
    paint.elided(p, mirror(rect, QRect(x, rect.top(), wide, rect.height())), title, flags)
    x += wide + px(12)
    p.setFont(theme.font("grid"))
    p.setPen(tokens.warn if "behind" in told else tokens.text2)
    rest = QRect(x, rect.top(), rect.right() - x - px(8), rect.height())
    paint.elided(p, mirror(rect, rest), told, flags)


def _nobody(board: FlowSurface, p: QPainter) -> None:
    if board.placed.lanes:  # there the first lane's heading stands in that place
        return
    theme = board.theme
    p.setFont(theme.font("grid"))
    p.setPen(theme.tokens.text3)
    for column, station in enumerate(STATIONS[: len(board.placed.columns)]):
        if any(spot.column == column for spot in board.spots):
            continue
        if station is Station.EXPECTED and board.flow.later:
            continue
        rect = board.column_rect(column)
        top = board.head() + theme.px(16)
        room = QRect(rect.left() + 8, top, rect.width() - 16, theme.px(40))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        p.drawText(room, int(flags), _NOBODY[station])


def _more(board: FlowSurface, p: QPainter) -> None:
    rect = board.more_rect()
    if rect.isNull():
        return
    theme = board.theme
    count = len(board.flow.later)
    words = f"{count} more until {board.until}" if count else "Show the next hours only"
    icon = "chevron-down" if count else "chevron-up"
    spot = board.painter.mirror(rect, QRect(rect.left() + 4, rect.center().y() - 7, 14, 14))
    p.drawPixmap(spot.topLeft(), theme.icon(icon, 14, theme.tokens.text2))
    p.setFont(theme.font("grid"))
    p.setPen(theme.tokens.text2)
    side = Qt.AlignmentFlag.AlignRight if board.painter.mirrored else Qt.AlignmentFlag.AlignLeft
    flags = side | _MIDDLE | Qt.AlignmentFlag.AlignAbsolute
    words_at = board.painter.mirror(rect, rect.adjusted(24, 0, 0, 0))
    paint.elided(p, words_at, words, flags)


def _carried(board: FlowSurface, p: QPainter) -> None:
    """The column below the pointer says whether the card may come, and the card follows."""
    drag = board.drag
    assert drag is not None
    theme, tokens, px = board.theme, board.theme.tokens, board.theme.px
    if drag.goal is not None and drag.way is not None and drag.goal is not drag.card.station:
        rect = board.column_rect(STATIONS.index(drag.goal)).adjusted(0, px(6), 0, -px(8))
        ink = tokens.ok if drag.way.possible else tokens.refuse
        p.setPen(QPen(ink, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6)
        words = _verdict(board, drag.goal)
        font = theme.font("grid", bold=True)
        p.setFont(font)
        metrics = QFontMetrics(font)
        room = rect.width() - px(40)
        lines = metrics.boundingRect(QRect(0, 0, room, 200), int(Qt.TextFlag.TextWordWrap), words)
        band = QRect(rect.left() + px(6), board.head() + px(6), rect.width() - px(12),
                     lines.height() + px(14))  # fmt: skip
        fill = tokens.ghost_ok if drag.way.possible else tokens.ghost_refuse
        p.setPen(QPen(ink, 1))
        p.setBrush(fill)
        p.drawRoundedRect(QRectF(band), 4, 4)
        icon = theme.icon("check" if drag.way.possible else "refuse", 16)
        spot = board.painter.mirror(band, QRect(band.left() + 8, band.top() + px(7), 16, 16))
        p.drawPixmap(spot.topLeft(), icon)
        p.setPen(tokens.text)
        text = board.painter.mirror(band, band.adjusted(px(30), px(6), -px(6), -px(6)))
        p.drawText(text, int(Qt.TextFlag.TextWordWrap), words)
    p.setOpacity(0.92)
    p.drawPixmap(drag.rect.topLeft(), drag.picture)
    p.setOpacity(1)
    p.setPen(QPen(tokens.focus, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(QRectF(drag.rect), 6, 6)


def _verdict(board: FlowSurface, goal: Station) -> str:
    drag = board.drag
    assert drag is not None
    assert drag.way is not None
    if drag.way.back:
        return f"Back to “{STATION_WORDS[goal].lower()}”"
    if drag.way.to is Status.NO_SHOW:
        return "No-show"
    return STATION_WORDS[goal] if drag.way.possible else drag.way.why
