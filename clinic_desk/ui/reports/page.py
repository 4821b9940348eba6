"""Reports: what is asked, the plot, its table beside it, how the figures are meant, and files."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.permissions import Permission
from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, Report
from clinic_desk.services.outcome import Changes
from clinic_desk.services.report_text import period_text
from clinic_desk.services.reporting import PRESET_WORDS, Progress
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.reports import plots
from clinic_desk.ui.reports.choices import Choices
from clinic_desk.ui.reports.files import Files
from clinic_desk.ui.reports.table import ReportModel, ReportTable
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.charts import Plot, RowPlot
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.page import Page
from clinic_desk.ui.widgets.worded_menu import WordedMenu

MATTERS = frozenset({"appointment", "invoice", "external"})
BESIDE = 1400
"""Pixels of the page from which the table stands beside the plot, below that beneath it."""

FOLLOWED = 13
"""Reports of up to so many months follow every change by themselves."""


class ReportsPage(Page):
    """``open`` takes a preset's name, or nothing."""

    key_hints = (
        ("Ctrl+S", "Export"), ("F5", "Count again"), ("←→", "Read the plot"),
        ("Esc", "Back to the calendar"),
    )  # fmt: skip
    alone = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Reports", parent)
        self.context = context
        theme = context.theme
        self.may = context.actor.may(Permission.REPORTS)
        self.report: Report | None = None
        self.plot: Plot | None = None
        self._ticket: Ticket | None = None
        self._months = 0
        self.source = RosterSource(context.operations, self)
        self.files = Files(context, self)
        self.presets = QListWidget()
        self.presets.setObjectName("reportPresets")
        self.presets.setAccessibleName("Reports")
        for preset, name in PRESET_WORDS.items():
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, preset.value)
            self.presets.addItem(item)
        self.presets.setCurrentRow(0)
        self.choices = Choices(theme, self.source, self.today())
        self.model = ReportModel(theme)
        self.table = ReportTable(theme, self.model)
        self.place = QScrollArea()
        self.notes = Label()
        self.empty = EmptyState(theme)
        self.bar = QProgressBar()
        self.stop_button = push("&Stop", self)
        self.again_button = push(" Count a&gain", self)
        self.export_button = push(" &Export", self, "primary")
        self._wait = QTimer(self, singleShot=True, interval=300)
        self._pause = QTimer(self, singleShot=True, interval=500)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.presets)

    def _lay_out(self) -> None:
        theme = self.theme
        menu = WordedMenu(self.export_button)
        for kind, text in (
            ("csv", "Table as &CSV…"), ("xlsx", "Table as E&xcel (XLSX)…"),
            ("pdf", "Plot and table as &PDF…"),
        ):  # fmt: skip
            menu.addAction(text, partial(self.export, kind))
        self.export_button.setMenu(menu)
        for button in (self.again_button, self.export_button):
            self.buttons.addWidget(button)
        self.place.setWidgetResizable(True)
        self.place.setFrameShape(QScrollArea.Shape.NoFrame)
        self.place.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notes.setWordWrap(True)
        self.notes.setProperty("role", "muted")
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.place)
        self.splitter.addWidget(self.table)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.splitter)
        self.stack.addWidget(self.empty)
        self.bar.setTextVisible(True)
        self.bar.setAccessibleName("How far the report is")
        self.progress = QWidget()
        beside = QHBoxLayout(self.progress)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.bar, 1)
        beside.addWidget(self.stop_button)
        self.progress.hide()
        self.right = QWidget()
        column = QVBoxLayout(self.right)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.choices)
        column.addWidget(self.progress)
        column.addWidget(self.stack, 1)
        column.addWidget(self.notes)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.presets)
        row.addWidget(self.right, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(row, 1)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        tokens = self.theme.tokens
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.presets.setFixedWidth(self.theme.px(176))
        self.closer.setIcon(self.theme.qicon("close"))
        self.export_button.setIcon(self.theme.qicon("save", tokens.on_accent))
        self.again_button.setIcon(self.theme.qicon("refresh"))
        self.presets.setStyleSheet(
            "#reportPresets { border: 0; padding: 8px;"
            f" border-{'left' if mirrored else 'right'}: 1px solid {tokens.grid_major.name()}; }}"
            "#reportPresets::item { padding: 7px 8px; border-radius: 4px; }"
        )
        self.place.setStyleSheet(f"QScrollArea {{ background: {tokens.canvas.name()}; }}")
        self.place.viewport().setStyleSheet(f"background: {tokens.canvas.name()};")
        if self.report is not None and self.plot is not None:
            plots.fill(self.plot, self.report, self.theme)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._dress()

    def _connect(self) -> None:
        self.presets.currentRowChanged.connect(lambda _row: self._choose())
        self.choices.changed.connect(self.count)
        self.again_button.clicked.connect(self.count)
        self.stop_button.clicked.connect(self.stop)
        self.empty.action_requested.connect(self._on_empty)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.doubleClicked.connect(lambda index: self._open_row(index.row()))
        self._wait.timeout.connect(self.progress.show)
        self._pause.timeout.connect(self.count)
        self.context.operations.changed.connect(self._on_changes)
        self.source.changed.connect(self._on_roster)
        self.files.saved.connect(lambda text: self.toast_requested.emit(text, False))
        self.files.failed.connect(self.message.show_error)

    # -- what the window calls ---------------------------------------------------------------

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def open(self, what: object = None) -> None:
        self.message.clear()
        if not self.may:
            self._say_forbidden()
            return
        if isinstance(what, str) and what in list(Preset):
            self.presets.setCurrentRow(list(PRESET_WORDS).index(Preset(what)))
        self.presets.setFocus(Qt.FocusReason.OtherFocusReason)
        self.count()

    def leave(self) -> bool:
        self.stop()
        return True

    def _say_forbidden(self) -> None:
        for widget in (self.presets, self.choices, self.notes, self.export_button,
                       self.again_button):  # fmt: skip
            widget.hide()
        self.stack.setCurrentWidget(self.empty)
        self.empty.explain(
            "lock",
            "Reports are not for this desk",
            "The role of this desk may not see the clinic’s reports. A manager can allow it in "
            "Settings, under What each role may do.",
            "Back to the calendar",
        )

    def _on_empty(self) -> None:
        if self.may:
            self.choices.choose_period("Last 12 months")
        else:
            self.close_requested.emit()

    # -- counting ----------------------------------------------------------------------------

    @property
    def preset(self) -> Preset:
        return Preset(self.presets.currentItem().data(Qt.ItemDataRole.UserRole))

    @property
    def counting(self) -> bool:
        return self._ticket is not None

    def _choose(self) -> None:
        self.choices.show_preset(self.preset)
        self.count()

    def count(self) -> None:
        """Reads the report anew; the one before stays on display until then."""
        if not self.may:
            return
        self._pause.stop()
        self.message.clear()
        wish = self.choices.wish(self.preset)
        self.bar.setRange(0, 0)
        self._wait.start()
        self._ticket = self.context.operations.stream(
            lambda queries, ticket: reporting.stream(queries, wish, lambda: ticket.cancelled),
            piece=self._take,
            finished=self._settle,
            failed=self._failed,
            key=f"report:{id(self)}",
        )

    def stop(self) -> None:
        """What is counted is given up."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._settle()
            self.subtitle.setText("Stopped. Press Count again for these choices.")

    def _take(self, found: Progress | Report) -> None:
        if isinstance(found, Progress):
            self.bar.setRange(0, found.total)
            self.bar.setValue(found.done)
            self.bar.setFormat(f"{found.done} of {found.total} months")
            self._months = found.total
            return
        self.show_report(found)

    def _settle(self) -> None:
        self._ticket = None
        self._wait.stop()
        self.progress.hide()

    def _failed(self, error: ClinicDeskError) -> None:
        self._settle()
        self.message.show_error(error)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & MATTERS and self.isVisible() and self._months <= FOLLOWED:
            self._pause.start()

    def _on_roster(self) -> None:
        self.choices.today = self.today()
        if self.isVisible() and self.report is not None:
            self._pause.start()

    # -- showing -----------------------------------------------------------------------------

    def show_report(self, report: Report) -> None:
        if self.report is None or self.report.wish.preset is not report.wish.preset:
            self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.report = report
        self.model.show(report)
        header = self.table.horizontalHeader()
        self.model.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        clock = words.clock_words(self.context.clock.now(), self.source.zone)
        period = period_text(report.wish.first, report.wish.last)
        self.subtitle.setText(f"{report.title} · {period} · as of {clock}")
        self.notes.setText(" ".join(report.notes))
        self.export_button.setEnabled(bool(report.rows) and self.context.exporter is not None)
        if not report.rows:
            self.stack.setCurrentWidget(self.empty)
            self.empty.explain(
                "info",
                "Nothing to report",
                f"{PRESET_WORDS[report.wish.preset]}: no figures for {period}. Choose another "
                "period, or fewer filters.",
                "Last 12 months",
            )
            return
        self._draw(report)
        self.stack.setCurrentWidget(self.splitter)
        announce(self, f"{report.title}, {len(report.rows)} rows")

    def _draw(self, report: Report) -> None:
        if self.plot is not None and type(self.plot) is plots.kind_of(report):
            plots.fill(self.plot, report, self.theme)
            self._share_room()
            return
        self.plot = plot = plots.make(report, self.theme)
        plot.read.connect(self._on_read)
        plot.activated.connect(self._open)
        # the old one is deleted by the scroll area
        self.place.setWidget(plot)
        if isinstance(plot, RowPlot):
            plot.setSizePolicy(plot.sizePolicy().horizontalPolicy(), plot.sizePolicy().Policy.Fixed)
        self._share_room()

    def _share_room(self) -> None:
        """Half for the plot and half for the table; above one another, no more for few rows than
        they need."""
        if self.splitter.orientation() is Qt.Orientation.Horizontal:
            whole = max(2, self.splitter.width())
            plot = max(whole // 3, min(whole // 2, whole - self.table.wanted_width()))
        else:
            whole = max(2, self.splitter.height())
            plot = max(whole // 2, min(whole * 3 // 5, self.theme.px(160)))
            if isinstance(self.plot, RowPlot):
                plot = min(plot, self.plot.sizeHint().height() + 8)
        self.splitter.setSizes([plot, whole - plot])

    def _on_read(self, index: int) -> None:
        """The row of what is read in the plot."""
        if index < 0 or self.report is None:
            return
        at = self.model.index(self.model.place_of(index), 0)
        self.table.selectionModel().setCurrentIndex(
            at,
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows,
        )

    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        plot = self.plot
        if plot is None or not self.table.hasFocus() or now.row() >= len(self.model.order):
            return
        plot.read_at(self.model.order[now.row()], pointer=True)

    def _open_row(self, row: int) -> None:
        if 0 <= row < len(self.model.order):
            self._open(self.model.order[row])

    def _open(self, index: int) -> None:
        """A day is opened in the calendar."""
        report = self.report
        if report is None or index >= len(report.keys):
            return
        key = report.keys[index]
        if isinstance(key, date) and report.wish.group is GroupBy.DAY:
            self.show_day_requested.emit((key, None))

    # -- files and keys ----------------------------------------------------------------------

    def export(self, kind: str) -> None:
        """Asks where to, and writes what is on display."""
        if self.report is not None and self.report.rows and self.export_button.isEnabled():
            self.files.ask(self.report, kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_F5:
            self.count()
        elif event.key() == Qt.Key.Key_S and control and self.export_button.isEnabled():
            self.export_button.showMenu()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.hasFocus():
            self._open_row(self.table.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape and self.counting and self.progress.isVisible():
            self.stop()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        beside = self.width() >= self.theme.px(BESIDE)
        way = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self.splitter.orientation() is not way:
            self.splitter.setOrientation(way)
        if event.oldSize().width() != event.size().width():
            self._share_room()
