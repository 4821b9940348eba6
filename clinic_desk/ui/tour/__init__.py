"""The tour: the real program, driven offscreen, with pictures and a transcript."""
