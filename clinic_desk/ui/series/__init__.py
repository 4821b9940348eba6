"""The page about one series of visits (ux.md screen 8)."""
