"""How the interface reaches the rest: operations off the main thread, settings, wording."""
