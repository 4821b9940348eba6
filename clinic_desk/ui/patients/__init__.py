"""Patients: quick add, edit, card and the search of the toolbar."""
