"""What every simulated day of an instance shares: ways, weather, and what each spot is like."""

from shared.schedules.planning.brief import Interval
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.travel import Travel


class World:
    """The surroundings of the days. `bad[day]` are the intervals in which being outdoors is unpleasant."""

    def __init__(self, instance: Instance, travel: Travel, bad: list[tuple[Interval, ...]]) -> None:
        self.instance = instance
        self.travel = travel
        self.bad = bad
        self.outdoor = [s.candidate is not None and s.candidate.indoor is not True for s in instance.spots]
        self.category = [s.candidate.category if s.candidate else "" for s in instance.spots]

    def is_bad(self, frame: Frame, start: int, end: int) -> bool:
        """Whether a stay touches a slot of bad weather."""
        return any(start < until and since < end for since, until in self.bad[frame.index])
