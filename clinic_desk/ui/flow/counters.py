"""The figures above the board, and whom it shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.cards import Counters
from clinic_desk.ui.flow.naming import LEVEL_INK, Naming
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import doctor_name
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.chips import FlowLayout


class Figure(QAbstractButton):
    """ "24 min" over two short lines of words. ``clicked`` leads to what it counts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figure = self._first = self._second = ""
        self._ink = "text"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.updateGeometry)

    def show_figure(
        self, figure: str, first: str, second: str = "", ink: str = "text", tip: str = ""
    ) -> None:
        self._figure, self._first, self._second, self._ink = figure, first, second, ink
        self.setAccessibleName(" ".join(part for part in (figure, first, second) if part))
        self.setToolTip(as_text(tip))
        self.setVisible(bool(figure))
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        return self.accessibleName()

    def sizeHint(self) -> QSize:  # noqa: N802
        theme = self._theme
        figure = QFontMetrics(theme.font("title", bold=True)).horizontalAdvance(self._figure)
        caption = QFontMetrics(theme.font("caption"))
        words = max(caption.horizontalAdvance(t) for t in (self._first, self._second))
        return QSize(figure + words + theme.px(22), theme.px(40))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        p = QPainter(self)
        p.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        font = theme.font("title", bold=True)
        wide = QFontMetrics(font).horizontalAdvance(self._figure)
        whole = self.rect()
        figure = QRect(px(6), 0, wide + 2, self.height())
        words = QRect(px(14) + wide, 0, whole.width() - wide - px(16), self.height())
        if mirrored:
            figure.moveRight(whole.width() - px(6))
            words.moveLeft(px(2))
        p.setFont(font)
        p.setPen(getattr(tokens, self._ink))
        p.drawText(figure, Qt.AlignmentFlag.AlignVCenter, self._figure)
        p.setFont(theme.font("caption"))
        p.setPen(tokens.text2)
        if self._second:
            half = px(15)
            top = QRect(words.left(), self.height() // 2 - half, words.width(), half)
            low = QRect(words.left(), self.height() // 2, words.width(), half)
            paint.elided(p, top, self._first)
            paint.elided(p, low, self._second)
        else:
            p.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._first)
        if self.hasFocus():
            paint.focus_ring(p, self.rect(), theme)


class CounterRow(QWidget):
    """``card_requested`` carries a visit's id, ``doctor_requested`` a doctor's."""

    card_requested = Signal(str)
    doctor_requested = Signal(str)
    waiting_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waiting, self.longest, self.average, self.behind, self.late = (
            Figure(theme, self) for _ in range(5)
        )
        self._theme = theme
        self._counters = Counters()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        for figure in (self.waiting, self.longest, self.average, self.behind, self.late):
            row.addWidget(figure)
        row.addStretch(1)
        self.setMinimumWidth(theme.px(120))
        self.waiting.clicked.connect(self.waiting_requested)
        self.longest.clicked.connect(lambda: self._to(self._counters.longest))
        self.late.clicked.connect(lambda: self._to(next(iter(self._counters.late), None)))
        self.behind.clicked.connect(self._to_doctor)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(40))

    def _to(self, card: object) -> None:
        row_id = getattr(card, "id", "")
        if row_id:
            self.card_requested.emit(row_id)

    def _to_doctor(self) -> None:
        if self._counters.behind is not None:
            self.doctor_requested.emit(self._counters.behind[0])

    def show_counters(self, counters: Counters, naming: Naming) -> None:
        self._counters = counters
        self.waiting.show_figure(str(counters.waiting), "waiting now")
        longest = counters.longest
        if longest is None:
            self.longest.show_figure("", "")
        else:
            who = naming.doctor_words(longest.cell.doctor_id)
            ink = LEVEL_INK[longest.level]
            self.longest.show_figure(
                f"{longest.waited} min", "longest wait", who,
                "text" if ink == "text2" else ink, naming.spoken(longest),
            )  # fmt: skip
        average = counters.average
        if average is None:
            self.average.show_figure("", "")
        else:
            self.average.show_figure(
                f"{average} min", "average wait", "today",
                tip="From arrival to the start, of everybody seen today",
            )  # fmt: skip
        if counters.behind is None:
            self.behind.show_figure("", "")
        else:
            doctor_id, minutes = counters.behind
            self.behind.show_figure(
                f"{minutes} min", "behind plan", naming.doctor_words(doctor_id), "warn",
                "The doctor who is furthest behind",
            )  # fmt: skip
        late = counters.late
        first = naming.name(late[0].cell) if late else ""
        self.late.show_figure(
            f"{len(late)} late" if late else "",
            first if len(first) <= 18 else f"{first[:17]}…",
            naming.doctor_words(late[0].cell.doctor_id) if late else "",
            "late",
            f"Expected and not here: {', '.join(naming.name(c.cell) for c in late[:8])}",
        )
        self._fit()

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        """What does not fit gives way, the least urgent first."""
        room, gap = self.width(), self._theme.px(10)
        kept = [self.waiting, self.longest, self.late, self.behind, self.average]
        shown = [figure for figure in kept if figure.words]
        used = 0
        for figure in shown:
            used += figure.sizeHint().width() + gap
            figure.setVisible(used <= room + gap or figure is self.waiting)


class DoctorFilter(QWidget):
    """ "All doctors" and a badge for each; ``changed`` carries the ids that are *not* shown.
    A click shows one alone, with Ctrl it adds or takes away; the same with the keyboard."""

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hidden: frozenset[Id] = frozenset()
        self._badges: dict[Id, BadgeButton] = {}
        self.all = QPushButton("All doctors", self)
        self.all.setCheckable(True)
        self.all.setProperty("density", "compact")
        self.all.clicked.connect(lambda: self.changed.emit(frozenset()))
        self._row = FlowLayout(self, theme.px(6))
        self._row.addWidget(self.all)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_doctors(self, doctors: Sequence[Doctor], hidden: frozenset[Id]) -> None:
        if [row.id for row in doctors] != list(self._badges):
            for badge in self._badges.values():
                self._row.removeWidget(badge)
                badge.hide()
                badge.deleteLater()
            self._badges = {}
            for row in doctors:
                made = BadgeButton(self._theme, self)
                made.clicked.connect(lambda _on=False, key=row.id: self._press(key))
                self._row.addWidget(made)
                made.show()
                self._badges[row.id] = made
            self.updateGeometry()
        self._hidden = hidden & set(self._badges)
        for row in doctors:
            self._badges[row.id].show_doctor(row, shown=row.id not in hidden)
        self.all.setChecked(not self._hidden)

    def badge(self, doctor_id: Id) -> BadgeButton:
        return self._badges[doctor_id]

    def _press(self, doctor_id: Id) -> None:
        from PySide6.QtWidgets import QApplication

        everybody = frozenset(self._badges)
        several = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        if several:
            wanted = self._hidden ^ {doctor_id}
        elif self._hidden == everybody - {doctor_id}:
            wanted = frozenset()
        else:
            wanted = everybody - {doctor_id}
        self.changed.emit(frozenset() if wanted == everybody else wanted)


class BadgeButton(QAbstractButton):
    """A doctor's badge that is on or off."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._doctor: Doctor | None = None
        self._shown = True
        self.setFixedSize(theme.px(38), theme.px(26))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_doctor(self, doctor: Doctor, *, shown: bool) -> None:
        self._doctor, self._shown = doctor, shown
        name = doctor_name(doctor)
        self.setAccessibleName(f"{name}, {'shown' if shown else 'not shown'}")
        self.setToolTip(as_text(f"{name}: only this doctor (Ctrl+click for several)"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        if self._doctor is None:
            return
        theme, px = self._theme, self._theme.px
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.tokens.control_border if self._shown else theme.tokens.grid_minor
        p.setPen(ink)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
        p.setOpacity(1.0 if self._shown else 0.35)
        colour = theme.doctor_colour(self._doctor.colour)
        inner = self.rect().adjusted(px(5), px(4), -px(5), -px(4))
        paint.badge(p, inner, theme, self._doctor.code, colour)
        p.setOpacity(1.0)
        if self.hasFocus():
            paint.focus_ring(p, self.rect(), theme)
