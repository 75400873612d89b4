"""Travel matrices from points: great-circle metres, a factor for real roads, a speed, and gate time.

A stand-in for a road network: 1.3 is the usual ratio of road to straight-line distance in settled plains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from orders.logistics.planner.model import Matrix
from orders.solving.distances import great_circle_m

ROAD_FACTOR = 1.3
SPEED_KMH = 40.0


def make_matrices(
    points: Sequence[tuple[float, float]],
    *,
    speed_kmh: float = SPEED_KMH,
    road_factor: float = ROAD_FACTOR,
    gate_s: int | Sequence[int] = 0,
) -> tuple[Matrix, Matrix]:
    """Integer (distances_m, durations_s) between (latitude, longitude) points.

    ``gate_s`` (one figure, or one per place) is added to every arc *into* another place, so that several
    loads at one dock pay its gate once. Raises: ValueError for a figure that makes no sense.
    """
    gates = [gate_s] * len(points) if isinstance(gate_s, int) else list(gate_s)
    if not (math.isfinite(speed_kmh) and speed_kmh > 0 and math.isfinite(road_factor) and road_factor > 0):
        raise ValueError("speed_kmh and road_factor must be above 0.")
    if len(gates) != len(points) or any(gate < 0 for gate in gates):
        raise ValueError("gate_s must be one figure, or one per place, and not negative.")
    if not all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points):
        raise ValueError("points must be (latitude, longitude) in degrees.")
    distances, durations = [], []
    for i, source in enumerate(points):
        metres = [round(great_circle_m(source, target) * road_factor) for target in points]
        distances.append(tuple(metres))
        durations.append(tuple(0 if i == j else round(m * 3.6 / speed_kmh) + gates[j] for j, m in enumerate(metres)))
    return tuple(distances), tuple(durations)
