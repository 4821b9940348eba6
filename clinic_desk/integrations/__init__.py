"""Adapters to files and services outside the program."""
