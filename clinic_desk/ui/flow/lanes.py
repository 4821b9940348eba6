"""What lies where on the board."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.cards import Card


@dataclass(frozen=True, slots=True)
class Lane:
    """One band of the board: a doctor's, or the whole board (no doctor)."""

    doctor_id: Id = ""
    title: str = ""
    told: str = ""
    columns: tuple[tuple[Card, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A card with its place in the content; ``lane`` and ``column`` count from 0."""

    card: Card
    rect: QRect
    lane: int
    column: int
