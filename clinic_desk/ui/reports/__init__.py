"""The reports page: figures of a period, drawn and in a table, and its files."""
