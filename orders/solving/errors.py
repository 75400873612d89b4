"""The base of every refusal of a solver."""

from __future__ import annotations


class SolvingError(Exception):
    """A solver refuses or fails; the text is a sentence fit for a person."""
