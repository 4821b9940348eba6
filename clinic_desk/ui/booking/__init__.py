"""Booking dialog, availability finder, appointment card, patient quick-add."""
