"""Arithmetic of pixels and time; imports no Qt."""
