"""Composition root: builds every part once, by hand, in one visible place."""
