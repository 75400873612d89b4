from .allocations import Allocation
from .docks import Dock
from .pledges import Pledge, PledgeLine

__all__ = ["Allocation", "Dock", "Pledge", "PledgeLine"]
