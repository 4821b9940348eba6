"""Fields and cards about accounts, for the log-in page, the set-up and the settings."""
