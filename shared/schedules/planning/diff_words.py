"""The differences between two versions in the traveller's words."""

from collections.abc import Iterator
from datetime import date

from shared.schedules.planning.diff import DayDiff, FieldChange, Json, Moved, PlanDiff

NOTHING = "The two versions are the same."
STAYS = ("visit", "meal", "rest")


def in_words(diff: PlanDiff, older: Json) -> PlanDiff:
    """The same differences with a sentence for each that a traveller would notice."""
    if diff.same:
        return diff.model_copy(update={"words": (NOTHING,)})
    days = tuple(_told(day, older["days"][day.day - 1]) for day in diff.days)
    words = [f"{_title(day)}: {'; '.join(day.words)}." for day in days]
    return diff.model_copy(update={"days": days, "words": (*words, *_of_the_plan(diff))})


def _told(diff: DayDiff, older: Json) -> DayDiff:
    sentences = [*_of_the_stays(diff, older["items"])]
    if any(change.pointer.startswith("/weather") for change in diff.fields):
        sentences.append("newer weather")
    words = tuple(sentences) or ("only ways and times between the stops changed",)
    return diff.model_copy(update={"words": words})


def _of_the_stays(diff: DayDiff, items: list[Json]) -> Iterator[str]:
    for placed in diff.removed:
        if placed.item["kind"] in STAYS:
            yield f"{_name(placed.item)} is gone"
    for placed in diff.added:
        if placed.item["kind"] in STAYS:
            yield f"{_name(placed.item)} is new, {placed.item['start']} to {placed.item['end']}"
    for moved in diff.moved:
        if items[moved.from_]["kind"] in STAYS:
            yield from _of_a_move(moved, items[moved.from_])


def _of_a_move(moved: Moved, item: Json) -> Iterator[str]:
    changes = {change.pointer: change for change in moved.fields}
    start, end = (
        changes[f"/{name}"].after if f"/{name}" in changes else item[name] for name in ("start", "end")
    )
    if (start, end) != (item["start"], item["end"]):
        yield f"{_name(item)} moves from {item['start']}–{item['end']} to {start}–{end}"
    if "/locked" in changes:
        yield f"{_name(item)} is {'locked' if changes['/locked'].after else 'no longer locked'}"


def _of_the_plan(diff: PlanDiff) -> Iterator[str]:
    for change in diff.fields:
        if change.pointer.startswith("/days/"):
            yield _of_a_whole_day(change)
    pointers = {change.pointer.split("/")[1] for change in diff.fields}
    if "party" in pointers:
        yield "The party is another one."
    if "request" in pointers:
        yield "The wishes or the route are others."
    if "unmet" in pointers:
        yield "What could not be met has changed."


def _of_a_whole_day(change: FieldChange) -> str:
    number = int(change.pointer.rpartition("/")[2]) + 1
    day: Json = change.after if change.after is not None else change.before
    return f"Day {number} ({_date(day['date'])}) is {'new' if change.after else 'gone'}."


def _title(day: DayDiff) -> str:
    return f"Day {day.day} ({_date(day.date)})"


def _date(text: str) -> str:
    on = date.fromisoformat(text)
    return f"{on.day} {on:%B}"


def _name(item: Json) -> str:
    place = item.get("place")
    if item["kind"] == "rest":
        return f"the rest at {place['name']}" if place else "a rest"
    name = place["name"] if place else "a stop"
    return f"{item.get('meal', 'a meal')} at {name}" if item["kind"] == "meal" else str(name)
