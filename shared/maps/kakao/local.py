"""Kakao Local API: places by category or keyword, addresses, regions; every function here blocks."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from shared.maps.kakao import answers
from shared.maps.kakao.answers import Found
from shared.maps.kakao.kinds import KINDS, Kind
from shared.maps.model import FoundPlace, LatLng, Located, PlaceDetails
from shared.web import Call, Patience, Reading, Service

PAGE_SIZE, MOST_FOUND = 15, 45
"""A search gives 15 places a page and 45 in all."""
FARTHEST_M = 20_000
SAME_PLACE_M = 100


class Local:
    """Knows names and places best where Google has few; tells neither hours nor ratings."""

    def __init__(self, *, key: str, url: str, patience: Patience) -> None:
        self._headers, self._url = {"Authorization": f"KakaoAK {key}"}, url
        self._service = Service("map", group="kakao local", patience=patience)

    def locate(self, text: str) -> Located | None:
        """An address or else a place by its name; `partial` when the name is only like the text."""
        asked = {"query": text, "analyze_type": "exact", "size": 1}
        exact = self._ask("search/address.json", "local.address", asked, answers.address)
        if exact is not None:
            return exact
        for one in self._keyword(text, {}, limit=1):
            known = one.place
            partial = "".join(known.name.split()) not in "".join(text.split())
            return Located(known.name, known.lat, known.lng, answers.COUNTRY, partial)
        return None

    def region(self, point: LatLng) -> Located | None:
        """The district a point lies in, None outside South Korea."""
        asked = {"x": point[1], "y": point[0]}
        return self._ask("geo/coord2regioncode.json", "local.coord2regioncode", asked, answers.region)

    def nearby(
        self, kinds: Sequence[str], centre: LatLng, radius: int, *, by_distance: bool = False
    ) -> list[FoundPlace]:
        """Up to 45 places of each kind within `radius` metres (20,000 at most), each place once.

        Kinds that Kakao has no term for are left out.
        """
        around = {**_around(centre, radius), "sort": "distance" if by_distance else "accuracy"}
        known = [KINDS[kind] for kind in kinds if kind in KINDS]
        found = (one.place for kind in dict.fromkeys(known) for one in self._of_kind(kind, around))
        return list({place.id: place for place in found}.values())

    def find(self, text: str, centre: LatLng, radius: int, *, limit: int) -> list[FoundPlace]:
        """Up to `limit` places (45 at most) that the words mean, best match first."""
        return [one.place for one in self._keyword(text, _around(centre, radius), limit=limit)]

    def details(self, known: FoundPlace) -> PlaceDetails | None:
        """What there is to know of a place found before: by its name, for Kakao has no look-up by id."""
        around = _around((known.lat, known.lng), SAME_PLACE_M)
        same = (one for one in self._keyword(known.name, around) if one.place.id == known.id)
        return next((answers.details(one) for one in same), None)

    def _of_kind(self, kind: Kind, around: dict[str, Any]) -> Iterator[Found]:
        if not kind.words and kind.group:
            asked = {"category_group_code": kind.group, **around}
            yield from self._pages("search/category.json", "local.category", asked)
            return
        group = {"category_group_code": kind.group} if kind.group else {}
        found = self._keyword(kind.words[0], {**group, **around})
        yield from (one for one in found if kind.fits(one.group, one.category))

    def _keyword(self, text: str, asked: dict[str, Any], *, limit: int = MOST_FOUND) -> Iterator[Found]:
        return self._pages("search/keyword.json", "local.keyword", {"query": text, **asked}, limit=limit)

    def _pages(
        self, path: str, operation: str, asked: dict[str, Any], *, limit: int = MOST_FOUND
    ) -> Iterator[Found]:
        return islice(self._endless(path, operation, asked, min(limit, PAGE_SIZE)), limit)

    def _endless(self, path: str, operation: str, asked: dict[str, Any], size: int) -> Iterator[Found]:
        for number in range(1, MOST_FOUND // size + 1):
            found, last = self._ask(path, operation, {**asked, "page": number, "size": size}, answers.page)
            yield from found
            if last:
                return

    def _ask[T](
        self, path: str, operation: str, asked: dict[str, Any], read: Callable[[dict[str, Any]], T]
    ) -> T:
        return self._service.call(
            Call(operation),
            "GET",
            f"{self._url}/v2/local/{path}",
            reading=Reading(read),
            params=asked,
            headers=self._headers,
        )


def _around(centre: LatLng, radius: int) -> dict[str, Any]:
    return {"x": centre[1], "y": centre[0], "radius": min(radius, FARTHEST_M)}
