"""Which site is on display: a line in the sidebar, entries in menu and palette.

Nothing of it is there in a clinic with one site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Location
from clinic_desk.domain.ids import Id
from clinic_desk.ui.actions import MOST_SITES, SITE
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.models.sites import ALL_SITES, live_sites

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


class SiteChoice(QWidget):
    """``chosen`` carries the id of a site, or None for all."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox(self)
        self.box.setAccessibleName("Site shown")
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.box.activated.connect(lambda row: self.chosen.emit(self.box.itemData(row)))
        title = Label("Site", self)
        title.setProperty("role", "heading")
        title.setBuddy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 8)
        row.setSpacing(10)
        row.addWidget(title)
        row.addWidget(self.box, 1)
        self.show_key("Ctrl+Shift+L")
        self.hide()

    def show_key(self, key: str) -> None:
        """The key in force that shows the next site, as it is written."""
        words = "Show one site or all"
        self.box.setToolTip(f"{words} ({key})" if key else words)

    def show_sites(self, sites: list[Location], chosen: Location | None) -> None:
        rows: list[tuple[str, Id | None]] = [(ALL_SITES, None)]
        rows += [(row.name, row.id) for row in sites]
        known = [(self.box.itemText(i), self.box.itemData(i)) for i in range(self.box.count())]
        if known != rows:
            self.box.clear()
            for name, site in rows:
                self.box.addItem(name, site)
                self.box.setItemData(self.box.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        place = next((i for i, (_n, s) in enumerate(rows) if chosen and s == chosen.id), 0)
        self.box.setCurrentIndex(place)
        self.setVisible(len(sites) > 1)


def next_site(window: MainWindow) -> None:
    """All sites, then one after the other, then all again."""
    roster = window.roster.roster
    sites = live_sites(roster) if roster is not None else []
    if roster is None or len(sites) < 2:
        window.telling.toast("This clinic has one site: there is nothing to choose from.")
        return
    order: list[Id | None] = [None, *(row.id for row in sites)]
    chosen = window.choices.site_in(roster)
    place = order.index(chosen.id if chosen is not None else None)
    window.choices.set_site(order[(place + 1) % len(order)])
    tell_site(window)


def choose_site(window: MainWindow, number: int) -> None:
    """The site at that place of the clinic's order, 0 for all."""
    roster = window.roster.roster
    sites = live_sites(roster) if roster is not None else []
    if number <= len(sites):
        window.choices.set_site(sites[number - 1].id if number else None)
        window.show_calendar()
        tell_site(window)


def tell_site(window: MainWindow) -> None:
    roster = window.roster.roster
    site = window.choices.site_in(roster) if roster is not None else None
    window.status.show_selected(f"Site: {site.name if site is not None else ALL_SITES}")


def mark_sites(window: MainWindow, roster: Roster) -> None:
    """Sidebar, menu and palette name the sites that there are."""
    sites, chosen = live_sites(roster), window.choices.site_in(roster)
    several = len(sites) > 1
    window.sidebar.sites.show_sites(sites, chosen)
    for number in range(MOST_SITES + 1):
        action = window.actions_[SITE.format(number)]
        there = several and number <= len(sites)
        action.setVisible(there)
        action.setEnabled(there)
        if number and there:
            row = sites[number - 1]
            action.setText(row.name.replace("&", "&&"))
            action.setChecked(chosen is not None and chosen.id == row.id)
        elif not number:
            action.setChecked(chosen is None)
    window.actions_["site.next"].setVisible(several)
    window.actions_["site.next"].setEnabled(several)
