"""The left side of the settings: a field to search in, and the sections it leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix, over
from clinic_desk.ui.runtime.declared import Declared
from clinic_desk.ui.settings.sections import Field, Hit, Section, marked, search
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

WIDTH = 264
HIT = Qt.ItemDataRole.UserRole
DEPTH = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class SettingsTree(QWidget):
    """``chosen`` carries a ``Hit`` to show; ``entered`` one to show and to go into."""

    chosen = Signal(object)
    entered = Signal(object)

    def __init__(
        self,
        theme: Theme,
        sections: Sequence[Section],
        declared: Sequence[Declared],
        keys: Callable[[], Sequence[Field]] = tuple,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._sections = sections
        self._declared = declared
        self._keys = keys
        self.may_preview: Callable[[Hit], bool] = lambda _hit: True
        """Whether what is found may be shown while somebody still types."""
        self._current = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search settings")
        self.field.setAccessibleName("Search settings")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(0)
        self.list.setItemsExpandable(False)
        self.list.setAccessibleName("Sections")
        self.list.setItemDelegate(_Delegate(theme, self))
        self.list.setProperty("frameless", "true")
        self.list.currentItemChanged.connect(self._moved)
        self.list.itemActivated.connect(lambda item: self._go(item))
        self.list.itemClicked.connect(lambda item: self._clicked(item))
        self.nothing = Label("No setting is called that. Try another word.")
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        theme.changed.connect(self._dress)
        self._dress()
        self._fill()

    @property
    def query(self) -> str:
        return self.field.text().strip()

    def mark(self, section: str) -> None:
        """The section on display; nothing is told."""
        self._current = section
        for item in self._items():
            hit = item.data(0, HIT)
            if hit.section.name == section and not hit.key:
                self.list.blockSignals(True)
                self.list.setCurrentItem(item)
                self.list.blockSignals(False)

    def fit(self, page: int) -> None:
        """At most a quarter of the page, for large type on a small screen."""
        wanted = self._theme.px(WIDTH)
        self.setFixedWidth(min(wanted, max(240, page // 4)) if page else wanted)

    def titles(self) -> list[str]:
        """What is listed, headings left out."""
        return [item.text(0) for item in self._items()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    # inside

    def _fill(self) -> None:
        """Headings, the sections that fit and, while searching, their settings that do."""
        self.list.blockSignals(True)
        self.list.clear()
        heading = ""
        first: QTreeWidgetItem | None = None
        whole = False
        searching = bool(self.query)
        for section, own, hits in search(self.query, self._sections, self._declared, self._keys):
            if section.heading != heading:
                heading = section.heading
                top = QTreeWidgetItem(self.list, [heading])
                top.setFlags(Qt.ItemFlag.ItemIsEnabled)
                top.setData(0, DEPTH, 0)
            item = self._add(Hit(section, section.title), 1)
            rows = [self._add(hit, 2) for hit in hits] if searching else []
            named = own and bool(marked(self.query, section.title))
            if first is None or (named and not whole):
                # a setting that is meant beats the section that merely holds it, and a section of
                # that name beats both
                first, whole = (item, True) if named else ([*rows, item][0], False)
        self.list.blockSignals(False)
        self.nothing.setVisible(first is None)
        if searching and first is not None:
            self.list.setCurrentItem(first)
        elif searching:
            announce(self.nothing, self.nothing.text())
        elif self._current:
            self.mark(self._current)
            for section in self._sections:
                if section.name == self._current:
                    self.chosen.emit(Hit(section, section.title))

    def _add(self, hit: Hit, depth: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.list, [hit.title])
        item.setData(0, HIT, hit)
        item.setData(0, DEPTH, depth)
        item.setToolTip(0, as_text(hit.title))
        if hit.key:
            item.setData(
                0, Qt.ItemDataRole.AccessibleTextRole, f"{hit.title}, in {hit.section.title}"
            )
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        rows = (self.list.topLevelItem(n) for n in range(self.list.topLevelItemCount()))
        return [item for item in rows if item is not None and item.data(0, HIT) is not None]

    def _step(self, by: int) -> None:
        items = self._items()
        if items:
            now = self.list.currentItem()
            place = items.index(now) if now in items else -1
            self.list.setCurrentItem(items[min(max(place + by, 0), len(items) - 1)])

    def _moved(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.data(0, HIT) is None:
            return
        if not self.field.hasFocus() or self.may_preview(item.data(0, HIT)):
            self._show(item)

    def _show(self, item: QTreeWidgetItem) -> None:
        hit = item.data(0, HIT)
        if hit is not None:
            self._current = hit.section.name
            self.chosen.emit(hit)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        """A setting that was found is gone into, a section is shown."""
        hit = item.data(0, HIT)
        (self._go if hit is not None and hit.key else self._show)(item)

    def _go(self, item: QTreeWidgetItem | None) -> None:
        hit = item.data(0, HIT) if item is not None else None
        if hit is not None:
            self._current = hit.section.name
            self.entered.emit(hit)

    def _enter(self) -> None:
        self._go(self.list.currentItem())

    def _dress(self) -> None:
        page = self.parentWidget()
        self.fit(0 if page is None else page.width())
        self.list.doItemsLayout()


class _Delegate(QStyledItemDelegate):
    """Headings in small type, sections, and settings below them; what was searched for is marked
    in the title."""

    def __init__(self, theme: Theme, tree: SettingsTree) -> None:
        super().__init__(tree)
        self._theme = theme
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        depth = index.data(DEPTH)
        return QSize(80, self._theme.px(30 if depth == 0 else 28 if depth == 2 else 32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        depth, title = index.data(DEPTH), str(index.data())
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, over(tokens.selected, tokens.window))
            if state & QStyle.StateFlag.State_HasFocus:
                paint.focus_ring(painter, rect, theme)
        elif state & QStyle.StateFlag.State_MouseOver and depth:
            painter.fillRect(rect, mix(tokens.text, tokens.window, 0.05))
        font = theme.font("grid" if depth != 1 else "body", bold=depth == 0)
        painter.setFont(font)
        painter.setPen(tokens.text2 if depth == 0 else tokens.text)
        indent = (0, 12, 28)[depth]
        box = QStyle.visualRect(option.direction, rect, rect.adjusted(8 + indent, 0, -8, 0))
        if depth and self._tree.query:
            self._mark(painter, QFontMetrics(font), option, box, title)
        paint.elided(painter, box, title)
        painter.restore()

    def _mark(
        self,
        painter: QPainter,
        metrics: QFontMetrics,
        option: QStyleOptionViewItem,
        box: QRect,
        title: str,
    ) -> None:
        theme = self._theme
        for start, length in marked(self._tree.query, title):
            left = metrics.horizontalAdvance(title[:start])
            width = metrics.horizontalAdvance(title[start : start + length])
            if left + width > box.width():
                continue
            part = QRect(box.left() + left, box.center().y() - metrics.height() // 2, width, 0)
            part.setHeight(metrics.height() + 1)
            tint = mix(theme.tokens.warn, theme.tokens.window, 0.3)
            painter.fillRect(QStyle.visualRect(option.direction, box, part), tint)
