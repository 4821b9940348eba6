"""What all tests of the interface share."""

from __future__ import annotations

import math

import pytest

from clinic_desk.ui.calendar.grid_surface import GridSurface


@pytest.fixture(autouse=True)
def complete_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture taken in a test is complete at once, however busy the machine is. The tests of
    the frame's budget set their own."""
    monkeypatch.setattr(GridSurface, "budget", math.inf)
