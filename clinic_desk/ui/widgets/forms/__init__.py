"""What the dialogs are made of: cards, messages, chips, badges, rows."""
