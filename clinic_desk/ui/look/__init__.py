"""Tokens, palette, fonts and icons (ux.md section 5)."""
