"""Which places somebody wishes to see, by their names; what no search of a region has found is asked for."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from shared.errors import AppError
from shared.maps import LatLng, Maps, metres_between
from shared.places.geography import country_of
from shared.places.matching import folded, resolve
from shared.places.model import Place, Places
from shared.places.service import places_of
from shared.places.shelf import WORKER_PATIENCE, Shelf, Slot

logger = logging.getLogger(__name__)

MOST_ASKED = 20
"""Questions for one plan: each is one call of a provider, where nobody has asked it within a day."""
LIKELY = 5
RADIUS = 30_000


@dataclass(frozen=True, slots=True)
class Around:
    """Where a wish may be: around the centre of a region in a time zone."""

    region: str
    centre: LatLng
    zone: str


@dataclass(frozen=True, slots=True)
class Meant:
    """The place id of each wish, None where nobody knows one; `found` are places that no search had, by
    region."""

    ids: Mapping[str, str | None]
    found: Mapping[str, tuple[Place, ...]]


async def meant(
    wishes: Sequence[str], stops: Sequence[Around], known: Sequence[Place], *, shelf: Shelf, maps: Maps
) -> Meant:
    """What the wishes mean among the places that are known, else around the stops, the first that has it.

    A provider that is away leaves wishes without a place; nothing fails.
    """
    ids = {wish: resolve(wish, known) for wish in wishes}
    regions = {stop.region: stop for stop in stops}
    open_ones = [wish for wish, place in ids.items() if place is None]
    pairs = list(islice(product(open_ones, regions.values()), MOST_ASKED))
    answers = await asyncio.gather(*(_ask(wish, stop, shelf=shelf, maps=maps) for wish, stop in pairs))
    have, found = {place.id for place in known}, dict[str, tuple[Place, ...]]()
    for (wish, stop), place in zip(pairs, answers, strict=True):
        if place is None or ids[wish] is not None:
            continue
        ids[wish] = place.id
        if place.id not in have:
            have.add(place.id)
            found[stop.region] = (*found.get(stop.region, ()), place)
    return Meant(ids, found)


async def _ask(wish: str, stop: Around, *, shelf: Shelf, maps: Maps) -> Place | None:
    """The place of that name; in Korea a Korean name is Kakao's to know, and the place is Google's again
    where it is the same, so that it has one id in a plan."""
    region = f"wish:{stop.region}"
    slot = Slot(region, hashlib.sha256(folded(wish).encode()).hexdigest()[:32])

    async def ask() -> Places:
        country = country_of(stop.zone)
        found = await maps.find(wish, stop.centre, radius=RADIUS, limit=LIKELY, country=country)
        near = [one for one in found if metres_between(stop.centre, (one.lat, one.lng)) <= RADIUS]
        same = [replace(one, id=one.same_as or one.id) for one in near]
        made = await places_of(same, region=stop.region, shelf=shelf, maps=maps)
        named = resolve(wish, made)
        return Places(places=tuple(place for place in made if place.id == named))

    try:
        kept = await shelf.get(slot, Places, ask, patience=WORKER_PATIENCE)
    except AppError as error:
        logger.warning("a wish stays without a place: %s", type(error).__name__)
        return None
    return next(iter(kept.value.places), None)
