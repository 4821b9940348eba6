"""The section about channels in the real window, on a real clinic, with real servers to try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.app import store_keys
from clinic_desk.domain.messages import Channel
from clinic_desk.integrations.messaging import transports
from clinic_desk.services.message_ports import ChannelState
from clinic_desk.services.secrets import KeyringState
from clinic_desk.ui.settings import channels_frame
from clinic_desk.ui.settings.channels import ChannelsPanel
from clinic_desk.ui.settings.channels_forms import KEPT, NONE_YET, UNREAD
from clinic_desk.ui.settings.channels_trial import state_words
from tests.fakes.certificates import trust
from tests.fakes.first_start import FirstStart
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.keeper import MemoryKeeper
from tests.fakes.smtp_server import smtp_server

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _patient(long_waits: None) -> None:
    """A busy machine takes its time."""


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> MemoryKeeper:
    made = MemoryKeeper()
    made.standing = KeyringState.MISSING
    monkeypatch.setattr(store_keys, "keeper", lambda: made)
    monkeypatch.setattr(transports.KeyringTransports.__init__, "__defaults__", (trust, None))
    return made


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot, keeper: MemoryKeeper) -> Iterator[FirstStart]:
    made = FirstStart(tmp_path / "data", owned=True)
    keeper.standing = KeyringState.USABLE
    yield made
    made.close()


@pytest.fixture
def panel(start: FirstStart, qtbot: QtBot) -> ChannelsPanel:
    assert start.window.show_page("settings", "channels")
    found = start.window.centre.shown_page.panel("channels")
    assert isinstance(found, ChannelsPanel)
    qtbot.waitUntil(lambda: found.stored is not None)
    return found


def turn(qtbot: QtBot, panel: ChannelsPanel, name: str) -> None:
    panel.list.chosen.emit(name)
    qtbot.waitUntil(lambda: panel.way.name == name)


def target(panel: ChannelsPanel, name: str) -> QWidget:
    return panel.form.rows[name].target


def write(qtbot: QtBot, panel: ChannelsPanel, name: str, text: str) -> None:
    field = target(panel, name)
    qtbot.waitUntil(field.isVisible)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def choose(qtbot: QtBot, panel: ChannelsPanel, name: str, words: str) -> None:
    """By typing, as in every list of choices."""
    field = target(panel, name)
    qtbot.waitUntil(field.isVisible)
    field.setFocus()
    place = field.findText(words)  # type: ignore[attr-defined]
    assert place >= 0
    field.setCurrentIndex(place)  # type: ignore[attr-defined]
    field.activated.emit(place)  # type: ignore[attr-defined]


def press(qtbot: QtBot, button: QWidget) -> None:
    assert isinstance(button, QAbstractButton)
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    qtbot.mouseClick(button, LEFT)


def tick(qtbot: QtBot, box: QWidget) -> None:
    """At its square: what is written beside it may be shorter than the row."""
    qtbot.waitUntil(lambda: box.isVisible() and box.isEnabled())
    qtbot.mouseClick(box, LEFT, pos=QPoint(10, box.height() // 2))


def stored(start: FirstStart, name: str) -> object:
    return start.container.store.queries.setting(name, "clinic")


def said(qtbot: QtBot, panel: ChannelsPanel, part: str) -> None:
    def there() -> bool:
        return part in panel.trial.message.sentence

    qtbot.waitUntil(there)


def faulty(qtbot: QtBot, panel: ChannelsPanel, name: str, part: str) -> None:
    qtbot.waitUntil(lambda: part in panel.form.fault_of(name))
    assert target(panel, name).hasFocus()


def mail_server(qtbot: QtBot, panel: ChannelsPanel, port: int) -> None:
    turn(qtbot, panel, "email")
    tick(qtbot, target(panel, "on"))
    write(qtbot, panel, "host", "localhost")
    write(qtbot, panel, "port", str(port))
    write(qtbot, panel, "user", "desk")
    write(qtbot, panel, "secret", "open sesame")
    write(qtbot, panel, "from", "desk@clinic.example")


def test_email_is_set_up_tried_and_in_use(
    panel: ChannelsPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    with smtp_server("starttls", user="desk", password="open sesame") as server:
        mail_server(qtbot, panel, server.port)
        panel.trial.line.setText("me@clinic.example")
        assert panel.trial.button.text() == "Save and se&nd a test"
        press(qtbot, panel.trial.button)
        said(qtbot, panel, "localhost took the test e-mail")
    assert server.takers == [["me@clinic.example"]]
    assert keeper.kept["email"] == "open sesame"
    assert stored(start, "messages.email.on") is True
    assert stored(start, "messages.email.port") == server.port
    with start.container.store._reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, value FROM setting").fetchall()
    assert "sesame" not in str(rows)
    field = panel.form.rows["secret"].widget
    qtbot.waitUntil(lambda: field.line.placeholderText() == KEPT)  # type: ignore[attr-defined]
    assert field.value() == ""  # type: ignore[attr-defined]
    press(qtbot, field.forget)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: field.line.placeholderText() == NONE_YET)  # type: ignore[attr-defined]
    assert "email" not in keeper.kept


def test_bad_input_is_told_at_its_field(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    turn(qtbot, panel, "email")
    tick(qtbot, target(panel, "on"))
    write(qtbot, panel, "host", "smtp clinic")
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "host", "name alone")
    write(qtbot, panel, "host", "smtp.clinic.example")
    write(qtbot, panel, "port", "99999")
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "port", "1 to 65535")
    write(qtbot, panel, "port", "")
    write(qtbot, panel, "from", "desk")
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "from", "desk@clinic.example")
    write(qtbot, panel, "from", "desk@clinic.example")
    choose(qtbot, panel, "security", "None")
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "security", "Without encryption")
    assert stored(start, "messages.email.on") is None
    press(qtbot, panel.bar.discard)
    qtbot.waitUntil(lambda: not panel.dirty)


def test_a_test_that_fails_says_why_and_one_that_hangs_can_be_left(
    panel: ChannelsPanel, qtbot: QtBot
) -> None:
    with smtp_server("starttls", certificate="other", user="desk", password="p") as server:
        mail_server(qtbot, panel, server.port)
        panel.trial.line.setText("me@clinic.example")
        press(qtbot, panel.trial.button)
        said(qtbot, panel, "is for another name")
    with smtp_server("starttls", user="desk", password="open sesame") as server:
        server.plan.append("hang")
        write(qtbot, panel, "port", str(server.port))
        press(qtbot, panel.trial.button)
        qtbot.waitUntil(server.begun.is_set)
        press(qtbot, panel.trial.cancel)
        qtbot.waitUntil(panel.trial.button.isEnabled)
        qtbot.waitUntil(panel.trial.button.hasFocus)
        server.hang_up()


def write_gateway(
    qtbot: QtBot, panel: ChannelsPanel, server: GatewayServer, account: str, secret: str = ""
) -> None:
    """SMS through this gateway, not saved yet."""
    turn(qtbot, panel, "sms")
    tick(qtbot, target(panel, "on"))
    write(qtbot, panel, "url", server.url)
    write(qtbot, panel, "account", account)
    if secret:
        write(qtbot, panel, "secret", secret)
    write(qtbot, panel, "from", "+44 20 7946 0000")


def test_an_sms_gateway_with_the_clinics_own_request(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    with gateway_server() as server:
        write_gateway(qtbot, panel, server, SID, server.secret)
        panel.trial.line.setText("seven")
        press(qtbot, panel.trial.button)
        said(qtbot, panel, "Type a whole number")
        panel.trial.line.setText("07700 900123")
        press(qtbot, panel.trial.button)
        said(qtbot, panel, "took the test message")
        assert [to for to, _ in server.sent()] == ["+447700900123"]
        choose(qtbot, panel, "kind", "Through another gateway, by HTTP")
        write(qtbot, panel, "headers", "Authorization: Bearer {{secret}}")
        write(qtbot, panel, "body", '{"to": "{{to}}", "text": {{text}')
        press(qtbot, panel.bar.save)
        faulty(qtbot, panel, "body", "{{text}}")
        write(qtbot, panel, "body", '{"to": "{{to}}", "text": "{{text}}", "from": "us"}')
        press(qtbot, panel.trial.button)
        qtbot.waitUntil(lambda: len(server.sent()) == 2)
        said(qtbot, panel, "took the test message")
    assert stored(start, "messages.sms.kind") == "generic"


def test_the_rules_for_all_are_saved_and_taken_back(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    write(qtbot, panel, "quiet", "late")
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "quiet", "20:00-08:00")
    write(qtbot, panel, "quiet", "21:00-07:30")
    choose(qtbot, panel, "order", "E-mail, then SMS, then WhatsApp")
    qtbot.keyClick(target(panel, "quiet"), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stored(start, "messages.quiet") == "21:00-07:30")
    qtbot.waitUntil(lambda: not panel.dirty and not panel.busy)
    assert stored(start, "messages.order") == ["email", "sms", "whatsapp"]
    undo = start.window.actions_["edit.undo"]
    qtbot.waitUntil(lambda: undo.isEnabled() and "For every way" in undo.text())
    qtbot.keyClick(target(panel, "purposes"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stored(start, "messages.quiet") is None)
    field = target(panel, "quiet")
    qtbot.waitUntil(lambda: field.text() == "20:00-08:00")  # type: ignore[attr-defined]


def test_what_is_not_saved_is_asked_about(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    write(qtbot, panel, "quiet", "22:00-07:00")
    panel.list.chosen.emit("sms")
    qtbot.waitUntil(lambda: "not saved" in panel.message.sentence)
    assert panel.way.name == "rules"
    (save, _discard, _stay) = panel.message.buttons()
    press(qtbot, save)
    qtbot.waitUntil(lambda: panel.way.name == "sms")
    assert stored(start, "messages.quiet") == "22:00-07:00"


def test_without_a_keyring_nothing_is_saved(
    panel: ChannelsPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.MISSING
    mail_server(qtbot, panel, 25)
    press(qtbot, panel.bar.save)
    faulty(qtbot, panel, "secret", "not kept")
    assert stored(start, "messages.email.on") is None
    keeper.standing = KeyringState.USABLE
    press(qtbot, panel.bar.save)
    qtbot.waitUntil(lambda: stored(start, "messages.email.on") is True)


def test_a_locked_keyring_is_told_at_the_field(
    panel: ChannelsPanel, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.LOCKED
    turn(qtbot, panel, "email")
    field = panel.form.rows["secret"].widget
    qtbot.waitUntil(lambda: field.line.placeholderText() == UNREAD)  # type: ignore[attr-defined]


def test_a_notice_at_the_desk_is_tried(panel: ChannelsPanel, qtbot: QtBot) -> None:
    turn(qtbot, panel, "desktop")
    assert not panel.trial.line.isVisible()
    press(qtbot, panel.trial.button)
    said(qtbot, panel, "under the bell")


def test_tab_goes_from_the_list_through_the_fields_to_save(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    turn(qtbot, panel, "webhook")
    panel.list.setFocus()
    wanted = [target(panel, name) for name in ("on", "url", "secret")] + [panel.trial.button]
    qtbot.waitUntil(panel.trial.button.isEnabled)
    for widget in wanted:
        start.press(Qt.Key.Key_Tab)
        qtbot.waitUntil(widget.hasFocus)
    start.press(Qt.Key.Key_Backtab)
    start.press(Qt.Key.Key_Backtab)
    qtbot.waitUntil(wanted[1].hasFocus)
    start.type("https://example.org/clinic")
    start.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stored(start, "webhook.url") == "https://example.org/clinic")


@pytest.mark.parametrize(
    ("failures", "words"),
    [
        (1, "The last attempt failed: It is full."),
        (2, "The last 2 attempts failed: It is full."),
    ],
)
def test_failed_attempts_are_counted_in_words(failures: int, words: str) -> None:
    state = ChannelState(
        channel=Channel.SMS,
        on=True,
        failures=failures,
        open_until=None,
        last_error="It is full.",
        waiting=0,
        last_sent_at=None,
    )
    assert state_words(state, "Europe/London", datetime(2026, 11, 21, 9, tzinfo=UTC)) == words


def rest(start: FirstStart, sentence: str) -> None:
    """As the program notes by itself that nothing can go by SMS."""
    with start.container.store.unit_of_work(start.container.actor) as work:
        work.rest_service("sms", sentence)
        work.commit()


def test_a_way_at_fault_says_why_and_a_save_has_it_tried_again(
    panel: ChannelsPanel, start: FirstStart, qtbot: QtBot
) -> None:
    with gateway_server() as server:
        write_gateway(qtbot, panel, server, "AC0")
        press(qtbot, panel.bar.save)
        qtbot.waitUntil(lambda: stored(start, "messages.sms.on") is True and not panel.busy)
        start.window.show_page("messages")
        qtbot.waitUntil(lambda: not panel.isVisible())
        rest(start, "The gateway does not know this account.")
        start.window.show_page("settings", ("channels", "sms"))
        qtbot.waitUntil(lambda: "Nothing goes: The gateway does" in panel.trial.state.text())
        assert [one.tag for one in panel.list.rows() if one.id == "sms"] == ["at fault"]
        write(qtbot, panel, "account", SID)
        press(qtbot, panel.bar.save)
        qtbot.waitUntil(lambda: "Nothing goes" not in panel.trial.state.text())


def test_what_stands_in_an_empty_field_fits_the_kind_of_gateway(
    panel: ChannelsPanel, qtbot: QtBot
) -> None:
    turn(qtbot, panel, "whatsapp")
    line = target(panel, "url")
    qtbot.waitUntil(lambda: "twilio" in line.placeholderText())  # type: ignore[attr-defined]
    choose(qtbot, panel, "kind", "Through another gateway, by HTTP")
    qtbot.waitUntil(lambda: "twilio" not in line.placeholderText())  # type: ignore[attr-defined]


def test_who_may_not_change_them_is_told_why_at_every_way(
    start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.kept["sms"] = "open sesame"
    monkeypatch.setattr(channels_frame, "why_not", lambda *_: "It takes the permission.")
    assert start.window.show_page("settings", "channels")
    panel = start.window.centre.shown_page.panel("channels")
    qtbot.waitUntil(lambda: panel.stored is not None)
    for name in ("sms", "webhook", "email"):
        turn(qtbot, panel, name)
        qtbot.waitUntil(lambda: panel.message.sentence == "It takes the permission.")
    turn(qtbot, panel, "sms")
    field = panel.form.rows["secret"].widget
    qtbot.waitUntil(lambda: field.line.placeholderText() == KEPT)
    assert field.forget.isHidden()
    assert not panel.trial.button.isEnabled()
