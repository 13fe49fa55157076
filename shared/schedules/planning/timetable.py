"""The part of a plan that tells nothing of the health of those who travel."""

from datetime import datetime
from typing import Literal

from shared.schedules.planning.document import Day, Item, Part, Plan, Transport


class Timetable(Part):
    """What happens when and where. Reasons, tips, warnings, wishes, party and report are the editors'."""

    trip_id: str
    version: int
    status: Literal["draft", "final"]
    generated_at: datetime
    transport: Transport
    days: list[Day]


def timetable_of(plan: Plan) -> Timetable:
    """The timetable of a plan."""
    shown = {name: getattr(plan, name) for name in Timetable.model_fields}
    return Timetable(**(shown | {"days": [_plain(day) for day in plan.days]}))


def _plain(day: Day) -> Day:
    return day.model_copy(update={"items": [_said_to_nobody(item) for item in day.items]})


def _said_to_nobody(item: Item) -> Item:
    return item.model_copy(update={"why": None, "tips": None, "warnings": None})
