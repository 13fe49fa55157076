"""Why a plan is delivered although a check did not pass, in the traveller's words."""

from collections.abc import Sequence

from shared.schedules.planning.document import CheckResult, Plan

_WORDS = {
    "hours-known": "We do not know the opening hours of every place. Please confirm before you go.",
    "walk-day": "One day asks for more walking than your party should do. Take a taxi for a part of it.",
    "pace": "There were not enough suitable open places for your pace on every day.",
    "rests": "Not every rest you need found a place. Please plan a break where the day is long.",
    "meals": "Not every meal found an open restaurant in time. Please arrange one yourselves.",
    "must-see": "A place you wished for could not be fitted in. The reason is listed under your wishes.",
    "step-free": "We could not confirm step-free access everywhere. Please ask before you go.",
    "budget": "The plan costs more than your budget, or not all prices are known.",
    "day-window": "A day starts earlier or ends later than usual, because of the travel on it.",
    "weather": "Some outdoor stops fall into bad weather, and nothing indoors fitted instead.",
    "parking": "We do not know a car park for every stop. Please look for one before you go.",
}
_OTHER = "The plan could not keep this rule everywhere. Please look at the places named here."


def waivers(report: Sequence[CheckResult], plan: Plan) -> list[CheckResult]:
    """The report with a reason on each failed check; what passed is unchanged."""
    return [
        result if result.ok else result.model_copy(update={"waiver": _reason(result, plan)})
        for result in report
    ]


def _reason(result: CheckResult, plan: Plan) -> str:
    days = sorted({int(part) for f in result.findings for part in f.where.split("/")[2:3] if part.isdigit()})
    dates = [f"{plan.days[day].date:%-d %B}" for day in days if day < len(plan.days)]
    return _WORDS.get(result.code, _OTHER) + (f" ({', '.join(dates)})" if dates else "")
