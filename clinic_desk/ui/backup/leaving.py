"""The last backup of the day: made when the window has been closed, and the program ends after."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.backup_ports import EXIT, BackupPlan, Backups, MadeBackup
from clinic_desk.services.ports import Progress
from clinic_desk.ui.backup.runner import Runner
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.farewell import FarewellCard

PATIENCE = 300
"""Milliseconds before anything is shown: usually it is done by then."""

LIMIT = 120_000
"""Milliseconds after which the program ends without."""

STAYS = 8_000
"""Milliseconds that the reason of a failure can be read."""

WIDTH = 460


class Leaving(QObject):
    """Begun with ``start``; ``then`` is called once, when there is a copy, or none was needed, or
    nobody wants to wait for it. ``written`` waits, off the main thread, for what the window still
    writes: a copy made before would lack it."""

    def __init__(
        self,
        theme: Theme,
        backups: Backups,
        plan: BackupPlan,
        then: Callable[[], None],
        limit: int = LIMIT,
        written: Callable[[Callable[[], bool]], None] | None = None,
    ) -> None:
        super().__init__()
        self.begun = False
        self._backups, self._plan, self._written = backups, plan, written
        self._then: Callable[[], None] | None = then
        self.runner = Runner(self)
        self.card = LeavingCard(theme)
        self.card.without.clicked.connect(self.end)
        self.runner.progressed.connect(self.card.show_progress)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self.card.show)
        self._limit = QTimer(self, singleShot=True, interval=limit)
        self._limit.timeout.connect(self.end)

    @property
    def over(self) -> bool:
        return self._then is None

    def hurry(self, limit: int, then: Callable[[], None]) -> None:
        """Somebody else waits for the end as well, and not so long."""
        first = self._then

        def both() -> None:
            if first is not None:
                first()
            then()

        self._then = both
        if self._limit.remainingTime() > limit:
            self._limit.start(limit)

    def start(self) -> None:
        self.begun = True
        self._patience.start()
        self._limit.start()
        self.runner.run("Backing up…", self._work, done=self._made, failed=self._failed)

    def end(self) -> None:
        """The program goes on to its end; a copy that is half made is removed."""
        then, self._then = self._then, None
        if then is None:
            return
        self._patience.stop()
        self._limit.stop()
        self.card.end()
        # what copies stops at the next page; a share that hangs is not waited for
        self.runner.close(5.0)
        then()

    def _work(self, progress: Progress) -> MadeBackup | None:
        if self._written is not None:
            self._written(lambda: progress(0, 1, "Saving…"))
        if not self._backups.unsaved():
            return None
        return self._backups.make(self._plan, EXIT, progress)

    def _made(self, made: MadeBackup | None) -> None:
        if made is not None and made.trouble:
            self._say(made.trouble)
        else:
            self.end()

    def _failed(self, error: ClinicDeskError) -> None:
        self._say(getattr(error, "sentence", str(error)))

    def _say(self, sentence: str) -> None:
        """For a while, or until somebody has read it."""
        self._patience.stop()
        self.card.tell(sentence)
        self.card.show()
        self._limit.start(min(STAYS, max(0, self._limit.remainingTime())))


class LeavingCard(FarewellCard):
    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            WIDTH,
            "Making the last backup…",
            "The program ends by itself when the copy has been checked.",
            bar="Progress of the backup",
            without="&Leave without",
        )
        self.bar.setRange(0, 1000)

    def show_progress(self, done: int, total: int, sentence: str) -> None:
        self.bar.setValue(round(1000 * done / max(1, total)))
        self.more.setText(sentence)

    def tell(self, sentence: str) -> None:
        """Instead of the progress."""
        self.words.setText("The last backup is not complete")
        self.more.setText(sentence)
        self.bar.hide()
        self.without.setText("&Close")
        self.adjustSize()
