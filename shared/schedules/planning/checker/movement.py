"""Where the party is before and after each item of a day, told from the legs' own ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.schedules.planning.checker.facts import DayFacts, Entry
from shared.schedules.planning.document import Day, Point


@dataclass(frozen=True, slots=True)
class Step:
    """One item on the way.

    `token` names where the party is before it as legs do (place id, `start`, `end` or free text), `here` is
    that point, None for free text. `since` is the last known point and `travelled` the metres covered from
    it, this leg included. `source` and `target` are the points a leg claims to join, None for free text.
    """

    entry: Entry
    token: str
    here: Point | None
    since: Point
    travelled: int
    source: Point | None
    target: Point | None

    @property
    def there(self) -> Point | None:
        """Where the party is after the item; None when a leg ends at free text."""
        if self.entry.is_leg:
            return self.target
        return self.entry.item.place.point if self.entry.item.place else self.here

    @property
    def next_token(self) -> str:
        item = self.entry.item
        if self.entry.is_leg:
            return item.to or ""
        return item.place.id if item.place else self.token


def steps(facts: DayFacts) -> Iterator[Step]:
    """The items of a day in their order, each with the place the party comes from."""
    points = _named_points(facts.day)
    token, here, since, travelled = "start", points["start"], facts.day.start.point, 0
    for entry in facts.entries:
        source, target = points.get(entry.item.from_ or ""), points.get(entry.item.to or "")
        travelled += _metres(entry)
        step = Step(entry, token, here, since=since, travelled=travelled, source=source, target=target)
        yield step
        token, here = step.next_token, step.there
        if here is not None:
            since, travelled = here, 0


def walked_metres(entry: Entry) -> int:
    """Walking of a leg: all of a walk, the stated part of any other mode."""
    item = entry.item
    walked = item.walk_metres or 0
    return max(walked, item.metres or 0) if item.mode == "walk" else walked


def walks(facts: DayFacts) -> Iterator[tuple[Entry, ...]]:
    """Runs of adjoining walking legs; each is one walk (product rules, legs). Waiting does not part them."""
    run: list[Entry] = []
    for entry in facts.entries:
        if entry.is_leg and entry.item.mode == "walk":
            run.append(entry)
        elif run and (entry.is_leg or entry.is_stay):
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _metres(entry: Entry) -> int:
    """Metres a leg covers; a car leg's walks to and from the car park come on top of the drive."""
    item = entry.item
    if not entry.is_leg:
        return 0
    return (item.metres or 0) + ((item.walk_metres or 0) if item.mode == "car" else 0)


def _named_points(day: Day) -> dict[str, Point | None]:
    places = {item.place.id: item.place.point for item in day.items if item.place is not None}
    return {**places, "start": day.start.point, "end": day.end.point}
