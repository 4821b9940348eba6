"""Log-in and lock: what a person sees who is not, or not any more, at work here."""
