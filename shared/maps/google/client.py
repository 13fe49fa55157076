"""Places API (New) and Routes API, asked with field masks; every function here blocks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from shared.maps import web
from shared.maps.google import answers, masks
from shared.maps.model import FoundPlace, Journey, LatLng, PlaceDetails, Ranking, TravelMode
from shared.maps.prices import Sku
from shared.maps.web import Call

PAGE_SIZE, MOST_FOUND = 20, 60
"""Text Search gives 20 places a page and 60 in all; Nearby Search one page."""
LANGUAGE = "en"
SERVICE = "map"
ELEMENTS: dict[TravelMode, int] = {"walk": 625, "drive": 625, "transit": 100}
"""Elements of one route matrix (Routes API limits; traffic-aware-optimal would be 100 too)."""
_TRANSIT_AHEAD = timedelta(days=95)
"""Timetables reach 100 days ahead; a later departure is asked for the same weekday within them."""
_NOT_FOUND = 404


class Google:
    """One key, two addresses, one pooled session."""

    def __init__(self, *, key: str, places_url: str, routes_url: str) -> None:
        self._key, self._places_url, self._routes_url = key, places_url, routes_url
        self._web = web.session()

    def search(self, kind: str, centre: LatLng, radius: int) -> list[FoundPlace]:
        """Up to 60 places of one type, the best known first."""
        body = {"includedType": kind, "strictTypeFiltering": True, "textQuery": kind.replace("_", " ")}
        return list(self._pages(body, centre, radius, limit=MOST_FOUND))

    def find(self, text: str, centre: LatLng, radius: int, *, limit: int) -> list[FoundPlace]:
        """Up to `limit` places (60 at most) that the words mean, best match first."""
        return list(self._pages({"textQuery": text}, centre, radius, limit=limit))

    def nearby(
        self, kinds: Sequence[str], centre: LatLng, radius: int, *, limit: int, by: Ranking
    ) -> list[FoundPlace]:
        """Up to 20 places of any of the types within the circle."""
        body = {
            "includedTypes": list(kinds),
            "languageCode": LANGUAGE,
            "maxResultCount": min(limit, PAGE_SIZE),
            "rankPreference": by.upper(),
            "locationRestriction": {
                "circle": {"center": {"latitude": centre[0], "longitude": centre[1]}, "radius": radius}
            },
        }
        what = Call(SERVICE, "places.searchNearby", "Nearby Search Enterprise")
        found = self._post(self._places_url, "v1/places:searchNearby", body, mask=masks.FOUND, what=what)
        return answers.places(found)

    def details(self, place_id: str) -> PlaceDetails | None:
        """Everything about one place, None when its id is not (or no longer) known."""
        what = Call(SERVICE, "places.get", "Place Details Enterprise + Atmosphere")
        url = f"{self._places_url}/v1/places/{quote(place_id, safe='')}"
        headers = {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": masks.DETAILS}
        asked = {"languageCode": LANGUAGE}
        row = web.call(self._web, "GET", url, what=what, absent=_NOT_FOUND, params=asked, headers=headers)
        return None if row is None else answers.details(row)

    def travel(
        self, origin: LatLng, destination: LatLng, *, mode: TravelMode, departure: datetime | None
    ) -> Journey | None:
        """The best way between two points, None where none leads."""
        timing = _timing(mode, departure)
        body = {"origin": answers.waypoint(origin), "destination": answers.waypoint(destination), **timing}
        sku: Sku = "Compute Routes Pro" if "routingPreference" in timing else "Compute Routes Essentials"
        mask = masks.TRANSIT_ROUTE if mode == "transit" else masks.ROUTE
        what = Call(SERVICE, "routes.computeRoutes", sku)
        found = self._post(self._routes_url, "directions/v2:computeRoutes", body, mask=mask, what=what)
        return answers.journey(found, mode)

    def matrix(
        self,
        origin: LatLng,
        destinations: Sequence[LatLng],
        *,
        mode: TravelMode,
        departure: datetime | None,
    ) -> list[Journey | None]:
        """Ways from one point to many, in the order asked for, in as few requests as the service takes."""
        size = ELEMENTS[mode]
        chunks = [destinations[start : start + size] for start in range(0, len(destinations), size)]
        timing = _timing(mode, departure)
        return [way for ends in chunks for way in self._chunk(origin, ends, mode, timing)]

    def _chunk(
        self, origin: LatLng, ends: Sequence[LatLng], mode: TravelMode, timing: dict[str, Any]
    ) -> list[Journey | None]:
        body = {
            "origins": [{"waypoint": answers.waypoint(origin)}],
            "destinations": [{"waypoint": answers.waypoint(end)} for end in ends],
            **timing,
        }
        paid: Sku = (
            "Compute Route Matrix Pro" if "routingPreference" in timing else "Compute Route Matrix Essentials"
        )
        what = Call(SERVICE, "routes.computeRouteMatrix", paid, units=len(ends))
        path = "distanceMatrix/v2:computeRouteMatrix"
        return answers.matrix(
            self._post(self._routes_url, path, body, mask=masks.MATRIX, what=what), len(ends), mode
        )

    def _pages(
        self, asked: dict[str, Any], centre: LatLng, radius: int, *, limit: int
    ) -> Iterator[FoundPlace]:
        body: dict[str, Any] = {
            **asked,
            "languageCode": LANGUAGE,
            "pageSize": min(limit, PAGE_SIZE),
            "locationRestriction": {"rectangle": answers.box(centre, radius)},
        }
        what = Call(SERVICE, "places.searchText", "Text Search Enterprise")
        left = min(limit, MOST_FOUND)
        while left > 0:
            page = self._post(self._places_url, "v1/places:searchText", body, mask=masks.PAGE, what=what)
            found = answers.places(page)[:left]
            yield from found
            left -= len(found)
            if not (token := page.get("nextPageToken")):
                return
            body["pageToken"] = token

    def _post(self, base: str, path: str, body: dict[str, Any], *, mask: str, what: Call) -> Any:
        headers = {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": mask}
        return web.call(self._web, "POST", f"{base}/{path}", what=what, json=body, headers=headers)


def _timing(mode: TravelMode, departure: datetime | None) -> dict[str, Any]:
    """The mode, and the departure where it matters: walking takes as long at any hour.

    A drive at a known time takes traffic into account, at twice the price; a past one is left out.
    """
    asked: dict[str, Any] = {"travelMode": mode.upper()}
    now = datetime.now(UTC)
    if departure is None or mode == "walk" or departure <= now:
        return asked
    if mode == "drive":
        asked["routingPreference"] = "TRAFFIC_AWARE"
    while mode == "transit" and departure - now > _TRANSIT_AHEAD:
        departure -= timedelta(weeks=1)
    return {**asked, "departureTime": departure.astimezone(UTC).isoformat().replace("+00:00", "Z")}
