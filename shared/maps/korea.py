"""South Korea: Kakao's places and roads with Google's facts, and Google alone when Kakao is away."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.errors import AppError
from shared.maps.geometry import metres_between
from shared.maps.google import Google
from shared.maps.kakao import Local, Navi
from shared.maps.kakao.kinds import KINDS
from shared.maps.merging import WITHIN_M, combined, joined, merged
from shared.maps.model import FoundPlace, Journey, LatLng, Located, PlaceDetails, Ranking, TravelMode
from shared.maps.provider import PlaceSearch

logger = logging.getLogger(__name__)

HANGUL = re.compile("[\uac00-\ud7a3]")
"""Kakao knows its places by their Korean names, and gives only those."""


class Korea:
    """A provider made of two; every function here blocks."""

    def __init__(self, *, local: Local, navi: Navi, google: Google) -> None:
        self._local, self._navi, self._google = local, navi, google

    def locate(self, text: str, *, country: str | None) -> Located | None:
        """Kakao reads Korean addresses and names; what it does not know is asked of Google."""
        known = _unless_away(lambda: self._local.locate(text))
        return known or self._google.locate(text, country=country)

    def region(self, point: LatLng) -> Located | None:
        """The district a point lies in."""
        return _unless_away(lambda: self._local.region(point)) or self._google.region(point)

    def search(self, kind: str, centre: LatLng, radius: int) -> list[FoundPlace]:
        """Up to 45 places within 20 km, the best known first."""
        found = self._places(
            lambda: self._local.nearby([kind], centre, radius) if kind in KINDS else [],
            lambda google: google.search(kind, centre, radius),
        )
        return _best_known_first(found)

    def nearby(
        self, kinds: Sequence[str], centre: LatLng, radius: int, *, limit: int, by: Ranking
    ) -> list[FoundPlace]:
        """A few places of any of the types; types that only Google knows are Google's."""
        near = by == "distance"
        found = self._places(
            lambda: (
                self._local.nearby(kinds, centre, radius, by_distance=near)
                if KINDS.keys() >= set(kinds)
                else []
            ),
            lambda google: google.nearby(kinds, centre, radius, limit=limit, by=by),
        )
        if near:
            found.sort(key=lambda place: (metres_between(centre, (place.lat, place.lng)), place.id))
            return found[:limit]
        return _best_known_first(found)[:limit]

    def find(self, text: str, centre: LatLng, radius: int, *, limit: int) -> list[FoundPlace]:
        """Places that the words mean; those of Korean words with their Korean names, whoever tells them."""
        if not HANGUL.search(text):
            return self._google.find(text, centre, radius, limit=limit)
        return self._places(
            lambda: self._local.find(text, centre, radius, limit=limit),
            lambda google: google.find(text, centre, radius, limit=limit),
            alone=self._google.in_korean,
        )

    def details(self, known: FoundPlace) -> PlaceDetails | None:
        """A Kakao place found before: address and phone of Kakao, hours, ratings and reviews of Google."""
        ours = _unless_away(lambda: self._local.details(known))
        if ours is None:
            theirs = self._at_google(known)
            return replace(theirs, found=joined(known, theirs.found)) if theirs else None
        theirs = _unless_away(lambda: self._at_google(known))
        if theirs is None:
            return replace(ours, found=known, sources={**ours.sources, **known.sources})
        return combined(ours, theirs)

    def travel(
        self, origin: LatLng, destination: LatLng, *, mode: TravelMode, departure: datetime | None
    ) -> Journey | None:
        """By car with Kakao, all else with Google."""
        if mode != "drive":
            return self._google.travel(origin, destination, mode=mode, departure=departure)
        return _by_road(
            lambda: self._navi.travel(origin, destination, departure=departure),
            lambda: self._google.travel(origin, destination, mode=mode, departure=departure),
            tells=lambda way: way is not None,
        )

    def matrix(
        self,
        origin: LatLng,
        destinations: Sequence[LatLng],
        *,
        mode: TravelMode,
        departure: datetime | None,
    ) -> list[Journey | None]:
        """By car with Kakao, all else with Google."""
        if mode != "drive":
            return self._google.matrix(origin, destinations, mode=mode, departure=departure)
        return _by_road(
            lambda: self._navi.matrix(origin, destinations, departure=departure),
            lambda: self._google.matrix(origin, destinations, mode=mode, departure=departure),
            tells=any,
        )

    def _places(
        self,
        ours: Callable[[], list[FoundPlace]],
        theirs: Callable[[PlaceSearch], list[FoundPlace]],
        *,
        alone: PlaceSearch | None = None,
    ) -> list[FoundPlace]:
        """Kakao's places with Google's facts; when Kakao is away or has none Google's `alone`, in English if
        not told otherwise."""
        found = _unless_away(ours)
        if not found:
            return theirs(alone or self._google.places)
        facts = _unless_away(lambda: theirs(self._google.in_korean))
        return merged(found, facts or [])

    def _at_google(self, known: FoundPlace) -> PlaceDetails | None:
        twin = known.same_as
        if twin is None:
            point = (known.lat, known.lng)
            found = self._google.in_korean.find(known.name, point, WITHIN_M, limit=5)
            twin = merged([known], found)[0].same_as
        return self._google.details(twin) if twin else None


def _unless_away[T](ask: Callable[[], T]) -> T | None:
    """None when the service is away or refuses us: the other provider goes on alone."""
    try:
        return ask()
    except AppError as failure:
        _say(failure)
        return None


def _by_road[T](ours: Callable[[], T], theirs: Callable[[], T], *, tells: Callable[[T], bool]) -> T:
    """Kakao's answer, else Google's if it tells of any road: in South Korea its silence means nothing."""
    try:
        return ours()
    except AppError as failure:
        _say(failure)
        answer = theirs()
        if not tells(answer):
            raise
        return answer


def _say(failure: AppError) -> None:
    logger.warning("one map service goes on without the other: %s", failure)


def _best_known_first(places: Sequence[FoundPlace]) -> list[FoundPlace]:
    return sorted(places, key=lambda place: -place.ratings)
