"""The pages as they will come out, one below the other: scrolled, stepped through, enlarged."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.paper.marks import Sheet
from clinic_desk.ui.runtime.privacy import CURTAIN, NOT_YET
from clinic_desk.ui.widgets import paint

GAP = 16
"""Pixels around each page."""

ZOOMS = (0, 50, 75, 100, 125, 150, 200)
"""Per cent of a page's real size; 0 shows one page whole."""

KEPT = 12
"""Pictures of pages that are kept."""

Draw = Callable[[Sheet, int, int, float, Callable[[QImage], None]], None]
"""(sheet, page from 0, width in logical pixels, device ratio, what takes the picture)."""


class Preview(QAbstractScrollArea):
    """``moved`` tells the page in view (from 0) and how many there are. Pages are drawn off the
    main thread by ``draw``; until a picture has come its page is white."""

    moved = Signal(int, int)
    zoomed = Signal(int)

    def __init__(self, theme: Theme, draw: Draw, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._draw = theme, draw
        self.sheet: Sheet | None = None
        self.zoom = 0
        self._note = ""
        self._generation = 0
        self._pictures: dict[tuple[int, int], QImage] = {}
        self._asked: set[tuple[int, int]] = set()
        self._told = (-1, -1)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Preview")
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._tell())
        CURTAIN.changed.connect(self._curtain)

    # -- what the dialog calls -------------------------------------------------------------------

    def show_sheet(self, sheet: Sheet) -> None:
        """Other pages; the place is kept where it can be."""
        self.sheet, self._note = sheet, ""
        self._forget()
        self._measure()
        self._tell()

    def show_note(self, sentence: str) -> None:
        """Instead of pages."""
        self.sheet, self._note = None, sentence
        self._forget()
        self._measure()
        self._tell()

    def set_zoom(self, percent: int) -> None:
        """One of ``ZOOMS``. Raises ``ValueError`` for another."""
        if percent not in ZOOMS:
            raise ValueError(percent)
        if percent != self.zoom:
            place = self.page
            self.zoom = percent
            self._forget()
            self._measure()
            self.go_to(place)
            self.zoomed.emit(percent)

    def zoom_step(self, step: int) -> None:
        now = ZOOMS.index(self.zoom)
        if self.zoom == 0 and step > 0:  # from the whole page to the next larger real size
            shown = 100 * self._width() / self._real()
            larger = [place for place, zoom in enumerate(ZOOMS) if zoom > shown]
            now = (larger[0] if larger else len(ZOOMS) - 1) - step
        self.set_zoom(ZOOMS[max(0, min(len(ZOOMS) - 1, now + step))])

    @property
    def pages(self) -> int:
        return len(self.sheet.pages) if self.sheet is not None else 0

    @property
    def page(self) -> int:
        """The one in view, from 0."""
        if not self.pages:
            return 0
        tall = self._tall() + GAP
        value = self.verticalScrollBar().value() + self.viewport().height() // 3
        return max(0, min(self.pages - 1, value // tall))

    def go_to(self, number: int) -> None:
        number = max(0, min(self.pages - 1, number))
        self.verticalScrollBar().setValue(number * (self._tall() + GAP))
        self._tell()

    def step(self, by: int) -> None:
        self.go_to(self.page + by)

    # -- geometry --------------------------------------------------------------------------------

    def _real(self) -> float:
        """A page's own width in logical pixels."""
        assert self.sheet is not None
        return self.sheet.width * self.logicalDpiX() / 72

    def _width(self) -> int:
        sheet = self.sheet
        if sheet is None:
            return 1
        if self.zoom:
            return max(1, round(self._real() * self.zoom / 100))
        room = self.viewport().size() - QSize(2 * GAP, 2 * GAP)
        return max(60, min(room.width(), int(room.height() * sheet.width / sheet.height)))

    def _tall(self) -> int:
        sheet = self.sheet
        return round(self._width() * sheet.height / sheet.width) if sheet is not None else 1

    def _measure(self) -> None:
        seen = self.viewport().size()
        total = self.pages * (self._tall() + GAP) + GAP if self.pages else 0
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        # the last page too can come to the top: stepping always shows the page it tells
        last = max(0, self.pages - 1) * (self._tall() + GAP)
        down.setRange(0, max(last, total - seen.height(), 0))
        down.setPageStep(seen.height())
        down.setSingleStep(40)
        across.setRange(0, max(0, self._width() + 2 * GAP - seen.width()) if self.pages else 0)
        across.setPageStep(seen.width())
        across.setSingleStep(40)
        self.viewport().update()

    def _rect(self, number: int) -> QRect:
        width, tall = self._width(), self._tall()
        room = self.viewport().width()
        left = GAP - self.horizontalScrollBar().value()
        if width + 2 * GAP <= room:
            left = (room - width) // 2
        top = GAP + number * (tall + GAP) - self.verticalScrollBar().value()
        return QRect(left, top, width, tall)

    def page_rect(self, number: int) -> QRect:
        """Where a page is in the viewport."""
        return self._rect(number)

    # -- pictures --------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._generation += 1
        self._pictures.clear()
        self._asked.clear()
        self.viewport().update()

    def drawn(self, number: int) -> bool:
        """Whether the picture of a page is there."""
        return (number, self._width()) in self._pictures

    def _want(self, number: int, width: int) -> None:
        key = number, width
        if self.sheet is None or key in self._asked:
            return
        self._asked.add(key)
        generation = self._generation

        def take(image: QImage) -> None:
            if generation != self._generation:
                return
            while len(self._pictures) >= KEPT:
                gone = max(self._pictures, key=lambda one: abs(one[0] - self.page))
                del self._pictures[gone]
                self._asked.discard(gone)
            self._pictures[key] = image
            self.viewport().update()

        self._draw(self.sheet, number, width, self.devicePixelRatioF(), take)

    # -- events ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        tokens = self._theme.tokens
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), tokens.off)
        if self.sheet is None:
            if self._note:
                painter.setFont(self._theme.font("body"))
                painter.setPen(tokens.text2)
                room = self.viewport().rect().adjusted(GAP, GAP, -GAP, -GAP)
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room, int(flags), self._note)
        else:
            self._paint_pages(painter)
        if self.hasFocus():
            paint.focus_ring(painter, self.viewport().rect().adjusted(1, 1, -1, -1), self._theme)

    def _paint_pages(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        width = self._width()
        for number in range(self.pages):
            rect = self._rect(number)
            if rect.bottom() < 0 or rect.top() > self.viewport().height():
                continue
            painter.fillRect(rect, QColor("white"))
            if CURTAIN.on:
                painter.setPen(QColor("#4A525C"))
                painter.setFont(self._theme.font("body"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(rect, int(flags), NOT_YET)
                continue
            image = self._pictures.get((number, width))
            if image is None:
                self._want(number, width)
            else:
                painter.drawImage(rect, image)
            painter.setPen(tokens.control_border)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _curtain(self, _on: bool) -> None:
        """What is printed stays whole; what is on the screen does not tell who it is."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._forget()
        self._measure()
        self._tell()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002, N802
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        bar = self.verticalScrollBar()
        if control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_step(1)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom_step(-1)
        elif control and key == Qt.Key.Key_0:
            self.set_zoom(0)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.step(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Home:
            self.go_to(0)
        elif key == Qt.Key.Key_End:
            self.go_to(self.pages - 1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            bar.setValue(bar.value() + (40 if key == Qt.Key.Key_Down else -40))
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        told = (self.page, self.pages)
        if told != self._told:
            self._told = told
            number, total = told
            words = f"Preview, page {number + 1} of {total}" if total else "Preview"
            self.setAccessibleName(words)
            self.moved.emit(number, total)
