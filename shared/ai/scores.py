"""How well places fit a request and how long to stay, as a model says, within bounds of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

BEST_FIT = 10
LONGEST_STAY = 3
"""Times the least time a place takes."""
SHORTEST_MINUTES = 10


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# The model sees these docstrings.
class ScoreAnswer(_Shape):
    """How well a place fits the request, from -10 to 10, and the minutes to spend there."""

    id: str
    fit: int
    minutes: int | None


class ScoresAnswer(_Shape):
    """Scores of the places the request says something about."""

    places: list[ScoreAnswer]


@dataclass(frozen=True, slots=True)
class Sight:
    """A place to be scored, as the model is told of it; `least` and `usual` are minutes of a visit."""

    id: str
    name: str
    kind: str
    least: int
    usual: int


@dataclass(frozen=True, slots=True)
class Score:
    """`fit` is -1 to 1, `minutes` of a visit, None when the usual time is right."""

    fit: float
    minutes: int | None


def bounded(answer: ScoresAnswer, sights: Sequence[Sight]) -> dict[str, Score]:
    """The scores by place, in the order of `sights`; other places are dropped, the first word counts.

    Whatever a model was talked into, a fit is within ±1 and a visit within one to three times its least time.
    """
    said: dict[str, ScoreAnswer] = {}
    for place in answer.places:
        said.setdefault(place.id, place)
    return {sight.id: _bounded(said[sight.id], sight) for sight in sights if sight.id in said}


def _bounded(said: ScoreAnswer, sight: Sight) -> Score:
    fit = max(-BEST_FIT, min(BEST_FIT, said.fit)) / BEST_FIT
    if said.minutes is None:
        return Score(fit, None)
    least = max(sight.least, SHORTEST_MINUTES)
    return Score(fit, max(least, min(LONGEST_STAY * least, said.minutes)))
