"""Editing one day of a plan by hand: a new version, or the reasons why not."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from shared.db import Database, new_id
from shared.documents import Documents
from shared.errors import BrokenRules, FieldError, InvalidRequest, NotFound
from shared.schedules import versions
from shared.schedules.model import DayChange
from shared.schedules.planning import verdict
from shared.schedules.planning.document import CheckResult, Plan
from shared.schedules.planning.edit import edited
from shared.schedules.planning.rearrange import Misfit, Rearrangement
from shared.schedules.store import Kept, Version

KEEP = "Send the same change with `keep` true and a `reason` to have it all the same."
NEEDS_REASON = "To keep a day that breaks rules, say why in your own words: they stand on the plan."


async def edit_day(
    trip_id: UUID,
    day: int,
    change: DayChange,
    *,
    caller: UUID,
    seen: str | None,
    db: Database,
    documents: Documents,
) -> Plan:
    """Change one day, time it anew, have all of it checked, and store it as a new version.

    `InvalidRequest` for a change that does not fit the day, `BrokenRules` with the findings when it breaks
    what held before and is not to be kept, `Conflict` while a job runs, `PreconditionFailed` when the plan is
    not the one that was seen.
    """
    _require_sense(change)
    async with db.transaction() as tx:
        newest = await versions.editable(tx, trip_id, caller=caller, seen=seen)
    kept = await versions.whole(trip_id, newest, documents=documents)
    if day > len(kept.plan.days):
        raise NotFound(f"The plan has the days 1 to {len(kept.plan.days)}.")
    # In a thread: the simulation takes milliseconds that other requests need not wait for.
    made = await asyncio.to_thread(_edited, kept, day, change)
    new = Version(
        version=newest.version + 1,
        document_id=new_id(),
        status="final",
        created_at=datetime.now(UTC),
        origin="edit",
        based_on=newest.version,
        day=day,
        note=change.reason,
    )
    plan = made.model_copy(update={"version": new.version, "status": "final", "generated_at": new.created_at})
    await versions.publish(
        trip_id,
        Kept(plan, kept.inputs),
        new,
        over=newest,
        caller=caller,
        replay=None,
        db=db,
        documents=documents,
    )
    return plan


def _require_sense(change: DayChange) -> None:
    if not (change.remove or change.replace or change.order is not None or change.lock or change.unlock):
        raise InvalidRequest("Nothing is asked for. Give remove, replace, order, lock or unlock.")
    if change.keep and change.reason is None:
        raise InvalidRequest(f"/reason: {NEEDS_REASON}", errors=[FieldError("/reason", NEEDS_REASON)])


def _edited(kept: Kept, day: int, change: DayChange) -> Plan:
    try:
        made = edited(kept.plan, kept.inputs.informed, day - 1, _rearrangement(change))
    except Misfit as error:
        where = f"{error.pointer}: " if error.pointer else ""
        raise InvalidRequest(
            f"{where}{error.detail}", errors=[FieldError(error.pointer, error.detail)]
        ) from error
    return made.model_copy(update={"report": _judged(made, kept.plan.report, change)})


def _judged(made: Plan, before: list[CheckResult], change: DayChange) -> list[CheckResult]:
    """The report with its waivers; `BrokenRules` when the change breaks something and is not to be kept."""
    news = list(verdict.broken(made.report, before))
    if not news:
        return verdict.carried(made.report, before)
    if change.keep and change.reason is not None:
        return verdict.kept(made.report, before, change.reason)
    codes = ", ".join(dict.fromkeys(code for code, _ in news))
    raise BrokenRules(
        f"With this change the day would not pass: {codes}. {KEEP}",
        errors=[FieldError(finding.where, f"{code}: {finding.message}") for code, finding in news],
    )


def _rearrangement(change: DayChange) -> Rearrangement:
    return Rearrangement(
        remove=change.remove,
        replace=tuple((pair.place, pair.with_) for pair in change.replace),
        order=change.order,
        lock=change.lock,
        unlock=change.unlock,
    )
