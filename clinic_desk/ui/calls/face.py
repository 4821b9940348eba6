"""How the caller's panel looks: its parts and their places; what they do is the panel's."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QWidget,
)

from clinic_desk.ui.calls.keys import hints
from clinic_desk.ui.calls.offers import BEST
from clinic_desk.ui.calls.parts import Facts, OfferButton, column
from clinic_desk.ui.calls.telling import CAPTIONS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.row_painting import HitDelegate
from clinic_desk.ui.widgets.forms.alert import AlertBar
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, leading_icon, push
from clinic_desk.ui.widgets.message_bar import MessageBar
from clinic_desk.ui.widgets.reading import lean_to_start
from clinic_desk.ui.widgets.worded import WordedCombo

WIDTH = 400
SHORT = 600
"""Pixels of height that the facts, the offers and the keys take together."""


class CallFace(QWidget):
    """Lies over the inline end of ``host``."""

    def __init__(self, theme: Theme, hits: QAbstractItemModel, host: QWidget) -> None:
        super().__init__(host)
        self.theme = theme
        self._build(hits)

    def _build(self, hits: QAbstractItemModel) -> None:
        theme = self.theme
        self.setAccessibleName("Caller")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edit = QLineEdit(self)
        self.edit.setProperty("person", True)
        self.edit.setPlaceholderText("Name or number of the caller")
        self.edit.setAccessibleName("Caller: name, phone or birth date")
        leading_icon(self.edit, theme, "phone")
        self.close_button = QToolButton(self)
        self.close_button.setAccessibleName("Close the caller’s panel")
        self.close_button.setToolTip("Close; what is held is let go (Esc)")
        title = InkLabel(theme, "Caller", role="title", bold=True, parent=self)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.close_button)
        self.list = QListView(self)
        self.list.setModel(hits)
        self.list.setItemDelegate(HitDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Patients found")
        self.hint = InkLabel(
            theme, "Type who rings, then Enter.", ink="text2", wrap=True, parent=self
        )
        self.message = MessageBar(theme, self)
        self.body = QWidget()
        self.name = InkLabel(theme, role="title", bold=True, wrap=True, parent=self.body)
        self.about = InkLabel(theme, ink="text2", wrap=True, parent=self.body)
        self.alert = AlertBar(theme, self.body)
        self.facts = Facts(theme, CAPTIONS, self.body)
        self.kind = WordedCombo(self.body)
        # a type with a long name does not push the offers out of the panel
        self.kind.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kind.setMinimumContentsLength(12)
        self.kind.setAccessibleName("Visit type of the offers")
        self.kind.setToolTip("Another type of visit: T the next, Shift+T the one before")
        self.state = InkLabel(theme, ink="text2", wrap=True, parent=self.body)
        self.bar = QProgressBar(self.body)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName("Looking for openings")
        self.buttons = [OfferButton(theme, n + 1, self.body) for n in range(BEST)]
        self.copy_button = push("&Copy offers", self.body)
        self.copy_button.setToolTip("Copy the offers as text for the caller (C)")
        self.hold_button = push("&Hold all", self.body)
        self.hold_button.setToolTip(
            "Hold the three offers while you talk (H); F4 keeps them longer"
        )
        self.read_out = InkLabel(theme, bold=True, wrap=True, parent=self.body)
        self.read_out.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.read_out.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.read_out.hide()
        for small in (self.copy_button, self.hold_button):
            small.setProperty("density", "compact")
        self.hints = [KeyHints(theme, pairs, self) for pairs in hints()]
        inner = column(self.body)
        for widget in (self.name, self.about, self.alert, self.facts, self.read_out):
            inner.addWidget(widget)
        inner.addSpacing(4)
        inner.addWidget(self.kind)
        inner.addWidget(self.state)
        inner.addWidget(self.bar)
        for button in self.buttons:
            inner.addWidget(button)
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addWidget(self.hold_button)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addStretch(1)
        self.scroller = QScrollArea(self)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(self.body)
        whole = column(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.addLayout(head)
        whole.addWidget(self.edit)
        whole.addWidget(self.list)
        whole.addWidget(self.hint)
        whole.addWidget(self.message)
        whole.addWidget(self.scroller, 1)
        for row_of_keys in self.hints:
            whole.addWidget(row_of_keys)
        whole.addStretch(0)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        tokens = self.theme.tokens
        self.close_button.setIcon(self.theme.qicon("close"))
        self.scroller.setStyleSheet(f"QScrollArea, QScrollArea > QWidget > QWidget {{ background: "
                                  f"{tokens.canvas.name()}; }}")  # fmt: skip
        self.place()
        self.update()

    def place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        area = host.contentsRect()
        width = min(self.theme.px(WIDTH), area.width() - 32)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x = area.left() if mirrored else area.right() + 1 - width
        self.setGeometry(x, area.top(), width, area.height())
        lean_to_start(self)
        self.show_hints()

    def show_hints(self) -> None:
        """Where the panel is short the offers need the room; F1 and the tips tell the keys too."""
        shown = not self.scroller.isHidden() and self.height() >= self.theme.px(SHORT)
        for row in self.hints:
            row.setVisible(shown)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self.theme.tokens
        p = QPainter(self)
        p.fillRect(self.rect(), tokens.canvas)
        p.setPen(tokens.control_border)
        p.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
