"""Map services: geocoding, time zones, places, travel times, and our own facts about places."""

from shared.maps.client import KakaoAccess, Maps
from shared.maps.geometry import metres_between
from shared.maps.model import (
    FoundPlace,
    Journey,
    LatLng,
    Located,
    PlaceDetails,
    PlaceFacts,
    Ranking,
    Review,
    TravelMode,
)
from shared.web import Meter

__all__ = [
    "FoundPlace",
    "Journey",
    "KakaoAccess",
    "LatLng",
    "Located",
    "Maps",
    "Meter",
    "PlaceDetails",
    "PlaceFacts",
    "Ranking",
    "Review",
    "TravelMode",
    "metres_between",
]
