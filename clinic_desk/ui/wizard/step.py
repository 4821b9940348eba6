"""What one step of the set-up is: fields, what is stored of them, the command that saves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import IdFactory
from clinic_desk.services.commands import Command
from clinic_desk.services.first_week import Hours
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.form import Form, FormArea

INITIATOR = "wizard"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a step stands on. ``hours`` is the week that new doctors are given, None while that
    step was passed over. ``mirrored``: this desk reads from right to left."""

    roster: Roster
    new_id: IdFactory
    hours: Hours | None = None
    mirrored: bool = False


class Unread(Exception):
    """Something typed means nothing; the step has said what, at its field."""


class Step(QWidget):
    """``edited`` whenever a person changed something; ``next_requested`` from within (Enter in an
    empty last line); ``said`` carries a sentence for the message above the step."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    skippable: ClassVar[bool] = True

    edited = Signal()
    next_requested = Signal()
    said = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.ground: Ground | None = None
        self._stored: Any = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    # what the page calls

    def stand_on(self, ground: Ground) -> None:
        """A newer roster: what nobody has touched follows it, what was typed stays."""
        untouched = self._stored is None or not self.dirty
        self.ground = ground
        self.prepare(ground)
        if untouched:
            self.fill(ground)
            self._stored = self.raws()

    @property
    def dirty(self) -> bool:
        return bool(self.raws() != self._stored)

    def settle(self) -> None:
        """What stands there counts as stored."""
        self._stored = self.raws()

    # what a step says

    def prepare(self, ground: Ground) -> None:
        """Choices that depend on the roster."""

    def fill(self, ground: Ground) -> None:
        """Put what is stored."""

    def raws(self) -> Any:
        """What stands in the fields, as a JSON value."""
        return {}

    def put_raws(self, raws: Any) -> None:
        """What ``raws`` gave, perhaps by another version of the program."""

    def command(self, ground: Ground) -> Command | None:  # noqa: ARG002
        """What saves the step; None when there is nothing to save. Raises ``Unread``."""
        return None

    def show_fault(self, refusal: Refusal) -> bool:  # noqa: ARG002
        """At the field it is about; False when there is none."""
        return False

    def entered(self) -> None:
        """The step is on display now."""

    def begin(self) -> bool:
        """Put the cursor where typing begins; False where nothing is typed."""
        return False


class FormStep(Step):
    """A step that is one form, whose rows are known by their names."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.form = Form(theme)
        self.column.addWidget(FormArea(self.form), 1)
        self.form.edited.connect(self.edited)

    def label(self, name: str, text: str) -> None:
        """With the letter that Alt reaches the field by."""
        self.form.rows[name].label.setText(text)

    def raws(self) -> dict[str, Any]:
        return self.form.raws()

    def put_raws(self, raws: Any) -> None:
        if isinstance(raws, dict):
            for name, row in self.form.rows.items():
                if name in raws:
                    row.field.put(raws[name])

    def values(self) -> dict[str, Any]:
        """Raises ``Unread``, with the fault said at its field."""
        self.form.clear_faults()
        values = self.form.read()
        if values is None:
            raise Unread
        return values

    def show_fault(self, refusal: Refusal) -> bool:
        return self.form.show_fault(refusal.field, refusal.sentence)

    def begin(self) -> bool:
        self.form.focus()
        return True
