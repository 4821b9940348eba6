"""The import dialog: files, preview and mapping, progress, result."""
