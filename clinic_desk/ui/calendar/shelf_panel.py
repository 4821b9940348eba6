"""The shelf (pinboard): visits that were taken off the grid and wait for a place (ux.md 2.5).

Parking keeps the origin softly held; the shelf is read from the store, so it survives a restart.
↑ ↓ choose, Enter takes a card up to be placed, Delete returns it to its origin; a card can be
dragged out onto the grid, and anything dragged here is parked.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.command import Command
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import ShelfCard
from clinic_desk.ui.calendar.gestures_targets import shows
from clinic_desk.ui.calendar.proposals import Proposal
from clinic_desk.ui.calendar.shelf_cards import CARD_ROLE, ShelfDelegate, ShelfModel
from clinic_desk.ui.calendar.shelf_rail import WIDTH as RAIL
from clinic_desk.ui.calendar.shelf_rail import ShelfRail
from clinic_desk.ui.geometry.gesture_machine import Place
from clinic_desk.ui.geometry.gesture_math import far_enough
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.unseen import never_waits
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.words import doctor_of, moment_words
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.key_text import key_text

WIDTH = 240
CROWDED = 30
"""From so many items on a shelf no longer helps."""

KINDS = frozenset({"shelf_item", "appointment", "patient", "doctor", "external"})


class ShelfList(QListView):
    """Cards from top to bottom. ``drag_began`` carries the card and the global press position;
    the moves and the release that follow are handed on with global positions."""

    place_wanted = Signal(object)
    wait_wanted = Signal(object)
    return_wanted = Signal(object)
    drag_began = Signal(object, QPoint)
    drag_moved = Signal(QPoint)
    drag_ended = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Shelf")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("frameless", "true")
        self.setSpacing(0)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self._pressed: ShelfCard | None = None
        self._press_at = QPoint()
        self._dragging = False

    def current_card(self) -> ShelfCard | None:
        card = self.currentIndex().data(CARD_ROLE)
        return card if isinstance(card, ShelfCard) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        card = self.current_card()
        if card is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.place_wanted.emit(card)
        elif card is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.return_wanted.emit(card)
        elif card is not None and key_text(event) == "W":
            self.wait_wanted.emit(card)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            card = self.indexAt(event.position().toPoint()).data(CARD_ROLE)
            self._pressed = card if isinstance(card, ShelfCard) else None
            self._press_at = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.globalPosition().toPoint()
        if self._dragging:
            self.drag_moved.emit(at)
            return
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            way = at - self._press_at
            if far_enough(way.x(), way.y(), QApplication.startDragDistance()):
                self._dragging = True
                self.drag_began.emit(self._pressed, self._press_at)
                self.drag_moved.emit(at)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        was, self._dragging, self._pressed = self._dragging, False, None
        if was:
            self.drag_ended.emit(event.globalPosition().toPoint())
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        card = self.indexAt(event.position().toPoint()).data(CARD_ROLE)
        if isinstance(card, ShelfCard):
            self.place_wanted.emit(card)


class DropZone(QWidget):
    """The dashed field "Drop here to park · P"; lit while something hovers over the shelf."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = context.theme
        self._lit = False
        self.setFixedHeight(48)
        self.setAccessibleName("Drop here to park, or press P on an appointment")

    def set_lit(self, lit: bool) -> None:
        if lit != self._lit:
            self._lit = lit
            self.update()

    @property
    def lit(self) -> bool:
        return self._lit

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(tokens.ok if self._lit else tokens.control_border, 1.5)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(tokens.ghost_ok if self._lit else Qt.GlobalColor.transparent)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(tokens.text if self._lit else tokens.text2)
        painter.setFont(self._theme.font("grid"))
        words = "Park here" if self._lit else "Drop here to park · P"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class ShelfPanel(QWidget):
    """240 px, or a rail of 32 px with the count. It is itself a drop target.

    ``place_requested(card)`` asks for place mode, ``wait_requested(card)`` for the waiting list,
    ``card_drag_*`` hand a drag to the grid's
    controller, ``toast_requested(text, undo)`` tells results, ``collapsed_changed(bool)``.
    """

    place_requested = Signal(object)
    wait_requested = Signal(object)
    card_drag_began = Signal(object, QPoint)
    card_drag_moved = Signal(QPoint)
    card_drag_ended = Signal(QPoint)
    card_selected = Signal(object)
    toast_requested = Signal(str, bool)
    refused = Signal(object)
    collapsed_changed = Signal(bool)
    count_changed = Signal(int)

    place = Place.SHELF

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = context.theme
        self.setObjectName("shelf-panel")
        self._roster = RosterSource(context.operations, self)
        self.model = ShelfModel(context.clock, self)
        self._collapsed = False
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(60_000)
        self._timer.timeout.connect(self.model.ages_moved)
        self._timer.start()
        self._roster.changed.connect(self._take_roster)
        context.operations.changed.connect(self._on_changes)
        self._theme.changed.connect(self._dress)
        self._dress()
        self.reload()

    def _build(self) -> None:
        self._body = QWidget(self)
        self._icon = Label(self._body)
        self._title = Label("Shelf", self._body)
        self._count = Label("", self._body)
        self._count.setProperty("role", "muted")
        self._fold = QPushButton("F8", self._body)
        self._fold.setFixedSize(32, 24)
        self._fold.setProperty("density", "compact")
        self._fold.setProperty("square", "true")
        self._fold.setToolTip("Fold the shelf (F8)")
        self._fold.setAccessibleName("Fold the shelf")
        self._fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fold.clicked.connect(self.toggle)
        self.warning = Label("", self._body)
        self.warning.setWordWrap(True)
        self.warning.hide()
        self.empty = Label(
            "Nothing parked. Park a visit here while you look for another time; "
            "its place stays held.",
            self._body,
        )
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.list = ShelfList(self._body)
        self.list.setModel(self.model)
        self.list.setItemDelegate(ShelfDelegate(self._theme, self.list))
        self.zone = DropZone(self._context, self._body)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self._icon, self._title, self._count):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._fold)
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(8, 10, 8, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.warning)
        layout.addWidget(self.empty)
        layout.addWidget(self.list)
        layout.addWidget(self.zone)
        layout.addStretch(1)
        self._rail = ShelfRail(self._theme, self)
        self._rail.clicked.connect(self.toggle)
        self._rail.hide()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._body)
        outer.addWidget(self._rail)
        self.setFixedWidth(WIDTH)
        self.list.place_wanted.connect(self.place_requested)
        self.list.wait_wanted.connect(self.wait_requested)
        self.list.return_wanted.connect(self.return_to_origin)
        self.list.drag_began.connect(self.card_drag_began)
        self.list.drag_moved.connect(self.card_drag_moved)
        self.list.drag_ended.connect(self.card_drag_ended)
        self.list.selectionModel().currentChanged.connect(
            lambda now, _before: self.card_selected.emit(now.data(CARD_ROLE))
        )

    @property
    def collapsed(self) -> bool:
        return self._collapsed

    def set_collapsed(self, collapsed: bool) -> None:
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        self._body.setVisible(not collapsed)
        self._rail.setVisible(collapsed)
        self.setFixedWidth(RAIL if collapsed else WIDTH)
        self.collapsed_changed.emit(collapsed)

    def toggle(self) -> None:
        self.set_collapsed(not self._collapsed)

    def focus_cards(self) -> None:
        """Opens the shelf if needed and puts the focus on its first or current card."""
        self.set_collapsed(False)
        if not self.list.currentIndex().isValid() and self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0))
        self.list.setFocus()

    def reload(self) -> None:
        self._context.operations.ask(
            lambda queries: queries.shelf(), done=self._take, key=f"shelf:{id(self)}"
        )

    def return_to_origin(self, card: ShelfCard) -> None:
        """Takes the card off the shelf; the visit stays where it was booked."""

        def done(outcome: Outcome) -> None:
            zone, roster = self.model.zone_of(card.cell), self._roster.roster
            when = moment_words(card.cell.start, zone)
            who = f", {doctor_of(roster, card.cell.doctor_id)}" if roster else ""
            text = outcome.sentence or f"Back at {when}{who}"
            announce(self, text)
            self.toast_requested.emit(text, bool(outcome.undo_label))

        from clinic_desk.services.commands import UnparkAppointment  # no part of the start

        self._context.operations.run(
            UnparkAppointment(appointment_id=card.cell.id),
            done=done,
            refused=self.refused.emit,
        )

    # DropTarget

    def contains(self, global_pos: QPoint) -> bool:
        return shows(self, global_pos)

    def hover(self, global_pos: QPoint, proposal: Proposal) -> str:  # noqa: ARG002
        may = not self.barred(proposal)
        self.zone.set_lit(may)
        self._rail.setDown(may)
        if proposal.parked:
            return "Already on the shelf"
        return "Park here" if len(proposal.moves) == 1 else f"Park {len(proposal.moves)} here"

    def barred(self, proposal: Proposal) -> str:
        """Another doctor's visit is not a doctor's to park."""
        actor, roster = self._context.actor, self._roster.roster
        if actor.permissions is None or roster is None or proposal.parked:
            return ""
        from clinic_desk.ui.models.permitted import why_not  # no part of the start

        cells = [move.cell for move in proposal.moves]
        return why_not(actor, "park", roster.doctors, cells)

    def leave(self) -> None:
        self.zone.set_lit(False)
        self._rail.setDown(False)

    def drop(self, global_pos: QPoint, proposal: Proposal) -> Command | None:  # noqa: ARG002
        if proposal.parked:
            return None
        from clinic_desk.services.commands import ParkAppointment  # no part of the start

        return ParkAppointment(appointment_id=proposal.lead.cell.id)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(RAIL if self._collapsed else WIDTH, 400)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(0, 0, 1, self.height(), tokens.grid_major)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & KINDS:
            self.reload()

    def _take_roster(self) -> None:
        self.model.set_roster(self._roster.roster)

    def _take(self, cards: tuple[ShelfCard, ...]) -> None:
        chosen = self.list.current_card()
        row = self.list.currentIndex().row()
        self.model.set_cards(cards)
        count = len(cards)
        if count and chosen is not None:
            ids = [card.item_id for card in cards]
            row = ids.index(chosen.item_id) if chosen.item_id in ids else min(row, count - 1)
            self.list.setCurrentIndex(self.model.index(row))
        self._count.setText(str(count) if count else "")
        self.empty.setVisible(not count)
        self.list.setVisible(bool(count))
        self.list.setFixedHeight(self._list_height())
        crowded = count >= CROWDED
        self.warning.setVisible(crowded)
        self.warning.setText(
            f"{count} visits are parked. Place or return some: each still holds its old time."
        )
        self._rail.set_count(count)
        self.count_changed.emit(count)

    def _list_height(self) -> int:
        card = self._theme.px(ShelfDelegate.HEIGHT)
        wanted = self.model.rowCount() * card + 2
        chrome = 48 + 24 + 48 + 48
        return min(wanted, max(card, self.height() - chrome))

    def resizeEvent(self, event: object) -> None:  # noqa: N802, ARG002
        self.list.setFixedHeight(self._list_height())
        self._rail.setFixedSize(RAIL, max(64, self.height()))

    def _dress(self) -> None:
        self.list.doItemsLayout()
        self.list.setFixedHeight(self._list_height())
        tokens = self._theme.tokens
        self._icon.setPixmap(self._theme.icon("shelf", 16))
        self._title.setFont(self._theme.font("body", bold=True))
        self._fold.setFont(self._theme.font("caption"))
        palette = self.warning.palette()
        palette.setColor(self.warning.foregroundRole(), tokens.warn)
        self.warning.setPalette(palette)
        never_waits(self.warning)
        self.warning.setFont(self._theme.font("grid"))
        self.update()
