"""What the least able member of a party allows, derived once and used by every check."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.schedules.planning.document import Health, Member

_LEVELS: tuple[Health, ...] = ("excellent", "good", "caution", "limited")
_OLD_AGE = 75
_YOUNG_AGE = 7


@dataclass(frozen=True, slots=True)
class Limits:
    """Pace and walking of a full day. Walking in metres, spacing in minutes; None means no such limit.

    `level` is that of the least able member; `places` the band of visits, both ends included.
    """

    level: Health
    places: tuple[int, int]
    rests: int
    rest_spacing: int | None
    walk_leg: int | None
    walk_day: int

    @property
    def limited(self) -> bool:
        """Whether places have to be step-free and short ways need not be walked."""
        return self.level == "limited"

    @property
    def frail(self) -> bool:
        """Whether strenuous places are out."""
        return self.level in ("caution", "limited")


_PACE: dict[Health, tuple[tuple[int, int], int, int | None]] = {
    "limited": ((2, 3), 3, 180),
    "caution": ((4, 5), 2, 240),
    "good": ((5, 7), 0, None),
    "excellent": ((5, 7), 0, None),
}
_WALKING: dict[Health, tuple[int | None, int]] = {
    "limited": (500, 2_000),
    "caution": (1_000, 5_000),
    "good": (None, 12_000),
    "excellent": (None, 12_000),
}


def limits_of(party: Sequence[Member]) -> Limits:
    """Limits of a party (product rules, pace of a day).

    Over 75 counts at least as `caution` in everything, under 7 as `caution` for walking only.
    """
    level = _least_able([_at_least_caution(m.health, when=m.age > _OLD_AGE) for m in party])
    walker = _least_able([level, *(_at_least_caution(m.health, when=m.age < _YOUNG_AGE) for m in party)])
    places, rests, spacing = _PACE[level]
    walk_leg, walk_day = _WALKING[walker]
    return Limits(level, places, rests, rest_spacing=spacing, walk_leg=walk_leg, walk_day=walk_day)


def _least_able(levels: Sequence[Health]) -> Health:
    return max(levels, key=_LEVELS.index)


def _at_least_caution(health: Health, *, when: bool) -> Health:
    return _least_able([health, "caution"]) if when else health
