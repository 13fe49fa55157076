"""What a model may tell us, and what of it we believe."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

type Preference = Literal["sightseeing", "shopping", "culture", "nature", "sports", "rest"]

CURRENCY = re.compile(r"[A-Z]{3}")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
NUMBERS = re.compile(r"\d+(?:[.,' \u00a0\u202f]\d{3})*(?:[.,]\d+)?")
START_STEP, LATEST_START = 10, 20 * 60
LONGEST_LIST = 10
LONGEST_WISH = 80


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Budget(_Shape):
    amount: float = Field(ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


# The model sees these docstrings. Strict mode knows no defaults, so every field is required; on Azure it
# refuses `pattern` and `minimum`, so what a value may be is checked here, not there.
class Price(_Shape):
    """An amount and its ISO 4217 currency code."""

    amount: float
    currency: str


class Answer(_Shape):
    """Constraints for a trip planner, read from a traveller's special requests."""

    must_see: list[str]
    excluded_categories: list[Preference]
    budget: Price | None
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
    """What of an answer the traveller's own text supports; the rest a model made up, or was told to.

    A budget whose figures are not in the text, and a start no day can have, count as not understood.
    """
    budget, start = _budget(answer.budget, text), _start(answer.start_time)
    puzzling = _grounded(answer.not_understood, text)
    if answer.budget and budget is None:
        puzzling.append(f"budget {answer.budget.amount:g} {answer.budget.currency}"[:LONGEST_WISH])
    if answer.start_time and start is None:
        puzzling.append(f"start {answer.start_time}"[:LONGEST_WISH])
    return Constraints(
        must_see=tuple(_grounded(answer.must_see, text)),
        excluded_categories=tuple(sorted(set(answer.excluded_categories))),
        budget=budget,
        start_time=start,
        not_understood=tuple(puzzling),
    )


def _budget(price: Price | None, text: str) -> Budget | None:
    if price is None or price.amount <= 0 or not CURRENCY.fullmatch(price.currency):
        return None
    figures = {_significant(number) for number in NUMBERS.findall(text)}
    if _significant(f"{price.amount:.2f}") not in figures:
        return None
    return Budget(amount=price.amount, currency=price.currency)


def _significant(number: str) -> str:
    """The figures that 1,200 and 1.2k, 50만 and 500000 have in common."""
    return "".join(c for c in number if c.isdecimal()).strip("0")


def _start(text: str | None) -> str | None:
    """Days start in steps of ten minutes, at 20:00 at the latest: 8:15 becomes 08:20."""
    match = CLOCK.fullmatch(text or "")
    if match is None:
        return None
    minutes = -(-(int(match[1]) * 60 + int(match[2])) // START_STEP) * START_STEP
    return f"{minutes // 60:02}:{minutes % 60:02}" if minutes <= LATEST_START else None


def _grounded(wishes: list[str], text: str) -> list[str]:
    short = [wish.strip()[:LONGEST_WISH] for wish in wishes if wish.strip()]
    return [wish for wish in dict.fromkeys(short) if _is_said(wish, text)][:LONGEST_LIST]


def _is_said(wish: str, text: str) -> bool:
    """Whether every word of a wish begins a word of the text; endings may differ ("경복궁을")."""
    words, said = _words(wish), _words(text)
    return bool(words) and all(any(other.startswith(word) for other in said) for word in words)


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))
