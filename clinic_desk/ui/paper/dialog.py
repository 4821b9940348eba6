"""Print: what comes out is on the left, what decides about it on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.paper import SHEET_WORDS, PaperWish, SheetKind
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.paper import printers as printing
from clinic_desk.ui.paper.drawing import pdf, picture
from clinic_desk.ui.paper.making import make
from clinic_desk.ui.paper.marks import Sheet
from clinic_desk.ui.paper.options import WIDTH, Options
from clinic_desk.ui.paper.parts import day_title
from clinic_desk.ui.paper.preview import Preview
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.reading import lean_to_start

SIZE = QSize(1120, 716)
INITIATOR = "print"


class PrintDialog(CardDialog):
    """``start`` with what is to be printed. ``told`` carries what was done (a sentence for the
    toast). Every sheet that leaves is noted in the history before it does."""

    told = Signal(str, bool)

    def __init__(
        self,
        context: Context,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        printers: printing.Printers = printing.HERE,
    ) -> None:
        super().__init__(context.theme, "Print", parent)
        self.context, self.settings, self.printers = context, settings, printers
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.sheet: Sheet | None = None
        self._wanted: tuple[PaperWish, Sequence[SheetKind]] | None = None
        self._busy = self._making = False
        self._change = 0
        self._due: Callable[[], None] | None = None
        self._icons: list[tuple[QToolButton, str]] = []
        self.message = InlineMessage(theme, self)
        self.preview = Preview(theme, self._draw, self)
        self.options = Options(theme, settings, self)
        self.back, self.forth = (
            self._tool("chevron-left", "Previous page (Page Up)"),
            self._tool("chevron-right", "Next page (Page Down)"),
        )
        self.smaller = self._tool("zoom-out", "Smaller (Ctrl+−)")
        self.larger = self._tool("zoom-in", "Larger (Ctrl++)")
        self.place = InkLabel(theme, "", role="grid", ink="text2")
        self.zoom = InkLabel(theme, "Whole page", role="grid", ink="text2")
        self.printer = QComboBox(self)
        self.printer.setAccessibleName("Printer")
        self.copies = QSpinBox(self)
        self.copies.setRange(1, 99)
        self.copies.setAccessibleName("Copies")
        self.printer_label = field_label("P&rinter", self.printer, theme, self)
        self.copies_label = field_label("&Copies", self.copies, theme, self)
        self.none = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.cancel_button = push("Cancel", self)
        self.pdf_button = push("&Save as PDF…", self)
        self.print_button = push("&Print", self, "primary")
        self._pause = QTimer(self, singleShot=True, interval=60)
        self._pause.timeout.connect(self.make)
        self.keep_size(SIZE)
        self._lay_out()
        self._connect()

    def _tool(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        self._icons.append((button, icon))
        button.setToolTip(as_text(name))
        button.setAccessibleName(name.partition(" (")[0])
        return button

    def restyle(self) -> None:
        if not hasattr(self, "print_button"):
            return
        side = self.theme.px(28)
        for button, icon in self._icons:
            button.setIcon(self.theme.qicon(icon))
            button.setFixedSize(side, side)
        self.printer.setMinimumWidth(self.theme.px(220))
        self.copies.setMinimumWidth(self.theme.px(64))
        self.options.setFixedWidth(min(self.theme.px(WIDTH), self.width() // 2))
        self.preview.viewport().update()

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(4)
        for part in (self.back, self.place, self.forth):
            steps.addWidget(part)
        steps.addStretch(1)
        for part in (self.smaller, self.zoom, self.larger):
            steps.addWidget(part)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.preview, 1)
        left.addLayout(steps)
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addLayout(left, 1)
        both.addWidget(self.options)
        self.body.addWidget(self.message)
        self.body.addLayout(both, 1)
        row = self.footer_row
        below = (self.printer_label, self.printer, self.copies_label, self.copies, self.none)
        for widget in below:
            row.addWidget(widget, 1 if widget is self.none else 0)
        row.addStretch(0)
        for button in (self.cancel_button, self.pdf_button, self.print_button):
            row.addWidget(button)
        self._show_printers([])
        self.restyle()

    def _connect(self) -> None:
        self.options.changed.connect(self._changed)
        self.options.wrong.connect(self._wrong)
        self.preview.moved.connect(self._moved)
        self.preview.zoomed.connect(
            lambda percent: self.zoom.setText(f"{percent} %" if percent else "Whole page")
        )
        self.back.clicked.connect(lambda: self.preview.step(-1))
        self.forth.clicked.connect(lambda: self.preview.step(1))
        self.smaller.clicked.connect(lambda: self.preview.zoom_step(-1))
        self.larger.clicked.connect(lambda: self.preview.zoom_step(1))
        self.cancel_button.clicked.connect(self.reject)
        self.pdf_button.clicked.connect(self.ask_pdf)
        self.print_button.clicked.connect(self.print_now)
        self.source.changed.connect(self._begin)

    # -- what the window calls -------------------------------------------------------------------

    def start(self, wish: PaperWish, kinds: Sequence[SheetKind]) -> None:
        """``kinds`` are those that can be chosen, ``wish.sheet`` among them."""
        self._wanted = wish, kinds
        self.message.clear()
        self._outdated()
        self.preview.show_note("Laying out the pages…")
        self.context.operations.ask(
            lambda _queries: self.printers.names(),
            done=self._show_printers,
            failed=lambda _error: self._show_printers([]),
            key=f"printers:{id(self)}",
        )
        lean_to_start(self)
        self.show()
        self.raise_()
        self.activateWindow()
        self.preview.setFocus()
        self._begin()

    def _begin(self) -> None:
        roster = self.source.roster
        if self._wanted is None or roster is None:
            return
        wish, kinds = self._wanted
        self._wanted = None
        self.options.start(wish, kinds, roster, self._today())
        if self.options.check():
            self.make()

    def _changed(self) -> None:
        if self.options.wish() is not None:
            self._outdated()
            self._pause.start()

    def _outdated(self) -> None:
        """What is on show is not what was chosen last: it must not be printed any more."""
        self._change += 1
        self._making = True
        self._enable(None)

    def _today(self) -> date:
        return local_date(self.context.clock.now(), self.source.zone)

    def make(self) -> None:
        """Lays the pages out anew."""
        wish = self.options.wish()
        if wish is None:
            return
        self._pause.stop()
        change = self._change
        now = self.context.clock.now()
        look = self.options.look(self._family(), self._mirrored(), self._made())
        self.context.operations.ask(
            lambda queries: make(queries, wish, look, now),
            done=lambda sheet: self._take(sheet) if change == self._change else None,
            failed=self._failed,
            key=f"paper:{id(self)}",
        )

    def _family(self) -> str:
        return self.theme.font("body").family()

    def _mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _made(self) -> str:
        """ "Printed Tue 24 Nov 2026 10:42 · M. Keller · Front desk" """
        actor = self.context.actor
        local = self.context.clock.now().astimezone(zone(self.source.zone))
        desk = self.settings.get("desk.name") or actor.desk_name
        parts = (f"Printed {day_title(local.date())} {local:%H:%M}", actor.name, desk)
        return " · ".join(part for part in parts if part)

    def _take(self, sheet: Sheet) -> None:
        self.preview.show_sheet(sheet)
        self.subtitle_label.setText(sheet.title)
        self._making = False
        self._enable(sheet)
        due, self._due = self._due, None
        if due is not None:
            due()

    def _failed(self, error: ClinicDeskError) -> None:
        self._busy = self._making = False
        self._due = None
        self.message.say_error(error)
        if self.sheet is None:
            self.preview.show_note("There is nothing to show.")
        self._enable(self.sheet)

    def _wrong(self, sentence: str) -> None:
        if sentence:
            self._pause.stop()
            self._change += 1
            self._making, self._due = False, None
            self.message.say(Tone.WARN, sentence)
            if self.preview.sheet is None:
                self.preview.show_note("")
            self._enable(None)
        elif self.message.sentence:
            self.message.clear()
            self._changed()

    def _enable(self, sheet: Sheet | None) -> None:
        self.sheet = sheet
        ready = (sheet is not None or self._making) and not self._busy
        self.pdf_button.setEnabled(ready and self.context.exporter is not None)
        self.print_button.setEnabled(ready and self.printer.count() > 0)

    def _show_printers(self, found: list[str]) -> None:
        kept = self.printer.currentText()
        self.printer.clear()
        self.printer.addItems(found)
        if kept in found:
            self.printer.setCurrentText(kept)
        some = bool(found)
        for part in (self.printer_label, self.printer, self.copies_label, self.copies):
            part.setVisible(some)
        self.none.setText("" if some else printing.NONE_HERE)
        self.none.setVisible(not some)
        self._enable(self.sheet)

    def _draw(
        self, sheet: Sheet, number: int, width: int, ratio: float, take: Callable[[QImage], None]
    ) -> None:
        self.context.operations.ask(
            lambda _queries: picture(sheet, number, width, ratio), done=take
        )

    def _moved(self, number: int, total: int) -> None:
        self.place.setText(f"Page {number + 1} of {total}" if total else "")
        self.back.setEnabled(number > 0)
        self.forth.setEnabled(number + 1 < total)

    # -- out of the program ----------------------------------------------------------------------

    def _noted(self, sheet: Sheet, kind: str, then: Callable[[], None]) -> None:
        wish = self.options.wish()
        subject = (wish.visit_id or wish.patient_id or "") if wish is not None else ""
        self._busy = True
        self._enable(sheet)
        self.context.operations.run(
            NoteHandedOn(
                title=sheet.title, kind=kind, subject=subject, rows=sheet.rows,
                initiator=INITIATOR,
            ),
            done=lambda _outcome: then(),
            refused=self._failed,
        )  # fmt: skip

    def print_now(self) -> None:
        if self._making:
            self._due = self.print_now
            return
        sheet, name, copies = self.sheet, self.printer.currentText(), self.copies.value()
        if sheet is None or not name or self._busy:
            return
        job = SHEET_WORDS[self.options.kind]

        def put() -> None:
            self.context.operations.ask(
                lambda _queries: self.printers.put(sheet, name, copies, job),
                done=lambda _none: self._done(f"{plural(len(sheet.pages), 'page')} sent to {name}"),
                failed=self._failed,
            )

        self._noted(sheet, "paper", put)

    def ask_pdf(self) -> None:
        if self._making:
            self._due = self.ask_pdf
            return
        sheet = self.sheet
        if sheet is None or self._busy:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder) / sheet.file_name(hidden=CURTAIN.on))
        dialog = QFileDialog(self, "Save as PDF", start, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda text: self.save_pdf(Path(text)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_pdf(self, path: Path) -> None:
        sheet, exporter = self.sheet, self.context.exporter
        if sheet is None or exporter is None or self._busy:
            return
        path = path if path.suffix.lower() == ".pdf" else path.with_name(f"{path.name}.pdf")

        def write() -> None:
            self.context.operations.ask(
                lambda _queries: exporter().file(path, pdf(sheet)),
                done=lambda made: self._done(f"Saved {made}"),
                failed=self._failed,
            )

        self._noted(sheet, "pdf", write)

    def _done(self, sentence: str) -> None:
        self._busy = False
        self._enable(self.sheet)
        self.reject()
        self.told.emit(sentence, False)

    def reject(self) -> None:
        if not self._busy:
            self._wanted = self._due = None
            self._pause.stop()
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if focused in (self.cancel_button, self.pdf_button) and focused is not None:
                focused.click()
            elif self.print_button.isEnabled():
                self.print_now()
            else:
                self.ask_pdf()
        elif control and key == Qt.Key.Key_P:
            self.print_now()
        elif control and key == Qt.Key.Key_S:
            self.ask_pdf()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) or control:
            self.preview.keyPressEvent(event)
        else:
            super().keyPressEvent(event)
