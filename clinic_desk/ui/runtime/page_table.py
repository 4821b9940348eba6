"""The pages of the window and the panels of its settings, by name: loaded when first opened.

To add a page: write a ``ui.widgets.page.Page`` that takes ``(context, parent=None)`` and name its
module here; ``page_requested.emit(name, what)`` of any page then opens it, and
``MainWindow.show_page(name, what)``. To have it in the menu as well, give an ``ActionSpec`` of
``ui.actions`` the page's name as ``page``. To add a section to the settings: write a
``ui.widgets.page.Panel`` that takes ``(context)`` and name it in ``PANELS``; it is opened with
``page_requested.emit("settings", name)``. A test loads every line.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

PAGES: dict[str, str] = {
    "settings": "clinic_desk.ui.settings.page:SettingsPage",
    "time_off": "clinic_desk.ui.planning.time_off:TimeOffPage",
    "absence": "clinic_desk.ui.planning.absence:AbsencePage",
    "waitlist": "clinic_desk.ui.waitlist.page:WaitlistPage",
    "wizard": "clinic_desk.ui.wizard.page:WizardPage",
    "flow": "clinic_desk.ui.flow.page:FlowPage",
    "doctor": "clinic_desk.ui.doctor.page:DoctorPage",
    "patient": "clinic_desk.ui.patients.page:PatientPage",
    "duplicates": "clinic_desk.ui.patients.duplicates:DuplicatesPage",
    "billing": "clinic_desk.ui.billing.page:BillingPage",
    "messages": "clinic_desk.ui.messages.page:MessagesPage",
    "year": "clinic_desk.ui.calendar.year_page:YearPage",
    "reports": "clinic_desk.ui.reports.page:ReportsPage",
    "past": "clinic_desk.ui.past.page:PastPage",
    "audit": "clinic_desk.ui.audit.page:AuditPage",
    "backup": "clinic_desk.ui.backup.page:BackupPage",
    "series": "clinic_desk.ui.series.page:SeriesPage",
}
"""Name → "module:Class". The same name is what ``Centre.page`` answers."""


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A section of the settings page. ``words`` are what people may call it, for the search;
    ``group`` is the heading in the tree under which it stands."""

    name: str
    group: str
    title: str
    target: str
    words: str = ""


CLINIC, DESK = "Clinic", "This desk"

PANELS: tuple[PanelSpec, ...] = (
    PanelSpec(
        "practice", CLINIC, "Practice", "clinic_desk.ui.roster.practice:PracticePanel",
        "clinic name region language country zone currency phone reminders email sms",
    ),
    PanelSpec(
        "sites", CLINIC, "Sites and rooms", "clinic_desk.ui.roster.sites:SitesPanel",
        "location branch address room capacity virtual video travel zone building",
    ),
    PanelSpec(
        "doctors", CLINIC, "Doctors", "clinic_desk.ui.roster.doctors:DoctorsPanel",
        "staff practitioner provider therapist nurse people colour code specialty",
    ),
    PanelSpec(
        "types", CLINIC, "Visit types", "clinic_desk.ui.roster.types:TypesPanel",
        "service appointment type length duration price buffer overrides reminders colour",
    ),
    PanelSpec(
        "hours", CLINIC, "Weekly hours", "clinic_desk.ui.roster.hours:HoursPanel",
        "template schedule working time opening break reserved shift slot step week",
    ),
    PanelSpec(
        "closures", CLINIC, "Closures", "clinic_desk.ui.roster.closures:ClosuresPanel",
        "holiday public bank closed day festive",
    ),
    PanelSpec(
        "policies", CLINIC, "Booking rules", "clinic_desk.ui.roster.policies:PoliciesPanel",
        "policy notice limit reschedule overbooking permission role rights future maximum",
    ),
    PanelSpec(
        "roles", CLINIC, "Roles", "clinic_desk.ui.settings.roles_panel:RolesPanel",
        "permissions rights matrix receptionist doctor manager allowed may access",
    ),
    PanelSpec(
        "billing", CLINIC, "Billing", "clinic_desk.ui.billing.panel:BillingPanel",
        "invoice payment due days no-show fee gateway service address token money",
    ),
    PanelSpec(
        "templates", CLINIC, "Message texts", "clinic_desk.ui.settings.templates:TemplatesPanel",
        "template words wording sms email e-mail whatsapp reminder confirmation language text",
    ),
    PanelSpec(
        "channels", CLINIC, "Messages", "clinic_desk.ui.settings.channels:ChannelsPanel",
        "channel email e-mail smtp sms whatsapp twilio gateway webhook quiet consent provider test",
    ),
    PanelSpec(
        "staff", CLINIC, "Staff", "clinic_desk.ui.staff.panel:StaffPanel",
        "account user person password pin log-in reset deactivate role manager receptionist",
    ),
    PanelSpec(
        "sessions", CLINIC, "Sessions", "clinic_desk.ui.staff.panel:SessionsPanel",
        "logged in desk end revoke log out who where",
    ),
    PanelSpec(
        "encryption", CLINIC, "Encryption", "clinic_desk.ui.settings.encryption:EncryptionPanel",
        "encrypt decrypt key recovery keyring secret protect stolen disk security sqlcipher",
    ),
)  # fmt: skip

OWN_SECTIONS = ("everyone", "backup", "appearance", "calendar", "shortcuts", "desk", "advanced")
"""Sections that the settings page makes itself, from the declared settings and the keys."""


def has_page(name: str) -> bool:
    """``name`` may carry what the page is opened with: "settings:hours", "flow:wall"."""
    page, _, section = name.partition(":")
    if page == "settings" and section and section not in OWN_SECTIONS:
        return any(section == one.name for one in PANELS)
    return page in PAGES


PAGE_VIEWS = (("year", "Year"), ("flow", "Flow"), ("doctor", "Mine"))
"""Pages that stand among the views of the calendar, with their words in the toolbar."""


def load(target: str) -> Any:
    """The class named by "module:Class". Raises ``ImportError`` or ``AttributeError``."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
