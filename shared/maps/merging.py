"""One place out of two providers' accounts of it: by name and distance, the same way every time."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.maps.geometry import metres_between
from shared.maps.model import FoundPlace, PlaceDetails

WITHIN_M = 100
LEAST_SHARE = 0.8
"""A name that is part of the other must be this much of it: a palace is not the station of its name."""
_FACTS = ("rating", "ratings", "price_level", "wheelchair_entrance", "weekly_hours", "current_hours")
_DETAILS = ("address", "phone", "website", "summary", "reviews")


def merged(ours: Sequence[FoundPlace], others: Sequence[FoundPlace]) -> list[FoundPlace]:
    """Our places in their order, each with the facts of the other that is the same, if there is one.

    The best pair comes first: same name, then nearest, then by ids; no place is used twice.
    """
    taken: dict[str, FoundPlace] = {}
    used: set[str] = set()
    for _, _, mine, other in sorted(
        _pairs(ours, others), key=lambda pair: (*pair[:2], pair[2].id, pair[3].id)
    ):
        if mine.id not in taken and other.id not in used:
            taken[mine.id] = other
            used.add(other.id)
    return [joined(place, taken[place.id]) if place.id in taken else place for place in ours]


def joined(place: FoundPlace, other: FoundPlace) -> FoundPlace:
    """Identity, name and point stay; facts that only the other knows are taken with their source."""
    told = [name for name in _FACTS if name in other.sources and name not in place.sources]
    return replace(
        place,
        types=tuple(dict.fromkeys((*other.types, *place.types))),
        same_as=other.id,
        sources={**place.sources, **{name: other.sources[name] for name in told}},
        **{name: getattr(other, name) for name in told},
    )


def combined(ours: PlaceDetails, theirs: PlaceDetails) -> PlaceDetails:
    """Our details of a place with what only the other tells, each fact with its source."""
    told = [name for name in _DETAILS if name in theirs.sources and name not in ours.sources]
    found = joined(ours.found, theirs.found)
    return replace(
        ours,
        found=found,
        sources={**ours.sources, **found.sources, **{name: theirs.sources[name] for name in told}},
        **{name: getattr(theirs, name) for name in told},
    )


def _pairs(
    ours: Sequence[FoundPlace], others: Sequence[FoundPlace]
) -> Iterator[tuple[bool, int, FoundPlace, FoundPlace]]:
    for mine in ours:
        for other in others:
            apart = metres_between((mine.lat, mine.lng), (other.lat, other.lng))
            if apart < WITHIN_M and (likeness := _alike(mine.name, other.name)):
                yield likeness < 1, apart, mine, other


def _alike(one: str, two: str) -> float:
    """1 for the same name, the share of the shorter in the longer when that holds it, else 0."""
    short, long = sorted((_plain(one), _plain(two)), key=len)
    share = len(short) / len(long) if long else 0.0
    return share if short in long and share >= LEAST_SHARE else 0.0


def _plain(name: str) -> str:
    """Without case, spaces, punctuation and what stands in brackets."""
    bare = re.sub(r"[(\[].*?[)\]]", "", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in bare if char.isalnum())
