"""What mutations of a good plan are written with: how to find an item, and which codes each is to break."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.planning.checker_writer import Json, clock, minutes

type Mutation = Callable[[Json], None]


@dataclass(frozen=True)
class Case:
    """A mutation of a trip that breaks the rule of `code`, and with it those of the other `codes`."""

    code: str
    trip: str
    mutation: Mutation
    codes: set[str]

    def __str__(self) -> str:
        return f"{self.code}:{self.mutation.__name__}"


class Mutations:
    """Collects mutations: `@breaks(code, trip, *codes that cannot but break too)`."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def __call__(self, code: str, trip: str, *inherent: str) -> Callable[[Mutation], Mutation]:
        def register(mutation: Mutation) -> Mutation:
            self.cases.append(Case(code, trip, mutation, {code, *inherent}))
            return mutation

        return register


def at(doc: Json, name: str) -> Json:
    """The item at a place of some name."""
    items = (item for day in doc["days"] for item in day["items"])
    return next(item for item in items if (item.get("place") or {}).get("name") == name)


def leg_to(doc: Json, name: str, day: int = 0) -> Json:
    return next(item for item in doc["days"][day]["items"] if item.get("to") == name)


def rested(doc: Json, day: int, number: int) -> Json:
    found: list[Json] = [item for item in doc["days"][day]["items"] if item["kind"] == "rest"]
    return found[number]


def later(time: str, by: int) -> str:
    return clock(minutes(time) + by)
