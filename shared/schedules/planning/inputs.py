"""What a plan was made from, kept beside it: with the seed it gives the same plan again."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from pydantic import TypeAdapter

from shared.schedules.planning import explain, verdict
from shared.schedules.planning.brief import Brief, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.days import DayMaker
from shared.schedules.planning.document import Plan
from shared.schedules.planning.mending import as_timed, broken_days, mended, timing_of
from shared.schedules.planning.optimiser import make_plan, never
from shared.schedules.planning.ways import Ways


@dataclass(frozen=True, slots=True)
class Inputs:
    """A brief, and for a day that was planned again its number and the plan whose other days stay.

    `told` are the ways by which the plan was timed once it was chosen, in the order they came; None when
    nobody asked for them. `mends` are how many of them were known each time that broken days were mended.
    """

    brief: Brief
    day: int | None = None
    base: Plan | None = None
    told: Ways | None = None
    mends: tuple[int, ...] = ()

    @property
    def informed(self) -> Brief:
        """The brief with everything that is known of its ways by now."""
        return replace(self.brief, known={**self.brief.known, **(self.told or {})})


_ADAPTER = TypeAdapter(Inputs)


def pack(inputs: Inputs) -> str:
    """As text for a document: JSON, deflated, base 64; a tenth of the JSON."""
    return base64.b64encode(zlib.compress(_ADAPTER.dump_json(inputs, by_alias=True), 6)).decode()


def unpack(text: str) -> Inputs:
    """The inputs as they were packed; ValueError for a text that `pack` did not make."""
    try:
        return _ADAPTER.validate_json(zlib.decompress(base64.b64decode(text)))
    except zlib.error as error:
        raise ValueError("These inputs are damaged.") from error


def remake(
    inputs: Inputs,
    *,
    seed: int,
    version: int,
    generated_at: datetime,
    stop: Callable[[], bool] = never,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """The checked draft that these inputs and this seed give, today as then.

    `progress` is told percents of a whole trip; a day is too short for them.
    Raises what `make_plan` and `DayMaker` raise.
    """
    if inputs.day is None or inputs.base is None:
        plan = make_plan(
            inputs.brief,
            seed=seed,
            version=version,
            generated_at=generated_at,
            stop=stop,
            progress=progress,
        )
        plan = timed(plan, inputs, stop=stop)
    else:
        maker = DayMaker(inputs.brief, inputs.base, inputs.day - 1, stop=stop)
        plan = maker.plan(seed=seed, version=version, generated_at=generated_at)
    return judged(plan, inputs)


def timed(plan: Plan, inputs: Inputs, *, stop: Callable[[], bool] = never) -> Plan:
    """The draft mended and timed as it once was with the ways that were told; as it is when none were."""
    if inputs.told is None:
        return plan
    report = judged(plan, inputs).report if inputs.mends else []
    for count in inputs.mends:
        brief = replace(inputs.brief, known=dict(islice(inputs.told.items(), count)))
        broken = broken_days(brief, plan, timing_of(brief, plan), before=report)
        plan = mended(brief, plan, broken, before=report, stop=stop)
    return as_timed(plan, timing_of(replace(inputs.brief, known=inputs.told), plan))


def judged(plan: Plan, inputs: Inputs) -> Plan:
    """The plan with the report of the checker and the waivers it carries."""
    report = check(plan, candidates=candidates_of(inputs.brief), previous=inputs.base)
    known = report if inputs.base is None else verdict.carried(report, inputs.base.report)
    return plan.model_copy(update={"report": explain.waivers(known, plan)})
