"""Saving a setting. What can be set is declared where it is used; here a value is checked to be
what any later version can read: a dotted key, a JSON value of reasonable size."""

from __future__ import annotations

import json
import re

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY, ROLE_KEY
from clinic_desk.services.work import Done, Work

SCOPES = ("desk", "clinic")
LARGEST = 64_000
"""Characters of JSON; a setting is no document."""

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_SECRET = re.compile(r"password|token|secret|api_?key", re.IGNORECASE)


def save(work: Work, command: SaveSetting) -> Done:
    """Value: the key. With a label it is an undo step, and told in the history before → after."""
    if command.scope not in SCOPES:
        raise Refusal("bad_scope", f"A setting belongs to {' or '.join(SCOPES)}.")
    if not _KEY.fullmatch(command.key):
        raise Refusal("bad_key", f"“{command.key}” is no name for a setting.")
    if _SECRET.search(command.key):
        raise Refusal("secret", "Secrets are kept in the system's keyring, never in settings.")
    try:
        text = json.dumps(command.value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refusal("bad_value", f"The value of {command.key} cannot be kept.") from None
    if len(text) > LARGEST:
        raise Refusal("too_long", f"The value of {command.key} is too large to keep.")
    sentence = ""
    if (command.key, command.scope) in ((ROLE_KEY, "desk"), (PERMISSIONS_KEY, "clinic")):
        from clinic_desk.services import roles  # seldom needed, and no part of the start

        if command.key == ROLE_KEY:
            roles.check_role(work, command.value)
        else:
            sentence = roles.decide(work, command.value)
    work.uow.save_setting(command.key, command.scope, command.value, undoable=bool(command.label))
    return Done(value=command.key, label=command.label, sentence=sentence)
