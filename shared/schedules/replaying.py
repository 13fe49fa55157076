"""Whether a kept transcript still gives the plan it is kept with, and if not, what is in the way."""

from shared.ai import Exchange, Transcript
from shared.ai.questions import READ_REQUESTS, REMARK_ON_PLACES, SCORE_PLACES
from shared.errors import AppError
from shared.schedules.planning.document import Plan
from shared.schedules.store import Kept

PROMPTS = {question.name: question.prompt for question in (READ_REQUESTS, SCORE_PLACES, REMARK_ON_PLACES)}


class Unreplayable(AppError):
    """The plan cannot be made again from its transcript."""


def require_readable(said: Transcript) -> None:
    """`Unreplayable` without a word of a model, or when today's questions are put in other words."""
    if not said.exchanges:
        raise Unreplayable("There is no transcript: no model was asked about this plan.")
    for kept in said.exchanges:
        today = PROMPTS.get(kept.question)
        if today is None:
            raise Unreplayable(f"The transcript answers {kept.question}, which nobody asks.")
        if kept.prompt != today:
            raise Unreplayable(
                f"{kept.question} was asked with {kept.prompt}, today's prompt is {today}."
                " Replay it with the release that made the plan."
            )


def require_same(made: Kept, kept: Kept) -> None:
    """`Unreplayable` when the replay used other words than were kept, or came to another plan."""
    for then, again in zip(kept.said.exchanges, _padded(made.said, len(kept.said.exchanges)), strict=False):
        if then != again:
            raise Unreplayable(
                f"Nobody asks {then.question} with the data that answer {then.response_id} is about:"
                " the places have changed since, or the transcript was altered."
            )
    if _final(made.plan) != _final(kept.plan):
        raise Unreplayable(
            "The answers of the transcript give another plan than the one they are kept with: places, weather"
            " or ways have changed since, or an answer was altered."
        )


def _padded(said: Transcript, length: int) -> list[Exchange | None]:
    return [*said.exchanges, *[None] * (length - len(said.exchanges))]


def _final(plan: Plan) -> Plan:
    return plan.model_copy(update={"status": "final"})
