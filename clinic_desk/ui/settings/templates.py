"""What messages say: a text for each occasion, channel and language, with a preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.messages import (
    Channel,
    MessageTemplate,
    Purpose,
)
from clinic_desk.domain.permissions import Permission
from clinic_desk.services import message_preview
from clinic_desk.services.message_checking import BadText
from clinic_desk.services.message_commands import ResetTemplate, SaveTemplate
from clinic_desk.services.message_preview import Look, Words, facts_for
from clinic_desk.services.message_rendering import TemplateText
from clinic_desk.services.message_words import Place, built_in
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.runtime.allowed import why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.settings.templates_editor import TemplateEditor, TemplateFoot
from clinic_desk.ui.settings.templates_list import TemplateList
from clinic_desk.ui.settings.templates_side import SERIES, Spread, TemplateSide
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import SAVED, Panel

SAVE, DISCARD, STAY = (
    WayOut("Save", "save"),
    WayOut("Drop the changes", "discard"),
    WayOut("Stay", "stay"),
)
INITIATOR = "settings.templates"
PAUSE = 120
"""Milliseconds after the last key until the preview follows."""


class TemplatesPanel(Panel):
    """Opened with a (purpose, channel, language), or with nothing."""

    counts = SAVED

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._words: Words | None = None
        self._view: AppointmentView | None = None
        self.place: Place = (Purpose.REMINDER, Channel.SMS, "en")
        self._stored = TemplateText()
        self._revision: int | None = None
        self._busy = False
        self._asked_for: Place | None = None
        self._after: Callable[[], None] | None = None
        self.why_not = why_not(context.actor, Permission.EDIT_SETTINGS)
        theme = context.theme
        self.message = InlineMessage(theme, self)
        self.message.chosen.connect(self._on_way_out)
        self.message.dismissed.connect(self.back_to_cursor)
        self.places = TemplateList(theme, self)
        self.places.turned.connect(self.turn_to)
        self.title = InkLabel(theme, "", bold=True, parent=self)
        self.state = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.editor = TemplateEditor(theme, self)
        self.editor.set_editable(not self.why_not)
        self.editor.edited.connect(self._on_edit)
        self.side = TemplateSide(theme, self)
        self.side.names.wanted.connect(self.editor.insert)
        self.side.visit_chosen.connect(self._on_visit)
        self.side.copied.connect(
            lambda: self.toast_requested.emit(
                "The words to be approved are in the clipboard", False
            )
        )
        self.foot = TemplateFoot(self)
        self.foot.begin.clicked.connect(self.begin)
        self.foot.reset.clicked.connect(self.reset)
        self.foot.drop.clicked.connect(self.drop)
        self.foot.save.clicked.connect(self.save)
        self.setFocusProxy(self.places)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._ask_look)
        keys = QShortcut(QKeySequence("Ctrl+S"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.save)
        self._lay_out()
        context.operations.changed.connect(self._on_changes)
        self._tell()

    def _lay_out(self) -> None:
        text = QWidget()
        middle = QVBoxLayout(text)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(6)
        middle.addWidget(self.title)
        middle.addWidget(self.state)
        middle.addWidget(self.editor, 1)
        middle.addWidget(self.foot)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self.places)
        across.addWidget(Spread(self._context.theme, text, self.side), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(8)
        column.addWidget(self.message)
        column.addLayout(across, 1)

    # what the settings page asks

    @property
    def dirty(self) -> bool:
        return self._words is not None and self.editor.text != self._stored

    def open(self, what: object = None) -> None:
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)
        if isinstance(what, tuple) and len(what) == 3:
            self._asked_for = what
        self.read()

    def sought(self) -> Mapping[str, QWidget]:
        return {
            "language": self.places.language,
            "template": self.places.list,
            "subject": self.editor.subject,
            "approved": self.editor.subject,
            "body": self.editor.body,
            "visit": self.side.visit,
            "placeholders": self.side.names,
        }

    def focus_on(self, name: str) -> bool:
        way = {"subject": Channel.EMAIL, "approved": Channel.WHATSAPP}.get(name)
        if way is not None and self.place[1] is not way:
            self.turn_to((self.place[0], way, self.place[2]))
        return super().focus_on(name)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.places.fit(self.width())

    def follow_rights(self) -> bool:
        return self.why_not == why_not(self._context.actor, Permission.EDIT_SETTINGS)

    def leave(self) -> bool:
        if not self.dirty:
            return True
        self._ask_first(self.leave_allowed.emit)
        return False

    def _ask_first(self, then: Callable[[], None]) -> None:
        """What becomes of the words that are not saved, before something else happens."""
        self._after = then
        self.note_cursor(self.message)
        name = self._words.name(self.place) if self._words is not None else "Messages"
        self.message.say(Tone.WARN, f"{name}: the words are not saved yet.", (SAVE, DISCARD, STAY))
        buttons = self.message.buttons()
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_way_out(self, way: WayOut) -> None:
        then, self._after = self._after, None
        self.message.clear()
        self.back_to_cursor()
        if way == SAVE:
            self._after = then
            self.save()
        elif way == DISCARD:
            self.drop()
            if then is not None:
                then()

    # reading

    def read(self) -> None:
        now = self._context.clock.now()
        self._context.operations.ask(
            lambda queries: message_preview.words(queries, now),
            done=self._take,
            failed=self.message.say_error,
            key=f"templates:{id(self)}",
        )

    def _take(self, words: Words) -> None:
        first = self._words is None
        self._words = words
        if first:
            self.place = (Purpose.REMINDER, Channel.SMS, words.clinic)
        self.side.show_visits(words.visits, words.roster)
        asked, self._asked_for = self._asked_for, None
        if first:
            self._show(asked or self.place)
        else:
            self._follow(words)
            if asked is not None:
                self.turn_to(asked)

    def _follow(self, words: Words) -> None:
        """The words at this place may have been changed, here or at another desk."""
        typed, before = self.editor.text, self._stored
        stored, revision = words.kept(self.place)
        self._revision = revision
        if self._busy:
            return
        if typed != before and stored not in (before, typed):
            self.message.say(
                Tone.WARN,
                "These words were changed at another desk meanwhile. What you wrote is still here; "
                "drop it to see theirs, or save it in its place.",
            )
        self._stored = stored
        if typed == before and typed != stored:
            self.editor.take(stored, self.place[1])
        self._refresh()

    # one place

    def turn_to(self, place: Place) -> None:
        """Shows another text, after the question of what becomes of this one."""
        if place == self.place:
            self._refresh()
        elif self.dirty:
            self._refresh()  # the list stays where the words are
            self._ask_first(partial(self._show, place))
        else:
            self._show(place)

    def _show(self, place: Place) -> None:
        self.place = place
        if self._words is not None:
            self._stored, self._revision = self._words.kept(place)
        self.editor.take(self._stored, place[1])
        self.side.names.show_for(place[0])
        self._refresh()

    def _refresh(self) -> None:
        """Everything around the words."""
        if self._words is not None:
            self.places.show_place(self._words, self.place)
        self._tell()
        self._ask_look()

    def _on_visit(self, visit_id: str) -> None:
        if visit_id in ("", SERIES):
            self._view = None
            self._ask_look()
            return

        def seen(view: AppointmentView) -> None:
            if self.side.chosen == visit_id:
                self._view = view
                self._ask_look()

        self._context.operations.ask(
            lambda queries: queries.appointment(visit_id),
            done=seen,
            failed=self.message.say_error,
            key=f"templates-visit:{id(self)}",
        )

    # preview

    def _on_edit(self) -> None:
        self._tell()
        self._timer.start()

    def _ask_look(self) -> None:
        """Off the main thread, dates and long texts included."""
        words = self._words
        if words is None:
            return
        text, (purpose, channel, language) = self.editor.text, self.place
        view, now = self._view, self._context.clock.now()
        gateway = str(words.settings.get("messages.whatsapp.kind") or "")
        series = self.side.chosen == SERIES

        def question(_queries: object) -> Look:
            facts = facts_for(purpose, channel, words, now, view, series=series)
            return message_preview.look(facts, text.subject, text.body, language, channel, gateway)

        self._context.operations.ask(
            question,
            done=self._take_look,
            failed=self.message.say_error,
            key=f"templates-look:{id(self)}",
        )

    def _take_look(self, look: Look) -> None:
        blank = not (self.editor.text.subject + self.editor.text.body).strip()
        untouched = blank and not self.dirty
        self.editor.show_problems(() if untouched else look.problems)
        self.side.show_look(Look() if untouched else look, self.place[1])

    # writing

    def save(self) -> None:
        if self.why_not or self._busy or not self.dirty:
            return
        purpose, channel, language = self.place
        typed = self.editor.text
        self._busy = True
        self._tell()

        def saved(outcome: Outcome) -> None:
            self._busy = False
            self._stored = typed
            self.editor.saved()
            self.message.clear()
            self._done(outcome)

        self._context.operations.run(
            SaveTemplate(
                template=MessageTemplate(
                    id="",
                    purpose=purpose,
                    channel=channel,
                    language=language,
                    subject=typed.subject,
                    body=typed.body,
                ),
                expected_revision=self._revision,
                initiator=INITIATOR,
            ),
            done=saved,
            refused=self._refused,
        )

    def reset(self) -> None:
        """To the built-in words, at once: it is taken back by Ctrl+Z."""
        if self.why_not or self._busy:
            return
        self._busy = True
        self.drop()

        def back(outcome: Outcome) -> None:
            self._busy = False
            self.message.clear()
            self._done(outcome)

        about, way, code = self.place
        command = ResetTemplate(purpose=about, channel=way, language=code, initiator=INITIATOR)
        self._context.operations.run(command, done=back, refused=self._refused)

    def _done(self, outcome: Outcome) -> None:
        self.toast_requested.emit(outcome.sentence or outcome.undo_label, True)
        then, self._after = self._after, None
        if then is not None:
            then()
        self.read()

    def _refused(self, error: ClinicDeskError) -> None:
        self._busy, self._after = False, None
        if isinstance(error, BadText):
            self.editor.show_problems((error,))
            self.editor.go_to(error)
        else:
            self.message.say_error(error)
        self.read()
        self._tell()

    def drop(self) -> None:
        self.editor.take(self._stored, self.place[1])
        self.message.clear()
        self._refresh()

    def begin(self) -> None:
        """For a language without words: those of another, to be translated."""
        if self._words is not None:
            self.editor.replace_all(self._words.instead(self.place)[0])
            self.editor.body.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changes(self, changes: Changes) -> None:
        if self._words is not None and changes.kinds & {"message_template", "external"}:
            self.read()

    # telling

    def _tell(self) -> None:
        words, own, brought = self._words, self._revision is not None, self.place in built_in()
        if words is not None:
            self.title.setText(words.name(self.place))
            self.state.setText(self.foot.name(words, self.place, own))
        self.foot.tell(
            self.why_not,
            free=not self._busy and words is not None,
            dirty=self.dirty,
            own=own,
            empty=not brought and not self.editor.text.body,
        )
