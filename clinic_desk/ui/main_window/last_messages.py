"""The end of the program waits a moment for messages that are due: five seconds at most, seen, and
nobody need wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.sending import Finish
from clinic_desk.ui.widgets.farewell import FarewellCard

WIDTH = 420


class LastMessages(QObject):
    """Begun with ``start``; ``then`` is called once, when nothing is due any more, the time is up,
    or nobody wants to wait."""

    def __init__(self, theme: Theme, finish: Finish, then: Callable[[], None]) -> None:
        super().__init__(finish)
        self._theme, self._finish = theme, finish
        self._then: Callable[[], None] | None = then
        self.card: FarewellCard | None = None
        finish.waiting.connect(self._show)
        finish.over.connect(self._end)

    def start(self) -> None:
        self._finish.start()

    def _show(self) -> None:
        if self.card is None and self._then is not None:
            self.card = FarewellCard(
                self._theme,
                WIDTH,
                "Sending the last messages…",
                "A few seconds at most. What is left goes when the program runs again, here or at "
                "another desk.",
                bar="Messages are being sent",
                without="&Leave now",
            )
            self.card.without.clicked.connect(self._finish.cut)
            self.card.show()

    def _end(self) -> None:
        then, self._then = self._then, None
        if self.card is not None:
            self.card.end()
            self.card = None
        if then is not None:
            then()


def begin(theme: Theme, finish: Finish, then: Callable[[], None]) -> None:
    LastMessages(theme, finish, then).start()
