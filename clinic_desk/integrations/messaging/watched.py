"""A transport whose provider is not asked over and over with a log-in that it has just refused.

Some lock an account after a few wrong passwords. So what was refused is asked again after a while,
or at once when the settings or the password are others by now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clinic_desk.domain.ids import Clock
from clinic_desk.services.message_ports import Envelope, Polled, Receipt, Transport
from clinic_desk.services.outbox_faults import Unsettled

FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""The pause after a refusal, and to what it grows when each asking is refused again."""


@dataclass(slots=True)
class Refusals:
    """What the provider said last, and to which settings and password; empty: nothing against
    them."""

    sentence: str = ""
    since: datetime | None = None
    pause: timedelta = FIRST
    settings: tuple[str, str] = field(default=("", ""), repr=False)


class WatchedTransport:
    """``message_ports.Transport``. ``settings`` answers the settings and the password of now."""

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        refusals: Refusals,
        settings: Callable[[], tuple[str, str]],
    ) -> None:
        self.inner = inner
        self._clock, self._refusals, self._settings = clock, refusals, settings

    def ready(self) -> None:
        """Raises ``Unsettled`` during the pause after a refusal, without asking."""
        self.inner.ready()
        last = self._refusals
        if last.since is None or last.settings != self._settings():
            return
        if timedelta() <= self._clock.now() - last.since < last.pause:
            raise Unsettled(last.sentence)

    def send(self, envelope: Envelope) -> Receipt:
        try:
            receipt = self.inner.send(envelope)
        except Unsettled as error:
            self._refused(error.sentence)
            raise
        self._refusals.since = None
        return receipt

    def poll(self, since: str, sent: Sequence[str]) -> Polled:
        self.ready()
        try:
            return self.inner.poll(since, sent)
        except Unsettled as error:
            self._refused(error.sentence)
            raise

    def test(self, address: str) -> str:
        """A person asks, so it is asked."""
        told = self.inner.test(address)
        self._refusals.since = None
        return told

    def _refused(self, sentence: str) -> None:
        last, settings = self._refusals, self._settings()
        again = last.since is not None and last.settings == settings
        last.pause = min(LONGEST, last.pause * 2) if again else FIRST
        last.sentence, last.settings, last.since = sentence, settings, self._clock.now()
