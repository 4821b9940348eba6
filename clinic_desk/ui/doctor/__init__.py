"""The doctor's view: one doctor's day, worked without the reception's help."""
