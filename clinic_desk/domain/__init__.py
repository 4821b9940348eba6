"""Pure scheduling rules: standard library and dateutil only; no clock, no SQL, no Qt."""
