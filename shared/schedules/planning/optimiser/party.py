"""What the least able member allows: pace, rests, walking and the kinds of place, as one value."""

from dataclasses import dataclass
from typing import Literal

from shared.schedules.planning.document import Member

type Pace = Literal["limited", "caution", "good"]

ELDERLY_FROM = 76
SMALL_CHILD_UNDER = 7
WALK_METRES_PER_MINUTE = 67
CROW_METRES_ALWAYS_WALKED = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one party (product rules, pace of a day).

    `places` is the band of visits of a full day, `stretch` the longest time in minutes between two
    interruptions (0: no rule), `leg_walk` and `day_walk` are metres on foot, `stroll` the metres up to which
    the party would rather walk than ride.
    """

    pace: Pace
    places: tuple[int, int]
    rests: int
    stretch: int
    leg_walk: int
    day_walk: int
    stroll: int
    always_walked: int

    @property
    def step_free_only(self) -> bool:
        return self.pace == "limited"

    @property
    def gentle(self) -> bool:
        """True when nothing strenuous may be planned."""
        return self.pace != "good"


def limits_of(party: tuple[Member, ...]) -> Limits:
    """The limits of the least able member; small children shorten the walks, and only those."""
    pace = _pace(party)
    if pace == "limited":
        return Limits("limited", (2, 3), 3, 170, 500, 2_000, 300, 0)
    if pace == "caution":
        return Limits("caution", (4, 5), 2, 225, 1_000, 5_000, 800, CROW_METRES_ALWAYS_WALKED)
    if any(member.age < SMALL_CHILD_UNDER for member in party):
        return Limits("good", (5, 7), 0, 0, 1_000, 5_000, 950, CROW_METRES_ALWAYS_WALKED)
    return Limits("good", (5, 7), 0, 0, 1_300, 12_000, 1_100, CROW_METRES_ALWAYS_WALKED)


def half(count: int) -> int:
    """Half of a full day's number, rounded up."""
    return (count + 1) // 2


def _pace(party: tuple[Member, ...]) -> Pace:
    if any(member.health == "limited" for member in party):
        return "limited"
    if any(member.health == "caution" or member.age >= ELDERLY_FROM for member in party):
        return "caution"
    return "good"
