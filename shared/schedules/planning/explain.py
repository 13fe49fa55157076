"""Puts a failed check into the traveller's words: what does not hold, on which days, why the plan stays."""

from collections.abc import Iterator

from shared.schedules.planning.document import CheckResult, Item, Plan

REASONS = {
    "dates": "The days of the plan do not match the dates of your route",
    "anchors": "The plan could not start or end where you stay",
    "order": "Some times in the plan overlap; take them as a rough guide",
    "open": "A place may be closed when the plan is there; look at the hours before you go",
    "hours-known": "Opening hours are unknown for a place you asked for; call ahead",
    "duration": "There is less time for a place than people usually take",
    "travel": "A way may take longer than the time left for it",
    "leg-limits": "One way is longer than your party should go; a taxi may shorten it",
    "walk-day": "There is more walking than your party should do; a taxi shortens it",
    "rests": "There are fewer or later rests than your party should have; pause when you need to",
    "meals": "We found no time for a regular meal; take one where it suits you",
    "unique": "A place comes up more than once",
    "grounded": "We hold no stored facts on one of the places; look it up before you go",
    "region": "A place lies far from where you are that day",
    "must-see": "One of your wishes could not be met; the reason stands with it",
    "excluded": "Something you wanted to avoid is in the plan",
    "step-free": "Step-free access is not known for certain; ask the place before you go",
    "day-window": "The times of this day go beyond your start, end, check-in or check-out",
    "clock": "The change of clocks or time zones makes the times of this day uncertain",
    "weather": "Something outdoors falls into bad weather; look at the sky before you go",
    "transfer": "The journey between two stops does not fit the day as planned",
    "parking": "The parking of this day is not certain; look for a car park when you arrive",
    "locked": "A visit you fixed could not stay where it was",
}
UNKNOWN_CHECK = "This could not be arranged with the wishes of your trip"
FEW_PLACES = "The number of places is not what your pace asks for; it is the best we found"
DATES_NAMED = 4


def waivers(report: list[CheckResult], plan: Plan) -> list[CheckResult]:
    """The report with a waiver for each check that failed, which names the days concerned.

    Checks that hold, and waivers given before, stay as they are.
    """
    return [
        result
        if result.ok or result.waiver
        else result.model_copy(update={"waiver": f"{_reason(result, plan)}{_where(result, plan)}."})
        for result in report
    ]


def _reason(result: CheckResult, plan: Plan) -> str:
    if result.code == "budget":
        return _budget(plan)
    if result.code == "pace":
        return _pace(result, plan)
    return REASONS.get(result.code, UNKNOWN_CHECK)


def _pace(result: CheckResult, plan: Plan) -> str:
    """A long must-see on the days at fault explains their few places best."""
    long = _longest_wish(plan, _days(result, plan))
    return (
        f"{long} takes much of the day, and the number of places is not the usual one" if long else FEW_PLACES
    )


def _longest_wish(plan: Plan, days: list[int]) -> str | None:
    """The must-see with the most time on the days at fault, if there is one."""
    wished = {wish.place_id for wish in plan.request.must_see}
    stays = [
        (_minutes(item.end) - _minutes(item.start), item.place.name)
        for index in days
        for item in plan.days[index].items
        if item.kind == "visit" and item.place and item.place.id in wished
    ]
    return max(stays)[1] if stays else None


def _budget(plan: Plan) -> str:
    budget = plan.request.budget
    if budget is None:
        return UNKNOWN_CHECK
    prices = [item.place.cost for item in _paid(plan) if item.place]
    spent = sum(cost.amount for cost in prices if cost and cost.currency == budget.currency)
    if spent > budget.amount:
        return (
            f"Known prices come to {spent:g} {budget.currency}, more than your {budget.amount:g}; "
            f"raise the budget by {spent - budget.amount:g} or drop a must-see"
        )
    return (
        f"Known prices come to {spent:g} of your {budget.amount:g} {budget.currency}; "
        "meals and places without a known price in that currency come on top"
    )


def _paid(plan: Plan) -> Iterator[Item]:
    return (item for day in plan.days for item in day.items if item.place is not None)


def _where(result: CheckResult, plan: Plan) -> str:
    """The days concerned, as ` (Tuesday 8, Friday 11)`; empty when it is the whole trip."""
    indices = _days(result, plan)
    if not indices or result.code == "budget" or len(indices) == len(plan.days) > 1:
        return ""
    named = [f"{plan.days[index].date:%A} {plan.days[index].date.day}" for index in indices[:DATES_NAMED]]
    more = len(indices) - len(named)
    return f" ({', '.join(named)}{f' and {more} more days' if more else ''})"


def _days(result: CheckResult, plan: Plan) -> list[int]:
    """Days that findings point to, from JSON pointers like `/days/2/items/5`."""
    found = set()
    for finding in result.findings:
        parts = finding.where.split("/")
        if parts[1:2] == ["days"] and parts[2:3] and parts[2].isdigit():
            found.add(int(parts[2]))
    return sorted(index for index in found if index < len(plan.days))


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
