"""The map services behind async functions; the clients underneath block, so they run in threads."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from shared.maps import meter
from shared.maps.facts import Facts
from shared.maps.google import Google
from shared.maps.google.geocoder import Geocoder
from shared.maps.model import (
    FoundPlace,
    Journey,
    LatLng,
    Located,
    PlaceDetails,
    PlaceFacts,
    Ranking,
    TravelMode,
)


class Maps:
    """Geocoding, time zones, places, routes, and our place facts.

    Every function raises `Transient` when the service is away or busy and `AppError` when it refuses us.
    `country` is ISO 3166-1 alpha-2 and chooses the provider.
    """

    metering = staticmethod(meter.metering)

    def __init__(
        self,
        *,
        key: str,
        maps_url: str,
        places_url: str,
        routes_url: str,
        facts_url: str | None,
        facts_key: str | None,
    ) -> None:
        self._geocoder = Geocoder(key=key, url=maps_url)
        self._google = Google(key=key, places_url=places_url, routes_url=routes_url)
        self._known = None if facts_url is None else Facts(url=facts_url, key=facts_key)

    async def locate(self, text: str, *, country: str | None = None) -> Located | None:
        """The place a name or an address means, None when the geocoder knows none."""
        return await asyncio.to_thread(self._geocoder.locate, text, country=country)

    async def zone(self, point: LatLng, at: datetime) -> str:
        """The IANA zone of a point."""
        return await asyncio.to_thread(self._geocoder.zone, point, at)

    async def search(
        self, kind: str, centre: LatLng, *, radius: int, country: str | None = None
    ) -> list[FoundPlace]:
        """Up to 60 places of one Google type within about `radius` metres, the best known first."""
        return await asyncio.to_thread(self._google.search, kind, centre, radius)

    async def nearby(
        self,
        kinds: Sequence[str],
        centre: LatLng,
        *,
        radius: int,
        limit: int = 20,
        by: Ranking = "popularity",
        country: str | None = None,
    ) -> list[FoundPlace]:
        """Up to 20 places of any of the Google types within `radius` metres (at most 50,000)."""
        return await asyncio.to_thread(self._google.nearby, kinds, centre, radius, limit=limit, by=by)

    async def find(
        self, text: str, centre: LatLng, *, radius: int, limit: int = 20, country: str | None = None
    ) -> list[FoundPlace]:
        """Up to `limit` places (60 at most) that the words mean, within about `radius` metres."""
        return await asyncio.to_thread(self._google.find, text, centre, radius, limit=limit)

    async def details(self, place_id: str) -> PlaceDetails | None:
        """Everything about one place, None when its id is not (or no longer) known."""
        return await asyncio.to_thread(self._google.details, place_id)

    async def facts(self, ids: Sequence[str]) -> dict[str, PlaceFacts]:
        """What our own source knows of the places; nothing when it is not set up."""
        return {} if self._known is None else await asyncio.to_thread(self._known.of, list(ids))

    async def travel(
        self,
        origin: LatLng,
        destination: LatLng,
        *,
        mode: TravelMode,
        departure: datetime | None = None,
        country: str | None = None,
    ) -> Journey | None:
        """The usual journey between two points, None where no road or line leads."""
        return await asyncio.to_thread(
            self._google.travel, origin, destination, mode=mode, departure=departure
        )

    async def matrix(
        self,
        origin: LatLng,
        destinations: Sequence[LatLng],
        *,
        mode: TravelMode,
        departure: datetime | None = None,
        country: str | None = None,
    ) -> list[Journey | None]:
        """Journeys from one point to many, in the order asked for; None where no road or line leads."""
        return await asyncio.to_thread(
            self._google.matrix, origin, destinations, mode=mode, departure=departure
        )
