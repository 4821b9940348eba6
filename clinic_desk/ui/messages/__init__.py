"""Messages to patients and notices to the staff."""
