"""Measured claims: each script prints a table."""
