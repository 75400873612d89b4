"""What the planner and the matching share: a worker process with a hard kill, a clock, distances, and the command line."""

from orders.solving.errors import SolvingError

__all__ = ["SolvingError"]
