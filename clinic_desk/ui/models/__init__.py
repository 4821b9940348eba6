"""What lists and pages show, translated for Qt; nothing here decides."""
