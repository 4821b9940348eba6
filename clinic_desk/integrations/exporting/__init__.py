"""Handing on: a diary as an iCalendar file that other programs, and this one, can read."""

from clinic_desk.integrations.exporting.export import FileExporter

__all__ = ["FileExporter"]
