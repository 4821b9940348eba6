"""Panels of the settings that hold the rules of the clinic: what may be booked, where and when."""
