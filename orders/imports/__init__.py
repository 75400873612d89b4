"""Pledges from sheets."""
