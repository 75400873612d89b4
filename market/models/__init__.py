from .ceilings import PriceCeiling
from .events import Event
from .listings import Listing, ListingPhoto
from .lots import Lot
from .notices import Notice
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
    "Notice",
    "Organisation",
    "Photo",
    "Place",
    "PriceCeiling",
    "Produce",
    "User",
]
