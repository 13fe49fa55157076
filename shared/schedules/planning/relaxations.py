"""Changes of a request that may bring a missed must-see in, the smallest first; none of them tried yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.schedules.planning.brief import Brief, Candidate, Stop
from shared.schedules.planning.document import Member, Money, Plan

OLD_FROM = 76
USUAL_HOURS = ((9 * 60, 17 * 60),)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What to change, in the traveller's words, and the brief with the change; `drops` is a wish given up."""

    words: str
    brief: Brief
    drops: str | None = None


type _Kind = Callable[[Brief, Plan, Stop, Candidate], Iterator[Relaxation]]


def relaxations(brief: Brief, plan: Plan, stop: Stop, place: Candidate) -> Iterator[Relaxation]:
    """What may let `place` at `stop` into a plan that lacks it: advice, then wishes, the route, the party."""
    for kind in _KINDS:
        yield from kind(brief, plan, stop, place)


def spent(plan: Plan, currency: str) -> float:
    """Known prices of a plan in a currency."""
    costs = [
        item.place.cost for day in plan.days for item in day.items if item.kind == "visit" and item.place
    ]
    return sum(cost.amount for cost in costs if cost and cost.currency == currency)


def with_budget(brief: Brief, amount: float) -> Brief:
    """The brief with another amount in the currency of its budget."""
    assert brief.budget is not None  # noqa: S101 - asked only of those who have one
    return replace(brief, budget=Money(amount=amount, currency=brief.budget.currency))


def _advice(brief: Brief, _: Plan, stop: Stop, place: Candidate) -> Iterator[Relaxation]:
    """What the place may answer, taken as the answer that helps."""
    if place.hours is None:
        days = [brief.start_date + DAY * n for n in range(1 + sum(s.nights for s in brief.stops))]
        open_daily = replace(place, hours=dict.fromkeys(days, USUAL_HOURS))
        yield Relaxation(
            f"Ask {place.name} for its hours and visit it in your free time", _with(brief, stop, open_daily)
        )
    if place.step_free == "unknown" and any(member.health == "limited" for member in brief.party):
        yield Relaxation(
            f"Ask {place.name} about step-free access", _with(brief, stop, replace(place, step_free="yes"))
        )


def _budget(brief: Brief, plan: Plan, _: Stop, place: Candidate) -> Iterator[Relaxation]:
    if brief.budget is None or place.ticket is None or place.ticket.currency != brief.budget.currency:
        return
    price, currency = place.ticket.amount * len(brief.party), brief.budget.currency
    for amount in sorted({price, spent(plan, currency) + price}):
        if amount > brief.budget.amount:
            yield Relaxation(f"Raise the budget to {amount:g} {currency}", with_budget(brief, amount))


def _exclusion(brief: Brief, _: Plan, __: Stop, place: Candidate) -> Iterator[Relaxation]:
    barred = {place.category, *place.types} & set(brief.excluded_categories)
    if barred:
        kept = tuple(category for category in brief.excluded_categories if category not in barred)
        words = f"Allow {' and '.join(sorted(barred))} in the request"
        yield Relaxation(words, replace(brief, excluded_categories=kept))


def _other_wishes(brief: Brief, _: Plan, stop: Stop, place: Candidate) -> Iterator[Relaxation]:
    """Wishes at the same stop, which compete for the same days."""
    here = {candidate.id for candidate in stop.candidates}
    for wish, other in brief.must_see:
        if other in here and other != place.id:
            kept = tuple(pair for pair in brief.must_see if pair != (wish, other))
            yield Relaxation(f"Give up {wish}", replace(brief, must_see=kept), drops=wish)


def _longer(brief: Brief, _: Plan, stop: Stop, __: Candidate) -> Iterator[Relaxation]:
    longer = replace(stop, nights=stop.nights + 1)
    yield Relaxation(f"Stay one night longer in {stop.name}", _with_stop(brief, stop, longer))


def _another_day(brief: Brief, *_: object) -> Iterator[Relaxation]:
    for words, shift in (("a day later", DAY), ("a day earlier", -DAY)):
        yield Relaxation(f"Start the trip {words}", replace(brief, start_date=brief.start_date + shift))


def _nearer(brief: Brief, _: Plan, stop: Stop, place: Candidate) -> Iterator[Relaxation]:
    if stop.lodging is not None:
        near = replace(
            stop, point=place.point, lodging=stop.lodging.model_copy(update={"point": place.point})
        )
        yield Relaxation(f"Stay near {place.name} when you are in {stop.name}", _with_stop(brief, stop, near))


def _party(brief: Brief, _: Plan, __: Stop, place: Candidate) -> Iterator[Relaxation]:
    if place.strenuous or place.step_free != "yes":
        able = tuple(member for member in brief.party if _can_go(member, place))
        if able and len(able) < len(brief.party):
            words = f"Let only those of you who can manage it go to {place.name}"
            yield Relaxation(words, replace(brief, party=able))


def _can_go(member: Member, place: Candidate) -> bool:
    if member.health == "limited":
        return False
    return not place.strenuous or (member.health != "caution" and member.age < OLD_FROM)


def _with(brief: Brief, stop: Stop, place: Candidate) -> Brief:
    candidates = tuple(place if candidate.id == place.id else candidate for candidate in stop.candidates)
    return _with_stop(brief, stop, replace(stop, candidates=candidates))


def _with_stop(brief: Brief, old: Stop, new: Stop) -> Brief:
    return replace(brief, stops=tuple(new if stop is old else stop for stop in brief.stops))


_KINDS: tuple[_Kind, ...] = (
    _advice, _exclusion, _budget, _other_wishes, _another_day, _longer, _nearer, _party,
)  # fmt: skip
