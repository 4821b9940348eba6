"""What the section about channels asks of the outer rings. Every call may block: for seconds while
another computer is asked, for longer while somebody unlocks the keyring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel
from clinic_desk.services.patients import read_phone
from clinic_desk.ui.models.setting_words import WEBHOOK
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.settings.channels_forms import PHONES, Way, plain

NO_WAY = "This program cannot send messages."
NO_NUMBER = "Type a whole number, such as +44 7700 900123."


class Outlets:
    def __init__(self, context: Context) -> None:
        self._context = context

    def check(self, way: Way, values: Mapping[str, Any]) -> None:
        """What is in use must be usable; what is not may wait half done. Raises ``Refusal``."""
        if not values.get("on") or way.channel is Channel.DESKTOP:
            return
        if way.name == WEBHOOK and self._context.webhook is not None:
            self._context.webhook().publisher(str(values["url"]))
        elif way.channel is not None and self._context.transports is not None:
            self._context.transports().of(way.channel, settings_of(way, values))

    def has_secret(self, way: Way) -> bool | None:
        """None where nothing holds any. Raises ``Unreachable``."""
        if way.name == WEBHOOK:
            return self._context.webhook().has_secret() if self._context.webhook else None
        if way.channel is None or self._context.transports is None:
            return None
        return self._context.transports().has_secret(way.channel)

    def keep(self, way: Way, secret: str) -> None:
        """Empty forgets it. Raises ``Refusal`` without a keyring."""
        if way.name == WEBHOOK and self._context.webhook is not None:
            self._context.webhook().keep_secret(secret)
        elif way.channel is not None and self._context.transports is not None:
            self._context.transports().keep_secret(way.channel, secret)

    def test(self, way: Way, values: Mapping[str, Any], address: str, country: str) -> str:
        """A sentence for people. Numbers are read as those of ``country`` (ISO code) are written.
        Raises ``Refusal`` or ``Unreachable``."""
        if way.name == WEBHOOK and self._context.webhook is not None:
            return self._context.webhook().test(str(values["url"]), self._context.new_id())
        if way.channel is None or self._context.transports is None:
            raise Refusal("no_way", NO_WAY)
        if way.channel in PHONES:
            address = read_phone(address, country)
            if not address:
                raise Refusal("bad_number", NO_NUMBER)
        return self._context.transports().of(way.channel, settings_of(way, values)).test(address)


def settings_of(way: Way, values: Mapping[str, Any]) -> dict[str, object]:
    """As ``Transports.of`` takes them."""
    return {name: plain(value) for name, value in values.items() if name in way.usual}
