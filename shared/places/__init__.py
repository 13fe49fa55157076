"""Places: the public face of the domain."""

from shared.maps import metres_between
from shared.places.candidates import Need, choose
from shared.places.details import details, hours_on
from shared.places.geography import country_of, region_of
from shared.places.hours import opening_hours
from shared.places.keywords import find
from shared.places.limits import limit_reads, limit_recommendations
from shared.places.listing import nearby
from shared.places.model import Location, Place
from shared.places.portable import searches_of
from shared.places.query import ForTrip, KeywordPage, NearbyPage, NearbyQuery, OnDate, Sorted
from shared.places.reasons import Companion
from shared.places.recommendation import recommend
from shared.places.searches import read, run, start
from shared.places.service import fresh_categories, in_region, locate, search
from shared.places.shelf import Shelf
from shared.places.typical import LABELS, PLANNED, VISITS
from shared.places.views import RecommendationView
from shared.places.wishes import Around, Meant, meant

__all__ = [
    "LABELS",
    "PLANNED",
    "VISITS",
    "Around",
    "Companion",
    "ForTrip",
    "KeywordPage",
    "Location",
    "Meant",
    "NearbyPage",
    "NearbyQuery",
    "Need",
    "OnDate",
    "Place",
    "RecommendationView",
    "Shelf",
    "Sorted",
    "choose",
    "country_of",
    "details",
    "find",
    "fresh_categories",
    "hours_on",
    "in_region",
    "limit_reads",
    "limit_recommendations",
    "locate",
    "meant",
    "metres_between",
    "nearby",
    "opening_hours",
    "read",
    "recommend",
    "region_of",
    "run",
    "search",
    "searches_of",
    "start",
]
