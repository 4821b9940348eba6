"""Figures in a field with their unit."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox

from clinic_desk.services.wording import unit_text


def count_in(box: QSpinBox, unit: str) -> None:
    """The figure is followed by its unit, given in the plural: "2 days", "1 day"."""

    def follow(number: int) -> None:
        box.setSuffix(f" {unit_text(number, unit)}")

    box.valueChanged.connect(follow)
    follow(box.value())
