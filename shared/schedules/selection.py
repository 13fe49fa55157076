"""What a trip needs of the places at each of its stops: open on its days there, and fit for its party."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate

from shared import places
from shared.trips import Member, Trip

ELDERLY_FROM = 76
NO_WISH = 0.5


def needs(
    trip: Trip, dates: Sequence[date], *, excluded: Collection[str], wished: Collection[str]
) -> list[places.Need]:
    """One need per destination, the nodes of its days still to be named."""
    before = accumulate((stop.nights for stop in trip.destinations), initial=0)
    return [
        places.Need(
            dates=dates[first : first + stop.nights + 1],
            around=(),
            by_car=trip.transport == "car",
            step_free=any(member.health == "limited" for member in trip.members),
            gentle=any(map(_is_gentle, trip.members)),
            likes=_likes(trip.members),
            excluded=excluded,
            wished=wished,
        )
        for first, stop in zip(before, trip.destinations, strict=False)
    ]


def _is_gentle(member: Member) -> bool:
    """Nothing strenuous for the less able and for people over 75 (product rules, pace of a day)."""
    return member.health in {"caution", "limited"} or member.age >= ELDERLY_FROM


def _likes(party: Sequence[Member]) -> dict[str, float]:
    """The mean wish of the party for each kind of visit, 0 to 1; who names none likes all by half."""
    return {
        category: sum(
            float(category in member.preferences) if member.preferences else NO_WISH for member in party
        )
        / max(1, len(party))
        for category in sorted(places.VISITS)
    }
