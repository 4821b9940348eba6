"""The people who can log in, as tiles: three or sixty of them, by mouse, arrows or letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QWidget,
)

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.services.staff_ports import StaffTile
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import DOCTOR_COLOURS, mix
from clinic_desk.ui.runtime.fuzzy import plain
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.accounts.words import ROLE_WORDS, initials

FEW = 8
"""Up to so many people have large tiles; more have rows in columns."""

LARGE, SMALL = QSize(176, 146), QSize(236, 56)
GAP = 12
COLUMNS = 4
"""At most, of large tiles."""

ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})


class Tile(QAbstractButton):
    """One person: initials on the own colour, name, role, and perhaps a remark."""

    def __init__(self, theme: Theme, person: StaffTile, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self.person = theme, person
        self.large = True
        self.remark = ""
        self.namesake = False
        """Somebody else here has the same name: the log-in name tells them apart."""
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.describe()

    def describe(self) -> None:
        person = self.person
        parts = [person.name, self._role(), self.remark]
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(as_text(person.name if self._cut() else ""))

    def _cut(self) -> bool:
        metrics = QFontMetrics(self._theme.font("body", bold=True))
        room = self._theme.px(LARGE.width() - 24 if self.large else SMALL.width() - 64)
        return metrics.horizontalAdvance(self.person.name) > room

    def sizeHint(self) -> QSize:  # noqa: N802
        size = LARGE if self.large else SMALL
        return QSize(self._theme.px(size.width()), self._theme.px(size.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = mix(tokens.text, tokens.canvas, 0.04) if self.underMouse() else tokens.canvas
        border = tokens.accent if self.isChecked() else tokens.grid_major
        line = 2 if self.isChecked() else 1
        painter.setPen(QPen(border, line))
        painter.setBrush(fill)
        inset = line / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), self._theme)
        side = px(52 if self.large else 36)
        if self.large:
            self._badge(painter, QRect((self.width() - side) // 2, px(16), side, side))
            middle = Qt.AlignmentFlag.AlignCenter
            room = QRect(px(8), px(76), self.width() - 2 * px(8), px(20))
            self._words(painter, room, middle)
            return
        self._badge(painter, self._side(QRect(px(10), (self.height() - side) // 2, side, side)))
        left = px(10) + side + px(10)
        room = QRect(left, px(9), self.width() - left - px(8), px(18))
        self._words(painter, room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

    def _words(self, painter: QPainter, room: QRect, flags: Qt.AlignmentFlag) -> None:
        """Name, role and remark below one another, or the remark instead of the role."""
        tokens, px = self._theme.tokens, self._theme.px
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font("body", bold=True))
        paint.elided(painter, self._side(room), self.person.name, flags)
        painter.setPen(tokens.text2)
        painter.setFont(self._theme.font("grid"))
        below = room.translated(0, px(20))
        role = self._role()
        if self.large:
            paint.elided(painter, self._side(below), role, flags)
            if self.remark:
                painter.setFont(self._theme.font("caption"))
                width = QFontMetrics(painter.font()).horizontalAdvance(self.remark) + px(12)
                chip = QRect(0, 0, min(width, self.width() - px(12)), px(17))
                chip.moveCenter(below.translated(0, px(21)).center())
                painter.setPen(QPen(tokens.grid_major, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
                painter.setPen(tokens.text2)
                paint.elided(painter, chip.adjusted(px(5), 0, -px(5), 0), self.remark, flags)
        else:
            paint.elided(painter, self._side(below), self.remark or role, flags)

    def _role(self) -> str:
        words = ROLE_WORDS[self.person.role]
        return f"{words} · {self.person.log_in}" if self.namesake else words

    def _badge(self, painter: QPainter, place: QRect) -> None:
        tokens = self._theme.tokens
        if self.person.colour in DOCTOR_COLOURS:
            look = self._theme.doctor_colour(self.person.colour)
            ground, ink = look.stripe, look.badge_text
        elif self.isChecked():
            ground, ink = mix(tokens.accent, tokens.canvas, 0.12), tokens.accent
        else:
            ground, ink = tokens.off, tokens.text
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(place), 6, 6)
        painter.setPen(ink)
        painter.setFont(self._theme.font("title" if self.large else "body", bold=True))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, initials(self.person.name))

    def _side(self, part: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)


class StaffTiles(QScrollArea):
    """``chosen`` carries the id when a person picks somebody; ``entered`` when they go on to the
    secret (Enter, a click); ``typed`` a letter that nobody here had a use for."""

    chosen = Signal(str)
    entered = Signal()
    typed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tiles: list[Tile] = []
        self._shown: list[Tile] = []
        self.remarks: Mapping[Id, str] = {}
        """As they were given last, also of those who are not here yet."""
        self._text = ""
        self._columns = 1
        self._whole = QWidget()
        self._whole.setAutoFillBackground(False)
        self.setWidget(self._whole)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Who are you?")
        theme.changed.connect(self._lay)

    # who is there

    @property
    def people(self) -> tuple[StaffTile, ...]:
        return tuple(tile.person for tile in self._tiles)

    @property
    def shown(self) -> tuple[StaffTile, ...]:
        """Those whom the typed name leaves."""
        return tuple(tile.person for tile in self._shown)

    @property
    def current(self) -> StaffTile | None:
        return next((tile.person for tile in self._tiles if tile.isChecked()), None)

    def tile_of(self, staff_id: Id) -> Tile | None:
        return next((tile for tile in self._tiles if tile.person.id == staff_id), None)

    def show_people(self, people: Sequence[StaffTile], remarks: Mapping[Id, str]) -> None:
        """Whoever was chosen stays so."""
        before, self.remarks = self.current, remarks
        known = {tile.person.id: tile for tile in self._tiles}
        wanted = []
        names = Counter(_name(person) for person in people)
        for person in sorted(people, key=_desk_first):
            tile = known.pop(person.id, None)
            if tile is None:
                tile = Tile(self._theme, person, self._whole)
                tile.clicked.connect(lambda _on=False, one=tile: self._clicked(one))
                tile.installEventFilter(self)
            tile.person = person
            tile.remark = remarks.get(person.id, "")
            tile.large = len(people) <= FEW
            tile.namesake = names[_name(person)] > 1
            tile.describe()
            tile.update()
            wanted.append(tile)
        for tile in known.values():
            tile.hide()
            tile.deleteLater()
        self._tiles = wanted
        self.filter(self._text)
        if before is not None and self.current is None and self._shown:
            self.choose(self._shown[0].person.id)

    def choose(self, staff_id: Id) -> bool:
        """Marks somebody, without ``chosen``; False when they are not here."""
        tile = self.tile_of(staff_id)
        if tile is None:
            return False
        tile.setChecked(True)
        self._see(tile)
        return True

    def filter(self, text: str) -> None:
        """Leaves those in whose name, log-in or role every word occurs, first those of whom a part
        begins so. The first is chosen when the one who was is not among them, or fits less."""
        self._text = text
        words = plain(text).split()
        found = [
            tile for tile in self._tiles if all(word in _called(tile.person) for word in words)
        ]
        fitting = [tile for tile in found if words and _begins(tile.person, words)]
        self._shown = fitting + [tile for tile in found if tile not in fitting]
        for tile in self._tiles:
            tile.setVisible(tile in self._shown)
        self._lay()
        current = self.current
        likely = fitting or found
        if words and likely and all(tile.person is not current for tile in likely):
            self._pick(likely[0])

    def step(self, key: int) -> None:
        """To the neighbour in that direction; at an end it stays."""
        place = next((n for n, tile in enumerate(self._shown) if tile.isChecked()), None)
        if not self._shown:
            return
        if place is None:
            self._pick(self._shown[0])
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        by = {
            Qt.Key.Key_Left: 1 if mirrored else -1,
            Qt.Key.Key_Right: -1 if mirrored else 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }[Qt.Key(key)]
        wanted = place + by
        if 0 <= wanted < len(self._shown):
            self._pick(self._shown[wanted])

    # hands

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ARROWS:
            self.step(event.key())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.entered.emit()
        elif event.text().isprintable() and event.text():
            self.typed.emit(event.text())
        else:
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        on = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if (
            isinstance(watched, Tile)
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() not in on
        ):
            self.keyPressEvent(event)
            return event.isAccepted()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._lay()

    def _clicked(self, tile: Tile) -> None:
        self.chosen.emit(tile.person.id)
        self.entered.emit()

    def _pick(self, tile: Tile) -> None:
        tile.setChecked(True)
        self._see(tile)
        self.chosen.emit(tile.person.id)

    # laying out

    def _lay(self) -> None:
        size, gap = self._tile_size(), self._theme.px(GAP)
        self._columns = self._fitting(size, gap)
        columns = max(1, min(self._columns, len(self._shown) or 1))
        across = columns * size.width() + (columns - 1) * gap
        first = max(0, (self.viewport().width() - across) // 2)
        direction = self.layoutDirection()
        rows = -(-len(self._shown) // columns) if self._shown else 1
        high = rows * size.height() + (rows - 1) * gap
        room = QRect(0, 0, max(self.viewport().width(), across), high)
        self._whole.resize(room.size())
        self.setMaximumHeight(high)
        for place, tile in enumerate(self._shown):
            row, column = divmod(place, columns)
            spot = QRect(
                first + column * (size.width() + gap), row * (size.height() + gap),
                size.width(), size.height(),
            )  # fmt: skip
            tile.setGeometry(QStyle.visualRect(direction, room, spot))
        self.updateGeometry()
        chosen = next((tile for tile in self._shown if tile.isChecked()), None)
        if chosen is not None:
            QTimer.singleShot(0, chosen, lambda: self._see(chosen))

    def _fitting(self, size: QSize, gap: int) -> int:
        room = self.viewport().width()
        columns = max(1, (room + gap) // (size.width() + gap))
        return min(COLUMNS, columns) if self._large else columns

    @property
    def _large(self) -> bool:
        return len(self._tiles) <= FEW

    def _tile_size(self) -> QSize:
        size = LARGE if self._large else SMALL
        return QSize(self._theme.px(size.width()), self._theme.px(size.height()))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(4 * LARGE.width() + 3 * GAP), self._whole.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(
            self._tile_size().width(), min(self._whole.height(), self._tile_size().height())
        )

    def _see(self, tile: Tile) -> None:
        self.ensureWidgetVisible(tile, 0, self._theme.px(GAP))


def _name(person: StaffTile) -> str:
    return " ".join(plain(person.name).split())


def _desk_first(person: StaffTile) -> bool:
    """Doctors stand behind those who sit at a desk all day."""
    return person.role is Role.DOCTOR


def _called(person: StaffTile) -> str:
    return plain(f"{person.name} {person.log_in} {ROLE_WORDS[person.role]}")


def _begins(person: StaffTile, words: Sequence[str]) -> bool:
    parts = _called(person).split()
    return all(any(part.startswith(word) for part in parts) for word in words)
