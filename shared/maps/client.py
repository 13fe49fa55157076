"""The map services behind async functions: which provider is asked, and in which threads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.maps.facts import Facts
from shared.maps.google import Google
from shared.maps.kakao import Local, Navi
from shared.maps.kakao.answers import COUNTRY, NAMESPACE
from shared.maps.korea import Korea
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
from shared.maps.provider import Provider
from shared.web import Patience, Threads, metering

AT_ONCE = 16
"""Calls of map services under way in one process."""
PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class KakaoAccess:
    """Where Kakao's two APIs are, and the one key for both."""

    key: str
    local_url: str
    navi_url: str


class Maps:
    """Geocoding, time zones, places, routes, and our place facts.

    `country` (ISO 3166-1 alpha-2) chooses the provider: Kakao with Google's facts for `KR` where Kakao is set
    up, Google for all else and when it is not known. Points are latitude and longitude in degrees.
    Every function raises Transient when the service is away or busy and AppError when it refuses us.
    """

    metering = staticmethod(metering)
    """`with maps.metering("job") as meter:` counts calls and cost of the block, threads included."""

    def __init__(
        self,
        *,
        key: str,
        maps_url: str,
        places_url: str,
        routes_url: str,
        facts_url: str | None,
        facts_key: str | None,
        kakao: KakaoAccess | None = None,
        patience: Patience = PATIENCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        urls = {"maps_url": maps_url, "places_url": places_url, "routes_url": routes_url}
        self._google = Google(key=key, **urls, patience=patience, now=now)
        self._korea = _korea(kakao, self._google, patience, now) if kakao else None
        self._facts = Facts(url=facts_url, key=facts_key, patience=patience) if facts_url else None
        self._threads = Threads("maps", at_once=AT_ONCE)

    async def locate(self, text: str, *, country: str | None = None) -> Located | None:
        """The place a name or an address means, None when the geocoder knows none."""
        return await self._threads.run(self._of(country).locate, text, country=country)

    async def region(self, point: LatLng, *, country: str | None = None) -> Located | None:
        """The town or district that a point lies in, and so its country; None at sea."""
        return await self._threads.run(self._of(country).region, point)

    async def zone(self, point: LatLng, at: datetime) -> str:
        """The IANA zone of a point."""
        return await self._threads.run(self._google.zone, point, at)

    async def search(
        self, kind: str, centre: LatLng, *, radius: int, country: str | None = None
    ) -> list[FoundPlace]:
        """Up to 60 places of one Google type within about `radius` metres, the best known first."""
        return await self._threads.run(self._of(country).search, kind, centre, radius)

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
        return await self._threads.run(self._of(country).nearby, kinds, centre, radius, limit=limit, by=by)

    async def find(
        self, text: str, centre: LatLng, *, radius: int, limit: int = 20, country: str | None = None
    ) -> list[FoundPlace]:
        """Up to `limit` places (60 at most) that the words mean, within about `radius` metres."""
        return await self._threads.run(self._of(country).find, text, centre, radius, limit=limit)

    async def details(self, place_id: str, *, known: FoundPlace | None = None) -> PlaceDetails | None:
        """Everything about one place, None when its id is not (or no longer) known.

        A `kakao:` id needs the place as it was found, for Kakao has no look-up by id.
        """
        if not place_id.startswith(NAMESPACE):
            return await self._threads.run(self._google.details, place_id)
        if self._korea is None or known is None:
            return None
        return await self._threads.run(self._korea.details, known)

    async def facts(self, ids: Sequence[str]) -> dict[str, PlaceFacts]:
        """What our own source knows of the places; nothing when it is not set up."""
        return {} if self._facts is None else await self._threads.run(self._facts.of, list(ids))

    async def travel(
        self,
        origin: LatLng,
        destination: LatLng,
        *,
        mode: TravelMode,
        departure: datetime | None = None,
        country: str | None = None,
    ) -> Journey | None:
        """The usual journey between two points, None where no road or line leads.

        An aware `departure` in the future counts timetables and, by car, the traffic of that hour.
        """
        provider = self._of(country)
        return await self._threads.run(provider.travel, origin, destination, mode=mode, departure=departure)

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
        provider = self._of(country)
        return await self._threads.run(provider.matrix, origin, destinations, mode=mode, departure=departure)

    def _of(self, country: str | None) -> Provider:
        return self._korea if self._korea and (country or "").upper() == COUNTRY else self._google


def _korea(access: KakaoAccess, google: Google, patience: Patience, now: Callable[[], datetime]) -> Korea:
    local = Local(key=access.key, url=access.local_url, patience=patience)
    navi = Navi(key=access.key, url=access.navi_url, patience=patience, now=now)
    return Korea(local=local, navi=navi, google=google)
