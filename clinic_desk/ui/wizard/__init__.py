"""The first start: a clinic from nothing, step by step, on one page."""
