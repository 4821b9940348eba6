"""Little days: time kept for a type can be booked and looks it, and says what it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Band, BandKind, Load
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.views import DoctorDay
from clinic_desk.ui.booking.day_strip import DayStrip, StripDay
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.planning.plan_days import DayPicture, DayPlan
from clinic_desk.ui.widgets.bands import TINT, seen_from

DAY = date(2026, 11, 24)
WHO = Doctor(id="d", name="Elif Demir", code="ED", colour="teal")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def band(kind: BandKind, start: int, end: int, label: str = "", **more: Any) -> Band:
    return Band(kind, at(start), at(end), label, **more)


BANDS = (
    band(BandKind.OPEN, 8, 12),
    band(BandKind.OPEN, 13, 18),
    band(BandKind.BREAK, 12, 13, "Lunch"),
    band(BandKind.RESERVED, 9, 11, "New patient only", type_ids=("new",)),
    band(BandKind.LIMITED, 14, 16, "Blocked for Follow-up", type_ids=("fup",)),
)
DOCTOR_DAY = DoctorDay("d", DAY, BANDS, Load())
COLOURS = {"new": "plum"}


def strip(theme: Theme, *, detailed: bool) -> DayStrip:
    made = DayStrip(theme, detailed=detailed)
    made.resize(220, 500)
    made.show_day(StripDay(DAY, "UTC", (WHO,), {"d": DOCTOR_DAY}, (), COLOURS))
    return made


def plan(theme: Theme) -> DayPlan:
    made = DayPlan(theme, "The day that it goes to")
    made.resize(220, 500)
    marked = at(17), at(17, 30)
    made.show_day(
        DayPicture(
            WHO, DAY, "Tue", "UTC", DOCTOR_DAY, (), marked, "17:00", "x", False, None, COLOURS
        )
    )
    return made


def place(view: DayStrip | DayPlan, hour: float) -> QPoint:
    """In the middle of the doctor's column at that hour."""
    minute = round(hour * 60)
    if isinstance(view, DayStrip):
        return QPoint(view.column(0).center().x() + 20, view._y(minute))
    return QPoint(view._grid().center().x() + 20, view._y(minute))


def colour_at(image: QImage, view: QWidget, where: QPoint) -> QColor:
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(where.x() * ratio), round(where.y() * ratio))


@pytest.mark.parametrize("kind", ["strip", "detailed", "plan"])
@pytest.mark.parametrize("dark", [False, True])
def test_time_kept_for_a_type_is_tinted_and_time_blocked_for_one_stays_open(
    qtbot: QtBot, kind: str, *, dark: bool
) -> None:
    theme = Theme.for_tests("dark" if dark else "light")
    view = plan(theme) if kind == "plan" else strip(theme, detailed=kind == "detailed")
    qtbot.addWidget(view)
    image, tokens = view.grab().toImage(), theme.tokens
    kept = mix(theme.doctor_colour("plum").stripe, tokens.canvas, TINT)
    assert colour_at(image, view, place(view, 10.6)).rgb() == kept.rgb()
    assert colour_at(image, view, place(view, 15.6)).rgb() == tokens.canvas.rgb()
    assert colour_at(image, view, place(view, 12.6)).rgb() == tokens.off.rgb()
    # the side of the time that one type may not have is marked
    right = view.column(0).right() if isinstance(view, DayStrip) else view._grid().right()
    rows = {
        colour_at(image, view, QPoint(right - 4, y)).rgb()
        for y in range(place(view, 14.2).y(), place(view, 15.8).y())
    }
    assert rows != {tokens.canvas.rgb()}


@pytest.mark.parametrize("kind", ["strip", "plan"])
def test_a_tooltip_says_what_a_stretch_is(qtbot: QtBot, kind: str) -> None:
    theme = Theme.for_tests()
    view = plan(theme) if kind == "plan" else strip(theme, detailed=False)
    qtbot.addWidget(view)
    view.show()
    for hour, words in (
        (10.0, "09:00–11:00 New patient only"),
        (15.0, "14:00–16:00 Blocked for Follow-up"),
        (12.5, "12:00–13:00 Break: Lunch"),
        (8.5, ""),
    ):
        where = place(view, hour)
        assert view.tip_at(where) == words
        help_event = QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where))
        QApplication.sendEvent(view, help_event)
        if words:
            qtbot.waitUntil(lambda words=words: QToolTip.text() == words)  # type: ignore[misc]
    QToolTip.hideText()


def test_a_block_of_another_site_leaves_the_day_open(qtbot: QtBot) -> None:
    theme = Theme.for_tests()
    bands = (
        band(BandKind.OPEN, 8, 12, location_id="riverside"),
        band(BandKind.OPEN, 13, 18, location_id="main"),
        band(BandKind.BLOCKED, 8, 18, "Leak", location_id="riverside"),
        band(BandKind.BLOCKED, 16, 18, "Meeting"),
    )
    for site, hour, words in (
        ("main", 14.5, ""),
        ("riverside", 14.5, "08:00–18:00 Blocked: Leak"),
        ("main", 17.5, "16:00–18:00 Blocked: Meeting"),
    ):
        view = DayStrip(theme, detailed=False)
        qtbot.addWidget(view)
        view.resize(220, 500)
        day = seen_from(DoctorDay("d", DAY, bands, Load()), site)
        view.show_day(StripDay(DAY, "UTC", (WHO,), {"d": day}, ()))
        where = place(view, hour)
        assert view.tip_at(where) == words
        if not words:
            shown = colour_at(view.grab().toImage(), view, where)
            assert shown.rgb() == theme.tokens.canvas.rgb()
