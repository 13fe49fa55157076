"""What a model may tell us, and what of it we believe."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

type Preference = Literal["sightseeing", "shopping", "culture", "nature", "sports", "rest"]

LONGEST_LIST = 10
LONGEST_WISH = 80


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Budget(_Shape):
    amount: float = Field(ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Answer(_Shape):
    """The schema a model must fill. Strict mode knows no defaults: every field is required."""

    must_see: list[str]
    excluded_categories: list[Preference]
    budget: Budget | None
    start_time: str | None
    not_understood: list[str]


class Constraints(_Shape):
    """A reading of a traveller's free text that planning may rely on."""

    must_see: tuple[str, ...] = ()
    excluded_categories: tuple[Preference, ...] = ()
    budget: Budget | None = None
    start_time: str | None = None
    not_understood: tuple[str, ...] = ()


def believed(answer: Answer, text: str) -> Constraints:
    """What of an answer the traveller's own text supports; the rest a model made up, or was told to."""
    start = answer.start_time
    usable = start is not None and re.fullmatch(r"([01][0-9]|20):[0-5]0", start) and start <= "20:00"
    return Constraints(
        must_see=tuple(_grounded(answer.must_see, text)),
        excluded_categories=tuple(sorted(set(answer.excluded_categories))),
        budget=answer.budget if answer.budget and answer.budget.amount > 0 else None,
        start_time=start if usable else None,
        not_understood=tuple(_grounded(answer.not_understood, text)),
    )


def _grounded(wishes: list[str], text: str) -> list[str]:
    said = _words(text)
    short = [wish.strip()[:LONGEST_WISH] for wish in wishes if wish.strip()]
    return [wish for wish in dict.fromkeys(short) if _words(wish) and _words(wish) <= said][:LONGEST_LIST]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))
