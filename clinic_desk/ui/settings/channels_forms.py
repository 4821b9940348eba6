"""The fields of each way to patients, and how they stand in the clinic's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.message_rules import LONGEST_DELAY, NO_QUIET, quiet_fault
from clinic_desk.domain.messages import Channel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import setting_words
from clinic_desk.ui.models.setting_words import RULES, WEBHOOK, Choices
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.fields import (
    LONGEST_FIELD,
    ChoiceField,
    LongTextField,
    ManyField,
    NumberField,
    SwitchField,
    TextField,
)
from clinic_desk.ui.widgets.forms.form import Form

KEPT, NONE_YET = "kept in this computer’s keyring", "none in this computer’s keyring"
UNREAD = "this computer’s keyring is locked or does not answer"
PHONES = (Channel.SMS, Channel.WHATSAPP)
SECRET = "secret"
HEADS = "headedRows"
"""The property of a heading that names the rows below it."""

_SMTP = ("host", "port", "security", "unprotected", "user", SECRET, "reply_to")
_TWILIO = ("account", "url", SECRET)
_GENERIC = ("account", "url", "method", "headers", "body", "success", "reference", SECRET)


class SecretField(QWidget):
    """A password that is never shown again. ``value`` is what was typed now, empty for none."""

    edited = Signal()
    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit(self)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setPlaceholderText("looking into the keyring …")
        self.line.setMaximumWidth(LONGEST_FIELD)
        self.line.setMaxLength(500)
        self.line.textEdited.connect(self.edited)
        self.forget: QPushButton = push("Forget it", self, "link")
        self.forget.setAccessibleName("Forget the password in the keyring")
        self.forget.clicked.connect(self.forget_requested)
        self.forget.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 100)
        row.addWidget(self.forget)
        row.addStretch(1)
        self.setFocusProxy(self.line)

    def tell(self, kept: bool | None) -> None:
        """Whether there is one; None: the keyring does not say."""
        self.line.setPlaceholderText(KEPT if kept else NONE_YET if kept is False else UNREAD)
        self.forget.setVisible(bool(kept) and self.isEnabled())

    def value(self) -> str:
        return self.line.text()

    def put(self, value: str) -> None:
        self.line.setText(value)

    def raw(self) -> str:
        return self.line.text()


class QuietField(TextField):
    """ "20:00-08:00", or empty for no such hours."""

    def __init__(self) -> None:
        super().__init__("none", widest=160)

    def value(self) -> str:
        text = super().value() or NO_QUIET
        fault = quiet_fault(text)
        if fault:
            raise Refusal("bad_quiet", fault, field="quiet")
        return text

    def put(self, value: str) -> None:
        super().put("" if value == NO_QUIET else value)


class UpToField(NumberField):
    """A number from nought on."""

    def __init__(self, theme: Theme, unit: str, most: int, step: int) -> None:
        super().__init__(theme, unit, step=step)
        self._most = most

    def value(self) -> int:
        found: int | None = super().value()
        if found is None or not 0 <= found <= self._most:
            raise Refusal("bad_number", f"Type a number from 0 to {self._most:,}.")
        return found


@dataclass(frozen=True, slots=True)
class Way:
    """One row of the list at the left. ``prefix`` begins the names of its settings; ``usual`` are
    the values of those that are not stored. ``testable``: what is asked for before a test; None:
    it needs no address."""

    name: str
    title: str
    icon: str
    prefix: str
    usual: Mapping[str, Any]
    build: Callable[[Form, Way], None]
    testable: str | None = ""

    @property
    def channel(self) -> Channel | None:
        return Channel(self.name) if self.name in Channel.__members__.values() else None


def _head(form: Form, text: str, *names: str) -> None:
    """Over these rows; gone when all of them are."""
    form.heading(text).setProperty(HEADS, list(names))


def _add(form: Form, way: Way, name: str, field: QWidget, explained: str = "") -> None:
    """Under the label by which the trail tells of its changes too."""
    form.add(name, setting_words.WAYS[way.name].row(name).label, field, explained)


def _choices(way: Way, name: str) -> Choices:
    return setting_words.WAYS[way.name].row(name).choices


def _rules(form: Form, way: Way) -> None:
    form.heading("Which way, and when not")
    _add(
        form, way, "order", ChoiceField(_choices(way, "order"), widest=LONGEST_FIELD),
        "For patients who have chosen no way of their own. The first one that is in use, has an "
        "address and the patient’s consent is taken.",
    )  # fmt: skip
    _add(
        form, way, "unknown_consent",
        ChoiceField(_choices(way, "unknown_consent")),
        "For patients whose consent is neither given nor refused.",
    )  # fmt: skip
    _add(
        form, way, "quiet", QuietField(),
        "By the patient’s clock. Reminders come earlier instead; notices wait, unless the visit is "
        "too near.",
    )  # fmt: skip
    form.heading("What is told")
    purposes = ManyField("Nothing is told")
    purposes.offer(_choices(way, "purposes"))
    _add(form, way, "purposes", purposes)
    _add(
        form, way, "no_show_after",
        UpToField(form.theme, "minutes after it was marked", LONGEST_DELAY, 15),
    )  # fmt: skip
    _add(
        form, way, "payment_after",
        UpToField(form.theme, "days after the invoice was due", LONGEST_DELAY // 1440, 1),
    )  # fmt: skip


def _email(form: Form, way: Way) -> None:
    _add(form, way, "on", SwitchField("E-mails are sent to patients"))
    _add(form, way, "kind", ChoiceField(_choices(way, "kind")))
    _head(form, "Mail server", *_SMTP)
    _add(form, way, "host", TextField("smtp.clinic.example"))
    _add(form, way, "security", ChoiceField(_choices(way, "security")))
    _add(form, way, "port", NumberField(form.theme, none="usual"))
    _add(form, way, "unprotected", SwitchField("Send all the same; everybody on the way can read"))
    _add(form, way, "user", TextField("empty: no log-in"))
    form.add(SECRET, "Password", SecretField())
    _head(form, "Sender", "from")
    _add(form, way, "from", TextField("desk@clinic.example"))
    _add(form, way, "from_name", TextField("As patients know the clinic"))
    _add(form, way, "reply_to", TextField("empty: the same address"))
    _add(form, way, "folder", TextField("/home/desk/messages"), FOLDER)


FOLDER = (
    "For trying out: each message becomes a file in this folder and nothing is sent. Text files in "
    "its folder “replies” are read as answers: the sender in the first line, the words below."
)


APPROVED = (
    " For approved words: {{template}}, {{language}}, and {{variables}} or {{parameters}} without "
    "quotation marks around them."
)


def _phone(form: Form, way: Way) -> None:
    whatsapp = way.channel is Channel.WHATSAPP
    what = "WhatsApp messages are" if whatsapp else "SMS are"
    _add(form, way, "on", SwitchField(f"{what} sent to patients"))
    _add(form, way, "kind", ChoiceField(_choices(way, "kind"), widest=LONGEST_FIELD))
    _head(form, "Gateway", *_TWILIO)
    _add(form, way, "url", TextField("https://api.twilio.com"))
    _add(form, way, "account", TextField("AC…"))
    form.add(SECRET, "Secret", SecretField())
    _add(form, way, "from", TextField("+44 20 7946 0000"))
    _add(form, way, "method", ChoiceField(_choices(way, "method")))
    _add(
        form, way, "headers", LongTextField(form.theme, 3),
        "One in a line, such as Authorization: Bearer {{secret}}.",
    )  # fmt: skip
    _add(
        form, way, "body", LongTextField(form.theme, 5),
        "As the gateway’s manual has it, with {{to}}, {{text}}, {{from}}, {{key}}, {{account}} and "
        "{{secret}} where they go. Empty: a plain JSON object." + (APPROVED if whatsapp else ""),
    )  # fmt: skip
    _add(form, way, "success", TextField("any answer 2xx, or a path: status=ok"))
    _add(form, way, "reference", TextField("path in the answer: messages.0.id"))
    _add(form, way, "folder", TextField("/home/desk/messages"), FOLDER)


def _desktop(form: Form, way: Way) -> None:
    _add(form, way, "on", SwitchField("Notices appear at the desks"))
    _add(
        form, way, "names", SwitchField("Notices name the patient"),
        "Anybody who stands at the desk can read them.",
    )  # fmt: skip


def _webhook(form: Form, way: Way) -> None:
    _add(
        form, way, "on", SwitchField("Changes of visits are told to another program"),
        "Ids, times and states, signed; no names.",
    )  # fmt: skip
    _add(form, way, "url", TextField("https://example.org/clinic"))
    form.add(
        SECRET, "Signing secret", SecretField(),
        "The other program checks with it that an event is ours.",
    )  # fmt: skip


def _way(
    name: str, icon: str, build: Callable[[Form, Way], None], testable: str | None = ""
) -> Way:
    page = setting_words.WAYS[name]
    usual = {row.name: row.usual for row in page.rows}
    return Way(name, page.title, icon, page.prefix, usual, build, testable)


WAYS: tuple[Way, ...] = (
    _way(RULES, "settings", _rules, None),
    _way("email", "mail", _email, "you@clinic.example"),
    _way("sms", "sms", _phone, "+44 7700 900123"),
    _way("whatsapp", "chat", _phone, "+44 7700 900123"),
    _way("desktop", "bell", _desktop),
    _way(WEBHOOK, "database", _webhook),
)


def read(way: Way, stored: Mapping[str, object]) -> dict[str, Any]:
    """The values of the form by the settings, which are named in full; what is of another kind
    than it should be is as usual."""
    values = {}
    for name, usual in way.usual.items():
        found = stored.get(f"{way.prefix}{name}", usual)
        if isinstance(usual, tuple):
            found = tuple(found) if isinstance(found, list | tuple) else usual
        elif usual is None:
            found = found if type(found) is int else None
        elif type(found) is not type(usual):
            found = usual
        values[name] = found
    return values


def plain(value: Any) -> Any:
    """As it is stored."""
    return list(value) if isinstance(value, tuple) else value


def shown(way: Way, raws: Mapping[str, Any]) -> frozenset[str]:
    """Which fields there are to what is chosen above them."""
    names = {*way.usual}
    if way.name == WEBHOOK:
        return frozenset({*names, SECRET})
    if way.channel not in (Channel.EMAIL, *PHONES):
        return frozenset(names)
    kind = raws.get("kind")
    common = {"on", "kind"}
    if kind == "folder":
        mail = {"from", "from_name"} if way.channel is Channel.EMAIL else set()
        return frozenset({*common, "folder", *mail})
    if way.channel is Channel.EMAIL:
        kept = {*common, *_SMTP, "from", "from_name"}
        return frozenset(kept if raws.get("security") == "none" else kept - {"unprotected"})
    return frozenset({*common, "from", *(_GENERIC if kind == "generic" else _TWILIO)})
