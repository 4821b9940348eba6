"""Use cases: commands, their handlers, and the ports the outer rings implement."""
