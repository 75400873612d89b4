from .areas import RiskArea, RoadDistance, TollRules, TransferPoint, TruckBan, Yard
from .checkpoints import Checkpoint, CheckpointAlarm, CheckpointDevice, CheckpointVisit
from .drivers import Driver, HealthCheck, HealthTally
from .keys import SignerKey, TrustBundle
from .passes import IssuerOffice, Pass, PassCode
from .receipts import Dispute, Receipt
from .road import Breakdown, Evidence, Handover, Paper, RoadReport, Seal, TripOverride
from .rules import Rules
from .runs import PlanRun
from .statements import StatementAdjustment
from .trips import Load, Stop, Trip
from .trucks import Truck

__all__ = [
    "Breakdown",
    "Checkpoint",
    "CheckpointAlarm",
    "CheckpointDevice",
    "CheckpointVisit",
    "Dispute",
    "Driver",
    "Evidence",
    "Handover",
    "HealthCheck",
    "HealthTally",
    "IssuerOffice",
    "Load",
    "Paper",
    "Pass",
    "PassCode",
    "PlanRun",
    "Receipt",
    "RiskArea",
    "RoadDistance",
    "RoadReport",
    "Rules",
    "Seal",
    "SignerKey",
    "StatementAdjustment",
    "Stop",
    "TollRules",
    "TransferPoint",
    "Trip",
    "TripOverride",
    "Truck",
    "TruckBan",
    "TrustBundle",
    "Yard",
]
