"""The waiting list: its page, the card for a freed slot, and the short way in."""
