"""Backups in the window: made by themselves, looked at, restored; and the way back when the
clinic's file is damaged."""
