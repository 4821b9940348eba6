"""The day-flow board, and the same day in big type for a wall."""
