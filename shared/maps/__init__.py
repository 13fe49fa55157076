"""Map services: geocoding, time zones, places, travel times, and our own facts about places."""

from shared.maps.client import Maps
from shared.maps.meter import Meter
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

__all__ = [
    "FoundPlace",
    "Journey",
    "LatLng",
    "Located",
    "Maps",
    "Meter",
    "PlaceDetails",
    "PlaceFacts",
    "Ranking",
    "Review",
    "TravelMode",
]
