"""Has the clinic's policy on old details of the audit trail kept, step by step on the writer."""

from __future__ import annotations

from clinic_desk.services.audit_commands import EmptyOldDetails
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.runtime.operations import Operations

STEP = 2000
"""Entries of one step: what a person does meanwhile waits for no more."""


def keep_policy(operations: Operations) -> None:
    """Goes on until nothing is left; what the store or a missing log-in refuses is tried again
    the next time."""

    def done(outcome: Outcome) -> None:
        if outcome.value == STEP:
            keep_policy(operations)

    operations.run(
        EmptyOldDetails(most=STEP, initiator="retention"), done=done, refused=lambda _: None
    )
