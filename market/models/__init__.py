from .events import Event
from .listings import Listing, ListingPhoto
from .lots import Lot
from .organisations import Membership, Organisation
from .photos import Photo
from .places import Place
from .produce import Produce
from .reviews import BureauApprovalTask
from .users import User

__all__ = [
    "BureauApprovalTask",
    "Event",
    "Listing",
    "ListingPhoto",
    "Lot",
    "Membership",
    "Organisation",
    "Photo",
    "Place",
    "Produce",
    "User",
]
