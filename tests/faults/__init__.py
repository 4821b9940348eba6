"""The fault matrix: real programs meet real faults, and what is left is looked at."""
