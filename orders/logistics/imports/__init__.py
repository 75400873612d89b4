"""Trucks from sheets."""
