"""Google as one provider: geocoder, places and routes under one key; every function here blocks."""

from collections.abc import Callable
from datetime import datetime

from shared.maps.google.geocoder import Geocoder
from shared.maps.google.places import Places
from shared.maps.google.routes import Routes
from shared.web import Patience, Service


class Google:
    """A provider for every country; `in_korean` gives the same places by their Korean names."""

    def __init__(
        self,
        *,
        key: str,
        maps_url: str,
        places_url: str,
        routes_url: str,
        patience: Patience,
        now: Callable[[], datetime],
    ) -> None:
        geocoder = Geocoder(key=key, url=maps_url, patience=patience)
        routes = Routes(key=key, url=routes_url, patience=patience, now=now)
        service = Service("map", group="google places", patience=patience)
        places = Places(key=key, url=places_url, service=service)
        self.places, self.in_korean = places, places.speaking("ko")
        self.locate, self.region, self.zone = geocoder.locate, geocoder.region, geocoder.zone
        self.search, self.nearby, self.find = places.search, places.nearby, places.find
        self.details = places.details
        self.travel, self.matrix = routes.travel, routes.matrix
