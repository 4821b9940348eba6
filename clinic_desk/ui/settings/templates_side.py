"""Beside the text: what it looks like for a visit, and the placeholders it may use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.domain.spans import local_date
from clinic_desk.services.message_approval import Approval
from clinic_desk.services.message_preview import Look
from clinic_desk.services.message_rendering import Rendered
from clinic_desk.services.message_values import placeholders
from clinic_desk.services.sms_length import SmsLength
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import count_text, day_text, time_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push

SIDE_WIDTH, MIDDLE_WIDTH = 340, 400
SIDE_HEIGHT, MIDDLE_HEIGHT = 380, 330
"""Pixels at usual letters that each has at least."""
MADE_UP = "A made-up visit of tomorrow"
MADE_UP_SERIES, SERIES = "A made-up series of 12 visits", "series"
MOST_NAMED = 12
"""Characters that are named as those that make a message longer."""


class Placeholders(QListWidget):
    """``wanted`` carries the name of the one that was chosen by Enter or a double click."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Placeholders; Enter puts one into the text")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setUniformItemSizes(True)
        self._purpose: Purpose | None = None
        self.itemDoubleClicked.connect(self._want)

    def show_for(self, purpose: Purpose) -> None:
        if purpose is self._purpose:
            return
        self._purpose = purpose
        self.clear()
        for one in placeholders(purpose):
            item = QListWidgetItem(f"{one.name} – {one.words}")
            item.setData(Qt.ItemDataRole.UserRole, one.name)
            empty = "" if one.always else " It may be empty."
            item.setToolTip(f"{{{{ {one.name} }}}}: {one.words}.{empty}")
            self.addItem(item)
        self.setCurrentRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._want(item)
            return
        super().keyPressEvent(event)

    def _want(self, item: QListWidgetItem) -> None:
        self.wanted.emit(item.data(Qt.ItemDataRole.UserRole))


class TemplateSide(QWidget):
    """``visit_chosen`` carries an id, empty for the made-up visit, ``SERIES`` for a made-up series;
    ``copied``: the words to be approved are in the clipboard."""

    visit_chosen = Signal(str)
    copied = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._visits: tuple[Cell, ...] = ()
        self._roster: Roster | None = None
        self.visit = QComboBox(self)
        self.visit.setAccessibleName("Visit of the preview")
        self.visit.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.visit.setMinimumContentsLength(12)
        self._add_made_up()
        self.preview = QPlainTextEdit(self)
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName("Preview")
        self.preview.setPlaceholderText("As soon as the text can be read, it stands here.")
        self.length = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.warning = InkLabel(theme, "", ink="warn", wrap=True, parent=self)
        self.copy = push("Copy the words to be appro&ved", self, "link")
        self.copy.clicked.connect(self._copy)
        self._approval: Approval | None = None
        self.names = Placeholders(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(field_label("Previe&w on", self.visit, theme, self))
        column.addWidget(self.visit)
        column.addWidget(self.preview, 3)
        column.addWidget(self.length)
        column.addWidget(self.warning)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeading)
        column.addSpacing(8)
        column.addWidget(
            field_label("Placeholders: &Enter puts one into the text", self.names, theme, self)
        )
        column.addWidget(self.names, 2)
        self.warning.hide()
        self.copy.hide()
        self.visit.activated.connect(lambda _row: self.visit_chosen.emit(self.chosen))
        CURTAIN.changed.connect(self._name_visits)

    @property
    def chosen(self) -> Id:
        return str(self.visit.currentData() or "")

    def show_visits(self, visits: Sequence[Cell], roster: Roster) -> None:
        """Keeps the choice as long as it is among them."""
        kept = self.chosen
        self._visits, self._roster = tuple(visits), roster
        self.visit.clear()
        self._add_made_up()
        for cell in self._visits:
            self.visit.addItem("", cell.id)
        self._name_visits()
        self.visit.setCurrentIndex(max(0, self.visit.findData(kept)))

    def _add_made_up(self) -> None:
        self.visit.addItem(MADE_UP, "")
        self.visit.addItem(MADE_UP_SERIES, SERIES)

    def _name_visits(self) -> None:
        if self._roster is None:
            return
        for number, cell in enumerate(self._visits, start=2):
            doctor = self._roster.doctors.get(cell.doctor_id)
            site = self._roster.locations.get(cell.location_id)
            zone = site.zone if site is not None else self._roster.practice.zone
            when = f"{day_text(local_date(cell.start, zone))} {time_text(cell.start, zone)}"
            who = CURTAIN.name(cell)
            with_whom = doctor.code if doctor is not None else ""
            self.visit.setItemText(number, " · ".join(one for one in (when, who, with_whom) if one))

    def show_look(self, look: Look, channel: Channel) -> None:
        """The preview, or why there is none."""
        rendered = look.rendered
        if rendered is not None:
            parts = [rendered.subject, rendered.body, values_words(rendered)]
            text = "\n\n".join(part for part in parts if part)
        else:
            text = look.lacking
        if self.preview.toPlainText() != text:
            self.preview.setPlainText(text)
        self.length.setText(length_words(look, channel))
        told = approval_words(look) or bare_words(look.bare)
        self.warning.setText(told)
        self.warning.setVisible(bool(told))
        self._approval = look.approval
        self.copy.setVisible(look.approval is not None)

    def _copy(self) -> None:
        if self._approval is not None:
            QGuiApplication.clipboard().setText(self._approval.words)
            announce(self.copy, "The words are in the clipboard.")
            self.copied.emit()


class Spread(QScrollArea):
    """The text and what is beside it; below it where there is too little room, as with large
    letters, and then all of it can be scrolled."""

    def __init__(self, theme: Theme, middle: QWidget, side: TemplateSide) -> None:
        super().__init__()
        self._theme, self._side = theme, side
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._row.addWidget(middle, 3)
        self._row.addWidget(side, 2)
        self._middle = middle
        self.setWidget(inner)
        theme.changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = self._theme.px
        narrow = self.width() < px(SIDE_WIDTH + MIDDLE_WIDTH)
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        self._side.setMinimumWidth(0 if narrow else px(SIDE_WIDTH))
        self._middle.setMinimumHeight(px(MIDDLE_HEIGHT) if narrow else 0)
        self._side.setMinimumHeight(px(SIDE_HEIGHT) if narrow else 0)


def length_words(look: Look, channel: Channel) -> str:
    """ "152 of 160 characters: 1 SMS"; empty while there is nothing to count."""
    if look.rendered is None:
        return ""
    if look.length is not None:
        return sms_words(look.length)
    if channel is Channel.EMAIL:
        return ""
    told = f"{count_text(look.characters, 'character')}; {look.most:,} are the most."
    if channel is Channel.WHATSAPP and not look.rendered.approved:
        told += " Without an approved template only for a day after the patient has written."
    return told


def values_words(rendered: Rendered) -> str:
    """What goes with the number of approved words, one value in a line; empty for free words."""
    if not rendered.approved:
        return ""
    if not rendered.values:
        return "Goes as the approved template, without values."
    lines = [f"{{{{{n}}}}} = {one}" for n, one in enumerate(rendered.values, start=1)]
    return "\n".join(("Goes as the approved template, with", *lines))


def approval_words(look: Look) -> str:
    """Why WhatsApp would not approve a text that has a number, and what of it is left out."""
    rendered, approval = look.rendered, look.approval
    if rendered is None or approval is None or not rendered.approved:
        return ""
    told = [f"WhatsApp approves no words that {one}." for one in approval.odd]
    if approval.shortened:
        told.append("Of each choice the first part alone is approved and sent.")
    return " ".join(told)


def sms_words(length: SmsLength) -> str:
    told = f"{length.used} of {length.room} characters: {length.parts} SMS"
    if not length.wide:
        return f"{told}."
    named = " ".join(_shown(char) for char in length.because[:MOST_NAMED])
    more = " …" if len(length.because) > MOST_NAMED else ""
    return f"{told}. Only 70 fit into one because of: {named}{more}"


def _shown(char: str) -> str:
    return char if char.isprintable() and not char.isspace() else f"U+{ord(char):04X}"


def bare_words(bare: Sequence[str]) -> str:
    if not bare:
        return ""
    first = bare[0]
    names = ", ".join(bare)
    return (
        f"May be empty: {names}. Write {{% if {first} %}} … {{{{ {first} }}}} … {{% endif %}} "
        "to leave out the words around it."
    )
