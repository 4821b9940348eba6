"""Messages written into a folder instead of sent: for a made-up clinic and for trying out.

What is laid as a text file into ``replies`` inside it is read as an answer: the sender's number
or address in the first line, the words after it. The sender tells by which channel it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path

from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import Channel, Delivery
from clinic_desk.integrations.messaging.mail import Sender, built
from clinic_desk.services.message_ports import Answered, Envelope, Polled, Receipt
from clinic_desk.services.outbox_faults import Rejected, Unreachable

REPLIES = "replies"
WHATSAPP = "whatsapp:"
LONGEST = 20_000
"""Bytes of an answer that are read."""


class FolderTransport:
    """``message_ports.Transport``. One file for each message, named after its key: the same
    message twice is the same file."""

    def __init__(
        self, channel: Channel, folder: Path, clock: Clock, sender: Sender | None = None
    ) -> None:
        self._channel, self._folder, self._clock = channel, folder, clock
        self._sender = sender or Sender("clinic@localhost", "Clinic")

    def ready(self) -> None:
        """Nothing is asked of anybody."""

    def send(self, envelope: Envelope) -> Receipt:
        mail = self._channel is Channel.EMAIL
        name = sha256(envelope.key.encode()).hexdigest()[:24] + (".eml" if mail else ".txt")
        if mail:
            try:
                told = built(envelope, self._sender, self._clock.now()).as_bytes()
            except ValueError as error:
                raise Rejected("The patient’s e-mail address is not complete.") from error
        else:
            heads = [f"To: {envelope.address}"]
            if envelope.approved:
                heads.append(f"Template: {envelope.approved}")
                heads += [f"{{{{{n}}}}}: {one}" for n, one in enumerate(envelope.values, start=1)]
            told = "\n".join((*heads, "", envelope.body, "")).encode()
        target = self._folder / name
        part = target.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(told)
            part.replace(target)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise Unreachable(
                "The folder for messages cannot be written to; choose another one."
            ) from error
        return Receipt(provider_id=name, delivery=Delivery.FOLDER)

    def poll(self, since: str, sent: Sequence[str]) -> Polled:  # noqa: ARG002
        found = []
        try:
            files = sorted((self._folder / REPLIES).glob("*.txt"))
            for path in files:
                with path.open("rb") as file:
                    text = file.read(LONGEST).decode("utf-8", "replace").lstrip("\ufeff")
                first, _, rest = text.partition("\n")
                channel, sender = _sender(first.removeprefix("From:"))
                if channel is not self._channel:
                    continue  # several channels may share one folder
                made = path.stat()
                found.append(
                    Answered(
                        channel=self._channel,
                        # two files of one name are two answers when they were written anew
                        provider_id=f"{path.name}:{made.st_mtime_ns}",
                        sender=sender,
                        text=rest.strip(),
                        received_at=datetime.fromtimestamp(made.st_mtime, UTC),
                    )
                )
        except OSError as error:
            raise Unreachable("The folder for messages cannot be read.") from error
        return Polled(answers=tuple(found), cursor=since)

    def test(self, address: str) -> str:
        self.send(
            Envelope(
                id="test",
                key=f"test:{self._clock.now().isoformat()}",
                channel=self._channel,
                address=address,
                subject="Test from Clinic Desk",
                body="This is a test.",
            )
        )
        return f"A test was written into {self._folder}. Nothing was sent."


def _sender(text: str) -> tuple[Channel, str]:
    """By which channel somebody answers: an address by e-mail, "whatsapp:+44…" by WhatsApp, any
    other number by SMS."""
    if "@" in text:
        return Channel.EMAIL, parseaddr(text)[1] or text.strip()
    number = re.sub(r"[\s().-]", "", text)
    if number.lower().startswith(WHATSAPP):
        return Channel.WHATSAPP, number[len(WHATSAPP) :]
    return Channel.SMS, number
