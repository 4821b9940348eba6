"""Clinic Desk: the front desk's scheduling program."""

__version__ = "0.1.0"
