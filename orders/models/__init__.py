from .allocations import Allocation
from .demands import Demand
from .docks import Dock
from .matching import MatchPolicy, MatchProposal, MatchRemainder, MatchRun
from .offers import Offer
from .pledges import Pledge, PledgeLine
from .relays import RelayReading, Stall, StallAlias
from .standing import StandingDay, StandingPledge

__all__ = [
    "Allocation",
    "Demand",
    "Dock",
    "MatchPolicy",
    "MatchProposal",
    "MatchRemainder",
    "MatchRun",
    "Offer",
    "Pledge",
    "PledgeLine",
    "RelayReading",
    "Stall",
    "StallAlias",
    "StandingDay",
    "StandingPledge",
]
