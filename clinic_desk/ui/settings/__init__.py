"""The settings page and the panels about this program; those about the clinic are in roster."""
