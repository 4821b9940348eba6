"""Beside the table: the chosen visit, its day before and after, and the other openings."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from clinic_desk.domain.availability.model import RankedSlot, Roster, Slot
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffRequest, TimeOffStatus
from clinic_desk.services.commands import AUTO
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix, over, pattern_of
from clinic_desk.ui.planning.plan_days import DayPicture, DayPlan
from clinic_desk.ui.planning.plan_rows import PlanRow, RowState, day_and_clock, zone_of
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import age_text, clock_text, day_text, phone_text
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.bands import type_colours
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.forms.bits import HintButton, push

Index = QModelIndex | QPersistentModelIndex
DATA = Qt.ItemDataRole.UserRole


class _OpeningPainter(QStyledItemDelegate):
    """Badge, day, time, why; a sign before what changes doctor or site."""

    def __init__(self, panel: PlanPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(100, self._panel.theme.px(38))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        panel, theme = self._panel, self._panel.theme
        roster, row = panel.roster, panel.row
        found = index.data(DATA)
        if roster is None or row is None or not isinstance(found, RankedSlot):
            return
        tokens, px, slot = theme.tokens, theme.px, found.slot
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hot = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect.adjusted(1, 2, -1, -4)

        def here(box: QRect) -> QRect:
            return QStyle.visualRect(option.direction, rect, box)

        ground = mix(tokens.text, tokens.canvas, 0.04) if hot else tokens.canvas
        painter.setBrush(over(tokens.selected, tokens.canvas) if chosen else ground)
        painter.setPen(QPen(tokens.accent if chosen else tokens.control_border, 1))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        doctor = roster.doctors.get(slot.doctor_id)
        badge = QRect(rect.left() + 8, rect.center().y() - px(8) + 1, px(26), px(17))
        if doctor is not None:
            colour = theme.doctor_colour(doctor.colour, pattern_of(doctor.pattern))
            paint.badge(painter, here(badge), theme, doctor.code, colour)
        day, clock = day_and_clock(roster, slot.start, slot.location_id, panel.today.year)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text)
        x = badge.right() + 8
        width = QFontMetrics(painter.font()).horizontalAdvance("Wed 30 Sep ")
        paint.elided(painter, here(QRect(x, rect.top(), width, rect.height())), day)
        x += width
        painter.setFont(theme.font("grid", bold=True))
        width = QFontMetrics(painter.font()).horizontalAdvance("00:00 ")
        paint.elided(painter, here(QRect(x, rect.top(), width, rect.height())), clock)
        x += width + 4
        right = rect.right() - 8
        if slot.doctor_id != row.visit.doctor_id or slot.location_id != row.visit.location_id:
            side = px(14)
            at = QRect(right - side + 2, rect.center().y() - side // 2 + 1, side, side)
            painter.drawPixmap(here(at).topLeft(), theme.icon("warn", side))
            right -= side + 4
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        paint.elided(painter, here(QRect(x, rect.top(), right - x, rect.height())), found.why)
        painter.restore()


class PlanPanel(QFrame):
    """``acted`` carries accept, other, shelf or wait; ``accept`` means ``choice``."""

    acted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.theme: Theme = context.theme
        self.row: PlanRow | None = None
        self.roster: Roster | None = None
        self.request: TimeOffRequest | None = None
        self.choice: Slot | None = None
        self.today = context.clock.now().date()
        self._allowed = False
        self.setObjectName("planPanel")
        self.name = ElidedLabel()
        self.details = Label()
        self.details.setWordWrap(True)
        self.details.setProperty("role", "caption")
        self.before = DayPlan(self.theme, "The day that it leaves")
        self.after = DayPlan(self.theme, "The day that it goes to")
        self.after.setToolTip("Click free time to choose it")
        self.after.place_chosen.connect(self._choose_place)
        days = QHBoxLayout()
        days.setSpacing(8)
        days.addWidget(self.before, 1)
        days.addWidget(self.after, 1)
        self.others_title = Label("Other openings")
        self.others_title.setProperty("role", "heading")
        self.others = _Openings(self)
        self.others.itemSelectionChanged.connect(self._choose_other)
        self.others.itemDoubleClicked.connect(lambda _item: self.acted.emit("accept"))
        self.none = Label()
        self.none.setProperty("role", "caption")
        self.none.setWordWrap(True)
        self.accept = HintButton(self.theme, "Accept", "Enter", self)
        self.accept.clicked.connect(lambda: self.acted.emit("accept"))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self.small = {}
        for action, words in (
            ("other", "Other…  O"), ("shelf", "Shelf  P"), ("wait", "Waiting list  W"),
        ):  # fmt: skip
            button = push(words, self)
            button.setProperty("density", "compact")
            button.clicked.connect(lambda _on=False, action=action: self.acted.emit(action))
            buttons.addWidget(button)
            self.small[action] = button
        self.small["wait"].setToolTip("Cancel the visit and put the patient on the waiting list")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        column.addWidget(self.name)
        column.addWidget(self.details)
        column.addSpacing(4)
        column.addLayout(days, 3)
        column.addSpacing(4)
        column.addWidget(self.others_title)
        column.addWidget(self.others, 2)
        column.addWidget(self.none)
        column.addSpacing(2)
        column.addWidget(self.accept)
        column.addLayout(buttons)
        self.theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.name.setFont(self.theme.font("title", bold=True))

    # -- showing -----------------------------------------------------------------------------

    def show_row(
        self, row: PlanRow | None, roster: Roster, request: TimeOffRequest, *, allowed: bool
    ) -> None:
        """``allowed``: visits may be moved. A chosen opening stays chosen while the row has it."""
        kept = self.choice if row and self.row and row.id == self.row.id else None
        self.row, self.roster, self.request = row, roster, request
        self.setVisible(row is not None)
        if row is None:
            return
        cell = row.visit
        self.today = local_date(self._context.clock.now(), roster.practice.zone)
        self.name.setText(cell.listed_name or "Visit")
        minutes = round((cell.end - cell.start).total_seconds() / 60)
        facts = [f"{cell.type_name} {minutes} min", age_text(cell.birth_date, self.today)]
        facts += [phone_text(cell.phone), "first visit" if "new" in cell.flags else "", cell.alert]
        self.details.setText(" · ".join(fact for fact in facts if fact))
        offered = [one.slot for one in row.others] if row.to_place else []
        own = row.slot
        if kept is not None and row.to_place and (kept in offered or kept.capacity_left < 0):
            self.choice = kept
        else:
            self.choice = own
        self._fill_others(row)
        self._allowed = allowed
        self._show_buttons()
        self._ask_days()

    def _fill_others(self, row: PlanRow) -> None:
        others = row.others if row.to_place else ()
        self.others.blockSignals(True)
        self.others.clear()
        for one in others:
            item = QListWidgetItem(self.others)
            item.setData(DATA, one)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, self._words(one))
            item.setToolTip(as_text(self._words(one)))
            if one.slot == self.choice:
                self.others.setCurrentItem(item)
        self.others.blockSignals(False)
        self.others.setVisible(bool(others))
        self.none.setVisible(not others)
        self.none.setText("None within what is looked for." if row.looked else "")
        self.others_title.setVisible(row.to_place)

    def _words(self, one: RankedSlot) -> str:
        assert self.roster is not None
        slot = one.slot
        day, clock = day_and_clock(self.roster, slot.start, slot.location_id, self.today.year)
        doctor = self.roster.doctors.get(slot.doctor_id)
        return f"{doctor.name if doctor else ''}, {day} {clock}, {one.why}"

    def _show_buttons(self) -> None:
        row, roster, allowed = self.row, self.roster, self._allowed
        if row is None or roster is None:
            return
        if self.choice is not None:
            zone = zone_of(roster, self.choice.location_id)
            self.accept.set_word(f"Accept {clock_text(self.choice.start, zone)}")
        else:
            self.accept.set_word("Accept")
        self.accept.setEnabled(allowed and row.to_place and self.choice is not None)
        self.small["other"].setEnabled(bool(self.others.count()))
        self.small["shelf"].setEnabled(allowed and row.state is RowState.OPEN)
        self.small["wait"].setEnabled(allowed and row.to_place)

    def focus_others(self) -> bool:
        """The keyboard into the list of openings; False when there is none."""
        if not self.others.count():
            return False
        self.others.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.others.currentRow() < 0:
            self.others.setCurrentRow(0)
        return True

    def _choose_other(self) -> None:
        item = self.others.currentItem()
        found = item.data(DATA) if item is not None and item.isSelected() else None
        if isinstance(found, RankedSlot):
            self._choose(found.slot)

    def _choose_place(self, start: datetime) -> None:
        """A click on the day: that time of the same doctor, whether it stands is said by the
        gate."""
        day, row = self.after.shown, self.row
        if day is None or row is None or not row.to_place:
            return
        base = self.choice or row.slot
        location = base.location_id if base is not None else row.visit.location_id
        end = start + (row.visit.end - row.visit.start)
        self.others.clearSelection()
        # −1 marks a place that was chosen by hand
        self._choose(Slot(start, end, day.doctor.id, location, AUTO, -1))

    def _choose(self, slot: Slot) -> None:
        self.choice = slot
        self._show_buttons()
        self._ask_days()

    # -- the two days ------------------------------------------------------------------------

    def _target(self) -> Slot | Cell | None:
        """What the second day shows: the place chosen, or where the visit is now."""
        if self.row is None:
            return None
        return self.row.now if self.row.state is RowState.MOVED else self.choice

    def _ask_days(self) -> None:
        row, roster, target = self.row, self.roster, self._target()
        if row is None or roster is None:
            return
        was, ids = row.visit, {row.visit.doctor_id}
        days = [local_date(was.start, zone_of(roster, was.location_id))]
        if target is not None:
            days.append(local_date(target.start, zone_of(roster, target.location_id)))
            ids.add(target.doctor_id)
        wanted = tuple(dict.fromkeys(days))
        doctors = tuple(sorted(ids))

        def read(queries: Queries) -> dict[date, CalendarSlice]:
            return {day: queries.calendar(day, day, doctors, rooms=False) for day in wanted}

        def done(found: dict[date, CalendarSlice]) -> None:
            if self.row is row or (self.row is not None and self.row.id == row.id):
                self._show_days(found)

        self._context.operations.ask(read, done=done, key="absence-days")

    def _show_days(self, found: dict[date, CalendarSlice]) -> None:
        row, roster, target = self.row, self.roster, self._target()
        if row is None or roster is None:
            return
        was = row.visit
        left = row.state is RowState.MOVED
        label = "moved" if left else "must move"
        self.before.show_day(self._picture(found, was, label, leaves=True))
        if target is None:
            self.after.show_day(None)
            return
        words = "accepted" if left else "proposed" if target == row.slot else "chosen"
        self.after.show_day(self._picture(found, target, words, leaves=False))

    def _picture(
        self, found: dict[date, CalendarSlice], place: Cell | Slot, word: str, *, leaves: bool
    ) -> DayPicture | None:
        roster, row, request = self.roster, self.row, self.request
        if roster is None or row is None or request is None:
            return None
        zone = zone_of(roster, place.location_id)
        day = local_date(place.start, zone)
        doctor = roster.doctors.get(place.doctor_id)
        data = found.get(day)
        if doctor is None or data is None:
            return None
        waits = request.status is not TimeOffStatus.APPROVED
        mine = place.doctor_id == request.doctor_id
        return DayPicture(
            doctor=doctor,
            day=day,
            title=day_text(day, self.today),
            zone=zone,
            data=data.days.get((doctor.id, day)),
            cells=tuple(c for c in data.cells if c.doctor_id == doctor.id),
            marked=(place.start, place.end),
            label=f"{clock_text(place.start, zone)} {word}",
            own_id=row.id,
            leaves=leaves,
            away=(request.start, request.end) if waits and mine else None,
            colours=type_colours(roster),
        )


class _Openings(QListWidget):
    """Arrows choose; all other keys are the page's."""

    def __init__(self, panel: PlanPanel) -> None:
        super().__init__(panel)
        self.setItemDelegate(_OpeningPainter(panel))
        self.setProperty("frameless", True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(panel.theme.px(42))
        self.setAccessibleName("Other openings")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()
