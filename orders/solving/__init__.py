"""What the planner and the matching share: a worker process with a hard kill, a clock, and reading JSON fields."""

from orders.solving.errors import SolvingError

__all__ = ["SolvingError"]
