"""The tour's chapters about the clinic's rules: the settings, section by section, and a doctor who
is away while patients are booked."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.plan_rows import RowState
from clinic_desk.ui.planning.time_off import TimeOffPage
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, Scene
from clinic_desk.ui.wizard.page import WizardPage

SECTIONS = (
    ("practice", "practice"),
    ("sites", "sites and rooms"),
    ("doctors", "doctors"),
    ("types", "visit types"),
    ("hours", "weekly hours"),
    ("closures", "closures"),
    ("policies", "booking rules"),
    ("templates", "message texts"),
    ("shortcuts", "shortcuts"),
    ("appearance", "appearance"),
)
"""The name of each section that is looked at, and what is typed to get there."""


def settings(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Everything that decides what may be booked, in the settings")
    driver.key(Qt.Key.Key_Comma, CTRL)
    page = scene.shown(SettingsPage, "the settings open")
    driver.did("pressed Ctrl+,")
    for name, words in SECTIONS:
        _section(scene, page, name, words)
    driver.did("typed each section's name into the search, pressed Enter")
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Escape)
    scene.gone(SettingsPage, "Esc goes back to the calendar")
    scene.grid().setFocus()


def _section(scene: Scene, page: SettingsPage, name: str, words: str) -> None:
    driver = scene.driver
    page.tree.field.setFocus()
    page.tree.field.selectAll()
    driver.type(words)
    driver.wait(lambda: page.tree.query == words, f"“{words}” is looked for")
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: page.section == name, f"“{words}” leads to its section")
    driver.still()
    driver.picture(f"settings-{name}")


def set_up(scene: Scene) -> None:
    """The page of the first start, opened again: it shows what is there."""
    driver = scene.driver
    driver.step("The page of the first start, with what is there")
    scene.command("set up the clinic", "the steps")
    scene.shown(WizardPage, "the steps are on the screen")
    driver.still()
    driver.picture("set-up")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(WizardPage, "Esc goes back to the calendar")
    scene.grid().setFocus()


def absence(scene: Scene) -> None:
    """A request is approved, its visits are planned, and one undo takes all of it back."""
    driver = scene.driver
    driver.step("A doctor asks for leave: find every patient another time, and take it back")
    scene.command("time off", "the requests")
    page = scene.shown(TimeOffPage, "the requests are on the screen")
    driver.wait(page.list.cards, "the requests are listed")
    asked = [c for c in page.list.cards() if c.request.status is TimeOffStatus.REQUESTED and c.hits]
    if not asked:
        raise TourFailed("nobody of the clinic has asked for leave over visits")
    longest = max(asked, key=lambda card: card.hits)
    request_id, hits = longest.request.id, longest.hits
    page.list.choose(request_id)
    page.list.setFocus()
    driver.still()
    driver.picture("time-off")
    driver.key(Qt.Key.Key_A)
    driver.did("pressed A: approve")
    planner = scene.shown(AbsencePage, "the planner opens by itself")
    driver.wait(
        lambda: planner.book and planner.book.rows and all(r.looked for r in planner.book.rows),
        "a new time is proposed for each visit",
    )
    book = planner.book
    if book is None:
        raise TourFailed("there is no plan")
    driver.require(len(book.rows) == hits, f"all {hits} visits of these days are listed")
    driver.still()
    driver.picture("absence-planner")
    first = book.rows[0].id
    before = scene.queries.appointment(first).cell
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: book.rows[0].state is RowState.MOVED, "Enter accepts the proposal")
    after = scene.queries.appointment(first).cell
    driver.require(after.start != before.start, "the store has the visit at its new time")
    driver.key(Qt.Key.Key_Return, CTRL)
    driver.did("pressed Enter for one, Ctrl+Enter for all the others")
    driver.wait(lambda: not book.acceptable(), "every proposal is accepted")
    driver.still()
    driver.picture("absence-planned")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(
        lambda: scene.queries.appointment(first).cell.start == before.start,
        "one Ctrl+Z brings every visit back",
    )
    states = {r.id: r.status for r in scene.queries.roster().time_off}
    driver.require(
        states[request_id] is TimeOffStatus.REQUESTED, "and the leave is a request again"
    )
    driver.key(Qt.Key.Key_Escape)
    scene.gone(AbsencePage, "Esc goes back to the calendar")
    scene.grid().setFocus()
