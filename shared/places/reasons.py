"""Why a place suits a party: facts of both, and the reasons that follow from them without any model.

Facts are sentences of our own over typed values. No text of the place, its name and reviews included, is
among them: what strangers wrote cannot tell a model what to do, or us what to say.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.places.model import Place
from shared.places.typical import LABELS

type Suits = Literal["yes", "with care", "no"]

WELL_RATED, ENOUGH_VOTES = 4.3, 50
ELDERLY_FROM = 76
_PRICES = ("free", "inexpensive", "moderate", "expensive", "very expensive")


@dataclass(frozen=True, slots=True)
class Companion:
    """One of the party, as far as a place is concerned; no name."""

    age: int
    health: str
    preferences: Collection[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence and the facts it rests on; a caution is said whatever else is."""

    text: str
    facts: tuple[str, ...]
    caution: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Facts by id: `party.N` is the N-th of the party, `place.<field>` a field of the place."""

    place: Place
    party: Sequence[Companion]
    facts: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        told = dict(_of_party(self.party)) | dict(_of_place(self.place))
        object.__setattr__(self, "facts", told)


def reasons(case: Case) -> tuple[Reason, ...]:
    """What follows from the facts: cautions first, then what speaks for the place."""
    return (*_cautions(case), *_merits(case))


def verdict(case: Case) -> Suits:
    """Whether the party can go there; what nobody knows is a reason for care."""
    place = case.place
    if _who(case, "limited") and place.step_free == "no":
        return "no"
    if place.strenuous and _gentle(case):
        return "no"
    return "with care" if any(reason.caution for reason in reasons(case)) else "yes"


def _of_party(party: Sequence[Companion]) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(party, start=1):
        likes = f" and likes {', '.join(sorted(one.preferences))}" if one.preferences else ""
        yield f"party.{number}", f"Traveller {number} is {one.age}, in {one.health} health{likes}."


def _of_place(place: Place) -> Iterator[tuple[str, str]]:
    yield "place.category", f"It belongs to {LABELS[place.category]} ({place.category})."
    if place.rating is not None:
        yield "place.rating", f"It is rated {place.rating:.1f} by {place.ratings:,} visitors."
    yield "place.visit_minutes", f"A usual visit takes {place.visit_minutes} minutes."
    if place.step_free != "unknown":
        yield "place.step_free", f"It is {'' if place.step_free == 'yes' else 'not '}step-free."
    if place.indoor is not None:
        yield "place.indoor", f"It is {'indoors' if place.indoor else 'outdoors'}."
    if place.strenuous:
        yield "place.strenuous", "It is strenuous."
    if place.ticket is not None:
        price = f"{place.ticket.amount:g} {place.ticket.currency}"
        yield "place.ticket", f"An adult pays {price}." if place.ticket.amount else "Entry is free."
    elif place.price_level is not None:
        yield "place.price_level", f"Its price level is {_PRICES[place.price_level]}."


def _cautions(case: Case) -> Iterator[Reason]:
    place, limited, gentle = case.place, _who(case, "limited"), _gentle(case)
    if limited and place.step_free == "no":
        text = "It has steps, and somebody in your party cannot climb them."
        yield Reason(text, _both(limited, "step_free"), caution=True)
    if limited and place.step_free == "unknown":
        text = "Nobody has told us whether it is step-free. Ask there before you go."
        yield Reason(text, limited, caution=True)
    if place.strenuous and gentle:
        text = "It is strenuous, too much for somebody in your party."
        yield Reason(text, _both(gentle, "strenuous"), caution=True)


def _merits(case: Case) -> Iterator[Reason]:
    place, limited = case.place, _who(case, "limited")
    fans = tuple(
        f"party.{number}"
        for number, one in enumerate(case.party, start=1)
        if place.category in one.preferences
    )
    if fans:
        who = "Everybody" if len(fans) == len(case.party) else f"{len(fans)} of {len(case.party)} of you"
        yield Reason(f"{who} asked for {place.category}.", _both(fans, "category"))
    if place.rating is not None and place.rating >= WELL_RATED and place.ratings >= ENOUGH_VOTES:
        yield Reason(f"Rated {place.rating:.1f} by {place.ratings:,} visitors.", ("place.rating",))
    if limited and place.step_free == "yes":
        yield Reason("It is step-free, as your party needs.", _both(limited, "step_free"))
    if place.ticket is not None and place.ticket.amount == 0:
        yield Reason("Entry is free.", ("place.ticket",))
    if place.indoor:
        yield Reason("It is indoors, whatever the weather.", ("place.indoor",))
    yield Reason(f"A usual visit takes {place.visit_minutes} minutes.", ("place.visit_minutes",))


def _who(case: Case, health: str) -> tuple[str, ...]:
    return tuple(f"party.{n}" for n, one in enumerate(case.party, start=1) if one.health == health)


def _gentle(case: Case) -> tuple[str, ...]:
    """Those for whom nothing strenuous is planned (product rules, pace of a day)."""
    return tuple(
        f"party.{n}"
        for n, one in enumerate(case.party, start=1)
        if one.health in {"caution", "limited"} or one.age >= ELDERLY_FROM
    )


def _both(party: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (*party, f"place.{name}")
