"""The caller: who rings, what is known of them, and what can be offered at once."""
