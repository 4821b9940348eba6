"""Availability, a pure function of data passed in: find, explain, rank (domain.md section 3)."""
