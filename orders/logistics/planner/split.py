"""Loads that no truck can carry, cut into parts that some truck can. Nothing else is cut: it does not pay."""

from __future__ import annotations


def split_mass(grams: int, largest_capacity_g: int) -> list[int]:
    """Equal parts (they differ by a gram at most) whose sum is exact; one part where a truck can carry it.

    ``largest_capacity_g`` is that of the largest truck able to take the load at all. Raises: ValueError.
    """
    if grams <= 0 or largest_capacity_g <= 0:
        raise ValueError("grams and largest_capacity_g must be above 0.")
    parts = -(-grams // largest_capacity_g)
    least, over = divmod(grams, parts)
    return [least + 1] * over + [least] * (parts - over)
