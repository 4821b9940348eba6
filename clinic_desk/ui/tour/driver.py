"""Hands and eyes of the tour: real mouse and key events, pictures, and a transcript.

Events enter where the window system would put them (at the window, not at a widget), so that grabs,
focus, shortcuts and hit tests work as they do under a person's hands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, QSize, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QPainter,
    QPixmap,
    QWindow,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.ui.calendar.grid_view import TimeGridView

PATIENCE = 60.0
"""Seconds that a step may take before the tour gives up; a step takes milliseconds on a desk PC,
and a busy build machine is slow, not wrong."""

STRIDES = 12
"""Mouse moves in one drag."""

STILL_MS, STILL_LOOKS, STILL_AT_MOST = 50, 3, 12
"""Before a picture nothing is painted for so long, so many times on end; so many are tried."""

AROUND = 16
"""Pixels that a close picture shows around its widget."""

NO_KEYS = Qt.KeyboardModifier.NoModifier


class TourFailed(Exception):
    """A step did not have the effect that it must have; the sentence says which."""


class Painting(QObject):
    """Whether any widget has been painted since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = False
        self._app = QApplication.instance()
        if self._app is not None:
            self._app.installEventFilter(self)

    def happened(self) -> bool:
        seen, self._seen = self._seen, False
        return seen

    def end(self) -> None:
        if self._app is not None:
            self._app.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self._seen = self._seen or event.type() is QEvent.Type.Paint
        return False


class Driver:
    """Drives one main window. Positions are logical pixels of the widget they are given for;
    ``asking`` tells that the program waits for an answer."""

    def __init__(
        self,
        window: QWidget,
        out: Path,
        say: Callable[[str], None],
        asking: Callable[[], bool] = lambda: False,
    ) -> None:
        self.window = window
        self.asking = asking
        self.pictures: list[Path] = []
        self._out = out
        self._say = say
        self._lines: list[str] = []
        self._step = 0

    # ------------------------------------------------------------------------------ the transcript

    def step(self, title: str) -> None:
        self._step += 1
        self._write(f"\n{self._step:02d}  {title}")

    def did(self, words: str) -> None:
        self._write(f"    did      {words}")

    def checked(self, words: str) -> None:
        self._write(f"    checked  {words}")

    def failed(self, words: str) -> None:
        self._write(f"    FAILED   {words}")

    def require(self, holds: bool, words: str) -> None:
        """Raises ``TourFailed`` unless ``holds``."""
        if not holds:
            raise TourFailed(words)
        self.checked(words)

    def _write(self, line: str) -> None:
        self._lines.append(line)
        self._say(line)
        text = "\n".join(self._lines).lstrip("\n") + "\n"
        (self._out / "transcript.txt").write_text(text, "utf-8")

    # ----------------------------------------------------------------------------------- patience

    def wait(self, until: Callable[[], object], words: str, seconds: float = PATIENCE) -> None:
        """Lets the program work until the condition holds, at most ``seconds``."""
        deadline = monotonic() + seconds
        while not until():
            if monotonic() > deadline:
                raise TourFailed(f"{words} (not after {seconds:.0f} s)")
            QTest.qWait(10)

    def still(self) -> None:
        """Lets the program work until it asks nothing and nothing has been painted for a moment, or
        not for long: for pictures only (a toast's line runs on). What must have happened is waited
        for."""
        painting = Painting()
        try:
            quiet = 0
            for _ in range(STILL_AT_MOST):
                QTest.qWait(STILL_MS)
                quiet = 0 if painting.happened() or self.asking() else quiet + 1
                if quiet == STILL_LOOKS:
                    return
        finally:
            painting.end()

    # -------------------------------------------------------------------------------------- hands

    def click(
        self,
        widget: QWidget,
        at: QPoint | None = None,
        *,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = NO_KEYS,
    ) -> None:
        """At ``at``, or in the middle of the widget."""
        spot = widget.rect().center() if at is None else at
        target, place = self._place(widget, spot)
        QTest.mouseMove(target, place)
        QTest.mouseClick(target, button, keys, place)

    def double_click(self, widget: QWidget, at: QPoint) -> None:
        target, place = self._place(widget, at)
        QTest.mouseMove(target, place)
        QTest.mouseDClick(target, Qt.MouseButton.LeftButton, NO_KEYS, place)

    def drag(
        self,
        widget: QWidget,
        start: QPoint,
        end: QPoint,
        *,
        keys: Qt.KeyboardModifier = NO_KEYS,
        before_drop: Callable[[], None] | None = None,
    ) -> None:
        """Press, move in strides, and release; ``before_drop`` sees the ghost at its end."""
        target, first = self._place(widget, start)
        _, last = self._place(widget, end)
        QTest.mouseMove(target, first)
        QTest.mousePress(target, Qt.MouseButton.LeftButton, keys, first)
        for stride in range(1, STRIDES + 1):
            QTest.mouseMove(target, first + (last - first) * (stride / STRIDES))
            QTest.qWait(15)
        if before_drop is not None:
            before_drop()
        QTest.mouseRelease(target, Qt.MouseButton.LeftButton, keys, last)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.keyClick(self._listening(), key, keys)

    def type(self, text: str) -> None:
        """Printable ASCII, one key after the other."""
        for letter in text:
            QTest.keyClick(self._listening(), ord(letter))

    def drop_files(self, widget: QWidget, files: Sequence[Path]) -> None:
        """As if dragged from the folder window onto the middle of the widget."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        spot = widget.rect().center()
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(spot, copy, data, left, NO_KEYS)
        QApplication.sendEvent(widget, enter)
        if not enter.isAccepted():
            raise TourFailed(f"{type(widget).__name__} takes no files")
        QApplication.sendEvent(widget, QDropEvent(QPointF(spot), copy, data, left, NO_KEYS))

    def _screen(self) -> QPixmap:
        """The window with its dialogs upon it."""
        shown = [
            w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not self.window
        ]
        image = QPixmap(self.window.grab())
        painter = QPainter(image)
        for widget in shown:
            corner = widget.geometry().topLeft() - self.window.geometry().topLeft()
            painter.drawPixmap(corner, widget.grab())
        painter.end()
        return image

    def _place(self, widget: QWidget, at: QPoint) -> tuple[QWindow, QPoint]:
        top = widget.window()
        handle = top.windowHandle()
        if handle is None:
            raise TourFailed(f"{type(top).__name__} is not on the screen")
        return handle, widget.mapTo(top, at)

    def _listening(self) -> QWindow:
        """The window with the focus. When a dialog has closed, a window manager would give the
        focus back to the main window; offscreen there is none, so it is done here."""
        if self._focused() is None:
            self.window.activateWindow()
            self.wait(lambda: self._focused() is not None, "a window takes the focus")
        focused = self._focused()
        if focused is None:
            raise TourFailed("no window has the focus")
        return focused

    @staticmethod
    def _focused() -> QWindow | None:
        focused = QGuiApplication.focusWindow()
        return focused if focused is not None and focused.isVisible() else None

    # --------------------------------------------------------------------------------------- eyes

    def variety(self) -> int:
        """How many colours a raster over the middle of the window has: an empty page has few."""
        image = self.window.grab().toImage()
        wide, high = image.width(), image.height()
        return len(
            {
                image.pixel(x, y)
                for x in range(wide // 4, wide * 3 // 4, 7)
                for y in range(high // 5, high * 9 // 10, 5)
            }
        )

    def picture(self, name: str, *, near: QWidget | None = None) -> Path:
        """Everything shown, dialogs and menus in their places, as ``NN-name.png``. With ``near``
        the same once more as ``NN-name-near.png``, cut to that widget and its surroundings."""
        QApplication.processEvents()
        grids = self.window.findChildren(TimeGridView)
        self.wait(
            lambda: not any(g.isVisible() and g.surface.late for g in grids),
            "the calendar is painted",
        )
        self.still()
        frame = QRect(self.window.geometry())
        image = self._screen()
        ratio = image.devicePixelRatio()
        path = self._out / f"{self._step:02d}-{name}.png"
        if not image.save(str(path)):
            raise TourFailed(f"the picture {path} could not be written")
        size = QSize(round(image.width() / ratio), round(image.height() / ratio))
        self._write(f"    picture  {path.name} ({size.width()} × {size.height()})")
        self.pictures.append(path)
        if near is not None:
            corner = near.mapToGlobal(QPoint(0, 0)) - frame.topLeft()
            cut = QRect(corner, near.size()).adjusted(-AROUND, -AROUND, AROUND, AROUND)
            part = image.copy(cut.intersected(QRect(QPoint(0, 0), size)))
            close = path.with_name(f"{path.stem}-near.png")
            if not part.save(str(close)):
                raise TourFailed(f"the picture {close} could not be written")
            self.pictures.append(close)
        return path
