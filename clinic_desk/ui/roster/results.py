"""What a save has brought, in words: the toast names the result, the menu the step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QLineEdit

from clinic_desk.ui.roster.type_fields import LeadField
from clinic_desk.ui.widgets.forms.fields import ManyField, NumberField, PriceField, SwitchField
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.form_row import FormRow
from clinic_desk.ui.widgets.forms.reminder_plan import lead_text

MOST = 3
"""Changes that one sentence names."""

LONGEST = 40

VERBS = {
    "Edit the ": "{} saved",
    "Edit ": "{} saved",
    "Add ": "{} added",
    "Deactivate ": "{} is no longer active",
    "No longer offer ": "{} is no longer offered",
    "Offer ": "{} is offered again",
    "Close on ": "Closed on {}",
    "Close ": "Closed {}",
    "Work on ": "Working on {}",
    "Booking rules: ": "Booking rules saved",
}


def done_words(label: str) -> str:
    """ "Edit Follow-up" → "Follow-up saved"; what is told as done already stays."""
    for verb, result in VERBS.items():
        if label.startswith(verb):
            words = result.format(label.removeprefix(verb))
            return words[:1].upper() + words[1:]
    return label if label.startswith(("Removed", "Saved", "Nothing")) else f"{label} saved"


def listed(parts: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(parts) - MOST
    return ", ".join([*parts[:MOST], *([f"{more} more"] if more > 0 else [])])


def facts(form: Form, names: Sequence[str]) -> str:
    """ "length 20 minutes, notice 2 h": the fields of these names as they stand there."""
    return listed([_fact(form.rows[name]) for name in names if name not in ("name", "title")])


def _fact(row: FormRow) -> str:
    label = row.words[:1].lower() + row.words[1:]
    value = " ".join(_value(row).split())
    if not value:
        return f"{label} changed"
    return f"{label} {value if len(value) <= LONGEST else value[:LONGEST] + '…'}"


def _value(row: FormRow) -> str:
    field = row.widget
    if isinstance(field, SwitchField):
        return "yes" if field.isChecked() else "no"
    if isinstance(field, LeadField):
        minutes = field.value()
        return lead_text(minutes) if minutes else "none"
    if isinstance(field, NumberField | PriceField):
        text = field.line.text().strip()
        empty = field.line.placeholderText().lower() or "none"
        return f"{text} {field.unit.text()}" if text else empty
    if isinstance(field, ManyField):
        chosen = [box.text().replace("&&", "&") for box in field.boxes if box.isChecked()]
        return " and ".join(chosen)
    if isinstance(field, QComboBox):
        return field.currentText()
    return (field.text() or "none") if isinstance(field, QLineEdit) else ""
