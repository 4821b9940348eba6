"""The audit trail: who did or saw what, when, and what it changed."""
