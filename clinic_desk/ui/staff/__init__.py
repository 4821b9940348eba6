"""Accounts and sessions in the settings."""
