"""The map services behind async functions; the clients underneath block, so they run in threads."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import requests

from shared.errors import AppError, Transient
from shared.maps import answers, web
from shared.maps.model import FoundPlace, Journey, LatLng, Located, PlaceFacts

if TYPE_CHECKING:
    import googlemaps

logger = logging.getLogger(__name__)

PAGES = 3
"""Text Search gives 20 places a page and 60 in all."""
FACTS_AT_ONCE = 200
LANGUAGE = "en"
PLACE_MASK = ",".join(
    f"places.{name}"
    for name in (
        "id",
        "displayName",
        "location",
        "types",
        "primaryType",
        "rating",
        "userRatingCount",
        "priceLevel",
        "accessibilityOptions.wheelchairAccessibleEntrance",
        "regularOpeningHours.periods",
        "currentOpeningHours.periods",
        "currentOpeningHours.specialDays",
        "businessStatus",
    )
)
ROUTE_MASK = "routes.duration,routes.distanceMeters"


class Maps:
    """Google's Geocoding, Time Zone, Places (New) and Routes APIs, and our place facts."""

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
        self._key, self._maps_url = key, maps_url
        self._places_url, self._routes_url = places_url, routes_url
        self._facts_url, self._facts_key = facts_url, facts_key
        self._web = web.session()
        self._legacy: googlemaps.Client | None = None

    async def locate(self, text: str) -> Located | None:
        """The place a name or an address means, None when the geocoder knows none."""
        results = await asyncio.to_thread(self._ask_legacy, "geocode", text, language=LANGUAGE)
        return answers.located(results[0]) if results else None

    async def zone(self, point: LatLng, at: datetime) -> str:
        """The IANA zone of a point."""
        answer = await asyncio.to_thread(self._ask_legacy, "timezone", point, at)
        return str(answer["timeZoneId"])

    async def search(self, kind: str, centre: LatLng, *, radius: int) -> list[FoundPlace]:
        """Up to 60 places of one Google type within about `radius` metres, the best known first."""
        return await asyncio.to_thread(lambda: list(self._search(kind, centre, radius)))

    async def facts(self, ids: Sequence[str]) -> dict[str, PlaceFacts]:
        """What our own source knows of the places; nothing when it is not set up."""
        if self._facts_url is None:
            return {}
        return await asyncio.to_thread(self._facts, list(ids))

    async def travel(
        self, origin: LatLng, destination: LatLng, *, mode: Literal["transit", "drive"]
    ) -> Journey | None:
        """The usual journey between two points, None where no road or line leads."""
        body = {
            "origin": answers.waypoint(origin),
            "destination": answers.waypoint(destination),
            "travelMode": mode.upper(),
        }
        found = await asyncio.to_thread(self._post, self._routes_url, "directions/v2:computeRoutes", body)
        return answers.journey(found)

    def _search(self, kind: str, centre: LatLng, radius: int) -> Iterator[FoundPlace]:
        body: dict[str, Any] = {
            "textQuery": kind.replace("_", " "),
            "includedType": kind,
            "strictTypeFiltering": True,
            "languageCode": LANGUAGE,
            "pageSize": 20,
            "locationRestriction": {"rectangle": answers.box(centre, radius)},
        }
        for _ in range(PAGES):
            page = self._post(self._places_url, "v1/places:searchText", body)
            yield from (answers.place(row) for row in page.get("places", ()) if answers.is_usable(row))
            if not (token := page.get("nextPageToken")):
                return
            body["pageToken"] = token

    def _post(self, base: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        mask = ROUTE_MASK if path.startswith("directions") else f"{PLACE_MASK},nextPageToken"
        headers = {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": mask}
        return web.call(self._web, "POST", f"{base}/{path}", service="map", json=body, headers=headers)

    def _facts(self, ids: list[str]) -> dict[str, PlaceFacts]:
        known: dict[str, PlaceFacts] = {}
        for start in range(0, len(ids), FACTS_AT_ONCE):
            answer = web.call(
                self._web,
                "GET",
                f"{self._facts_url}/facts/v1/places",
                service="place facts",
                params={"ids": ",".join(ids[start : start + FACTS_AT_ONCE])},
                headers={"X-Api-Key": self._facts_key or ""},
            )
            known |= {row["id"]: answers.facts(row) for row in answer["places"]}
        return known

    def _ask_legacy(self, call: str, *arguments: object, **options: object) -> Any:
        import googlemaps  # noqa: PLC0415 - slow to import, and only workers need it

        if self._legacy is None:
            self._legacy = googlemaps.Client(
                key=self._key,
                base_url=self._maps_url,
                connect_timeout=web.CONNECT_SECONDS,
                read_timeout=web.READ_SECONDS,
                retry_timeout=1,
                retry_over_query_limit=False,
                requests_session=web.session(retried=frozenset()),  # the client retries those itself
            )
        try:
            return getattr(self._legacy, call)(*arguments, **options)
        except (googlemaps.exceptions.ApiError, googlemaps.exceptions.HTTPError) as error:
            failure = _refusal(error)
        except (
            googlemaps.exceptions.TransportError,
            googlemaps.exceptions.Timeout,
            requests.RequestException,
        ):
            failure = Transient("The map service did not answer. Try again in a moment.")
        # Not inside a handler: the original repeats the address, key included, and would stay as context.
        raise failure


def _refusal(error: Exception) -> AppError:
    status = str(getattr(error, "status", None) or getattr(error, "status_code", ""))
    if status in {"OVER_QUERY_LIMIT", "UNKNOWN_ERROR"} or status.startswith("5"):
        return Transient("The map service is busy. Try again in a moment.")
    logger.error("the geocoder refused our call: %s", status)
    return AppError("The map service refused our request.")
