"""Google Maps Platform: geocoding and time zones, Places API (New), Routes API."""

from shared.maps.google.client import Google

__all__ = ["Google"]
