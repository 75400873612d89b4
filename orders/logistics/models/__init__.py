from .drivers import Driver, HealthCheck
from .passes import Pass
from .receipts import Receipt
from .rules import Rules
from .runs import PlanRun
from .statements import StatementAdjustment
from .trips import Load, Stop, Trip
from .trucks import Truck

__all__ = [
    "Driver",
    "HealthCheck",
    "Load",
    "Pass",
    "PlanRun",
    "Receipt",
    "Rules",
    "StatementAdjustment",
    "Stop",
    "Trip",
    "Truck",
]
