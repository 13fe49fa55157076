"""Why a must-see is missing from a plan, and the smallest change of the request that would bring it in."""

from collections.abc import Iterator

from shared.schedules.planning.brief import Candidate, Stop
from shared.schedules.planning.document import Day, Money, Unmet
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.geometry import crow_metres, path_metres
from shared.schedules.planning.optimiser.instance import REGION_METRES, Instance, refusal
from shared.schedules.planning.optimiser.opening import first_start, hours_on
from shared.schedules.planning.optimiser.scoring import VISIT_CATEGORIES
from shared.schedules.planning.optimiser.shortfall import LONG_ENOUGH
from shared.schedules.planning.optimiser.travel import LONGEST_RIDE, public_minutes
from shared.schedules.planning.optimiser.writer import party_cost

RELAXATIONS = {
    "its opening hours are unknown": "Ask {name} for its hours and visit it in your free time",
    "it is not known to be step-free": "Ask {name} about step-free access",
    "it is strenuous": "Let only those who like a climb go to {name}",
    "the request rules its kind out": "Allow places like {name} in the request",
}


def unmet_wishes(instance: Instance, days: list[Day]) -> list[Unmet]:
    """One entry for each must-see that no day visits, in the order of the request."""
    planned = {item.place.id for day in days for item in day.items if item.kind == "visit" and item.place}
    return [
        _explain(instance, days, wish, place)
        for wish, place in instance.brief.must_see
        if place is None or place not in planned
    ]


def unmet_budget(instance: Instance, days: list[Day]) -> list[Unmet]:
    """One entry when days lack places that only a larger budget could pay for."""
    budget, people = instance.brief.budget, len(instance.brief.party)
    lacking = sum(_lacking(frame, day) for frame, day in zip(instance.frames, days, strict=True))
    if budget is None or not lacking:
        return []
    used = {item.place.id for day in days for item in day.items if item.place}
    spent = sum(cost.amount for cost in _costs(days) if cost.currency == budget.currency)
    spots = [instance.spots[spot].candidate for visits in instance.visits for spot in visits]
    prices = [party_cost(c, people) for c in spots if c is not None and c.id not in used]
    known = sorted(p.amount for p in prices if p is not None and p.currency == budget.currency)
    missed = [amount for amount in known if spent + amount > budget.amount][:lacking]
    if not missed:
        return []
    return [
        Unmet(
            wish=f"Budget of {budget.amount:g} {budget.currency}",
            reason="The budget pays for fewer places than your days have room for.",
            relaxations=[f"Raise the budget to {spent + sum(missed):g} {budget.currency}"],
        )
    ]


def _lacking(frame: Frame, day: Day) -> int:
    """Places a day has too few; a half day with little time between its ends lacks none."""
    rides = sum(item.minutes or 0 for item in day.items if item.mode in ("intercity", "flight"))
    if frame.is_half and frame.latest - frame.earliest - rides < LONG_ENOUGH:
        return 0
    return max(0, frame.places[0] - sum(item.kind == "visit" for item in day.items))


def _costs(days: list[Day]) -> list[Money]:
    places = [item.place for day in days for item in day.items if item.kind == "visit" and item.place]
    return [place.cost for place in places if place.cost is not None]


def _explain(instance: Instance, days: list[Day], wish: str, place: str | None) -> Unmet:
    found = next(((s, c) for s in instance.brief.stops for c in s.candidates if c.id == place), None)
    if found is None:
        return Unmet(
            wish=wish,
            reason=f"No place called {wish} was found near the stops of this trip.",
            relaxations=["Name the place as maps do, or pick it from the place search"],
        )
    reason, relaxation = next(_reasons(instance, days, *found))
    return Unmet(wish=wish, reason=reason, relaxations=[relaxation])


def _reasons(
    instance: Instance, days: list[Day], stop: Stop, candidate: Candidate
) -> Iterator[tuple[str, str]]:
    """Reasons with their relaxations, the hardest first; the last one always holds."""
    name = candidate.name
    why_not = refusal(candidate, instance.brief, instance.limits)
    if why_not is not None:
        yield f"{name} is left out because {why_not}.", RELAXATIONS[why_not].format(name=name)
    if candidate.category not in VISIT_CATEGORIES:
        yield f"{name} is not a place to visit ({candidate.category}).", f"Stop at {name} in your free time"
    if not _open_days(instance, stop, candidate):
        yield (
            f"{name} is closed on all days in {stop.name}, or too short open for a visit.",
            f"Move or lengthen the stay in {stop.name} so that it has a day when {name} is open",
        )
    if _too_far(instance, stop, candidate):
        yield f"{name} is more than an hour away from {stop.name}.", f"Add a stop near {name} to the route"
    if _unparkable(instance, stop, candidate):
        yield (
            f"No car park is known near enough to {name} for your party.",
            f"Go to {name} by taxi or public transport in your free time",
        )
    yield from _money(instance, days, candidate)
    yield (
        f"We found no time for {name} beside the other must-sees, meals and rests.",
        f"Add a night in {stop.name}, or drop another must-see there",
    )


def _money(instance: Instance, days: list[Day], candidate: Candidate) -> Iterator[tuple[str, str]]:
    budget = instance.brief.budget
    cost = party_cost(candidate, len(instance.brief.party))
    if budget is None or cost is None or cost.currency != budget.currency:
        return
    spent = sum(c.amount for c in _costs(days) if c.currency == budget.currency)
    missing = spent + cost.amount - budget.amount
    if missing > 0:
        yield (
            f"{candidate.name} costs the party {cost.amount:g} {cost.currency}, more than the budget leaves.",
            f"Raise the budget by {missing:g} {budget.currency}",
        )


def _open_days(instance: Instance, stop: Stop, candidate: Candidate) -> bool:
    index = instance.brief.stops.index(stop)
    for frame in instance.frames:
        if index in frame.chain:
            hours = hours_on(candidate, frame.date, frame.shifts[frame.chain.index(index)]) or ()
            start = first_start(hours, frame.earliest, candidate.min_visit_minutes)
            if 0 <= start <= frame.latest - candidate.min_visit_minutes:
                return True
    return False


def _unparkable(instance: Instance, stop: Stop, candidate: Candidate) -> bool:
    """Whether a car trip has no car park within half the party's walk, as the way there and back counts."""
    parks = [c.point for c in stop.candidates if c.category == "parking"]
    reach = instance.limits.leg_walk / 2
    return instance.by_car and all(path_metres(park, candidate.point) > reach for park in parks)


def _too_far(instance: Instance, stop: Stop, candidate: Candidate) -> bool:
    index = instance.brief.stops.index(stop)
    home = instance.spots[instance.lodging[index]].point
    crow = crow_metres(home, candidate.point)
    return crow > REGION_METRES or public_minutes(path_metres(home, candidate.point)) > LONGEST_RIDE
