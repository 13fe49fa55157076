"""Places API (New): searches and details, asked with field masks; every function here blocks."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from shared.maps.google import answers, masks
from shared.maps.model import FoundPlace, LatLng, PlaceDetails, Ranking
from shared.maps.prices import price_of
from shared.web import Call, Reading, Service

PAGE_SIZE, MOST_FOUND = 20, 60
"""Text Search gives 20 places a page and 60 in all; Nearby Search one page."""
FARTHEST_M = 50_000
_TEXT_SEARCH = Call("places.searchText", price_of("Text Search Enterprise"))
_NEARBY = Call("places.searchNearby", price_of("Nearby Search Enterprise"))
_DETAILS = Call("places.get", price_of("Place Details Enterprise + Atmosphere"))


class Places:
    """Names come in `language`, where the place has one in it."""

    def __init__(self, *, key: str, url: str, service: Service, language: str = "en") -> None:
        self._key, self._url, self._language = key, url, language
        self._service = service

    def speaking(self, language: str) -> "Places":
        """The same service, asked for names in another language."""
        return Places(key=self._key, url=self._url, service=self._service, language=language)

    def search(self, kind: str, centre: LatLng, radius: int) -> list[FoundPlace]:
        """Up to 60 places of one type, the best known first."""
        body = {"includedType": kind, "strictTypeFiltering": True, "textQuery": kind.replace("_", " ")}
        return list(self._pages(body, centre, radius, limit=MOST_FOUND))

    def find(self, text: str, centre: LatLng, radius: int, *, limit: int) -> list[FoundPlace]:
        """Up to `limit` places (60 at most) that the words mean, best match first."""
        return list(self._pages({"textQuery": text}, centre, radius, limit=limit))

    def nearby(
        self,
        kinds: Sequence[str],
        centre: LatLng,
        radius: int,
        *,
        limit: int,
        by: Ranking,
    ) -> list[FoundPlace]:
        """Up to 20 places of any of the types within the circle."""
        middle = {"latitude": centre[0], "longitude": centre[1]}
        body = {
            "includedTypes": list(kinds),
            "languageCode": self._language,
            "maxResultCount": min(limit, PAGE_SIZE),
            "rankPreference": by.upper(),
            "locationRestriction": {"circle": {"center": middle, "radius": min(radius, FARTHEST_M)}},
        }
        page = self._ask(_NEARBY, "v1/places:searchNearby", body, mask=masks.FOUND)
        return page[0]

    def details(self, place_id: str) -> PlaceDetails | None:
        """Everything about one place, None when its id is not (or no longer) known."""
        return self._service.call(
            _DETAILS,
            "GET",
            f"{self._url}/v1/places/{quote(place_id, safe='')}",
            reading=Reading(answers.details, missing=lambda: None),
            params={"languageCode": self._language},
            headers=self._headers(masks.DETAILS),
        )

    def _pages(
        self, asked: dict[str, Any], centre: LatLng, radius: int, *, limit: int
    ) -> Iterator[FoundPlace]:
        body: dict[str, Any] = {
            **asked,
            "languageCode": self._language,
            "pageSize": min(limit, PAGE_SIZE),
            "locationRestriction": {"rectangle": answers.box(centre, radius)},
        }
        left = min(limit, MOST_FOUND)
        while left > 0:
            found, token = self._ask(_TEXT_SEARCH, "v1/places:searchText", body, mask=masks.PAGE)
            yield from found[:left]
            left -= len(found)
            if not token:
                return
            body["pageToken"] = token

    def _ask(
        self, call: Call, path: str, body: dict[str, Any], *, mask: str
    ) -> tuple[list[FoundPlace], str | None]:
        return self._service.call(
            call,
            "POST",
            f"{self._url}/{path}",
            reading=Reading(answers.page),
            json=body,
            headers=self._headers(mask),
        )

    def _headers(self, mask: str) -> dict[str, str]:
        return {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": mask}
