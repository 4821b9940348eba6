"""The field of the caller's panel: somebody is found while their name or number is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.calls.face import CallFace
from clinic_desk.ui.models.patient_hits import AddRow
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.row_painting import HIT_HEIGHT

SHOWN_HITS = 6


class Who(QObject):
    """``edited``: what is typed now is another caller. ``chosen`` carries a patient's id,
    ``unknown`` what nobody on file has, ``on``: Enter again about the one who is chosen."""

    edited = Signal()
    chosen = Signal(str)
    unknown = Signal(str)
    on = Signal()

    def __init__(self, face: CallFace, searcher: PatientSearcher) -> None:
        super().__init__(face)
        self._face, self._searcher = face, searcher
        self.known = False
        """Somebody is chosen: Enter asks for nobody else."""
        self._enter_ahead = False
        face.edit.textEdited.connect(self._typed)
        face.edit.installEventFilter(self)
        face.list.clicked.connect(lambda index: self._choose(index.row()))
        searcher.answered.connect(self._answered)

    def forget(self) -> None:
        self.known = self._enter_ahead = False

    def clear(self) -> None:
        self._face.edit.clear()
        self._searcher.type("")

    def _typed(self, text: str) -> None:
        self._enter_ahead = False
        self.edited.emit()
        self._searcher.type(text)
        if not text.strip():
            self.show_hits()

    def _answered(self) -> None:
        self.show_hits()
        if self._enter_ahead:
            self._enter_ahead = False
            self._choose(max(0, self._face.list.currentIndex().row()))

    def show_hits(self) -> None:
        face, model = self._face, self._searcher.model
        rows = model.rowCount()
        shown = rows > 0 and not self.known and bool(face.edit.text().strip())
        face.list.setVisible(shown)
        face.hint.setVisible(not shown and not self.known)
        if shown:
            face.list.setFixedHeight(face.theme.px(HIT_HEIGHT) * min(rows, SHOWN_HITS) + 4)
            face.list.setCurrentIndex(model.index(0, 0))

    def _enter(self) -> None:
        if not self._face.edit.text().strip():
            return
        if self.known:
            self.on.emit()
        elif self._searcher.settled:
            self._choose(max(0, self._face.list.currentIndex().row()))
        else:
            self._enter_ahead = True
            self._searcher.hurry()
            # what is typed from now on is for the offers, not for the name
            self._face.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, number: int) -> None:
        row = self._searcher.model.row(number)
        if isinstance(row, PatientHit):
            self.chosen.emit(row.id)
        elif isinstance(row, AddRow):
            self.unknown.emit(row.text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        hits = self._face.list
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not event.isAutoRepeat():
                    self._enter()
                return True
            case Qt.Key.Key_Down | Qt.Key.Key_Up if hits.isVisible():
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                model = self._searcher.model
                at = min(max(hits.currentIndex().row() + step, 0), model.rowCount() - 1)
                hits.setCurrentIndex(model.index(at, 0))
                return True
        return False
