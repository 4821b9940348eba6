"""The tour's hands and eyes: events arrive as a person's would, and a check that fails is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.ui.tour.driver import Driver, TourFailed


class Pad(QWidget):
    """Remembers what the mouse did."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(300, 100)
        self.seen: list[tuple[str, int]] = []
        self.held = True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.seen.append(("press", event.position().toPoint().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.seen.append(("move", event.position().toPoint().x()))
        self.held &= event.buttons() == Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.seen.append(("release", event.position().toPoint().x()))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(QLineEdit(window))
    column.addWidget(Pad())
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def driver(window: QWidget, tmp_path: Path) -> Driver:
    return Driver(window, tmp_path, lambda _line: None)


def test_typing_reaches_the_field_that_has_the_focus(window: QWidget, driver: Driver) -> None:
    field = window.findChild(QLineEdit)
    driver.click(field)
    driver.type("Lee, Ana 24.11.2026")
    driver.key(Qt.Key.Key_Backspace)
    assert field.text() == "Lee, Ana 24.11.202"


def test_a_drag_is_press_strides_and_release_with_the_button_held(
    window: QWidget, driver: Driver
) -> None:
    pad = window.findChild(Pad)
    looked: list[int] = []
    driver.drag(pad, QPoint(20, 20), QPoint(220, 60), before_drop=lambda: looked.append(1))

    kinds = [kind for kind, _ in pad.seen]
    assert kinds[0] == "press"
    assert kinds[-1] == "release"
    assert kinds.count("move") >= 10
    assert [x for _, x in pad.seen] == sorted(x for _, x in pad.seen)
    assert pad.seen[-1] == ("release", 220)
    assert pad.held
    assert looked == [1]


def test_a_picture_shows_what_lies_over_the_window(
    window: QWidget, driver: Driver, qtbot: QtBot, tmp_path: Path
) -> None:
    over = QLabel(window, Qt.WindowType.Tool)
    over.setStyleSheet("background: #c4161c")
    over.setGeometry(window.x() + 40, window.y() + 40, 50, 50)
    over.show()
    qtbot.waitExposed(over)

    driver.step("Look")
    path = driver.picture("over")
    over.hide()

    image = QImage(str(path))
    assert path.name == "01-over.png"
    assert image.pixelColor(60, 60) == QColor("#c4161c")
    assert image.pixelColor(5, 5) != QColor("#c4161c")


def test_the_transcript_tells_steps_and_checks_as_they_happen(
    driver: Driver, tmp_path: Path
) -> None:
    driver.step("Open")
    driver.did("opened it")
    driver.require(True, "it is open")

    text = (tmp_path / "transcript.txt").read_text("utf-8")

    assert text.splitlines() == ["01  Open", "    did      opened it", "    checked  it is open"]


def test_what_does_not_hold_ends_the_tour_with_its_words(driver: Driver) -> None:
    with pytest.raises(TourFailed, match="the visit is there"):
        driver.require(False, "the visit is there")
    with pytest.raises(TourFailed, match="the list fills"):
        driver.wait(lambda: False, "the list fills", seconds=0.05)
