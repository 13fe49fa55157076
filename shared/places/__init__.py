"""Places: the public face of the domain."""

from shared.places.hours import opening_hours
from shared.places.matching import best_match
from shared.places.model import Location, Place
from shared.places.service import in_region, is_fresh, locate, metres_between, region_of, search
from shared.places.typical import LABELS, PLANNED

__all__ = [
    "LABELS",
    "PLANNED",
    "Location",
    "Place",
    "best_match",
    "in_region",
    "is_fresh",
    "locate",
    "metres_between",
    "opening_hours",
    "region_of",
    "search",
]
