"""The time machine: the calendar as it stood at a past moment."""
