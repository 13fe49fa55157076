"""Google Maps Platform: geocoding, time zones, places, travel times, and our own facts about places."""

from shared.maps.client import Maps
from shared.maps.model import FoundPlace, Journey, LatLng, Located, PlaceFacts

__all__ = ["FoundPlace", "Journey", "LatLng", "Located", "Maps", "PlaceFacts"]
