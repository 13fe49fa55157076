"""Checks `must-see`, `budget` and `locked`: what the traveller asked for is there, paid for, left alone."""

from collections.abc import Iterator

from shared.schedules.planning.checker.facts import Entry, Facts, is_lodging
from shared.schedules.planning.document import Finding, Item, Money, Plan


def must_see(facts: Facts) -> Iterator[Finding]:
    """Each wish is in the plan, or among the unmet ones with a reason."""
    planned = {e.item.place.id for day in facts.days for e in day.entries if e.item.place and e.is_stay}
    reported = {unmet.wish.strip().casefold() for unmet in facts.plan.unmet if unmet.reason.strip()}
    for index, wish in enumerate(facts.plan.request.must_see):
        if wish.place_id not in planned and wish.wish.strip().casefold() not in reported:
            message = f"“{wish.wish}” is neither in the plan nor reported with a reason."
            yield Finding(where=f"/request/mustSee/{index}", message=message)


def budget(facts: Facts) -> Iterator[Finding]:
    """Known costs of the whole party within the budget, each place once.

    Unknown costs, and those in another currency, are findings even when it holds (product rules, `budget`).
    """
    limit = facts.plan.request.budget
    if limit is None:
        return
    spent = 0.0
    for entry in _paid(facts):
        cost = entry.item.place.cost if entry.item.place else None
        if cost is None:
            yield Finding(where=entry.where, message=f"What {entry.label} costs is not known.")
        elif cost.currency != limit.currency:
            message = f"{entry.label} costs {_money(cost)}, the budget is in {limit.currency}."
            yield Finding(where=entry.where, message=message)
        else:
            spent += cost.amount
    if round(spent, 2) > limit.amount:
        total = _money(Money(amount=spent, currency=limit.currency))
        yield Finding(
            where="/request/budget", message=f"The plan costs {total}, the budget is {_money(limit)}."
        )


def _paid(facts: Facts) -> Iterator[Entry]:
    """Stays at places but the lodging, each place the first time only: a rest costs no second ticket."""
    seen = set()
    for day in facts.days:
        for entry in day.entries:
            place = entry.item.place
            if not entry.is_stay or place is None or place.id in seen or is_lodging(place, day.day):
                continue
            seen.add(place.id)
            yield entry


def _money(money: Money) -> str:
    return f"{money.amount:,.2f} {money.currency}"


def locked(facts: Facts) -> Iterator[Finding]:
    """Every visit locked in the previous version is at the same place on the same date at the same time."""
    for day in facts.previous.days if facts.previous else []:
        for item in day.items:
            if item.locked and item.place is not None and not _stays(item, day.date.isoformat(), facts.plan):
                when = f"{day.date} {item.start} to {item.end}"
                where = next((d.where for d in facts.days if d.day.date == day.date), "/days")
                yield Finding(
                    where=where, message=f"“{item.place.name}” is locked at {when} and is not there."
                )


def _stays(item: Item, on: str, plan: Plan) -> bool:
    place = item.place.id if item.place else None
    return any(
        other.place is not None
        and (other.kind, other.place.id, other.start, other.end) == (item.kind, place, item.start, item.end)
        for day in plan.days
        if day.date.isoformat() == on
        for other in day.items
    )
