"""Which text: the language above, the occasions and channels below it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from clinic_desk.domain.messages import CHANNEL_WORDS, PURPOSE_WORDS, Channel, Purpose
from clinic_desk.services.message_preview import Words
from clinic_desk.services.message_words import Place, built_in
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import field_label
from clinic_desk.ui.widgets.forms.ordered import OrderedList, Row

WIDTH = 216
ICONS: Mapping[Channel, str] = {
    Channel.SMS: "sms",
    Channel.EMAIL: "mail",
    Channel.WHATSAPP: "chat",
    Channel.DESKTOP: "bell",
}
"""In the order of the rows."""


def place_id(place: Place) -> str:
    return f"{place[0].value}/{place[1].value}"


class TemplateList(QWidget):
    """``turned`` carries the (purpose, channel, language) that somebody chose."""

    turned = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._room = theme, 10_000
        self._place: Place = (Purpose.REMINDER, Channel.SMS, "en")
        self.language = QComboBox(self)
        self.language.setAccessibleName("Language of the messages")
        self.language.setMaxVisibleItems(20)
        self.language.activated.connect(self._on_language)
        self.list = OrderedList(theme, "Messages", self)
        self.list.chosen.connect(self._on_row)
        self.setFocusProxy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(field_label("&Language", self.language, theme, self))
        column.addWidget(self.language)
        column.addWidget(self.list, 1)
        theme.changed.connect(self._fit)
        self._fit()

    def fit(self, room: int) -> None:
        """Narrower than usual where the page has little room."""
        self._room = room
        self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(min(self._theme.px(WIDTH), round(self._room * 0.28)))

    def show_place(self, words: Words, place: Place) -> None:
        """Marks the place; nothing is emitted."""
        self._place = place
        self._show_languages(words)
        own = {(one.purpose, one.channel) for one in words.templates if one.language == place[2]}
        rows = []
        for purpose in Purpose:
            rows.append(Row("", PURPOSE_WORDS[purpose]))
            for channel, icon in ICONS.items():
                here = (purpose, channel, place[2])
                tag = "yours" if here[:2] in own else "" if here in built_in() else "none"
                rows.append(
                    Row(
                        place_id(here), CHANNEL_WORDS[channel], tag=tag, icon=icon,
                        muted=tag == "none", fixed=True,
                    )
                )  # fmt: skip
        self.list.show_rows(rows, place_id(place))

    def _show_languages(self, words: Words) -> None:
        """Those that can be written already stand above the line."""
        codes = [code for code, _ in words.languages]
        shown = [self.language.itemData(n) for n in range(self.language.count())]
        wanted = [*codes[: words.ready], None, *codes[words.ready :]]
        if shown != wanted:
            self.language.clear()
            for code, name in words.languages:
                self.language.addItem(name, code)
            self.language.insertSeparator(words.ready)
        self.language.setCurrentIndex(max(0, self.language.findData(self._place[2])))

    def _on_row(self, row_id: str) -> None:
        purpose, channel = row_id.split("/")
        self.turned.emit((Purpose(purpose), Channel(channel), self._place[2]))

    def _on_language(self, _row: int) -> None:
        code = self.language.currentData()
        if code:
            self.turned.emit((self._place[0], self._place[1], str(code)))
