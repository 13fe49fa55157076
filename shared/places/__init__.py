"""Places: the public face of the domain."""

from shared.places.candidates import Need, choose
from shared.places.geography import metres_between, region_of
from shared.places.hours import opening_hours
from shared.places.matching import resolve
from shared.places.model import Location, Place
from shared.places.service import fresh_categories, in_region, locate, search
from shared.places.shelf import Shelf
from shared.places.typical import LABELS, PLANNED, VISITS

__all__ = [
    "LABELS",
    "PLANNED",
    "VISITS",
    "Location",
    "Need",
    "Place",
    "Shelf",
    "choose",
    "fresh_categories",
    "in_region",
    "locate",
    "metres_between",
    "opening_hours",
    "region_of",
    "resolve",
    "search",
]
