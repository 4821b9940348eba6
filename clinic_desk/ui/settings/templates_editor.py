"""The fields of one template: subject and text, with what is wrong told at the line."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from clinic_desk.domain.messages import Channel
from clinic_desk.services.message_checking import BODY, MOST_TYPED, SUBJECT, BadText
from clinic_desk.services.message_preview import Words
from clinic_desk.services.message_rendering import TemplateText
from clinic_desk.services.message_words import Place, built_in
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.allowed import say_why
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push
from clinic_desk.ui.widgets.forms.yielding import YieldingLine, YieldingText, forget_typing

_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PARTS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")


SUBJECTS = {
    Channel.EMAIL: ("S&ubject", "Subject of the e-mail", ""),
    Channel.WHATSAPP: (
        "N&umber of the approved template",
        "Number of the template that WhatsApp has approved",
        "HX…; empty: free words",
    ),
}
"""Of the line above the text: label, accessible name, and what stands in it while it is empty."""


class _Ink(QSyntaxHighlighter):
    """Placeholders in the accent's colour, choices and notes behind them in grey."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        tokens = self._theme.tokens
        for found in _PARTS.finditer(text):
            ink = QTextCharFormat()
            ink.setForeground(tokens.accent if found.group().startswith("{{") else tokens.text2)
            # Qt counts in UTF-16
            start = _units(text[: found.start()])
            self.setFormat(start, _units(found.group()), ink)


def _units(text: str) -> int:
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


class TemplateEditor(QWidget):
    """``edited``: something was typed. ``subject`` holds that of an e-mail, and for WhatsApp the
    number of the approved words."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._quiet = False
        self._wrong: tuple[BadText, ...] = ()
        self._channel = Channel.SMS
        self.subject = YieldingLine(self)
        self.subject.setMaxLength(1000)
        self.body = YieldingText(self)
        self.body.setAccessibleName("Text of the message")
        self.body.setTabChangesFocus(True)
        self._ink = _Ink(self.body.document(), theme)
        self._last: QWidget = self.body
        self.subject_label = field_label("", self.subject, theme, self)
        self.body_label = field_label("&Text", self.body, theme, self)
        self.faults = {
            SUBJECT: InkLabel(theme, "", ink="refuse", wrap=True, parent=self),
            BODY: InkLabel(theme, "", ink="refuse", wrap=True, parent=self),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.subject_label)
        column.addWidget(self.subject)
        column.addWidget(self.faults[SUBJECT])
        column.addWidget(self.body_label)
        column.addWidget(self.body, 1)
        column.addWidget(self.faults[BODY])
        for label in self.faults.values():
            label.hide()
        self.subject.textChanged.connect(self._on_edit)
        self.body.textChanged.connect(self._on_edit)
        for field in (self.subject, self.body):
            field.installEventFilter(self)
        theme.changed.connect(self._mark)

    @property
    def text(self) -> TemplateText:
        """As it stands there, subject included only where there is one."""
        subject = self.subject.text() if not self.subject.isHidden() else ""
        return TemplateText(subject, self.body.toPlainText())

    def take(self, text: TemplateText, channel: Channel) -> None:
        """Shows a text; nothing is emitted, and there is no typing to take back."""
        self._quiet = True
        self._channel = channel
        label, spoken, hint = SUBJECTS.get(channel, ("", "", ""))
        for part in (self.subject, self.subject_label):
            part.setVisible(bool(label))
        self.subject_label.setText(label)
        self.subject.setAccessibleName(spoken)
        self.subject.setPlaceholderText(hint)
        self.subject.setText(text.subject)
        self.body.setPlainText(text.body)
        self.saved()
        self._quiet = False
        self.show_problems(())

    def saved(self) -> None:
        """Ctrl+Z is the program's from here on."""
        for field in (self.subject, self.body):
            forget_typing(field)

    def replace_all(self, text: TemplateText) -> None:
        """As if somebody had typed it: Ctrl+Z brings back what stood there."""
        if self._channel is Channel.EMAIL:
            # WhatsApp's number is that of the words in another language
            self.subject.selectAll()
            self.subject.insert(text.subject)
        cursor = QTextCursor(self.body.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text.body)

    def set_editable(self, may: bool) -> None:
        self.subject.setReadOnly(not may)
        self.body.setReadOnly(not may)

    def insert(self, name: str) -> None:
        """A placeholder where the keyboard was last."""
        if self.subject.isReadOnly():
            return
        words = f"{{{{ {name} }}}}"
        if self._last is self.subject and self._channel is Channel.EMAIL:
            self.subject.insert(words)
            self.subject.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.body.insertPlainText(words)
            self.body.setFocus(Qt.FocusReason.OtherFocusReason)

    # what is wrong

    def show_problems(self, problems: tuple[BadText, ...]) -> None:
        self._wrong = problems
        for name, field in ((SUBJECT, self.subject), (BODY, self.body)):
            found = next((one for one in problems if one.field == name), None)
            label = self.faults[name]
            many = name == BODY and self.body.blockCount() > 1
            told = "" if found is None else found.sentence
            if found is not None and many:
                told = f"Line {found.line}: {told}"
            label.setText(told)
            label.setVisible(bool(told))
            field.setAccessibleDescription(told)
            if bool(field.property("invalid") == "true") != (found is not None):
                field.setProperty("invalid", "true" if found is not None else "false")
                field.style().unpolish(field)
                field.style().polish(field)
        self._mark()

    def go_to(self, problem: BadText) -> None:
        """The keyboard to the line that is wrong."""
        if problem.field == SUBJECT:
            self.subject.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            block = self.body.document().findBlockByNumber(problem.line - 1)
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            self.body.setTextCursor(cursor)
            self.body.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.body, problem.sentence)

    def _mark(self) -> None:
        """The line that is wrong has a ground of its own."""
        marks = []
        for one in self._wrong:
            block = self.body.document().findBlockByNumber(one.line - 1)
            if one.field != BODY or not block.isValid():
                continue
            mark: Any = QTextEdit.ExtraSelection()  # its types differ between releases of Qt
            ground = QColor(self._theme.tokens.refuse)
            ground.setAlpha(40)
            mark.format.setBackground(ground)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(block)
            marks.append(mark)
        self.body.setExtraSelections(marks)

    # inside

    def _on_edit(self) -> None:
        if self._quiet:
            return
        subject = self.subject.text()
        if (whole := _LINE_ENDS.sub(" ", subject)) != subject:
            # what was pasted with a line end in it would not show that it has one
            self._quiet = True
            self.subject.selectAll()
            self.subject.insert(whole)
            self._quiet = False
        if len(self.body.toPlainText()) > 2 * MOST_TYPED:
            # a whole book was pasted: it is refused anyway, and must not make typing slow
            self._quiet = True
            self.body.setPlainText(self.body.toPlainText()[: 2 * MOST_TYPED])
            self._quiet = False
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._last = watched
        return False


class TemplateFoot(QWidget):
    """The buttons below a text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.begin = push("", self)
        self.reset = push("Back to the built-in words", self)
        self.drop = push("Drop the changes", self)
        self.save = push("Save", self, "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.reset)
        row.addWidget(self.begin)
        row.addStretch(1)
        row.addWidget(self.drop)
        row.addWidget(self.save)
        self.begin.hide()

    def name(self, words: Words, place: Place, own: bool) -> str:
        """Says on the buttons what they do at this place; answers in a sentence whose words stand
        there, ``own`` ones or others."""
        brought, spoken = place in built_in(), words.spoken(place[2])
        other = words.spoken(words.instead(place)[1])
        back = "Back to the built-in words" if brought else f"Remove the {spoken} words"
        self.reset.setText(back)
        self.reset.setVisible(own or brought)
        self.begin.setText(f"Begin with the {other} words")
        self.begin.setVisible(not own and not brought)
        if own:
            return "The clinic’s own words."
        if brought:
            return "The built-in words. What you save takes their place."
        return f"Nothing is written in {spoken} yet; such patients are written to in {other}."

    def tell(self, why_not: str, *, free: bool, dirty: bool, own: bool, empty: bool) -> None:
        """What may be pressed now, or why nothing may."""
        can = {self.save: dirty, self.drop: dirty, self.reset: own, self.begin: empty}
        for button, may in can.items():
            say_why(button, why_not, "Ctrl+S" if button is self.save else "")
            if not why_not:
                button.setEnabled(free and may)
