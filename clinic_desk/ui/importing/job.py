"""Running previews and imports off the main thread, with progress and a way to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Flag
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.import_report import Importer, ImportOptions
from clinic_desk.ui.runtime.reporting import report as report_bug

log = logging.getLogger(__name__)


class ImportJob(QObject):
    """One worker thread. Signals arrive on the main thread."""

    previewed = Signal(object)
    preview_failed = Signal(object, str)
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(str)
    _posted = Signal(object)

    def __init__(self, importer: Importer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._importer = importer
        self._pool: ThreadPoolExecutor | None = None
        self._stop = Flag()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def preview(self, path: Path, options: ImportOptions, together: Sequence[Path] = ()) -> None:
        """``together`` are the files that one import would take in with this one."""

        def work() -> None:
            try:
                found = self._importer.preview(path, options, together)
            except ClinicDeskError as error:
                sentence = str(error)
                self._post(lambda: self.preview_failed.emit(path, sentence))
            except Exception as error:
                report_bug(log, "bug while previewing an import", error)
                self._post(
                    lambda: self.preview_failed.emit(path, "This file could not be understood.")
                )
            else:
                self._post(lambda: self.previewed.emit(found))

        self._begin(work)

    def run(self, paths: Sequence[Path], options: ImportOptions) -> None:
        self._stop.clear()

        def progress(done: int, total: int, sentence: str) -> bool:
            self._post(lambda: self.progressed.emit(done, total, sentence))
            return not self._stop.is_set()

        def work() -> None:
            try:
                report = self._importer.run(paths, options, progress)
            except ClinicDeskError as error:
                sentence = str(error)
                self._post(lambda: self.failed.emit(sentence))
            except Exception as error:
                report_bug(log, "bug while importing", error)
                self._post(
                    lambda: self.failed.emit(
                        "The import stopped because of a fault inside the program. What was taken "
                        "in so far is complete; start it again to go on."
                    )
                )
            else:
                self._post(lambda: self.finished.emit(report))

        self._begin(work)

    def stop(self) -> None:
        """After the batch under way; what was taken in stays."""
        self._stop.set()

    def shutdown(self) -> None:
        """Ends the thread; the next preview or import begins another."""
        self.stop()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, work: Callable[[], None]) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._pool.submit(work)

    def _post(self, call: Callable[[], None]) -> None:
        self._posted.emit(call)

    @Slot(object)
    def _deliver(self, call: Any) -> None:
        call()
