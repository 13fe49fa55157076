"""On which days a car trip is better off without the car."""

from shared.schedules.planning.optimiser.instance import MUST_SEE_SCORE, Instance
from shared.schedules.planning.optimiser.travel import Travel


def returns(instance: Instance, index: int) -> bool:
    """Whether a day ends where it starts, so that the car may wait there."""
    frame = instance.frames[index]
    return instance.start_spot(frame) == instance.end_spot(frame)


def days_for_wishes(instance: Instance, travel: Travel, taken: list[int]) -> list[int]:
    """A day each for the must-sees that are not `taken` yet and that no car park is near to."""
    days = []
    for stop, visits in enumerate(instance.visits):
        stranded = [
            spot
            for spot in visits
            if instance.score[spot] > MUST_SEE_SCORE
            and not taken[instance.spots[spot].key]
            and travel.park_of(spot) < 0
        ]
        full = [
            i for i, frame in enumerate(instance.frames) if frame.chain == (stop,) and returns(instance, i)
        ]
        open_days = [[i for i in full if instance.hours[i].get(spot)] for spot in stranded]
        days += [choices[0] for choices in open_days if choices]
    return days
