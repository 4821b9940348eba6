"""The card that every dialog sits on: title line, body, footer, and a scrim over the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBitmap,
    QCloseEvent,
    QColor,
    QHideEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.widgets.reading import lean_to_start

RADIUS = 6
HEADER = 48


class Scrim(QWidget):
    """Dims the window below a dialog; swallows nothing, the dialog is modal."""

    def __init__(self, window: QWidget, colour: QColor) -> None:
        super().__init__(window)
        self._colour = colour
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        QPainter(self).fillRect(event.rect(), self._colour)


class _Footer(QWidget):
    """Where it comes to lie, and when it goes, the card draws its line anew."""

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        super().moveEvent(event)
        self._draw_line()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._draw_line()

    def _draw_line(self) -> None:
        card = self.parentWidget()
        if card is not None:
            card.update()


class CardDialog(QDialog):
    """A window-modal card. Subclasses fill ``body`` and ``footer``; ``footer_row`` is a plain
    horizontal layout on the tinted band. Made once, shown often."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.theme = theme
        self._scrim: Scrim | None = None
        self._grip: QPoint | None = None
        self.setModal(True)
        self.setWindowTitle(title)
        self.title_label = Label(title, self)
        self.subtitle_label = Label("", self)
        self.subtitle_label.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName("Close")
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.setFixedSize(28, 28)
        self.close_button.clicked.connect(self.reject)
        self.header = QWidget(self)
        self.header.setFixedHeight(HEADER)
        header = QHBoxLayout(self.header)
        header.setContentsMargins(16, 0, 10, 0)
        header.setSpacing(12)
        header.addWidget(self.title_label)
        header.addWidget(self.subtitle_label, 1)
        header.addWidget(self.close_button)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(8)
        self.footer = _Footer(self)
        self.footer_row = QHBoxLayout(self.footer)
        self.footer_row.setContentsMargins(16, 12, 16, 12)
        self.footer_row.setSpacing(8)
        self.footer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addLayout(self.body, 1)
        outer.addWidget(self.footer)
        self._size = QSize()
        theme.changed.connect(self._restyle)
        self._restyle()

    @when_seen
    def _restyle(self) -> None:
        tokens = self.theme.tokens
        self.title_label.setFont(self.theme.font("title", bold=True))
        self.subtitle_label.setFont(self.theme.font("grid"))
        palette = self.subtitle_label.palette()
        palette.setColor(self.subtitle_label.foregroundRole(), tokens.text3)
        self.subtitle_label.setPalette(palette)
        self.close_button.setIcon(self.theme.qicon("close"))
        if not self._size.isEmpty():
            self.keep_size(self._size)
        self.restyle()
        self.update()

    def keep_size(self, size: QSize) -> None:
        """This size at scale 1, growing with the type, never larger than the screen."""
        self._size = size
        screen = self.screen().availableGeometry().size()
        wanted = size * self.theme.scale
        self.setFixedSize(
            min(wanted.width(), screen.width() - 16), min(wanted.height(), screen.height() - 16)
        )

    def grow(self) -> None:
        """As high as what it holds would like to be, no lower than its size: a message takes no
        room from the fields below it. For dialogs without lists."""
        layout, screen = self.layout(), self.screen().availableGeometry().height()
        if layout is None or self._size.isEmpty():
            return
        usual = (self._size * self.theme.scale).height()
        wraps = layout.hasHeightForWidth()
        needed = (
            layout.totalHeightForWidth(self.width()) if wraps else layout.totalSizeHint().height()
        )
        self.setFixedHeight(min(max(usual, needed), screen - 16))

    def restyle(self) -> None:
        """For subclasses: refresh what depends on the theme."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.canvas)
        if self.footer.isVisible():
            painter.fillRect(self.footer.geometry(), tokens.window)
            painter.fillRect(0, self.footer.y() - 1, self.width(), 1, tokens.grid_minor)
        painter.fillRect(0, self.header.geometry().bottom() + 1, self.width(), 1, tokens.grid_minor)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.grid_major)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        mask = QBitmap(self.size())
        mask.clear()
        painter = QPainter(mask)
        painter.setBrush(Qt.GlobalColor.color1)
        painter.setPen(Qt.GlobalColor.color1)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
        painter.end()
        self.setMask(mask)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        lean_to_start(self)
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None or event.spontaneous():
            return
        window = parent.window()
        if self._scrim is None:
            self._scrim = Scrim(window, self.theme.tokens.scrim)
        centre = window.mapToGlobal(window.rect().center())
        top_left = centre - QPoint(self.width() // 2, self.height() // 2)
        self.move(max(0, top_left.x()), max(0, top_left.y()))

    def hideEvent(self, event: QEvent) -> None:  # noqa: N802
        if self._scrim is not None and not event.spontaneous():
            self._scrim.deleteLater()
            self._scrim.hide()
            self._scrim = None
        parent = self.parentWidget()
        if parent is not None and not event.spontaneous():
            # Not every platform hands the focus back by itself when a dialog closes.
            parent.window().activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        event.ignore()
        self.reject()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.position().y() <= HEADER and event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802
        self._grip = None
