"""What somebody who helps from afar is told: the port of the diagnostic report."""

from __future__ import annotations

from typing import Protocol


class Diagnosis(Protocol):
    def report(self) -> str:
        """Versions, counts and states; nothing that a person typed. Takes seconds at most; never
        on the main thread. Raises ``Fault`` when the clinic's file does not answer at all."""
        ...

    def metrics(self) -> str:
        """How the metrics of this desk stand, in a sentence; empty where nothing follows them."""
        ...
