"""The board itself: five columns of cards, worked by keys, clicks and drags.

The chosen card stays chosen, and in sight, whatever is read anew: it is known by its visit, not by
its place. ``acted`` asks for everything that is done to a card; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.cards import STATIONS, Card, Flow, Station, Way, way_to
from clinic_desk.ui.flow.dragging import CardDrag
from clinic_desk.ui.flow.lanes import Lane, Spot
from clinic_desk.ui.flow.naming import Naming
from clinic_desk.ui.flow.paint import CardPainter
from clinic_desk.ui.flow.surface_keys import press
from clinic_desk.ui.flow.surface_paint import paint_surface
from clinic_desk.ui.geometry.flowboard import Placed, Sizes, column_edges, place
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce

WEIGHTS = (5.0, 5.0, 5.0, 4.6, 4.4)
CLOSE = frozenset({3, 4})
"""Columns whose visits are rows of a list."""

HEAD = 40
"""Height of the columns' headings, which stay when the cards scroll."""


class FlowSurface(QAbstractScrollArea):
    """``acted`` carries (action, card or None); ``moved`` (card, ``Way``) of a drop or of Shift
    with an arrow; ``chosen`` the card that is chosen now or None; ``later_requested``: more or
    fewer of the expected."""

    acted = Signal(str, object)
    moved = Signal(object, object)
    chosen = Signal(object)
    later_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.painter = CardPainter(theme)
        self.flow = Flow()
        self.lanes: tuple[Lane, ...] = (Lane(columns=((),) * len(STATIONS)),)
        self.headed = False
        self.letters = True
        self.until = ""
        self.ahead = ""
        self.spots: list[Spot] = []
        self.placed = Placed((), (), (), (), 0)
        self.selected: Id = ""
        self.hot: tuple[Id, str] = ("", "")
        self.drag: CardDrag | None = None
        self.barred: Callable[[Card, Way], str] = lambda _card, _way: ""
        """Why a way of a card is not this person's to go."""
        self._pressed: tuple[QPoint, Card] | None = None
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Day flow")
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        theme.changed.connect(self._arrange)

    # what is shown

    @property
    def naming(self) -> Naming:
        return self.painter.naming

    def show_flow(
        self, flow: Flow, lanes: Sequence[Lane], naming: Naming, *, headed: bool, until: str = ""
    ) -> None:
        """``until``: the clock of the last visit that *expected* leaves out."""
        self.flow, self.lanes, self.headed, self.until = flow, tuple(lanes), headed, until
        self.painter.naming = naming
        before = self.card
        self._arrange()
        if self.selected and before is not None and self.card is None:
            self.selected = ""
            self.chosen.emit(None)
        elif self.card is not None:
            self.chosen.emit(self.card)

    @property
    def card(self) -> Card | None:
        spot = self.spot(self.selected)
        return spot.card if spot is not None else None

    def spot(self, row_id: Id) -> Spot | None:
        return next((spot for spot in self.spots if spot.card.id == row_id), None)

    def head(self) -> int:
        return self.theme.px(HEAD)

    def seen(self, rect: QRect) -> QRect:
        """From the content to the viewport."""
        return rect.translated(0, self.head() - self.verticalScrollBar().value())

    def card_rect(self, row_id: Id) -> QRect:
        """Where a card is seen now; null when it is on no column."""
        spot = self.spot(row_id)
        return self.seen(spot.rect) if spot is not None else QRect()

    def more_rect(self) -> QRect:
        """Where "4 more until 12:45" is seen; null where nothing is left out."""
        if not self.until or not self.placed.columns:
            return QRect()
        left, wide = self.placed.columns[0]
        rows = [spot.rect.bottom() for spot in self.spots if spot.column == 0]
        top = (max(rows) + 8) if rows else self.theme.px(8)
        rect = QRect(left + self.theme.px(8), top, wide - self.theme.px(16), self.theme.px(28))
        return self.seen(self.painter.mirror(self._whole(), rect))

    def _whole(self) -> QRect:
        return QRect(0, 0, self.viewport().width(), max(1, self.placed.height))

    def column_rect(self, column: int) -> QRect:
        """The whole column as it is seen, heading included."""
        left, wide = self.placed.columns[column]
        rect = QRect(left, 0, wide, self.viewport().height())
        return self.painter.mirror(self.viewport().rect(), rect)

    def _arrange(self) -> None:
        px, width = self.theme.px, self.viewport().width()
        self.painter.mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        sizes = Sizes(px(12), px(10), px(7), px(8), px(30))
        wide = [edge[1] - 2 * sizes.pad for edge in column_edges(width, WEIGHTS, sizes)]
        heights = [
            [
                [self._height(card, room) for card in column]
                for column, room in zip(lane.columns, wide, strict=True)
            ]
            for lane in self.lanes
        ]
        self.placed = place(width, heights, WEIGHTS, sizes, headed=self.headed, close=CLOSE)
        whole = self._whole()
        self.spots = [
            Spot(card, self.painter.mirror(whole, QRect(*box)), n, c)
            for n, (lane, boxes) in enumerate(zip(self.lanes, self.placed.items, strict=True))
            for c, (cards, row) in enumerate(zip(lane.columns, boxes, strict=True))
            for card, box in zip(cards, row, strict=True)
        ]
        room = self.viewport().height() - self.head()
        bar = self.verticalScrollBar()
        more = px(44) if self.until else 0
        bar.setRange(0, max(0, self.placed.height + more - room))
        bar.setPageStep(max(1, room))
        bar.setSingleStep(px(30))
        self.viewport().update()

    def _height(self, card: Card, room: int) -> int:
        return self.painter.height(card, room, selected=card.id == self.selected)

    # choosing

    def select(self, row_id: Id, *, reveal: bool = True) -> None:
        if row_id != self.selected:
            self.selected = row_id
            self._arrange()
            self.chosen.emit(self.card)
            card = self.card
            if card is not None:
                words = self.naming.spoken(card)
                self.setAccessibleDescription(words)
                announce(self, words)
        if reveal:
            self.reveal(row_id)

    def reveal(self, row_id: Id) -> None:
        spot = self.spot(row_id)
        if spot is None:
            return
        bar, margin = self.verticalScrollBar(), self.theme.px(8)
        room = self.viewport().height() - self.head()
        top, bottom = spot.rect.top() - margin, spot.rect.bottom() + margin
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + room:
            bar.setValue(bottom - room)

    def step(self, by: int) -> None:
        """Up or down in the column of the chosen card."""
        here = self.spot(self.selected)
        if here is None:
            self.first()
            return
        column = [spot for spot in self.spots if spot.column == here.column]
        place_ = next(n for n, spot in enumerate(column) if spot.card.id == self.selected)
        self.select(column[max(0, min(len(column) - 1, place_ + by))].card.id)

    def aside(self, by: int) -> None:
        """To the next column that has a card, at about the same height."""
        here = self.spot(self.selected)
        if here is None:
            self.first()
            return
        column = here.column + by
        while 0 <= column < len(STATIONS):
            there = [spot for spot in self.spots if spot.column == column]
            if there:
                middle = here.rect.center().y()
                near = min(there, key=lambda spot: abs(spot.rect.center().y() - middle))
                self.select(near.card.id)
                return
            column += by

    def first(self) -> None:
        """Whoever waits longest; else the first expected."""
        order = (1, 0, 2, 3, 4)
        rows = sorted(self.spots, key=lambda spot: order.index(spot.column))
        if rows:
            self.select(rows[0].card.id)

    def edge(self, last: bool) -> None:
        here = self.spot(self.selected)
        column = [s for s in self.spots if here is None or s.column == here.column]
        if column:
            self.select(column[-1 if last else 0].card.id)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not press(self, event):
            super().keyPressEvent(event)

    def carry(self, by: int) -> None:
        """The chosen card a column on: what a drag does, by key."""
        here = self.spot(self.selected)
        if here is not None and 0 <= here.column + by < len(STATIONS):
            goal = STATIONS[here.column + by]
            if by < 0 and here.card.station is Station.GONE:
                goal = Station.EXPECTED
            self.moved.emit(here.card, way_to(here.card.cell, goal))

    # the pointer

    def spot_at(self, at: QPoint) -> Spot | None:
        if at.y() < self.head():
            return None
        return next((spot for spot in self.spots if self.seen(spot.rect).contains(at)), None)

    def button_at(self, at: QPoint) -> tuple[Spot, str] | None:
        spot = self.spot_at(at)
        if spot is None:
            return None
        selected = spot.card.id == self.selected
        for button, rect in self.painter.button_rects(
            self.seen(spot.rect), spot.card, selected=selected
        ):
            if rect.contains(at):
                return spot, button.action
        return None

    def button_rect(self, row_id: Id, action: str) -> QRect:
        """Where a card's button is seen; null where it has none."""
        spot = self.spot(row_id)
        if spot is not None:
            selected = row_id == self.selected
            rect = self.seen(spot.rect)
            for button, place_ in self.painter.button_rects(rect, spot.card, selected=selected):
                if button.action == action:
                    return place_
        return QRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed = None
        if event.button() == Qt.MouseButton.LeftButton and self.more_rect().contains(at):
            self.later_requested.emit()
            return
        pressed = self.button_at(at)
        spot = self.spot_at(at)
        if spot is None:
            return
        if pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.select(spot.card.id, reveal=False)
            self.acted.emit(pressed[1], spot.card)
            return
        self.select(spot.card.id, reveal=False)
        if event.button() == Qt.MouseButton.RightButton:
            self.acted.emit("menu", spot.card)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (at, spot.card)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        spot = self.spot_at(at)
        if spot is not None and self.button_at(at) is None:
            self.acted.emit("open", spot.card)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        if self.drag is not None:
            self.drag.move(at)
            return
        if self._pressed is not None:
            start, card = self._pressed
            if (at - start).manhattanLength() >= QApplication.startDragDistance():
                self.drag = CardDrag(self, card, start)
                self.drag.move(at)
            return
        found = self.button_at(at)
        hot = (found[0].card.id, found[1]) if found is not None else ("", "")
        if hot != self.hot:
            self.hot = hot
            self.viewport().update()
        over = found is not None or self.more_rect().contains(at)
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed = None
        drag = self.drag
        if drag is None:
            return
        drag.move(event.position().toPoint())
        card, way = drag.card, drag.way
        self.stop_drag()
        if way is not None and drag.goal is not card.station:
            self.moved.emit(card, way)

    def stop_drag(self) -> None:
        if self.drag is not None:
            self.drag.stop()
            self.drag = None
            self._pressed = None
            self.viewport().update()

    def way_at(self, card: Card, at: QPoint) -> tuple[Station | None, Way | None]:
        """The column under the pointer, and how the card would get there."""
        for column, station in enumerate(STATIONS[: len(self.placed.columns)]):
            if self.column_rect(column).contains(QPoint(at.x(), 1)):
                way = way_to(card.cell, station)
                why = self.barred(card, way) if way.possible else ""
                return station, Way(why=why) if why else way
        return None, None

    # the frame

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()  # type: ignore[attr-defined]
            spot = self.spot_at(at)
            words = self.naming.spoken(spot.card) if spot is not None else ""
            if words and not self.naming.private:
                QToolTip.showText(event.globalPos(), as_text(words), self)  # type: ignore[attr-defined]
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._arrange()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if self.card is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.first()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self.viewport())
        paint_surface(self, painter)
        painter.end()
