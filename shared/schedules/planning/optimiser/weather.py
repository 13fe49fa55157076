"""When the weather of each day is bad, in minutes."""

from shared.schedules.planning.brief import Interval
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.words import minutes_of


def bad_intervals(instance: Instance) -> list[tuple[Interval, ...]]:
    """The intervals of each day in which being outdoors is unpleasant."""
    weathers = [instance.brief.weather.get(frame.date) for frame in instance.frames]
    return [
        tuple((minutes_of(slot.from_), minutes_of(slot.to)) for slot in weather.bad_slots) if weather else ()
        for weather in weathers
    ]
